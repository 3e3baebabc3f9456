//! Proof by a TXT record: `_anteroom-challenge.<domain>` holds `anteroom-domain-verification=<challenge>`.
//!
//! Each organization that claims a domain has a challenge of its own, so whoever may write the domain's zone decides
//! whose it is. A record that is there proves the domain at once; one that the DNS has called missing for seven days
//! ends the proof. A DNS that gives no answer changes nothing.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{Record, not_found, parse, parse_own, taken};
use crate::clock::micros;
use crate::identity::act::{About, Act};
use crate::identity::{Error, Reach, organizations};
use crate::outbound::dns::{NoAnswer, Resolver};
use crate::store::domains::{self as rows, Claim, ClaimChange};
use crate::store::organizations::Organization;
use crate::store::{self, Store, Tx};

/// How long a record may be missing before its proof ends.
const GRACE: Duration = Duration::from_hours(7 * 24);
/// How long the job looks for the record of a domain that is not proven.
const PATIENCE: Duration = Duration::from_hours(30 * 24);
/// How often the job looks.
const EVERY: Duration = Duration::from_hours(24);
/// Claims that one organization may have.
const MOST: usize = 200;
/// Claims the job takes at a time.
const BATCH: i64 = 50;
/// Questions to the DNS at a time.
const AT_ONCE: usize = 10;

/// What a look at the DNS found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The record, with the challenge.
    Found,
    /// No such record.
    Missing,
    /// No answer.
    Unknown,
}

impl Seen {
    /// `found`, `missing` or `no_answer`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Missing => "missing",
            Self::Unknown => "no_answer",
        }
    }
}

/// What must be published for a claim.
pub(super) fn record(claim: &Claim) -> Record {
    Record {
        r#type: "TXT",
        name: format!("_anteroom-challenge.{}", claim.domain),
        value: format!("anteroom-domain-verification={}", claim.challenge),
    }
}

/// Claims a domain for an organization, so that the job looks for its record; a repetition keeps the challenge.
///
/// # Errors
/// 400 for something that is no domain, a public mail domain, or `TOO_MANY_DOMAINS`; 409 `DOMAIN_TAKEN` when another
/// organization has proven it.
pub fn claim(tx: &mut Tx<'_>, act: &Act, organization: &Organization, text: &str) -> Result<String, Error> {
    let domain = parse_own(text)?;
    if is_taken(tx, organization, &domain)? {
        return Err(taken(&domain));
    }
    let claims = rows::list_claims(tx, organization.key)?;
    if claims.len() >= MOST && !claims.iter().any(|claim| claim.domain == domain) {
        let message = format!("An organization can claim {MOST} domains at most; remove one first");
        return Err(Error::invalid("TOO_MANY_DOMAINS", message).field("domain"));
    }
    rows::insert_claim(tx, organization.key, &domain, &act.ids.prefixed("challenge"), act.now)?;
    let claim = locked(tx, organization, &domain)?;
    let change = ClaimChange { created: act.now, next_check: Some(act.now + micros(EVERY)), ..unchanged(&claim) };
    rows::update_claim(tx, organization.key, &domain, &change)?;
    if !claims.iter().any(|claim| claim.domain == domain) {
        let data = json!({ "organization": organization.code, "after": { "domain": domain, "proof": "dns_txt" } });
        act.event(tx, "domain.claimed", About::default(), data)?;
    }
    Ok(domain)
}

/// Looks for the record of an organization's claim now, and writes what follows.
///
/// # Errors
/// 400 for something that is no domain, 404 `DOMAIN_NOT_FOUND` when the organization does not claim it, 409
/// `DOMAIN_TAKEN` when the record is there and another organization has proven the domain.
pub async fn check(
    store: &Store,
    resolver: &Resolver,
    act: Act,
    reach: Reach,
    code: String,
    text: &str,
) -> Result<(super::Owned, Seen), Error> {
    let (domain, asked) = (parse(text)?, code.clone());
    let wanted = domain.clone();
    let claim = store.read(move |tx| {
        let organization = organizations::load(tx, reach, &asked, "code")?;
        rows::find_claim(tx, organization.key, &wanted)?.ok_or_else(|| not_found(&organization, &wanted))
    });
    let claim = claim.await?;
    let seen = look(resolver, &claim).await;
    let shown = store.write(move |tx| {
        let organization = organizations::load(tx, reach, &code, "code")?;
        if write(tx, &act, &organization, &claim, seen)? == Written::Taken {
            return Err(taken(&domain));
        }
        super::find(tx, &organization, &domain)
    });
    Ok((shown.await?, seen))
}

/// Looks for the records of the claims that are due, a batch; true when there may be more.
///
/// # Errors
/// Those of the store.
pub async fn check_due(store: &Store, resolver: &Resolver, act: Act) -> Result<bool, store::Error> {
    let now = act.now;
    let due = store.read(move |tx| rows::list_due_claims(tx, now, BATCH)).await?;
    let is_full = i64::try_from(due.len()).is_ok_and(|taken| taken == BATCH);
    let looks = due.into_iter().map(|(claim, code)| async move { (look(resolver, &claim).await, claim, code) });
    let seen: Vec<_> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
    for (seen, claim, code) in seen {
        let act = act.clone();
        let written = store.write(move |tx| {
            let Some(organization) = store::organizations::find_by_code(tx, &code)? else { return Ok(()) };
            write(tx, &act, &organization, &claim, seen).map(|_| ())
        });
        match written.await {
            Err(Error::Store(cause)) => return Err(cause),
            Ok(()) | Err(Error::Refused(_)) => {}
        }
    }
    Ok(is_full)
}

