//! `POST /directories`, `GET` and `DELETE /directories/{id}`.
//!
//! 400 `ORGANIZATION_REQUIRED`, `DIRECTORY_NAME_REQUIRED`, `PROVIDER_CODE_REQUIRED`, `INVALID_PROVIDER`,
//! `ORGANIZATION_NOT_FOUND`, `NO_ENTERPRISE_CONNECTIONS`, `ENTERPRISE_CONNECTION_REQUIRED`,
//! `INVALID_ENTERPRISE_CONNECTION`; 404 `DIRECTORY_NOT_FOUND`; 409 `DIRECTORY_EXISTS`. The secret token is shown on create
//! and never again; `scim_base_url` and `provider_code` are ours. A push has no end that SCIM tells of, so of Kinde's
//! `last_sync_*` only the start is known: when the IdP called last, to the minute. The others are null.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Path;
use serde_json::{Value, json};

use super::answer::{Answer, enveloped, read, success, time};
use super::caller::Caller;
use crate::http::body::Json;
use crate::identity::directories::{self, Described, Request, scim_base_url};

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    let (made, secret) = caller.store().write(move |tx| directories::create(tx, &act, reach, &request)).await?;
    let mut shown = shown(&caller, &made);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("secret_token".to_owned(), secret.into());
    }
    let mut answer = enveloped(StatusCode::CREATED, "DIRECTORY_CREATED", "Directory created", "directory", shown);
    // It holds a secret.
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

pub(super) async fn get(caller: Caller, id: Path<String>) -> Answer {
    let reach = caller.reach();
    let found = caller.store().read(move |tx| directories::find(tx, reach, &id)).await?;
    let found = found.ok_or_else(directories::not_found)?;
    Ok(success(StatusCode::OK, "directory", shown(&caller, &found)))
}

pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach, wanted) = (caller.act(), caller.reach(), id.clone());
    caller.store().write(move |tx| directories::delete(tx, &act, reach, &wanted)).await?;
    let id = id.into_inner();
    Ok(enveloped(StatusCode::OK, "DIRECTORY_DELETED", "Directory deleted", "directory_id", id.into()))
}

fn shown(caller: &Caller, described: &Described) -> Value {
    let Described { directory, connection, organization_code, last_called, .. } = described;
    json!({
        "id": directory.id,
        "directory_name": directory.name,
        "directory_endpoint_id": directory.endpoint_id,
        "scim_base_url": scim_base_url(caller.public_url(), &directory.endpoint_id),
        "provider_code": directory.provider,
        "status": described.status(),
        "organization_code": organization_code,
        "enterprise_connection_id": connection.id,
        "enterprise_connection_name": connection.name,
        "last_sync_started_at": time(*last_called),
        "last_sync_completed_at": null,
        "last_sync_error": null,
        "created_on": time(Some(directory.created)),
    })
}
