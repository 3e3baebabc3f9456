//! The people a diagnosis names: kept out, here twice, denied lately.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Denied, Duplicate, RecentDenial, SHOWN};
use crate::clock::rfc3339;
use crate::identity::{Reach, Tenant};
use crate::store::diagnosis::{self as rows, KeptOut};
use crate::store::organizations::Organization;
use crate::store::{Error, Tx, identities, users};

/// Events that are looked through for denials.
const EVENTS: i64 = 2_000;
/// Denials shown.
const DENIALS: usize = 100;

/// Who would be denied whatever they send, and whether there are more.
pub(super) fn denied(
    tx: &mut Tx<'_>,
    tenant: &Tenant,
    owner: Option<&Organization>,
) -> Result<(Vec<Denied>, bool), Error> {
    // Who may join by signing in is not kept out.
    let member_of = owner.filter(|owner| !owner.is_auto_membership_enabled).map(|owner| owner.key);
    let limit = i64::try_from(SHOWN).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = rows::list_kept_out(tx, tenant.key(), member_of, limit)?;
    let has_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    Ok((found.into_iter().map(shown).collect(), has_more))
}

/// The reason and remedy in the order in which the sign-in question looks.
fn shown(person: KeptOut) -> Denied {
    let (reason, remedy) = if person.state == "deactivated" {
        ("deactivated", "activate the person in the IdP")
    } else if person.is_suspended {
        ("suspended", "lift the suspension")
    } else {
        ("not_a_member", "turn self-joining on for the organization, or add the person as a member")
    };
    Denied { user_id: person.user_id, identity_id: person.identity_id, identity: person.value, reason, remedy }
}

/// Users with one email, as far as the caller may see them.
pub(super) fn duplicates(tx: &mut Tx<'_>, reach: Reach, tenant: &Tenant) -> Result<Vec<Duplicate>, Error> {
    let mut found: Vec<Duplicate> = Vec::new();
    let mut seen = BTreeSet::new();
    for pair in rows::list_duplicates(tx, tenant.key(), i64::try_from(SHOWN).unwrap_or(i64::MAX))? {
        if !is_visible(tx, reach, &pair.other_id)? || seen.contains(&(pair.other_id.clone(), pair.user_id.clone())) {
            continue;
        }
        seen.insert((pair.user_id.clone(), pair.other_id.clone()));
        let proposal = proposal(tx, &pair)?;
        match found.last_mut() {
            Some(last) if last.user_id == pair.user_id => {
                last.others.push(pair.other_id);
                last.proposals.extend(proposal);
            }
            _ => found.push(Duplicate {
                email: pair.email.unwrap_or_default(),
                user_id: pair.user_id,
                others: vec![pair.other_id],
                proposals: proposal.into_iter().collect(),
            }),
        }
    }
    Ok(found)
}

/// The merge of a pair of whom only one has an IdP: the older user stays, because applications know it longer.
fn proposal(tx: &mut Tx<'_>, pair: &rows::Duplicate) -> Result<Option<String>, Error> {
    let (Some(one), Some(other)) = (users::find(tx, &pair.user_id)?, users::find(tx, &pair.other_id)?) else {
        return Ok(None);
    };
    if identities::list_of_user(tx, other.key)?.iter().any(|identity| identity.kind == "enterprise") {
        return Ok(None);
    }
    let (keep, from) = if other.key < one.key { (&other.id, &one.id) } else { (&one.id, &other.id) };
    Ok(Some(format!("anteroom user merge --dry-run --keep {keep} --from {from}")))
}

fn is_visible(tx: &mut Tx<'_>, reach: Reach, user: &str) -> Result<bool, Error> {
    if reach.organization().is_none() {
        return Ok(true);
    }
    match users::find(tx, user)? {
        Some(user) => reach.covers_user(tx, user.key),
        None => Ok(false),
    }
}

pub(super) fn recent_denials(tx: &mut Tx<'_>, tenant: &Tenant) -> Result<Vec<RecentDenial>, Error> {
    let denials = rows::list_denials(tx, tenant.key(), EVENTS)?;
    let reason = |data: &str| {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        data.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let shown = denials.into_iter().take(DENIALS).map(|denial| RecentDenial {
        occurred: rfc3339(denial.occurred),
        reason: reason(&denial.data),
        user_id: denial.user_id,
    });
    Ok(shown.collect())
}
