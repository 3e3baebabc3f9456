//! `POST /connections`, `GET|PATCH|DELETE /connections/{id}`, `POST /connections/{id}/restore`.
//!
//! 400 `CONNECTION_NAME_REQUIRED`, `STRATEGY_REQUIRED`, `INVALID_STRATEGY`, `INVALID_OPTIONS`, `INVALID_DOMAIN`,
//! `HOME_REALM_DOMAIN_TAKEN`, `ORGANIZATION_NOT_FOUND`, `OPTION_FIXED`, `CONNECTION_DELETED`,
//! `CONNECTION_HAS_DIRECTORY`, `CONNECTION_NOT_DELETED`, `RESTORE_EXPIRED`; 404 `CONNECTION_NOT_FOUND`.
//! Options are never shown: they hold secrets.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::json;

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use crate::clock::rfc3339;
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::connections::{self, Change, Request};

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    let made = caller.store().write(move |tx| connections::create(tx, &act, reach, &request)).await?;
    Ok(success(StatusCode::CREATED, "connection", json!({ "id": made.id })))
}

pub(super) async fn get(caller: Caller, id: Path<String>) -> Answer {
    let reach = caller.reach();
    let found = caller.store().read(move |tx| connections::find(tx, reach, &id)).await?.ok_or_else(not_found)?;
    let shown = json!({
        "id": found.id,
        "name": found.name,
        "display_name": found.display_name,
        "strategy": found.strategy,
    });
    Ok(success(StatusCode::OK, "connection", shown))
}

pub(super) async fn update(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    let change: Change = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| connections::update(tx, &act, reach, &id, &change)).await?;
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
