//! How domains are shown: what holds, by which proof, and what to publish.

use serde::Serialize;

use super::proof;
use crate::clock::rfc3339;
use crate::identity::Error;
use crate::store::domains::{self as rows, Claim, Domain};
use crate::store::organizations::Organization;
use crate::store::{self, Tx};

/// A domain as it is shown. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owned {
    /// A-label, lower case.
    pub domain: String,
    /// `proven`, `pending` (claimed, the record was not seen yet) or `lapsed` (the record was missing for seven days).
    pub state: &'static str,
    /// `asserted` or `dns_txt`.
    pub proof: String,
    /// Since when it is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proven_on: Option<String>,
    /// What must stay published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Record>,
    /// When the DNS last answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<String>,
    /// Since when it has answered that the record is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_since: Option<String>,
    /// When the proof ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapsed_on: Option<String>,
}

/// The record that proves a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// `TXT`.
    pub r#type: &'static str,
    /// The whole name, without a dot at its end.
    pub name: String,
    /// What it holds.
    pub value: String,
}

/// The domains of an organization, in order.
pub fn list(tx: &mut Tx<'_>, organization: &Organization) -> Result<Vec<Owned>, store::Error> {
    let claims = rows::list_claims(tx, organization.key)?;
    let mut owned = rows::list(tx, organization.key)?;
    let mut shown: Vec<Owned> = claims.iter().map(|claim| show_claim(claim, taken_out(&mut owned, claim))).collect();
    shown.extend(owned.into_iter().map(show_proven));
    shown.sort_by(|one, other| one.domain.cmp(&other.domain));
    Ok(shown)
}

/// One domain of an organization.
///
/// # Errors
/// 400 for something that is no domain, 404 `DOMAIN_NOT_FOUND` when it is none of the organization's.
pub fn find(tx: &mut Tx<'_>, organization: &Organization, text: &str) -> Result<Owned, Error> {
    let domain = super::parse(text)?;
    let mut listed = list(tx, organization)?.into_iter();
    listed.find(|owned| owned.domain == domain).ok_or_else(|| super::not_found(organization, &domain))
}

fn taken_out(owned: &mut Vec<Domain>, claim: &Claim) -> Option<Domain> {
    let place = owned.iter().position(|owned| owned.domain == claim.domain)?;
    Some(owned.swap_remove(place))
}

fn show_claim(claim: &Claim, owned: Option<Domain>) -> Owned {
    let state = match &owned {
        Some(_) => "proven",
        None if claim.lapsed.is_some() => "lapsed",
        None => "pending",
    };
    Owned {
        domain: claim.domain.clone(),
        state,
        proof: owned.as_ref().map_or_else(|| "dns_txt".to_owned(), |owned| owned.proof.clone()),
        proven_on: owned.and_then(|owned| owned.proven).map(rfc3339),
        record: Some(proof::record(claim)),
        checked_on: claim.checked.map(rfc3339),
        missing_since: claim.missing_since.map(rfc3339),
        lapsed_on: claim.lapsed.map(rfc3339),
    }
}

fn show_proven(owned: Domain) -> Owned {
    Owned {
        domain: owned.domain,
        state: "proven",
        proof: owned.proof,
        proven_on: owned.proven.map(rfc3339),
        record: None,
        checked_on: None,
        missing_since: None,
        lapsed_on: None,
    }
}
