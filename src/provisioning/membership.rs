//! Who is in a group: where a change of members is decided.
//!
//! The group is locked. Ids become row keys of this connection (an id of another one is as unknown as a made-up one),
//! then the store changes exactly the rows that differ. Members are never loaded to be written back. Who is unknown is
//! refused, or waited for (`pending.rs`).

use std::collections::BTreeSet;

use serde_json::json;

use super::error::NAMED;
use super::{Call, Error, Target, nesting, pending};
use crate::identity::act::About;
use crate::identity::groups;
use crate::identity::roles::change::{self, Change};
use crate::scim;
use crate::scim::matches;
use crate::scim::members::MemberId;
use crate::scim::patch::{MemberChange, MemberFilter};
use crate::scim::validate::MemberInput;
use crate::store::resources::{self, Resource};
use crate::store::{ResourceKey, Tx, members};

/// The rows a request changed.
#[derive(Debug, Default)]
pub(super) struct Moves {
    added: BTreeSet<ResourceKey>,
    removed: BTreeSet<ResourceKey>,
}

impl Moves {
    /// Whether nothing changed in the end.
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    fn add(&mut self, keys: BTreeSet<ResourceKey>) {
        for key in keys {
            if !self.removed.remove(&key) {
                self.added.insert(key);
            }
        }
    }

    fn remove(&mut self, keys: BTreeSet<ResourceKey>) {
        for key in keys {
            if !self.added.remove(&key) {
                self.removed.insert(key);
            }
        }
    }
}

/// Applies the member changes of a PATCH in order.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    group: &Resource,
    changes: &[MemberChange],
) -> Result<Moves, Error> {
    let mut moves = Moves::default();
    for change in changes {
        match change {
            MemberChange::Add(inputs) => {
                let mut found = resolve(tx, call, group, inputs)?;
                found.keys.extend(pending::wait_for(tx, call, group, &found.absent)?);
                moves.add(add(tx, call, group, &found)?);
            }
            MemberChange::Replace(inputs) => replace(tx, call, group, inputs, &mut moves)?,
            MemberChange::Remove(filter) => {
                let keys = selected(tx, call, target, group, filter)?;
                moves.remove(members::remove(tx, call.tenant.key(), group.key, &keys)?);
            }
        }
    }
    Ok(moves)
}

/// Makes the group consist of exactly these; a resource that is none has no members.
pub(super) fn set(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    group: &Resource,
    inputs: &[MemberInput],
) -> Result<Moves, Error> {
    let mut moves = Moves::default();
    if target.is_group() {
        replace(tx, call, group, inputs, &mut moves)?;
    }
    Ok(moves)
}

fn replace(
    tx: &mut Tx<'_>,
    call: &Call,
    group: &Resource,
    inputs: &[MemberInput],
    moves: &mut Moves,
) -> Result<(), Error> {
    let mut wanted = resolve(tx, call, group, inputs)?;
    pending::wait_for_no_other(tx, call, group, &wanted.absent)?;
    wanted.keys.extend(pending::wait_for(tx, call, group, &wanted.absent)?);
    let present = members::keys_of(tx, call.tenant.key(), group.key)?;
    let gone = present.difference(&wanted.keys).copied().collect();
    moves.remove(members::remove(tx, call.tenant.key(), group.key, &gone)?);
    moves.add(add(tx, call, group, &wanted)?);
    Ok(())
}

fn add(tx: &mut Tx<'_>, call: &Call, group: &Resource, found: &Found) -> Result<BTreeSet<ResourceKey>, Error> {
    if !found.groups.is_empty() {
        nesting::check(tx, call, group, &found.groups)?;
    }
    Ok(members::add(tx, call.tenant.key(), group.key, &found.keys, &found.groups)?)
}

/// The members a `remove` means; those that are none are not an error.
fn selected(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    group: &Resource,
    filter: &MemberFilter,
) -> Result<BTreeSet<ResourceKey>, Error> {
    let connection = call.tenant.key();
    Ok(match filter {
        MemberFilter::All => {
            pending::wait_for_no_other(tx, call, group, &BTreeSet::new())?;
            members::keys_of(tx, connection, group.key)?
        }
        MemberFilter::Values(inputs) => {
            let ids: Vec<String> = located(call, inputs)?.into_iter().map(|member| member.id).collect();
            let known = resources::keys_of(tx, connection, &ids)?;
            let absent = ids.into_iter().filter(|id| !known.contains_key(id)).collect();
            let mut keys = pending::withdraw(tx, call, group, &absent)?;
            keys.extend(known.into_values().map(|(key, _)| key));
            keys
        }
        MemberFilter::Matching(filter) => {
            let plan = matches::members(&target.resource_type, filter)?;
            members::list_matching(tx, connection, group.key, &plan)?
        }
    })
}

