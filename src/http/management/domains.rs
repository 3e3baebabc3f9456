//! `GET` and `POST /organizations/{code}/domains`, `DELETE /organizations/{code}/domains/{domain}`, and `POST` of its
//! `/check`; `POST /connections/{id}/domains/{domain}/verification`.
//!
//! 400 `ORGANIZATION_NOT_FOUND`, `INVALID_DOMAIN`, `INVALID_METHOD`, `PUBLIC_MAIL_DOMAIN`, `TOO_MANY_DOMAINS`,
//! `CONNECTION_WITHOUT_OWNER`, 404 `CONNECTION_NOT_FOUND`, `DOMAIN_NOT_FOUND`, 409 `DOMAIN_TAKEN`; 403 `ORGANIZATION_BOUND` when a client of one organization would vouch for
//! its own domain.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, done, read, success};
use super::caller::Caller;
use crate::http::body::Json;
use crate::identity::domains::{self, proof};
use crate::identity::{Error, Reach, organizations};
use crate::store::organizations::Organization;
use crate::store::{self, Tx};

/// Which domain is the organization's own, and how it is proven: `asserted` (the default) or `dns_txt`.
#[derive(Debug, Deserialize)]
struct Request {
    domain: String,
    method: Option<String>,
}

pub(super) async fn list(caller: Caller, code: Path<String>) -> Answer {
    let reach = caller.reach();
    let listed = caller.store().read(move |tx| {
        let organization = organizations::load(tx, reach, &code, "code")?;
        Ok::<_, Error>(domains::list(tx, &organization)?)
    });
    Ok(success(StatusCode::OK, "domains", json!(listed.await?)))
}

pub(super) async fn create(caller: Caller, code: Path<String>, Json(body): Json) -> Answer {
    let request: Request = read(body)?;
    own(caller, Owner::Code(code.into_inner()), request.domain, request.method.as_deref()).await
}

/// How a domain is proven.
#[derive(Debug, Deserialize)]
struct Verification {
    method: Option<String>,
}

/// The same for the organization that owns a connection.
pub(super) async fn verify(caller: Caller, path: Path<(String, String)>, Json(body): Json) -> Answer {
    let (connection, domain) = path.into_inner();
    let request: Verification = read(body)?;
    own(caller, Owner::OfConnection(connection), domain, request.method.as_deref()).await
}

/// Whose domain it is to be.
#[derive(Debug)]
enum Owner {
    Code(String),
    OfConnection(String),
}

impl Owner {
    fn load(&self, tx: &mut Tx<'_>, reach: Reach) -> Result<Organization, Error> {
        let id = match self {
            Self::Code(code) => return organizations::load(tx, reach, code, "code"),
            Self::OfConnection(id) => id,
        };
        let missing = || Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}"));
        let connection = reach.find_connection(tx, id)?.ok_or_else(missing)?;
        let message = "The connection belongs to no organization: there is nobody the domain could belong to";
        let owner = connection.organization_key.ok_or_else(|| Error::invalid("CONNECTION_WITHOUT_OWNER", message))?;
        Ok(store::organizations::load(tx, owner)?)
    }
}

async fn own(caller: Caller, owner: Owner, domain: String, method: Option<&str>) -> Answer {
    let method = Method::read(method)?;
    if method == Method::Asserted {
        let message = "A client bound to one organization cannot vouch for its domains: prove them with \"dns_txt\"";
        caller.reach().check_unbound(message)?;
    }
    let (act, reach) = (caller.act(), caller.reach());
    let made = caller.store().write(move |tx: &mut Tx<'_>| {
        let organization = owner.load(tx, reach)?;
        let domain = match method {
            Method::Asserted => domains::assert_domain(tx, &act, &organization, &domain)?,
            Method::DnsTxt => proof::claim(tx, &act, &organization, &domain)?,
        };
        domains::find(tx, &organization, &domain)
    });
    Ok(success(StatusCode::CREATED, "domain", json!(made.await?)))
}

pub(super) async fn check(caller: Caller, path: Path<(String, String)>) -> Answer {
    let ((code, domain), act, reach) = (path.into_inner(), caller.act(), caller.reach());
    let checked = proof::check(caller.store(), &caller.outside().resolver, act, reach, code, &domain);
    let (domain, seen) = checked.await?;
    Ok(success(StatusCode::OK, "check", json!({ "record": seen.as_str(), "domain": domain })))
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Asserted,
    DnsTxt,
}

impl Method {
    fn read(text: Option<&str>) -> Result<Self, Error> {
        match text {
            None | Some("asserted") => Ok(Self::Asserted),
            Some("dns_txt") => Ok(Self::DnsTxt),
            Some(other) => {
                let message = format!("method is \"asserted\" or \"dns_txt\", not {other:?}");
                Err(Error::invalid("INVALID_METHOD", message).field("method"))
            }
        }
    }
}
