//! Members that a client names and that are not here (yet): which are kept until they come, and which are not any more.
//!
//! What becomes of them when they come is `identity/pending_members.rs`. A group shows members and no values it waits
//! for, so its version stays when those alone change. The group is locked.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Call, Error};
use crate::identity::act::About;
use crate::identity::pending_members::find_people;
use crate::scim;
use crate::scim::canonical::unique_key;
use crate::scim::limits;
use crate::scim::members::MemberId;
use crate::store::locks::{self, Lock};
use crate::store::resources::Resource;
use crate::store::{ResourceKey, Tx, pending_members};

/// Whether a member that is unknown is waited for: what a userName could be, where the connection wants it.
pub(super) fn may_come(call: &Call, member: &MemberId) -> bool {
    call.tenant.keeps_pending_members() && member.may_be_to_come() && unique_key(&member.id).is_some()
}

/// Lets a group wait for the people that these values mean, and returns those who are here already.
///
/// # Errors
/// 400 `invalidValue` when it would wait for more than [`limits::PENDING_MEMBERS`].
pub(super) fn wait_for(
    tx: &mut Tx<'_>,
    call: &Call,
    group: &Resource,
    values: &BTreeSet<String>,
) -> Result<BTreeSet<ResourceKey>, Error> {
    if values.is_empty() {
        return Ok(BTreeSet::new());
    }
    let connection = call.tenant.key();
    let waiting = pending_members::values_of(tx, connection, group.key)?;
    if !values.is_subset(&waiting) {
        // Whoever arrives meanwhile is seen here, or sees what is written here.
        locks::take(tx, &[Lock::PendingMembers(connection)])?;
    }
    let here = find_people(tx, connection, values)?;
    let arrived: BTreeSet<String> = here.keys().filter(|value| waiting.contains(*value)).cloned().collect();
    pending_members::delete(tx, connection, group.key, &arrived)?;
    let is_new = |value: &&String| !waiting.contains(*value) && !here.contains_key(*value);
    let new: BTreeSet<String> = values.iter().filter(is_new).cloned().collect();
    if waiting.len().saturating_sub(arrived.len()) + new.len() > limits::PENDING_MEMBERS {
        let most = limits::PENDING_MEMBERS;
        let message = format!("a group waits for at most {most} members that are not here; nothing was changed");
        return Err(scim::Error::invalid_value(message).into());
    }
    if !new.is_empty() {
        pending_members::insert(tx, connection, group.key, &new)?;
        announce(tx, call, group, &new)?;
    }
    Ok(here.into_values().collect())
}

fn announce(tx: &mut Tx<'_>, call: &Call, group: &Resource, values: &BTreeSet<String>) -> Result<(), Error> {
    let about = About { connection: Some(call.tenant.key()), resource: Some(&group.id), ..About::default() };
    let data = json!({ "display_name": group.document.display_name(), "values": values });
    Ok(call.act.event(tx, "group.member_pending", about, data)?)
}

/// Lets a group wait for nothing but these values.
pub(super) fn wait_for_no_other(
    tx: &mut Tx<'_>,
    call: &Call,
    group: &Resource,
    values: &BTreeSet<String>,
) -> Result<(), Error> {
    if call.tenant.keeps_pending_members() {
        let waiting = pending_members::values_of(tx, call.tenant.key(), group.key)?;
        let gone = waiting.difference(values).cloned().collect();
        pending_members::delete(tx, call.tenant.key(), group.key, &gone)?;
    }
    Ok(())
}

/// Lets a group wait for these values no longer, and returns the people that they mean: who became a member by a value
/// can be removed by it.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    call: &Call,
    group: &Resource,
    values: &BTreeSet<String>,
) -> Result<BTreeSet<ResourceKey>, Error> {
    if values.is_empty() || !call.tenant.keeps_pending_members() {
        return Ok(BTreeSet::new());
    }
    pending_members::delete(tx, call.tenant.key(), group.key, values)?;
    Ok(find_people(tx, call.tenant.key(), values)?.into_values().collect())
}
