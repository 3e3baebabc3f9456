//! `POST` and `GET /organization`, `PATCH` and `DELETE /organization/{code}`, `GET /organizations`, and the connections an
//! organization may use.
//!
//! 400 `ORGANIZATION_NAME_REQUIRED`, `ORGANIZATION_CODE_REQUIRED`, `INVALID_DOMAIN`, `ORGANIZATION_NOT_FOUND`,
//! `ORGANIZATION_HAS_CONNECTIONS`, `CONNECTION_OWNED`, those of [`super::params`]; 403 `ORGANIZATION_BOUND` for a client of
//! one organization; 404 `ORGANIZATION_NOT_FOUND` of DELETE, `CONNECTION_NOT_FOUND`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::{Value, json};

use super::answer::{Answer, done, read, success, time};
use super::caller::Caller;
use super::connections;
use super::params::{Params, next_token, refused, token_page};
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::organizations::{self, Request};
use crate::store::organizations::{Organization, Sorted};

/// Organizations of a page when it is not said.
const PAGE_SIZE: i64 = 10;

pub(super) async fn create(caller: Caller, Json(body): Json) -> Answer {
    caller.reach().check_unbound("A client bound to one organization cannot make another")?;
    let request: Request = read(body)?;
    let act = caller.act();
    let made = caller.store().write(move |tx| organizations::create(tx, &act, &request)).await?;
    // 200, not 201: as Kinde answers.
    Ok(success(StatusCode::OK, "organization", json!({ "code": made.code, "billing_customer_id": null })))
}

/// Without an envelope, as Kinde answers.
pub(super) async fn get(caller: Caller, params: Params) -> Answer {
    let code = params.get("code")?.ok_or_else(|| refused("ORGANIZATION_CODE_REQUIRED", "Give a code"))?.to_owned();
    let reach = caller.reach();
    let found = caller.store().read(move |tx| organizations::load(tx, reach, &code, "code")).await?;
    Ok(HttpResponse::Ok().json(shown(&found)))
}

pub(super) async fn list(caller: Caller, params: Params) -> Answer {
    let (reach, size) = (caller.reach(), params.page_size(PAGE_SIZE)?);
    let sort = params.get("sort")?.unwrap_or("name_asc");
    let is_descending = match sort {
        // Organizations have no email: their names decide.
        "name_asc" | "email_asc" => false,
        "name_desc" | "email_desc" => true,
        _ => return Err(invalid_sort()),
    };
    let seal = caller.seal("organizations", sort).await?;
    let after = params.next_token::<2>(&seal)?.map(Into::into);
    let page = Sorted { is_descending, after, limit: size + 1 };
    let mut found = caller.store().read(move |tx| organizations::list(tx, reach, &page)).await?;
    let size = usize::try_from(size).unwrap_or_default();
    let has_more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| has_more);
    let next = next.map(|last| next_token(&seal, &caller.act().ids, &[&last.name, &last.code])).transpose()?;
    Ok(HttpResponse::Ok().json(token_page("organizations", found.iter().map(shown).collect(), next)))
}

/// The refusal for an order there is not.
pub(super) fn invalid_sort() -> ManagementError {
    refused("INVALID_SORT", "sort is name_asc, name_desc, email_asc or email_desc")
}

pub(super) async fn update(caller: Caller, code: Path<String>, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| organizations::update(tx, &act, reach, &code, &request)).await?;
    Ok(done())
}

pub(super) async fn delete(caller: Caller, code: Path<String>) -> Answer {
    let (act, reach) = (caller.act(), caller.reach());
    caller.store().write(move |tx| organizations::delete(tx, &act, reach, &code)).await?;
    Ok(done())
}

pub(super) async fn list_connections(caller: Caller, code: Path<String>) -> Answer {
    let reach = caller.reach();
    let usable = caller.store().read(move |tx| organizations::connections(tx, reach, &code)).await?;
    let listed: Value = usable.iter().map(connections::shown).collect();
    Ok(success(StatusCode::OK, "connections", listed))
}

pub(super) async fn allow(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((code, connection), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| organizations::allow(tx, &act, reach, &code, &connection)).await?;
    Ok(done())
}

pub(super) async fn disallow(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((code, connection), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    caller.store().write(move |tx| organizations::disallow(tx, &act, reach, &code, &connection)).await?;
    Ok(done())
}

fn shown(organization: &Organization) -> Value {
    json!({
        "code": organization.code,
        "name": organization.name,
        "handle": organization.handle,
        "external_id": organization.external_id,
        "is_default": false,
        "is_suspended": organization.is_suspended,
        "is_auto_membership_enabled": organization.is_auto_membership_enabled,
        "is_auto_join_domain_list": organization.is_auto_join_domain_list,
        "allowed_domains": serde_json::from_str::<Value>(&organization.allowed_domains).unwrap_or_default(),
        "created_on": time(Some(organization.created)),
    })
}