async fn look(resolver: &Resolver, claim: &Claim) -> Seen {
    let record = record(claim);
    match resolver.txt(&record.name).await {
        Ok(texts) if texts.iter().any(|text| text.trim() == record.value) => Seen::Found,
        Ok(_) => Seen::Missing,
        Err(NoAnswer(cause)) => {
            tracing::warn!(name = record.name, cause, "a domain could not be checked");
            Seen::Unknown
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Done,
    /// Another organization has proven the domain.
    Taken,
}

/// Writes what follows from a look: the claim, and whether the organization owns the domain.
fn write(
    tx: &mut Tx<'_>,
    act: &Act,
    organization: &Organization,
    looked_at: &Claim,
    seen: Seen,
) -> Result<Written, Error> {
    let domain = looked_at.domain.as_str();
    let claim = locked(tx, organization, domain)?;
    // Removed and claimed anew meanwhile: what was seen says nothing about the new challenge.
    let seen = if claim.challenge == looked_at.challenge { seen } else { Seen::Unknown };
    let mut change = unchanged(&claim);
    let mut written = Written::Done;
    match seen {
        Seen::Unknown => {}
        Seen::Found => {
            written = prove(tx, act, organization, domain)?;
            (change.checked, change.missing_since) = (Some(act.now), None);
            change.lapsed = change.lapsed.filter(|_| written == Written::Taken);
        }
        Seen::Missing => {
            let since = *change.missing_since.get_or_insert(act.now);
            change.checked = Some(act.now);
            if act.now - since >= micros(GRACE) && lapse(tx, act, organization, domain, since)? {
                change.lapsed = Some(act.now);
            }
        }
    }
    change.next_check = next_check(tx, act, organization, &claim, change.lapsed)?;
    rows::update_claim(tx, organization.key, domain, &change)?;
    Ok(written)
}

/// A domain that is the organization's now or may become so soon is looked at daily.
fn next_check(
    tx: &mut Tx<'_>,
    act: &Act,
    organization: &Organization,
    claim: &Claim,
    lapsed: Option<i64>,
) -> Result<Option<i64>, Error> {
    let waiting_since = lapsed.unwrap_or(claim.created).max(claim.created);
    let is_watched = owns(tx, organization, &claim.domain)? || act.now - waiting_since < micros(PATIENCE);
    Ok(is_watched.then(|| act.now + micros(EVERY)))
}

fn prove(tx: &mut Tx<'_>, act: &Act, organization: &Organization, domain: &str) -> Result<Written, Error> {
    if !rows::insert(tx, organization.key, domain, "dns_txt", act.now)? {
        match rows::find(tx, domain)? {
            Some(row) if row.organization_key != organization.key => return Ok(Written::Taken),
            Some(row) => {
                rows::set_proof(tx, organization.key, domain, "dns_txt", act.now)?;
                if row.proof == "dns_txt" {
                    return Ok(Written::Done);
                }
            }
            None => return Ok(Written::Taken),
        }
    }
    let data = json!({ "organization": organization.code, "after": { "domain": domain, "proof": "dns_txt" } });
    act.event(tx, "domain.proven", About::default(), data)?;
    Ok(Written::Done)
}

/// Ends a proof by the record that is missing; true when there was one.
fn lapse(tx: &mut Tx<'_>, act: &Act, organization: &Organization, domain: &str, since: i64) -> Result<bool, Error> {
    let is_proven =
        rows::find(tx, domain)?.is_some_and(|row| row.organization_key == organization.key && row.proof == "dns_txt");
    if !is_proven {
        return Ok(false);
    }
    rows::delete(tx, organization.key, domain)?;
    let before = json!({ "domain": domain, "proof": "dns_txt", "missing_since": crate::clock::rfc3339(since) });
    let data = json!({ "organization": organization.code, "before": before });
    act.event(tx, "domain.lapsed", About::default(), data)?;
    Ok(true)
}

fn locked(tx: &mut Tx<'_>, organization: &Organization, domain: &str) -> Result<Claim, Error> {
    rows::lock_claim(tx, organization.key, domain)?.ok_or_else(|| not_found(organization, domain))
}

fn owns(tx: &mut Tx<'_>, organization: &Organization, domain: &str) -> Result<bool, Error> {
    Ok(rows::find(tx, domain)?.is_some_and(|row| row.organization_key == organization.key))
}

fn is_taken(tx: &mut Tx<'_>, organization: &Organization, domain: &str) -> Result<bool, Error> {
    Ok(rows::find(tx, domain)?.is_some_and(|row| row.organization_key != organization.key))
}

fn unchanged(claim: &Claim) -> ClaimChange {
    ClaimChange {
        created: claim.created,
        checked: claim.checked,
        missing_since: claim.missing_since,
        lapsed: claim.lapsed,
        next_check: claim.next_check,
    }
}