/// What the members that a client named are here.
#[derive(Debug, Default)]
struct Found {
    keys: BTreeSet<ResourceKey>,
    /// Those of them that are groups.
    groups: BTreeSet<ResourceKey>,
    /// Those who are not here and may come.
    absent: BTreeSet<String>,
}

/// Finds the members that are named.
///
/// # Errors
/// 400 `invalidValue` naming those that are not resources of this connection and not waited for, or that cannot be
/// members here.
fn resolve(tx: &mut Tx<'_>, call: &Call, group: &Resource, inputs: &[MemberInput]) -> Result<Found, Error> {
    let named = located(call, inputs)?;
    let ids: Vec<String> = named.iter().map(|member| member.id.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let known = resources::keys_of(tx, call.tenant.key(), &ids)?;
    let unknown = named.iter().filter(|member| !known.contains_key(&member.id));
    let (absent, unknown): (Vec<&MemberId>, Vec<&MemberId>) =
        unknown.partition(|member| pending::may_come(call, member));
    let unknown: BTreeSet<&str> = unknown.into_iter().map(|member| member.id.as_str()).collect();
    if !unknown.is_empty() {
        return Err(scim::Error::invalid_value(unknown_members(&unknown)).into());
    }
    let mut found = Found { absent: absent.into_iter().map(|member| member.id.clone()).collect(), ..Found::default() };
    for member in &named {
        if let Some((key, kind)) = known.get(&member.id) {
            member.check(kind)?;
            found.take(group, *key, kind)?;
        }
    }
    Ok(found)
}

impl Found {
    fn take(&mut self, group: &Resource, key: ResourceKey, kind: &str) -> Result<(), scim::Error> {
        match kind {
            "User" => {}
            _ if key == group.key => return Err(nesting::contains_itself(std::slice::from_ref(&group.id))),
            "Group" => {
                self.groups.insert(key);
            }
            _ => return Err(scim::Error::invalid_value("only users and groups can be members")),
        }
        self.keys.insert(key);
        Ok(())
    }
}

fn located(call: &Call, inputs: &[MemberInput]) -> Result<Vec<MemberId>, scim::Error> {
    inputs.iter().map(|input| input.locate(&call.catalogue, &call.base_url)).collect()
}

fn unknown_members(ids: &BTreeSet<&str>) -> String {
    let named: Vec<String> = ids.iter().take(NAMED).map(|id| scim::error::excerpt(id)).collect();
    let more = ids.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("members not found in this directory: {}{rest}; nothing was changed", named.join(", "))
}

/// What became of a resource that is not a person.
#[derive(Clone, Copy, Debug)]
pub(super) enum What<'a> {
    Created,
    /// From what it was before.
    Updated(&'a Resource),
    Deleted,
}

impl<'a> What<'a> {
    fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated(_) => "updated",
            Self::Deleted => "deleted",
        }
    }

    /// The displayName before and after.
    fn names(self, changed: &'a Resource) -> (Option<&'a str>, Option<&'a str>) {
        let name = changed.document.display_name();
        match self {
            Self::Created => (None, name),
            Self::Updated(before) => (before.document.display_name(), name),
            Self::Deleted => (name, None),
        }
    }
}

/// Records what became of a group, naming who came and who went, or of a resource of a type that administrators defined.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    call: &Call,
    what: What<'_>,
    changed: &Resource,
    moves: &Moves,
) -> Result<(), Error> {
    let connection = call.tenant.key();
    if changed.kind != "Group" {
        let about = About { connection: Some(connection), resource: Some(&changed.id), ..About::default() };
        let data = json!({ "resource_type": changed.kind });
        return Ok(call.act.event(tx, &format!("resource.{}", what.word()), about, data)?);
    }
    let added = resources::ids_of(tx, connection, &moves.added)?;
    let removed = resources::ids_of(tx, connection, &moves.removed)?;
    let kind = format!("group.{}", what.word());
    groups::record(tx, &call.act, connection, &kind, changed, &added, &removed)?;
    let (before, after) = what.names(changed);
    let change = Change { before, after, added: &moves.added, removed: &moves.removed };
    Ok(change::group(tx, &call.act, &call.tenant, changed, &change)?)
}
