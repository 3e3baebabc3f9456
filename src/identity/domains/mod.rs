//! Domains an organization has shown to be its own.
//!
//! Trust in an IdP's email addresses has effect for proven domains of the connection's owner only. The proof is an
//! administrator's word ([`assert_domain`]) or a record in the DNS ([`proof`]). One domain belongs to one organization;
//! domains where anybody can have a mailbox to none.

mod list;
pub mod proof;

use serde_json::json;

use super::Error;
use super::act::{About, Act};
use crate::scim::canonical::domain_key;
use crate::store::organizations::Organization;
use crate::store::{Tx, domains as rows};

pub use list::{Owned, Record, find, list};

/// Domains of public mail services, one a line.
const PUBLIC: &str = include_str!("public_mail_domains.txt");

/// Records that a domain is an organization's own, on an administrator's word; a repetition changes nothing.
///
/// The word stands: what was proven by a TXT record before is looked up no more.
///
/// # Errors
/// 400 for something that is no domain or a public mail domain, 409 when another organization has it.
pub fn assert_domain(tx: &mut Tx<'_>, act: &Act, organization: &Organization, text: &str) -> Result<String, Error> {
    let domain = parse_own(text)?;
    rows::delete_claim(tx, organization.key, &domain)?;
    if !rows::insert(tx, organization.key, &domain, "asserted", act.now)? {
        match rows::find(tx, &domain)? {
            Some(row) if row.organization_key == organization.key && row.proof == "asserted" => return Ok(domain),
            Some(row) if row.organization_key == organization.key => {
                rows::set_proof(tx, organization.key, &domain, "asserted", act.now)?;
            }
            _ => return Err(taken(&domain)),
        }
    }
    let data = json!({ "organization": organization.code, "after": { "domain": domain, "proof": "asserted" } });
    act.event(tx, "domain.asserted", About::default(), data)?;
    Ok(domain)
}

/// Takes a domain and a claim to it from an organization: its emails are trusted no more. Who is bound to a subject
/// keeps signing in.
///
/// # Errors
/// 400 for something that is no domain, 404 `DOMAIN_NOT_FOUND` when it is none of the organization's.
pub fn remove(tx: &mut Tx<'_>, act: &Act, organization: &Organization, text: &str) -> Result<String, Error> {
    let domain = parse(text)?;
    let was_claimed = rows::delete_claim(tx, organization.key, &domain)?;
    if !rows::delete(tx, organization.key, &domain)? && !was_claimed {
        return Err(not_found(organization, &domain));
    }
    let data = json!({ "organization": organization.code, "before": { "domain": domain } });
    act.event(tx, "domain.removed", About::default(), data)?;
    Ok(domain)
}

fn not_found(organization: &Organization, domain: &str) -> Error {
    let message = format!("Organization {} has no domain {domain}", organization.code);
    Error::not_found("DOMAIN_NOT_FOUND", message).field("domain")
}

/// Reads a domain that an organization could own.
fn parse_own(text: &str) -> Result<String, Error> {
    let domain = parse(text)?;
    if is_public(&domain) {
        let message = format!("{domain} is a public mail domain: nobody's people can be told by it");
        return Err(Error::invalid("PUBLIC_MAIL_DOMAIN", message).field("domain"));
    }
    Ok(domain)
}

fn taken(domain: &str) -> Error {
    Error::conflict("DOMAIN_TAKEN", format!("Another organization has the domain {domain}")).field("domain")
}

/// Reads a domain as people write it: bare, with `@`, or as a URL.
pub(in crate::identity) fn parse(text: &str) -> Result<String, Error> {
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
