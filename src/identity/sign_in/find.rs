//! Finding the person a subject stands for among the identities of one connection.

use super::question::Question;
use crate::identity::settings::SubjectSource;
use crate::identity::{Error, Tenant};
use crate::scim::canonical::{canonical, email_key};
use crate::store::identities::{self, Identity};
use crate::store::resources::{self, Resource};
use crate::store::{self, ResourceKey, Tx};

/// Candidates that are looked at.
const MOST: i64 = 50;
/// How often somebody is looked for anew who changes meanwhile.
const ROUNDS: u32 = 5;

/// What a look-up came to.
#[derive(Debug)]
pub(super) enum Found {
    /// Exactly this identity.
    One(Box<Identity>),
    /// Several, and nothing tells which.
    Several,
    /// Found, but another subject signed in as them before.
    Claimed(Box<Identity>),
    /// Nobody.
    Nobody,
}

/// Looks, locks whom it found and looks again, until both agree: whoever is found stays as found until the transaction
/// ends, and a deactivation, deletion or binding under way has ended before.
pub(super) fn settled(tx: &mut Tx<'_>, look: impl Fn(&mut Tx<'_>) -> Result<Found, Error>) -> Result<Found, Error> {
    for _ in 0..ROUNDS {
        let found = look(tx)?;
        let (Found::One(identity), true) = (&found, tx.has_other_writers()) else {
            return Ok(found);
        };
        identities::lock(tx, identity.key)?;
        match look(tx)? {
            Found::One(again) if again.key == identity.key => return Ok(Found::One(again)),
            _ => {}
        }
    }
    Err(Error::Store(store::Error::Unavailable("the person keeps changing".into())))
}

/// Step 2: by the bound subject, or where this connection looks subjects up.
pub(super) fn by_subject(tx: &mut Tx<'_>, tenant: &Tenant, question: &Question) -> Result<Found, Error> {
    let subject = question.subject.as_str();
    match tenant.settings.subject_source() {
        SubjectSource::Bound => {
            let bound = identities::find_by_subject(tx, tenant.key(), subject)?;
            Ok(bound.map_or(Found::Nobody, |identity| Found::One(Box::new(identity))))
        }
        SubjectSource::UserName => {
            let found = resources::find_by_unique_key(tx, tenant.key(), "User", &canonical(subject))?;
            of_resources(tx, tenant, found.as_slice())
        }
        SubjectSource::ExternalId => {
            let found = resources::list_by_value(tx, tenant.key(), "User", "externalId", subject, MOST)?;
            of_resources(tx, tenant, &found)
        }
        SubjectSource::Email => match email_key(subject) {
            Some(key) => Ok(only(identities::list_by_email(tx, tenant.key(), &key, MOST)?)),
            None => Ok(Found::Nobody),
        },
    }
}

/// Step 3, first half: the person whose externalId is the subject.
pub(super) fn by_external_id(tx: &mut Tx<'_>, tenant: &Tenant, question: &Question) -> Result<Found, Error> {
    let found = resources::list_by_value(tx, tenant.key(), "User", "externalId", &question.subject, MOST)?;
    let keys: Vec<ResourceKey> = found.iter().map(|resource| resource.key).collect();
    Ok(unclaimed(identities_of(tx, tenant, &keys)?))
}

/// Step 3, second half: the person whose matching email is the verified one.
pub(super) fn by_email(tx: &mut Tx<'_>, tenant: &Tenant, email: &str) -> Result<Found, Error> {
    match email_key(email) {
        Some(key) => Ok(unclaimed(identities::list_by_email(tx, tenant.key(), &key, MOST)?)),
        None => Ok(Found::Nobody),
    }
}

/// The only person found, if no subject has claimed them. Where several share what was looked for, nothing tells which
/// of them has arrived; somebody deactivated whose subject is known has not.
fn unclaimed(found: Vec<Identity>) -> Found {
    let (free, mut taken): (Vec<_>, Vec<_>) = found.into_iter().partition(|identity| identity.subject.is_none());
    if free.is_empty() && taken.len() == 1 {
        return taken.pop().map_or(Found::Nobody, |identity| Found::Claimed(Box::new(identity)));
    }
    taken.retain(|identity| identity.state != "deactivated" || free.is_empty());
    if taken.is_empty() { only(free) } else { Found::Several }
}

fn only(mut found: Vec<Identity>) -> Found {
    match (found.pop(), found.is_empty()) {
        (None, _) => Found::Nobody,
        (Some(identity), true) => Found::One(Box::new(identity)),
        (Some(_), false) => Found::Several,
    }
}

fn of_resources(tx: &mut Tx<'_>, tenant: &Tenant, found: &[Resource]) -> Result<Found, Error> {
    let keys: Vec<ResourceKey> = found.iter().map(|resource| resource.key).collect();
    Ok(only(identities_of(tx, tenant, &keys)?))
}

fn identities_of(tx: &mut Tx<'_>, tenant: &Tenant, keys: &[ResourceKey]) -> Result<Vec<Identity>, Error> {
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.extend(identities::find_of_resource(tx, tenant.key(), *key)?);
    }
    Ok(found)
}
