//! `POST /user`, `GET` and `DELETE /user?id=`.
//!
//! 400 `USER_NOT_FOUND`, `USER_ID_REQUIRED`, `ORGANIZATION_NOT_FOUND`, `IDENTITY_EXISTS`, `INVALID_IDENTITY_TYPE`,
//! `INVALID_EMAIL`, `INVALID_PHONE`, `USER_IN_OTHER_ORGANIZATION`. The answers are not enveloped, as Kinde's are not, but
//! for that of DELETE.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Query;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, OptionalJson, done, read, time};
use super::caller::Caller;
use crate::http::error::ManagementError;
use crate::identity::roles::held;
use crate::identity::users::{self, Described, Request};
use crate::identity::{Error, erase};

/// Which user, and what else of it.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    id: Option<String>,
    expand: Option<String>,
}

pub(super) async fn create(caller: Caller, OptionalJson(body): OptionalJson) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    let made = caller.store().write(move |tx| users::create(tx, &act, reach, &request)).await?;
    let identities: Vec<Value> = made
        .identities
        .iter()
        .map(|identity| json!({ "type": identity.kind, "result": { "created": true } }))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "id": made.user.id, "created": true, "identities": identities })))
}

pub(super) async fn get(caller: Caller, asked: Result<Query<Asked>, actix_web::Error>) -> Answer {
    let (id, expand) = asked_for(asked)?;
    let (reach, wanted) = (caller.reach(), id);
    let expand = expand.unwrap_or_default();
    let with_roles = expand.split(',').any(|part| part.trim() == "roles");
    let found = caller.store().read(move |tx| {
        let found = users::find(tx, reach, &wanted)?.ok_or_else(|| users::not_found(&wanted))?;
        let roles = if with_roles { Some(held::of_user(tx, reach, &found.user)?) } else { None };
        Ok::<_, Error>((found, roles))
    });
    let (found, roles) = found.await?;
    let mut shown = shown(&found, &expand);
    if let (Some(roles), Some(fields)) = (roles, shown.as_object_mut()) {
        fields.insert("roles".to_owned(), json!(roles));
    }
    Ok(HttpResponse::Ok().json(shown))
}

/// Erases a user; what is left are ids.
pub(super) async fn delete(caller: Caller, asked: Result<Query<Asked>, actix_web::Error>) -> Answer {
    let (id, _) = asked_for(asked)?;
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| erase::user(tx, &act, reach, &id)).await?;
    Ok(done())
}

fn asked_for(asked: Result<Query<Asked>, actix_web::Error>) -> Result<(String, Option<String>), ManagementError> {
    let required = || ManagementError::new(StatusCode::BAD_REQUEST, "USER_ID_REQUIRED", "Give one id");
    let Query(Asked { id, expand }) = asked.map_err(|_| required())?;
    let id = id.filter(|id| !id.is_empty()).ok_or_else(required)?;
    if id.contains('\0') {
        return Err(users::not_found(&id).into());
    }
    Ok((id, expand))
}

fn shown(described: &Described, expand: &str) -> Value {
    let user = &described.user;
    let mut shown = json!({
        "id": user.id,
        "provided_id": user.provided_id,
        "preferred_email": user.email,
        "phone": described.value("phone"),
        "username": described.value("username"),
        "last_name": user.family_name,
        "first_name": user.given_name,
        "is_suspended": described.is_suspended(),
        "picture": user.picture,
        "total_sign_ins": user.total_sign_ins,
        "failed_sign_ins": 0,
        "last_signed_in": time(user.last_signed_in),
        "created_on": time(Some(user.created)),
    });
    if let Some(fields) = shown.as_object_mut() {
        for part in expand.split(',').map(str::trim) {
            match part {
                "organizations" => fields.insert("organizations".to_owned(), json!(described.organizations)),
                "identities" => fields.insert("identities".to_owned(), identities(described)),
                _ => None,
            };
        }
    }
    shown
}

fn identities(described: &Described) -> Value {
    let all = &described.identities;
    all.iter().map(|identity| json!({ "type": identity.kind, "identity": identity.value })).collect()
}
