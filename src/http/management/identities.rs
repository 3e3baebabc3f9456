//! `GET` and `POST /users/{id}/identities`, `GET`, `PATCH` and `DELETE /identities/{id}`, `POST /identities/{id}/unbind`, `POST
//! /connections/{id}/unbind`.
//!
//! 400 `USER_NOT_FOUND`, `IDENTITY_TYPE_REQUIRED`, `INVALID_IDENTITY_TYPE`, `IDENTITY_VALUE_REQUIRED`, `IDENTITY_EXISTS`,
//! `ENTERPRISE_IDENTITY_EXISTS`, `CONNECTION_REQUIRED`, `INVALID_CONNECTION`, `USER_IN_OTHER_ORGANIZATION`,
//! `INVALID_CURSOR`; of unbind `IDENTITY_NOT_FOUND`, `NOT_AN_ENTERPRISE_IDENTITY`, `IDENTITY_NOT_BOUND`, 404
//! `CONNECTION_NOT_FOUND`; of DELETE `IDENTITY_NOT_FOUND`, `MANAGED_BY_DIRECTORY`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, done, read, success, time};
use super::caller::Caller;
use super::params::{Params, cursor_page, refused};
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::erase;
use crate::identity::identities::{self, Request};
use crate::store::identities::Identity;
use crate::store::users::User;

pub(super) async fn create(caller: Caller, user: Path<String>, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    let id = caller.store().write(move |tx| identities::add(tx, &act, reach, &user, &request)).await?;
    Ok(success(StatusCode::CREATED, "identity", json!({ "id": id })))
}

pub(super) async fn list(caller: Caller, user: Path<String>, params: Params) -> Answer {
    let (after, before) = (params.get("starting_after")?, params.get("ending_before")?);
    if after.is_some() && before.is_some() {
        return Err(refused("TOO_MANY_PARAMETERS", "Give starting_after or ending_before, not both"));
    }
    let reach = caller.reach();
    let (user, all) = caller.store().read(move |tx| identities::list(tx, reach, &user)).await?;
    let all: Vec<(String, Value)> = all
        .iter()
        .map(|(identity, connection)| (identity.id.clone(), shown(&user, identity, connection.as_deref())))
        .collect();
    let page = between(&all, after, before).ok_or_else(invalid_cursor)?;
    Ok(HttpResponse::Ok().json(cursor_page("identities", page, false)))
}

/// In the envelope, as Kinde answers, and beside it, as Kinde documents.
pub(super) async fn get(caller: Caller, id: Path<String>) -> Answer {
    let reach = caller.reach();
    let (user, identity, connection) = caller.store().read(move |tx| identities::get(tx, reach, &id)).await?;
    let shown = shown(&user, &identity, connection.as_deref());
    let mut body = shown.as_object().cloned().unwrap_or_default();
    body.extend([("code", json!("OK")), ("message", json!("Success"))].map(|(name, value)| (name.to_owned(), value)));
    body.insert("identity".to_owned(), shown);
    Ok(HttpResponse::Ok().json(body))
}

/// The only change there is: the first choice.
#[derive(Debug, Deserialize)]
struct Change {
    is_primary: bool,
}

pub(super) async fn update(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    if !read::<Change>(body)?.is_primary {
        return Err(refused("INVALID_BODY", "is_primary can only be true: make another identity the primary one"));
    }
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| identities::make_primary(tx, &act, reach, &id)).await?;
    Ok(done())
}

pub(super) async fn unbind(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| identities::unbind(tx, &act, reach, &id)).await?;
    Ok(done())
}

pub(super) async fn unbind_all(caller: Caller, connection: Path<String>) -> Answer {
    let unbound = identities::unbind_all(caller.store(), &caller.act(), caller.reach(), &connection).await?;
    Ok(success(StatusCode::OK, "unbound", json!(unbound)))
}

pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| erase::identity(tx, &act, reach, &id)).await?;
    Ok(done())
}

fn invalid_cursor() -> ManagementError {
    refused("INVALID_CURSOR", "starting_after and ending_before take the id of one of the user's identities")
}

/// The identities after the one cursor and before the other; there is no page size, a user has few.
fn between(all: &[(String, Value)], after: Option<&str>, before: Option<&str>) -> Option<Vec<Value>> {
    let position = |id: &str| all.iter().position(|(other, _)| other == id);
    let start = match after {
        Some(id) => position(id)? + 1,
        None => 0,
    };
    let end = match before {
        Some(id) => position(id)?,
        None => all.len(),
    };
    Some(all.iter().take(end).skip(start).map(|(_, shown)| shown.clone()).collect())
}

fn shown(user: &User, identity: &Identity, connection: Option<&str>) -> Value {
    let is_email = matches!(identity.kind.as_str(), "email" | "enterprise");
    json!({
        "id": identity.id,
        "type": identity.kind,
        "is_confirmed": identity.is_confirmed,
        "created_on": time(Some(identity.created)),
        "last_login_on": time(identity.last_login),
        "total_logins": identity.total_logins,
        "name": identity.value,
        "email": if is_email { Some(&identity.value) } else { user.email.as_ref() },
        "connection_id": connection,
        "is_primary": identity.is_primary,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_cut_a_list_and_an_unknown_one_is_refused() {
        let all: Vec<(String, Value)> = ["a", "b", "c"].map(|id| (id.to_owned(), id.into())).to_vec();
        let page = |after, before| between(&all, after, before).map(Value::from);
        assert_eq!(page(None, None), Some(json!(["a", "b", "c"])));
        assert_eq!(page(Some("a"), None), Some(json!(["b", "c"])));
        assert_eq!(page(None, Some("a")), Some(json!([])));
        assert_eq!(page(Some("x"), None), None);
    }
}
