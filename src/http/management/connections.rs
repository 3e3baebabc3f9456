//! `GET` and `POST /connections`, `GET|PATCH|PUT|DELETE /connections/{id}`, `POST /connections/{id}/restore`.
//!
//! 400 `CONNECTION_NAME_REQUIRED`, `STRATEGY_REQUIRED`, `INVALID_STRATEGY`, `INVALID_OPTIONS`, `INVALID_DOMAIN`,
//! `HOME_REALM_DOMAIN_TAKEN`, `ORGANIZATION_NOT_FOUND`, `OPTION_FIXED`, `CONNECTION_DELETED`,
//! `CONNECTION_HAS_DIRECTORY`, `CONNECTION_NOT_DELETED`, `RESTORE_EXPIRED`; 404 `CONNECTION_NOT_FOUND`.
//! Options that may hold a secret are never shown; those of [`super::params`] for the list.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::{Value, json};

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use super::params::{Params, cursor_page, cut};
use crate::clock::rfc3339;
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::connections::{self, Change, Request};
use crate::store::connections::Connection;

/// Connections of a page when it is not said.
const PAGE_SIZE: i64 = 10;

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    let made = caller.store().write(move |tx| connections::create(tx, &act, reach, &request)).await?;
    Ok(success(StatusCode::CREATED, "connection", json!({ "id": made.id })))
}

pub(super) async fn list(caller: Caller, params: Params) -> Answer {
    let domain = params.get("home_realm_domain")?.map(str::to_owned);
    let (reach, window) = (caller.reach(), params.cursors(PAGE_SIZE)?);
    let asked = window.clone();
    let found = caller.store().read(move |tx| connections::list(tx, reach, domain.as_deref(), &asked));
    let mut found = found.await?;
    let has_more = cut(&mut found, &window);
    Ok(HttpResponse::Ok().json(cursor_page("connections", found.iter().map(listed).collect(), has_more)))
}

pub(super) async fn get(caller: Caller, id: Path<String>) -> Answer {
    let reach = caller.reach();
    let found = caller.store().read(move |tx| connections::find(tx, reach, &id)).await?.ok_or_else(not_found)?;
    let mut shown = shown(&found);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("options".to_owned(), Value::Object(connections::shown_options(&found)));
    }
    Ok(success(StatusCode::OK, "connection", shown))
}

/// Bare, as Kinde answers, and within `connection`, as Kinde documents.
fn listed(connection: &Connection) -> Value {
    let mut listed = shown(connection);
    if let Some(fields) = listed.as_object_mut() {
        fields.insert("connection".to_owned(), shown(connection));
    }
    listed
}

/// A connection without its options.
pub(super) fn shown(connection: &Connection) -> Value {
    json!({
        "id": connection.id,
        "name": connection.name,
        "display_name": connection.display_name,
        "strategy": connection.strategy,
        "is_enabled": connection.state == "active",
    })
}

pub(super) async fn update(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    let change: Change = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| connections::update(tx, &act, reach, &id, &change)).await?;
    Ok(done())
}

pub(super) async fn replace(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    let change: Change = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| connections::replace(tx, &act, reach, &id, &change)).await?;
    Ok(done())
}

pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    let until = caller.store().write(move |tx| connections::delete(tx, &act, reach, &id)).await?;
    Ok(success(StatusCode::OK, "restorable_until", json!(rfc3339(until))))
}

pub(super) async fn restore(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| connections::restore(tx, &act, reach, &id)).await?;
    Ok(done())
}

/// The refusal for a connection that does not exist or is out of reach.
pub(super) fn not_found() -> ManagementError {
    ManagementError::new(StatusCode::NOT_FOUND, "CONNECTION_NOT_FOUND", "There is no such connection")
}
