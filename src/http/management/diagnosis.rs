//! `GET /connections/{id}/diagnosis`: what keeps people out, and what to do about it.
//!
//! The IdP is asked, too, unless `?offline=true`. 404 `CONNECTION_NOT_FOUND`; 400 `INVALID_OFFLINE`. docs/troubleshooting.md lists the codes of the findings.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, success};
use super::caller::Caller;
use crate::http::error::ManagementError;
use crate::identity::diagnosis;

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    offline: bool,
}

pub(super) async fn get(caller: Caller, id: Path<String>, asked: Result<Query<Asked>, actix_web::Error>) -> Answer {
    let Query(asked) = asked.map_err(|_| invalid_offline())?;
    let (reach, now) = (caller.reach(), caller.act().now);
    let mut found = caller.store().read(move |tx| diagnosis::diagnose(tx, reach, &id, now)).await?;
    if !asked.offline {
        found.ask_idp(&caller.outside().fetcher).await;
    }
    Ok(success(StatusCode::OK, "diagnosis", json!(found)))
}

fn invalid_offline() -> ManagementError {
    ManagementError::new(StatusCode::BAD_REQUEST, "INVALID_OFFLINE", "offline is true or false")
}
