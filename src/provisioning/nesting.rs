//! Groups within groups: never in a circle, never deeper than the limit.

use std::collections::BTreeSet;

use super::error::NAMED;
use super::{Call, Error};
use crate::scim;
use crate::scim::error::excerpt;
use crate::scim::limits;
use crate::store::locks::{self, Lock};
use crate::store::resources::{self, Resource};
use crate::store::{ResourceKey, Tx, members, nesting};

/// Makes sure that these groups can become members of a locked group; who is a member already is not looked at.
///
/// Until the transaction ends no other group of the connection gets a group as a member, so that two changes never close
/// a circle together.
///
/// # Errors
/// 400 `invalidValue` naming the groups that would contain themselves, or when the levels would be too many.
pub(super) fn check(
    tx: &mut Tx<'_>,
    call: &Call,
    group: &Resource,
    nested: &BTreeSet<ResourceKey>,
) -> Result<(), Error> {
    let connection = call.tenant.key();
    let present = members::present(tx, connection, group.key, nested)?;
    let new: BTreeSet<ResourceKey> = nested.difference(&present).copied().collect();
    if new.is_empty() {
        return Ok(());
    }
    locks::take(tx, &[Lock::Nesting(connection)])?;
    let above = nesting::list_above(tx, connection, group.key)?;
    let circular: BTreeSet<ResourceKey> = above.iter().map(|(key, _)| *key).filter(|key| new.contains(key)).collect();
    if !circular.is_empty() {
        return Err(contains_itself(&resources::ids_of(tx, connection, &circular)?).into());
    }
    let levels = above.iter().map(|(_, level)| *level).max().unwrap_or_default();
    if levels + 1 + nesting::height(tx, connection, &new)? > limits::GROUP_DEPTH {
        let message = format!("groups within groups may have {} levels; nothing was changed", limits::GROUP_DEPTH);
        return Err(scim::Error::invalid_value(message).into());
    }
    Ok(())
}

/// The refusal of a group that would be a member of itself, directly or through others.
pub(super) fn contains_itself(ids: &[String]) -> scim::Error {
    let named: Vec<String> = ids.iter().take(NAMED).map(|id| excerpt(id)).collect();
    let message = format!("the group would be a member of itself through {}; nothing was changed", named.join(", "));
    scim::Error::invalid_value(message)
}
