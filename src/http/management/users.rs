//! `POST /user`, `GET`, `PATCH` and `DELETE /user?id=`, `GET /users`, `GET /search/users`, `DELETE /users/{id}/sessions`.
//!
//! 400 `USER_NOT_FOUND`, `USER_ID_REQUIRED`, `ORGANIZATION_NOT_FOUND`, `IDENTITY_EXISTS`, `INVALID_IDENTITY_TYPE`,
//! `INVALID_EMAIL`, `INVALID_PHONE`, `USER_IN_OTHER_ORGANIZATION`, `MANAGED_BY_DIRECTORY`, those of [`super::params`]. The
//! answers about one user are not enveloped, as Kinde's are not, but for that of DELETE.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::{Value, json};

use super::answer::{Answer, OptionalJson, done, read, time};
use super::caller::Caller;
use super::params::{Params, cursor_page, cut, next_token, refused, token_page};
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::roles::held;
use crate::identity::users::{self, Change, Described, Request, Wanted};
use crate::identity::{Error, erase};
use crate::scim::values::instant;
use crate::store::identities::Identity;
use crate::store::window::Window;

/// Users of a page when it is not said.
const PAGE_SIZE: i64 = 10;

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

pub(super) async fn get(caller: Caller, params: Params) -> Answer {
    let (id, expand) = (id(&params)?, Expand::read(&params)?);
    let (reach, with_roles) = (caller.reach(), expand.has("roles"));
    let found = caller.store().read(move |tx| {
        let found = users::find(tx, reach, &id)?.ok_or_else(|| users::not_found(&id))?;
        let roles = if with_roles { Some(held::of_user(tx, reach, &found.user)?) } else { None };
        Ok::<_, Error>((found, roles))
    });
    let (found, roles) = found.await?;
    let mut shown = shown(&found, Form::One, &expand);
    if let (Some(roles), Some(fields)) = (roles, shown.as_object_mut()) {
        fields.insert("roles".to_owned(), json!(roles));
    }
    Ok(HttpResponse::Ok().json(shown))
}

pub(super) async fn list(caller: Caller, params: Params) -> Answer {
    let (wanted, expand, reach) = (wanted(&params)?, Expand::read(&params)?, caller.reach());
    let seal = caller.seal("users", "by id").await?;
    let after = params.next_token::<1>(&seal)?.map(|[id]| id);
    let window = Window { after, before: None, limit: params.page_size(PAGE_SIZE)? + 1 };
    let asked = window.clone();
    let mut found = caller.store().read(move |tx| users::list(tx, reach, &wanted, &asked)).await?;
    let has_more = cut(&mut found, &window);
    let next = found.last().filter(|_| has_more);
    let next = next.map(|last| next_token(&seal, &caller.act().ids, &[&last.user.id])).transpose()?;
    let listed = found.iter().map(|user| shown(user, Form::Listed, &expand)).collect();
    Ok(HttpResponse::Ok().json(token_page("users", listed, next)))
}

pub(super) async fn search(caller: Caller, params: Params) -> Answer {
    let (expand, reach) = (Expand::read(&params)?, caller.reach());
    let text = params.get("query")?.map(str::trim).filter(|text| *text != "*" && !text.is_empty());
    let values = |text: &str| text.split(',').map(|value| value.trim().to_owned()).collect();
    let properties = params.deep("properties").map(|(key, text)| (key.to_owned(), values(text))).collect();
    let wanted = Wanted { text: text.map(str::to_owned), properties, ..Wanted::default() };
    let window = params.cursors(PAGE_SIZE)?;
    let asked = window.clone();
    let mut found = caller.store().read(move |tx| users::list(tx, reach, &wanted, &asked)).await?;
    let has_more = cut(&mut found, &window);
    let listed = found.iter().map(|user| shown(user, Form::Listed, &expand)).collect();
    Ok(HttpResponse::Ok().json(cursor_page("results", listed, has_more)))
}

pub(super) async fn update(caller: Caller, params: Params, Json(body): Json) -> Answer {
    let (id, change): (_, Change) = (id(&params)?, read(body)?);
    let (act, reach) = (caller.act(), caller.reach());
    let changed = caller.store().write(move |tx| users::update(tx, &act, reach, &id, &change)).await?;
    let user = &changed.user;
    // Given and family name here, first and last name elsewhere: as Kinde answers.
    Ok(HttpResponse::Ok().json(json!({
        "id": user.id,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "email": user.email,
        "is_suspended": changed.is_suspended(),
        "is_password_reset_requested": false,
        "picture": user.picture,
        "provided_id": user.provided_id,
    })))
}

/// Erases a user; what is left are ids.
pub(super) async fn delete(caller: Caller, params: Params) -> Answer {
    let (id, act, reach) = (id(&params)?, caller.act(), caller.reach());
    caller.store().write(move |tx| erase::user(tx, &act, reach, &id)).await?;
    Ok(done())
}

/// Sessions are the applications' own: they are told to end them.
pub(super) async fn end_sessions(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| users::end_sessions(tx, &act, reach, &id)).await?;
    Ok(done())
}

fn id(params: &Params) -> Result<String, ManagementError> {
    let required = || ManagementError::new(StatusCode::BAD_REQUEST, "USER_ID_REQUIRED", "Give one id");
    params.get("id").map_err(|_| required())?.map(str::to_owned).ok_or_else(required)
}

fn wanted(params: &Params) -> Result<Wanted, ManagementError> {
    let active_since = match params.get("active_since")? {
        Some(text) => Some(instant(text).ok_or_else(|| refused("INVALID_QUERY", "active_since is a date and time"))?),
        None => None,
    };
    Ok(Wanted {
        ids: params.filter("user_id")?,
        emails: params.filter("email")?,
        usernames: params.filter("username")?,
        phones: params.filter("phone")?,
        has_organization: params.flag("has_organization")?,
        active_since: active_since.map(jiff::Timestamp::as_microsecond),
        ..Wanted::default()
    })
}

/// What else is shown of a user; words that say nothing here are passed over.
#[derive(Clone, Debug)]
struct Expand(Vec<String>);

impl Expand {
    fn read(params: &Params) -> Result<Self, ManagementError> {
        Ok(Self(params.list("expand")?.into_iter().map(str::to_owned).collect()))
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|other| other == word)
    }
}

/// Kinde shows one user otherwise than those of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The email is the preferred one.
    One,
    /// Identities tell their connection.
    Listed,
}

fn shown(described: &Described, form: Form, expand: &Expand) -> Value {
    let user = &described.user;
    let email = if form == Form::One { "preferred_email" } else { "email" };
    let mut shown = json!({
        "id": user.id,
        "provided_id": user.provided_id,
        email: user.email,
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
        if expand.has("organizations") {
            fields.insert("organizations".to_owned(), json!(described.organizations));
        }
        if expand.has("identities") {
            fields.insert("identities".to_owned(), identities(described, form));
        }
        if expand.has("properties") {
            let values = described.properties.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
            fields.insert("properties".to_owned(), Value::Object(values.collect()));
        }
    }
    shown
}

fn identities(described: &Described, form: Form) -> Value {
    let shown = |identity: &Identity| {
        let mut shown = json!({ "type": identity.kind, "identity": identity.value });
        if let (Form::Listed, Some(fields)) = (form, shown.as_object_mut()) {
            fields.insert("connection_id".to_owned(), described.connection_of(identity).into());
        }
        shown
    };
    described.identities.iter().map(shown).collect()
}
