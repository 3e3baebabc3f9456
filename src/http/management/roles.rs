//! Roles, who has them, and which groups give them: `/roles`, `/organizations/{code}/users/{user}/roles`,
//! `/connections/{id}/role_rules`.
//!
//! 400 `ROLE_KEY_REQUIRED`, `ROLE_REQUIRED`, `ROLE_NOT_FOUND`, `ROLE_NOT_GRANTED`, `ORGANIZATION_NOT_FOUND`,
//! `USER_NOT_FOUND`, `USER_NOT_IN_ORGANIZATION`, `CONNECTION_WITHOUT_OWNER`, `TOO_MANY_RULES`; 403 `ORGANIZATION_BOUND`; 404
//! `CONNECTION_NOT_FOUND`, `RULE_NOT_FOUND`; 409 `ROLE_EXISTS`, `ROLE_IN_USE`, `RULE_EXISTS`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use super::params::{Params, next_token, token_page};
use crate::http::body::Json;
use crate::identity::Error;
use crate::identity::roles::{self, Request, held, rules};
use crate::store::roles::Role;

/// Roles of a page when it is not said.
const PAGE_SIZE: i64 = 10;

pub(super) async fn list(caller: Caller, params: Params) -> Answer {
    let size = usize::try_from(params.page_size(PAGE_SIZE)?).unwrap_or_default();
    let seal = caller.seal("roles", "by key").await?;
    let after = params.next_token::<1>(&seal)?.map(|[key]| key);
    let mut listed = caller.store().read(crate::store::roles::list).await?;
    listed.retain(|role| after.as_ref().is_none_or(|after| role.code > *after));
    let has_more = listed.len() > size;
    listed.truncate(size);
    let next = listed.last().filter(|_| has_more);
    let next = next.map(|last| next_token(&seal, &caller.act().ids, &[&last.code])).transpose()?;
    Ok(HttpResponse::Ok().json(token_page("roles", listed.iter().map(shown).collect(), next)))
}

pub(super) async fn get(caller: Caller, role: Path<String>) -> Answer {
    let found = caller.store().read(move |tx| roles::load(tx, &role)).await?;
    Ok(success(StatusCode::OK, "role", shown(&found)))
}

pub(super) async fn update(caller: Caller, role: Path<String>, Json(body): Json) -> Answer {
    let (request, act, reach): (Request, _, _) = (read(body)?, caller.act(), caller.reach());
    caller.store().write(move |tx| roles::update(tx, &act, reach, &role, &request)).await?;
    Ok(done())
}

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    let (request, act, reach): (Request, _, _) = (read(body)?, caller.act(), caller.reach());
    let id = caller.store().write(move |tx| roles::create(tx, &act, reach, &request)).await?;
    Ok(success(StatusCode::CREATED, "role", json!({ "id": id })))
}

pub(super) async fn delete(caller: Caller, role: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| roles::delete(tx, &act, reach, &role).map(|_| ())).await?;
    Ok(done())
}

/// The body of a grant; the id or the key of a role.
#[derive(Debug, Deserialize)]
struct Grant {
    role_id: String,
}

pub(super) async fn list_held(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((code, user), reach) = (path.into_inner(), caller.reach());
    let listed = caller.store().read(move |tx| {
        let (organization, user) = roles::member(tx, reach, &code, &user)?;
        let mut held = held::of_user(tx, reach, &user)?;
        held.retain(|role| role.organization == organization.code);
        Ok::<_, Error>(held)
    });
    Ok(page(&json!(listed.await?)))
}

pub(super) async fn grant(caller: Caller, path: Path<(String, String)>, Json(body): Json) -> Answer {
    let ((code, user), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    let Grant { role_id } = read(body)?;
    caller.store().write(move |tx| roles::grant(tx, &act, reach, &code, &user, &role_id)).await?;
    Ok(done())
}

pub(super) async fn revoke(caller: Caller, path: Path<(String, String, String)>) -> Answer {
    let ((code, user, role), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| roles::revoke(tx, &act, reach, &code, &user, &role)).await?;
    Ok(done())
}

pub(super) async fn list_rules(caller: Caller, connection: Path<String>) -> Answer {
    let reach = caller.reach();
    let listed = caller.store().read(move |tx| rules::list(tx, reach, &connection)).await?;
    Ok(success(StatusCode::OK, "role_rules", json!(listed)))
}

pub(super) async fn add_rule(caller: Caller, connection: Path<String>, Json(body): Json) -> Answer {
    let (request, act, reach): (rules::Request, _, _) = (read(body)?, caller.act(), caller.reach());
    let added = caller.store().write(move |tx| rules::add(tx, &act, reach, &connection, &request)).await?;
    Ok(success(StatusCode::CREATED, "role_rule", json!(added)))
}

pub(super) async fn remove_rule(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((connection, rule), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| rules::remove(tx, &act, reach, &connection, &rule).map(|_| ())).await?;
    Ok(done())
}

/// Kinde's page of the roles of a user; there is always one.
fn page(listed: &Value) -> HttpResponse {
    let body = json!({ "code": "OK", "message": "Success", "roles": listed, "next_token": null });
    HttpResponse::Ok().json(body)
}

fn shown(role: &Role) -> Value {
    json!({ "id": role.id, "key": role.code, "name": role.name, "description": role.description, "is_default_role": false })
}
