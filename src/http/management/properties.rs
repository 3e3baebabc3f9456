//! `GET` and `POST /properties`, `PUT` and `DELETE /properties/{property}`, `GET` and `PATCH /users/{id}/properties`,
//! `PUT /users/{id}/properties/{property}?value=`.
//!
//! 400 `PROPERTY_KEY_REQUIRED`, `INVALID_PROPERTY_TYPE`, `INVALID_CONTEXT`, `PROPERTY_NOT_FOUND`, `USER_NOT_FOUND`,
//! `INVALID_VALUE`, `VALUE_TOO_LONG`, `VALUE_REQUIRED`, those of [`super::params`]; 403 `ORGANIZATION_BOUND`; 409
//! `PROPERTY_EXISTS`. The user's values of Kinde's own properties (names, email) are in the profile instead.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use super::params::{Params, cursor_page, cut, refused, token_page};
use crate::http::body::Json;
use crate::identity::properties::{self, Request};
use crate::store::properties::{self as rows, Property};

/// Properties of a page when it is not said.
const PAGE_SIZE: i64 = 10;

pub(super) async fn list(caller: Caller, params: Params) -> Answer {
    let window = params.cursors(PAGE_SIZE)?;
    // Users alone have properties here.
    let is_of_users = params.get("context")?.is_none_or(|context| context == "usr");
    let asked = window.clone();
    let mut found = caller.store().read(move |tx| rows::list(tx, &asked)).await?;
    let has_more = cut(&mut found, &window) && is_of_users;
    let listed = found.iter().filter(|_| is_of_users).map(shown).collect();
    Ok(HttpResponse::Ok().json(cursor_page("properties", listed, has_more)))
}

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    let (request, act, reach): (Request, _, _) = (read(body)?, caller.act(), caller.reach());
    let id = caller.store().write(move |tx| properties::create(tx, &act, reach, &request)).await?;
    Ok(success(StatusCode::CREATED, "property", json!({ "id": id })))
}

pub(super) async fn update(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    let (request, act, reach): (Request, _, _) = (read(body)?, caller.act(), caller.reach());
    caller.store().write(move |tx| properties::update(tx, &act, reach, &id, &request)).await?;
    Ok(done())
}

pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| properties::delete(tx, &act, reach, &id)).await?;
    Ok(done())
}

pub(super) async fn list_values(caller: Caller, user: Path<String>) -> Answer {
    let reach = caller.reach();
    let values = caller.store().read(move |tx| properties::values(tx, reach, &user)).await?;
    let shown = |(property, value): &(Property, String)| {
        json!({
            "id": property.id, "name": property.name, "description": property.description, "key": property.code,
            "value": value,
        })
    };
    Ok(HttpResponse::Ok().json(token_page("properties", values.iter().map(shown).collect(), None)))
}

/// The body of a change: values by key.
#[derive(Debug, Deserialize)]
struct Values {
    properties: Map<String, Value>,
}

pub(super) async fn set_values(caller: Caller, user: Path<String>, Json(body): Json) -> Answer {
    let Values { properties: values } = read(body)?;
    set(caller, user.into_inner(), values).await
}

pub(super) async fn set_value(caller: Caller, path: Path<(String, String)>, params: Params) -> Answer {
    let value = params.get("value")?.ok_or_else(|| refused("VALUE_REQUIRED", "Give a value"))?;
    let (user, property) = path.into_inner();
    set(caller, user, Map::from_iter([(property, value.into())])).await
}

async fn set(caller: Caller, user: String, values: Map<String, Value>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| properties::set_values(tx, &act, reach, &user, &values)).await?;
    Ok(done())
}

fn shown(property: &Property) -> Value {
    json!({
        "id": property.id,
        "key": property.code,
        "name": property.name,
        "description": property.description,
        "type": property.kind,
        "is_private": property.is_private,
        "is_kinde_property": false,
    })
}
