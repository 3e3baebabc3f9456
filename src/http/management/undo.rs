//! `GET /undoable` and `POST /events/{id}/undo`: combinations by trusted email, taken back.
//!
//! 404 `EVENT_NOT_FOUND`; 400 `NOT_UNDOABLE`, `UNDO_EXPIRED`, `USER_IN_OTHER_ORGANIZATION`; 409 `ALREADY_UNDONE`,
//! `UNDO_CONFLICT`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, OptionalJson, read, success};
use super::caller::Caller;
use crate::identity::undo;

/// The body of an undo; it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request {
    dry_run: bool,
}

pub(super) async fn list(caller: Caller) -> Answer {
    let (reach, now) = (caller.reach(), caller.act().now);
    let (listed, has_more) = caller.store().read(move |tx| undo::list(tx, reach, now)).await?;
    let body = json!({ "message": "Success", "code": "OK", "undoable": listed, "has_more": has_more });
    Ok(HttpResponse::build(StatusCode::OK).json(body))
}

pub(super) async fn undo(caller: Caller, id: Path<String>, OptionalJson(body): OptionalJson) -> Answer {
    let request: Request = read(body)?;
    let undone = undo::carry_out(caller.store(), &caller.act(), caller.reach(), &id, request.dry_run).await?;
    Ok(success(StatusCode::OK, "undo", json!(undone)))
}
