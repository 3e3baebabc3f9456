//! Cut-over: the people of an old connection become those whom a new one knows already, and keep their ids.
//!
//! A customer changes their IdP: the new one pushes everybody anew, under new user ids. Whoever is the same person (by
//! externalId, else by matching email, if that means one person on either side) is the user from before again, with the
//! new identity.

use std::collections::HashSet;

use serde::Serialize;

use super::{Cause, merge};
use crate::identity::act::Act;
use crate::identity::{Error, Reach};
use crate::store::connections::Connection;
use crate::store::identities::{self, Identity};
use crate::store::{ConnectionKey, IdentityKey, Store, Tx, directories, events, resources, users};

/// People of one transaction: each takes locks of its own.
const BATCH: i64 = 20;

/// What becomes of a person of the old connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Would be moved.
    Paired,
    /// Was moved.
    Moved,
    /// The new connection knows nobody like that.
    Unpaired,
    /// Several people could be meant.
    Ambiguous,
    /// Was not moved; the message says why.
    Failed,
}

/// A person of the old connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The user, who keeps this id.
    pub user_id: String,
    /// How the old connection knows them.
    pub identity: String,
    /// What becomes of them.
    pub outcome: Outcome,
    /// `externalId` or `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paired_by: Option<&'static str>,
    /// The user whom the new connection made for them, and who goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_user_id: Option<String>,
    /// Whether that user has signed in: applications may hold something of theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_signed_in: Option<bool>,
    /// Why they were not moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How many people became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Would be moved, or were.
    pub paired: u64,
    /// Have no counterpart.
    pub unpaired: u64,
    /// Could be several.
    pub ambiguous: u64,
    /// Were not moved.
    pub failed: u64,
}

impl Counts {
    /// Counts a person.
    pub fn add(&mut self, person: &Person) {
        *match person.outcome {
            Outcome::Paired | Outcome::Moved => &mut self.paired,
            Outcome::Unpaired => &mut self.unpaired,
            Outcome::Ambiguous => &mut self.ambiguous,
            Outcome::Failed => &mut self.failed,
        } += 1;
    }
}

/// A cut-over at work.
#[derive(Debug)]
pub struct CutOver {
    store: Store,
    act: Act,
    reach: Reach,
    from: String,
    to: String,
    is_dry_run: bool,
    after: Option<IdentityKey>,
    paired: HashSet<IdentityKey>,
}

impl CutOver {
    /// From one connection to another; with `is_dry_run` it only tells.
    pub fn new(store: Store, act: Act, reach: Reach, [from, to]: [String; 2], is_dry_run: bool) -> Self {
        Self { store, act, reach, from, to, is_dry_run, after: None, paired: HashSet::new() }
    }

    /// The next people, oldest first; none when there are no more.
    ///
    /// # Errors
    /// 404 `CONNECTION_NOT_FOUND`; 400 `SAME_CONNECTION`, `OTHER_ORGANIZATION` when the two have not one owner,
    /// `CONNECTION_HAS_DIRECTORY` while an IdP could push to the old one. What was moved before stays so.
    pub async fn next(&mut self) -> Result<Option<Vec<Person>>, Error> {
        let (act, reach, is_dry_run, after) = (self.act.clone(), self.reach, self.is_dry_run, self.after);
        let (from, to) = (self.from.clone(), self.to.clone());
        let before = self.paired.clone();
        let work = move |tx: &mut Tx<'_>| {
            let (from, to) = connections(tx, reach, &from, &to)?;
            let page = identities::list_enterprise_after(tx, from.key, after, BATCH)?;
            let (mut people, mut paired) = (Vec::with_capacity(page.len()), before.clone());
            for identity in page {
                let counterpart = counterpart(tx, &from, &to, &identity)?;
                let (person, with) = told(tx, &identity, counterpart, &paired)?;
                paired.extend(with);
                people.push((identity.key, person));
            }
            if !is_dry_run {
                for (_, person) in &mut people {
                    carry_out(tx, &act, reach, person)?;
                }
            }
            Ok::<_, Error>((people, paired))
        };
        let (people, paired) = if is_dry_run { self.store.read(work).await? } else { self.store.write(work).await? };
        let Some((last, _)) = people.last() else { return Ok(None) };
        self.after = Some(*last);
        self.paired = paired;
        Ok(Some(people.into_iter().map(|(_, person)| person).collect()))
    }
}

