//! Ours: `GET` and `POST /directories/{id}/clients`, `DELETE` of one, and `POST` of its `/rotate`.
//!
//! 400 `CLIENT_NAME_REQUIRED`, `CLIENT_WITHOUT_SECRET`, `INVALID_EXPIRY`, `INVALID_FEDERATION`; 404 `DIRECTORY_NOT_FOUND`,
//! `CLIENT_NOT_FOUND`. A secret is shown when it is made and never again.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, OptionalJson, done, read, success, time, uncached};
use super::caller::Caller;
use crate::http::body::Json;
use crate::identity::scim_clients::{self, Request};
use crate::store::scim_clients::ScimClient;

pub(super) async fn create(caller: Caller, directory: Path<String>, Json(body): Json) -> Answer {
    let (request, act, reach): (Request, _, _) = (read(body)?, caller.act(), caller.reach());
    let made = caller.store().write(move |tx| scim_clients::create(tx, &act, reach, &directory, &request));
    let (client, secret) = made.await?;
    let mut shown = shown(&client);
    if let (Some(fields), Some(secret)) = (shown.as_object_mut(), secret) {
        fields.insert("client_secret".to_owned(), secret.into());
    }
    Ok(uncached(success(StatusCode::CREATED, "client", shown)))
}

pub(super) async fn list(caller: Caller, directory: Path<String>) -> Answer {
    let reach = caller.reach();
    let listed = caller.store().read(move |tx| scim_clients::list(tx, reach, &directory)).await?;
    Ok(success(StatusCode::OK, "clients", listed.iter().map(shown).collect()))
}

pub(super) async fn revoke(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((directory, client), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| scim_clients::revoke(tx, &act, reach, &directory, &client)).await?;
    Ok(done())
}

/// The body of a rotation: seconds that the other secrets hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rotation {
    overlap: Option<i64>,
}

pub(super) async fn rotate(caller: Caller, path: Path<(String, String)>, OptionalJson(body): OptionalJson) -> Answer {
    let ((directory, client), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    let (Rotation { overlap }, id) = (read(body)?, client.clone());
    let made = caller.store().write(move |tx| scim_clients::rotate(tx, &act, reach, &directory, &client, overlap));
    let shown = json!({ "client_id": id, "client_secret": made.await? });
    Ok(uncached(success(StatusCode::OK, "client", shown)))
}

fn shown(client: &ScimClient) -> Value {
    json!({
        "client_id": client.id,
        "name": client.name,
        "token_lifetime": client.token_seconds,
        "issuer": client.issuer,
        "subject": client.subject,
        "audience": client.audience,
        "keys_url": client.keys_url,
        "created_on": time(Some(client.created)),
        "revoked_on": time(client.revoked),
        "last_used_on": time(client.last_used),
    })
}
