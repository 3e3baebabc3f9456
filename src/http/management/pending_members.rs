//! `GET /connections/{id}/pending_members`: the members that groups wait for, 500 at most.
//!
//! 404 `CONNECTION_NOT_FOUND`. `has_more` beside the list says that there are more.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::{Value, json};

use super::answer::Answer;
use super::caller::Caller;
use crate::identity::pending_members;
use crate::store::pending_members::Pending;

pub(super) async fn list(caller: Caller, id: Path<String>) -> Answer {
    let reach = caller.reach();
    let (pending, has_more) = caller.store().read(move |tx| pending_members::list(tx, reach, &id)).await?;
    let shown: Value = pending.iter().map(shown).collect();
    let body = json!({ "message": "Success", "code": "OK", "pending_members": shown, "has_more": has_more });
    Ok(HttpResponse::build(StatusCode::OK).json(body))
}

fn shown(pending: &Pending) -> Value {
    json!({ "group_id": pending.group_id, "group_name": pending.group_name, "value": pending.value })
}
