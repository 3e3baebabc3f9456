//! `GET /connections/{id}/diagnosis`: what keeps people out, and what to do about it.
//!
//! The IdP is asked, too, unless `?offline=true`. 404 `CONNECTION_NOT_FOUND`; 400 `INVALID_QUERY`. docs/troubleshooting.md lists the codes of the findings.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::json;

use super::answer::{Answer, success};
use super::caller::Caller;
use super::params::Params;
use crate::identity::diagnosis;

pub(super) async fn get(caller: Caller, id: Path<String>, params: Params) -> Answer {
    let is_offline = params.flag("offline")?.unwrap_or(false);
    let (reach, now) = (caller.reach(), caller.act().now);
    let mut found = caller.store().read(move |tx| diagnosis::diagnose(tx, reach, &id, now)).await?;
    if !is_offline {
        found.ask_idp(&caller.outside().fetcher).await;
    }
    Ok(success(StatusCode::OK, "diagnosis", json!(found)))
}
