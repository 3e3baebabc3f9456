//! `GET /connections/{id}/diagnosis`: what keeps people out, and what to do about it.
//!
//! 404 `CONNECTION_NOT_FOUND`. docs/troubleshooting.md lists the codes of the findings.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::json;

use super::answer::{Answer, success};
use super::caller::Caller;
use crate::identity::diagnosis;

pub(super) async fn get(caller: Caller, id: Path<String>) -> Answer {
    let (reach, now) = (caller.reach(), caller.act().now);
    let found = caller.store().read(move |tx| diagnosis::diagnose(tx, reach, &id, now)).await?;
    Ok(success(StatusCode::OK, "diagnosis", json!(found)))
}
