//! Domains an organization has shown to be its own.
//!
//! Trust in an IdP's email addresses has effect for proven domains of the connection's owner only. Here the proof is an
//! administrator's word. One domain belongs to one organization; domains where anybody can have a mailbox to none.

use serde::Serialize;
use serde_json::json;

use super::Error;
use super::act::{About, Act};
use super::checks::on_conflict;
use crate::clock::rfc3339;
use crate::scim::canonical::domain_key;
use crate::store::Tx;
use crate::store::organizations::{self as rows, Domain, Organization};

/// Domains of public mail services, one a line.
const PUBLIC: &str = include_str!("public_mail_domains.txt");

/// A domain as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owned {
    /// A-label, lower case.
    pub domain: String,
    /// `asserted` or `dns_txt`.
    pub proof: String,
    /// RFC 3339.
    pub proven_on: Option<String>,
}

/// Records that a domain is an organization's own, on an administrator's word; a repetition changes nothing.
///
/// # Errors
/// 400 for something that is no domain or a public mail domain, 409 when another organization has it.
pub fn assert_domain(tx: &mut Tx<'_>, act: &Act, organization: &Organization, text: &str) -> Result<String, Error> {
    let domain = parse(text)?;
    if is_public(&domain) {
        let message = format!("{domain} is a public mail domain: nobody's people can be told by it");
        return Err(Error::invalid("PUBLIC_MAIL_DOMAIN", message).field("domain"));
    }
    match rows::find_domain(tx, &domain)? {
        Some(row) if row.organization_key != organization.key => return Err(taken(&domain)),
        Some(row) if row.proven.is_some() => return Ok(domain),
        Some(_) => rows::prove_domain(tx, organization.key, &domain, "asserted", act.now)?,
        None => rows::insert_domain(tx, organization.key, &domain, "asserted", act.now)
            .map_err(on_conflict(|| taken(&domain)))?,
    }
    let data = json!({ "organization": organization.code, "after": { "domain": domain, "proof": "asserted" } });
    act.event(tx, "domain.asserted", About::default(), data)?;
    Ok(domain)
}

/// Takes a domain from an organization: its emails are trusted no more. Who is bound to a subject keeps signing in.
///
/// # Errors
/// 400 for something that is no domain, 404 `DOMAIN_NOT_FOUND` when it is none of the organization's.
pub fn remove(tx: &mut Tx<'_>, act: &Act, organization: &Organization, text: &str) -> Result<String, Error> {
    let domain = parse(text)?;
    if !rows::delete_domain(tx, organization.key, &domain)? {
        let message = format!("Organization {} has no domain {domain}", organization.code);
        return Err(Error::not_found("DOMAIN_NOT_FOUND", message).field("domain"));
    }
    let data = json!({ "organization": organization.code, "before": { "domain": domain } });
    act.event(tx, "domain.removed", About::default(), data)?;
    Ok(domain)
}

/// The domains of an organization, in order.
pub fn list(tx: &mut Tx<'_>, organization: &Organization) -> Result<Vec<Owned>, Error> {
    let shown = |row: Domain| Owned { domain: row.domain, proof: row.proof, proven_on: row.proven.map(rfc3339) };
    Ok(rows::list_domains(tx, organization.key)?.into_iter().map(shown).collect())
}

fn taken(domain: &str) -> Error {
    Error::conflict("DOMAIN_TAKEN", format!("Another organization has the domain {domain}")).field("domain")
}

/// Reads a domain as people write it: bare, with `@`, or as a URL.
pub(super) fn parse(text: &str) -> Result<String, Error> {
    let bare = text.trim().split_once("://").map_or(text.trim(), |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    domain_key(bare)
        .filter(|domain| domain.contains('.'))
        .ok_or_else(|| Error::invalid("INVALID_DOMAIN", format!("{text:?} is not a domain")).field("domain"))
}

fn is_public(domain: &str) -> bool {
    PUBLIC.lines().any(|line| line == domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_bare_with_an_at_and_as_urls() {
        for text in ["Acme.Test", "@acme.test", "https://acme.test/", "https://ACME.test/x?y"] {
            assert_eq!(parse(text).unwrap(), "acme.test", "{text}");
        }
        for text in ["", "@", "localhost", "a b.test", "https://"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_list_of_public_domains_is_in_the_form_domains_are_compared_in() {
        assert!(is_public("gmail.com") && !is_public("mail.acme.test") && !is_public("x.gmail.com"));
        for line in PUBLIC.lines() {
            assert_eq!(parse(line).unwrap(), line);
        }
    }
}
