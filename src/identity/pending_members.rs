//! Members that were named before they came: they become members when their person arrives.
//!
//! An identity provider may push a group before the people in it, and name them by what it knows of them. A value means
//! the only person whose userName or externalId it is. A SCIM id needs no look: ids are minted here and never reused, so
//! one that is unknown today stays so. Groups do not arrive.

use std::collections::{BTreeMap, BTreeSet};

use super::reach::Reach;
use super::roles::{self, change::Change};
use super::{Act, Error, Tenant, groups};
use crate::scim::canonical::canonical;
use crate::store::locks::{self, Lock};
use crate::store::pending_members::{self, Pending};
use crate::store::resources::{self, Resource};
use crate::store::{self, ConnectionKey, ResourceKey, Tx, members};

/// Values shown in one answer.
const SHOWN: usize = 500;

/// Makes a person who came to be, or got another userName or externalId, a member of the groups that wait for them.
pub fn arrived(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, person: &Resource) -> Result<(), store::Error> {
    if !tenant.keeps_pending_members() {
        return Ok(());
    }
    let connection = tenant.key();
    locks::share(tx, &Lock::PendingMembers(connection))?;
    let names = [person.document.external_id(), person.document.user_name()];
    let keys: BTreeSet<String> = names.into_iter().flatten().map(canonical).collect();
    let waiting = pending_members::list_by_keys(tx, connection, &keys)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let meant = find_people(tx, connection, &waiting.iter().map(|(_, _, value)| value.clone()).collect())?;
    let mut groups = BTreeMap::<(ResourceKey, String), BTreeSet<String>>::new();
    for (key, group, value) in waiting {
        if meant.get(&value) == Some(&person.key) {
            groups.entry((key, group)).or_default().insert(value);
        }
    }
    for ((_, group), values) in &groups {
        join(tx, act, tenant, group, person, values)?;
    }
    Ok(())
}

fn join(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    group: &str,
    person: &Resource,
    values: &BTreeSet<String>,
) -> Result<(), store::Error> {
    let connection = tenant.key();
    let Some(group) = resources::lock(tx, connection, "Group", group)? else {
        return Ok(());
    };
    // Until the lock was had, the member may have been removed.
    if pending_members::delete(tx, connection, group.key, values)? == 0 {
        return Ok(());
    }
    let keys = BTreeSet::from([person.key]);
    if members::add(tx, connection, group.key, &keys, &BTreeSet::new())?.is_empty() {
        return Ok(());
    }
    let after = resources::bump(tx, connection, &group, act.now)?;
    groups::record(tx, act, connection, "group.updated", &after, std::slice::from_ref(&person.id), &[])?;
    let name = after.document.display_name();
    let change = Change { before: name, after: name, added: &keys, removed: &BTreeSet::new() };
    roles::change::group(tx, act, tenant, &after, &change)
}

/// Whom each of these values means; a value that means nobody, or several, is not there.
pub fn find_people(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    values: &BTreeSet<String>,
) -> Result<BTreeMap<String, ResourceKey>, store::Error> {
    let only = |people: BTreeSet<ResourceKey>| people.first().copied().filter(|_| people.len() == 1);
    let called = resources::people_called(tx, connection, values)?;
    Ok(called.into_iter().filter_map(|(value, people)| Some((value, only(people)?))).collect())
}

/// What the groups of a connection wait for, oldest group first, and whether there is more than is listed.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND` for a connection that does not exist or is out of reach.
pub fn list(tx: &mut Tx<'_>, reach: Reach, connection_id: &str) -> Result<(Vec<Pending>, bool), Error> {
    let connection = reach
        .find_connection(tx, connection_id)?
        .ok_or_else(|| Error::not_found("CONNECTION_NOT_FOUND", "There is no such connection"))?;
    let one_more = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    let mut pending = pending_members::list(tx, connection.key, one_more)?;
    let has_more = pending.len() > SHOWN;
    pending.truncate(SHOWN);
    Ok((pending, has_more))
}
