//! `GET` and `POST /organizations/{code}/domains`, `DELETE /organizations/{code}/domains/{domain}`.
//!
//! 400 `ORGANIZATION_NOT_FOUND`, `INVALID_DOMAIN`, `PUBLIC_MAIL_DOMAIN`, 404 `DOMAIN_NOT_FOUND`, 409 `DOMAIN_TAKEN`; 403
//! `ORGANIZATION_BOUND` when a client of one organization would vouch for its own domain.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use crate::http::body::Json;
use crate::http::error::ManagementError;
use crate::identity::{domains, organizations};
use crate::store::Tx;

/// Which domain is the organization's own.
#[derive(Debug, Deserialize)]
struct Request {
    domain: String,
}

pub(super) async fn list(caller: Caller, code: Path<String>) -> Answer {
    let reach = caller.reach();
    let listed = caller.store().read(move |tx| {
        let organization = organizations::load(tx, reach, &code, "code")?;
        domains::list(tx, &organization)
    });
    Ok(success(StatusCode::OK, "domains", json!(listed.await?)))
}

pub(super) async fn create(caller: Caller, code: Path<String>, Json(body): Json) -> Answer {
    if caller.reach().organization().is_some() {
        let message = "A client bound to one organization cannot vouch for its domains";
        return Err(ManagementError::new(StatusCode::FORBIDDEN, "ORGANIZATION_BOUND", message));
    }
    let (request, act, reach): (Request, _, _) = (read(body)?, caller.act(), caller.reach());
    let asserted = caller.store().write(move |tx: &mut Tx<'_>| {
        let organization = organizations::load(tx, reach, &code, "code")?;
        domains::assert_domain(tx, &act, &organization, &request.domain)
    });
    let shown = json!({ "domain": asserted.await?, "proof": "asserted" });
    Ok(success(StatusCode::CREATED, "domain", shown))
}

pub(super) async fn delete(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((code, domain), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    let removed = caller.store().write(move |tx: &mut Tx<'_>| {
        let organization = organizations::load(tx, reach, &code, "code")?;
        domains::remove(tx, &act, &organization, &domain)
    });
    removed.await?;
    Ok(done())
}
