//! `GET` and `POST /directories`, `GET`, `PATCH` and `DELETE /directories/{id}`, and, ours, the tokens of a directory.
//!
//! 400 `ORGANIZATION_REQUIRED`, `DIRECTORY_NAME_REQUIRED`, `PROVIDER_CODE_REQUIRED`, `INVALID_PROVIDER`,
//! `ORGANIZATION_NOT_FOUND`, `NO_ENTERPRISE_CONNECTIONS`, `ENTERPRISE_CONNECTION_REQUIRED`,
//! `INVALID_ENTERPRISE_CONNECTION`, `NO_FIELDS_TO_UPDATE`, `TOKEN_NAME_REQUIRED`, `TOKEN_REVOKED`, `INVALID_EXPIRY`, those of
//! [`super::params`]; 404 `DIRECTORY_NOT_FOUND`, `TOKEN_NOT_FOUND`; 409 `DIRECTORY_EXISTS`. A secret token is shown when it is
//! made and never again; `scim_base_url` and `provider_code` are ours. A push has no end that SCIM tells of, so of Kinde's
//! `last_sync_*` only the start is known: when the IdP called last, to the minute. The others are null.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::{Value, json};

use actix_web::HttpResponse;

use super::answer::{Answer, OptionalJson, done, enveloped, read, success, time, uncached};
use super::caller::Caller;
use super::params::{Params, cursor_page, cut};
use crate::http::body::Json;
use crate::identity::directories::{self, Change, Described, NewToken, Request, scim_base_url};
use crate::store::tokens::Token;

/// Directories of a page when it is not said.
const PAGE_SIZE: i64 = 50;

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    let (made, secret) = caller.store().write(move |tx| directories::create(tx, &act, reach, &request)).await?;
    let shown = with_secret(shown(&caller, &made), secret);
    let answer = enveloped(StatusCode::CREATED, "DIRECTORY_CREATED", "Directory created", "directory", shown);
    Ok(uncached(answer))
}

fn with_secret(mut shown: Value, secret: String) -> Value {
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("secret_token".to_owned(), secret.into());
    }
    shown
}

pub(super) async fn list(caller: Caller, params: Params) -> Answer {
    let code = params.get("organization_code")?.map(str::to_owned);
    let (reach, window) = (caller.reach(), params.cursors(PAGE_SIZE)?);
    let asked = window.clone();
    let found = caller.store().read(move |tx| directories::list(tx, reach, code.as_deref(), &asked));
    let mut found = found.await?;
    let has_more = cut(&mut found, &window);
    let listed = found.iter().map(|directory| shown(&caller, directory)).collect();
    Ok(HttpResponse::Ok().json(cursor_page("directories", listed, has_more)))
}

pub(super) async fn update(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    let (change, act, reach): (Change, _, _) = (read(body)?, caller.act(), caller.reach());
    let changed = caller.store().write(move |tx| directories::update(tx, &act, reach, &id, &change)).await?;
    let shown = shown(&caller, &changed);
    Ok(enveloped(StatusCode::OK, "DIRECTORY_UPDATED", "Directory updated", "directory", shown))
}

pub(super) async fn list_tokens(caller: Caller, id: Path<String>) -> Answer {
    let reach = caller.reach();
    let listed = caller.store().read(move |tx| directories::tokens(tx, reach, &id)).await?;
    Ok(success(StatusCode::OK, "tokens", listed.iter().map(token).collect()))
}

pub(super) async fn add_token(caller: Caller, id: Path<String>, OptionalJson(body): OptionalJson) -> Answer {
    let (request, act, reach): (NewToken, _, _) = (read(body)?, caller.act(), caller.reach());
    let made = caller.store().write(move |tx| directories::add_token(tx, &act, reach, &id, &request));
    let (_, made, secret) = made.await?;
    Ok(uncached(success(StatusCode::CREATED, "token", with_secret(token(&made), secret))))
}

/// Answers as create does, with the new secret.
pub(super) async fn rotate(caller: Caller, id: Path<String>, OptionalJson(body): OptionalJson) -> Answer {
    let (request, act, reach): (NewToken, _, _) = (read(body)?, caller.act(), caller.reach());
    let made = caller.store().write(move |tx| directories::rotate(tx, &act, reach, &id, &request));
    let (directory, _, secret) = made.await?;
    let shown = with_secret(shown(&caller, &directory), secret);
    Ok(uncached(enveloped(StatusCode::OK, "DIRECTORY_TOKEN_ROTATED", "Token rotated", "directory", shown)))
}

pub(super) async fn revoke_token(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((id, token), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| directories::revoke_token(tx, &act, reach, &id, &token)).await?;
    Ok(done())
}

fn token(token: &Token) -> Value {
    json!({
        "id": token.id,
        "name": token.name,
        "created_on": time(Some(token.created)),
        "expires_on": time(token.expires),
        "revoked_on": time(token.revoked),
        "last_used_on": time(token.last_used),
    })
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
