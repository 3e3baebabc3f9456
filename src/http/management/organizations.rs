//! `POST /organization`, `PATCH /organization/{code}`.
//!
//! 400 `ORGANIZATION_NAME_REQUIRED`, `INVALID_DOMAIN`, `ORGANIZATION_NOT_FOUND`; 403 `ORGANIZATION_BOUND` for a client of one organization.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::json;

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::organizations::{self, Request};

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    if caller.reach().organization().is_some() {
        let message = "A client bound to one organization cannot make another";
        return Err(ManagementError::new(StatusCode::FORBIDDEN, "ORGANIZATION_BOUND", message));
    }
    let request: Request = read(body)?;
    let act = caller.act();
    let made = caller.store().write(move |tx| organizations::create(tx, &act, &request)).await?;
    // 200, not 201: as Kinde answers.
    Ok(success(StatusCode::OK, "organization", json!({ "code": made.code, "billing_customer_id": null })))
}

pub(super) async fn update(caller: Caller, code: Path<String>, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| organizations::update(tx, &act, reach, &code, &request)).await?;
    Ok(done())
}
