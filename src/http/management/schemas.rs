//! `GET`, `PUT /schemas`, `GET`, `DELETE /schemas/{schema}`, and the same below `/connections/{id}`.
//!
//! 400 `INVALID_SCHEMA`, `INVALID_QUERY`; 403 `OUT_OF_REACH`; 404 `CONNECTION_NOT_FOUND`, `SCHEMA_NOT_FOUND`; 409 `SCHEMA_IN_USE`,
//! `DUPLICATE_VALUES`, `VALUE_TOO_LONG`, `TOO_MANY_VALUES`. A body is one definition, an array or a ListResponse;
//! `?dry_run=true` asks what a PUT would do. An id is the URN of a schema or the name of a resource type.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, success, time};
use super::caller::Caller;
use super::params::Params;
use crate::http::body::Json;
use crate::identity::schemas::{self, Change, Owner, Shown};

pub(super) async fn list(caller: Caller, request: HttpRequest) -> Answer {
    let (reach, connection) = (caller.reach(), connection(&request));
    let found = caller.store().read(move |tx| {
        let owner = Owner::load(tx, reach, connection.as_deref())?;
        Ok::<_, crate::identity::Error>(schemas::list(tx, &owner)?)
    });
    let shown: Vec<Value> = found.await?.iter().map(shown).collect();
    Ok(success(StatusCode::OK, "schemas", Value::Array(shown)))
}

pub(super) async fn get(caller: Caller, request: HttpRequest) -> Answer {
    let (reach, connection, id) = (caller.reach(), connection(&request), id(&request));
    let found = caller.store().read(move |tx| {
        let owner = Owner::load(tx, reach, connection.as_deref())?;
        schemas::find(tx, &owner, &id)
    });
    Ok(success(StatusCode::OK, "schema", shown(&found.await?)))
}

pub(super) async fn load(caller: Caller, request: HttpRequest, params: Params, Json(body): Json) -> Answer {
    let is_rehearsal = params.flag("dry_run")?.unwrap_or(false);
    change(&caller, &request, Change::parse(body)?, is_rehearsal).await
}

pub(super) async fn delete(caller: Caller, request: HttpRequest) -> Answer {
    let id = id(&request);
    change(&caller, &request, Change::Remove(id), false).await
}

async fn change(caller: &Caller, request: &HttpRequest, change: Change, is_rehearsal: bool) -> Answer {
    let (act, connection) = (caller.act(), connection(request));
    let outcome = schemas::change(caller.store(), &act, caller.reach(), connection, change, is_rehearsal).await?;
    Ok(success(StatusCode::OK, "schemas", outcome.to_json()))
}

fn connection(request: &HttpRequest) -> Option<String> {
    request.match_info().get("id").map(str::to_owned)
}

fn id(request: &HttpRequest) -> String {
    request.match_info().query("schema").to_owned()
}

fn shown(shown: &Shown) -> Value {
    json!({
        "id": shown.id,
        "type": shown.kind,
        "loaded_on": time(Some(shown.loaded)),
        "definition": shown.definition,
    })
}