fn connections(tx: &mut Tx<'_>, reach: Reach, from: &str, to: &str) -> Result<(Connection, Connection), Error> {
    let missing = |id: &str| Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}"));
    if from == to {
        return Err(Error::invalid("SAME_CONNECTION", "The two connections are one"));
    }
    let from = reach.find_connection(tx, from)?.ok_or_else(|| missing(from))?;
    let to = reach.find_connection(tx, to)?.ok_or_else(|| missing(to))?;
    if from.organization_key.is_none() || from.organization_key != to.organization_key {
        return Err(Error::invalid("OTHER_ORGANIZATION", "Both connections must belong to the same organization"));
    }
    if to.state == "deleting" {
        return Err(Error::invalid("CONNECTION_DELETED", "The new connection is being deleted"));
    }
    if directories::find_of_connection(tx, from.key)?.is_some() {
        let message = "The old connection has a directory: delete that first, so that its IdP makes nobody anew";
        return Err(Error::invalid("CONNECTION_HAS_DIRECTORY", message));
    }
    Ok((from, to))
}

/// Who a person is on the new connection.
enum Counterpart {
    Nobody,
    Several,
    One(Box<Identity>, &'static str),
}

fn counterpart(tx: &mut Tx<'_>, from: &Connection, to: &Connection, old: &Identity) -> Result<Counterpart, Error> {
    let resource = old.resource_key.map(|key| resources::load(tx, from.key, key)).transpose()?;
    let external_id =
        resource.as_ref().and_then(|resource| resource.document.external_id()).filter(|id| !id.is_empty());
    if let Some(external_id) = external_id {
        let of =
            |tx: &mut Tx<'_>, of: ConnectionKey| resources::list_by_value(tx, of, "User", "externalId", external_id, 2);
        let (here, there) = (of(tx, from.key)?, of(tx, to.key)?);
        match (here.len(), there.as_slice()) {
            (_, []) => {}
            (1, [one]) => {
                if let Some(identity) = identities::find_of_resource(tx, to.key, one.key)? {
                    return Ok(Counterpart::One(Box::new(identity), "externalId"));
                }
            }
            _ => return Ok(Counterpart::Several),
        }
    }
    if old.value_key.is_empty() {
        return Ok(Counterpart::Nobody);
    }
    let here = identities::list_by_email(tx, from.key, &old.value_key, 2)?;
    let mut there = identities::list_by_email(tx, to.key, &old.value_key, 2)?;
    match (here.len(), there.len(), there.pop()) {
        (_, 0, _) => Ok(Counterpart::Nobody),
        (1, 1, Some(one)) if !is_known_here(tx, from, to, &one)? => Ok(Counterpart::One(Box::new(one), "email")),
        _ => Ok(Counterpart::Several),
    }
}

/// Whether a person of the new connection is somebody of the old one by externalId: the email is no reason then.
fn is_known_here(tx: &mut Tx<'_>, from: &Connection, to: &Connection, new: &Identity) -> Result<bool, Error> {
    let Some(key) = new.resource_key else { return Ok(false) };
    let resource = resources::load(tx, to.key, key)?;
    let Some(id) = resource.document.external_id().filter(|id| !id.is_empty()) else { return Ok(false) };
    Ok(!resources::list_by_value(tx, from.key, "User", "externalId", id, 1)?.is_empty())
}

/// How a person is told, and the identity they are paired with.
fn told(
    tx: &mut Tx<'_>,
    old: &Identity,
    counterpart: Counterpart,
    paired: &HashSet<IdentityKey>,
) -> Result<(Person, Option<IdentityKey>), Error> {
    let person = Person {
        user_id: users::load(tx, old.user_key)?.id,
        identity: old.value.clone(),
        outcome: Outcome::Unpaired,
        paired_by: None,
        new_user_id: None,
        has_signed_in: None,
        message: None,
    };
    let (identity, by) = match counterpart {
        Counterpart::Nobody => return Ok((person, None)),
        Counterpart::Several => return Ok((Person { outcome: Outcome::Ambiguous, ..person }, None)),
        Counterpart::One(identity, by) => (identity, by),
    };
    let new = users::load(tx, identity.user_key)?;
    // Whoever was moved is somebody already: a second person must not become them, too.
    if paired.contains(&identity.key) || events::has_any(tx, &new.id, "user.moved")? {
        return Ok((Person { outcome: Outcome::Ambiguous, ..person }, None));
    }
    let has_signed_in = Some(new.total_sign_ins > 0);
    let (paired_by, new_user_id) = (Some(by), Some(new.id));
    Ok((Person { outcome: Outcome::Paired, paired_by, new_user_id, has_signed_in, ..person }, Some(identity.key)))
}

/// Moves a person who is paired, or says why not.
fn carry_out(tx: &mut Tx<'_>, act: &Act, reach: Reach, person: &mut Person) -> Result<(), Error> {
    let (Outcome::Paired, Some(new)) = (person.outcome, person.new_user_id.clone()) else { return Ok(()) };
    match tx.savepoint(|tx| merge(tx, act, reach, [&person.user_id, &new], Cause::Move)) {
        Ok(_) => person.outcome = Outcome::Moved,
        Err(Error::Refused(refusal)) => {
            (person.outcome, person.message) = (Outcome::Failed, Some(refusal.message.clone()));
        }
        Err(store @ Error::Store(_)) => return Err(store),
    }
    Ok(())
}
