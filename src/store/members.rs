//! Group membership as rows: the only truth about who is in a group.
//!
//! Every change is a delta of rows, whatever the group's size. The caller holds the group's lock
//! ([`super::resources::lock`]), so that what is read here about the group's rows stays true until commit. Rows are
//! written in key order, which keeps two writers on PostgreSQL from waiting for each other in a circle.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::filter_sql;
use super::schema::{members, resources};
use super::{ConnectionKey, Error, ResourceKey, Tx};
use crate::scim::matches::Plan;

/// Keys in one statement; far below the variables either backend allows.
const CHUNK: usize = 500;

/// A member or a group as it is shown inside the other.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Related {
    /// SCIM id.
    pub id: String,
    /// `User` or `Group`.
    pub kind: String,
    /// Its displayName.
    pub display: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = members)]
struct Row {
    connection_key: ConnectionKey,
    group_key: ResourceKey,
    member_key: ResourceKey,
    is_group: bool,
}

/// Adds those that are not members yet, and returns them; `nested` are those among them that are groups.
pub fn add(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
    keys: &BTreeSet<ResourceKey>,
    nested: &BTreeSet<ResourceKey>,
) -> Result<BTreeSet<ResourceKey>, Error> {
    let present = present(tx, connection, group, keys)?;
    let added: BTreeSet<ResourceKey> = keys.difference(&present).copied().collect();
    let row = |member: &ResourceKey| Row {
        connection_key: connection,
        group_key: group,
        member_key: *member,
        is_group: nested.contains(member),
    };
    let rows: Vec<Row> = added.iter().map(row).collect();
    for chunk in rows.chunks(CHUNK) {
        let query = diesel::insert_into(members::table).values(chunk);
        match &mut *tx.connection {
            AnyConnection::Sqlite(inner) => query.execute(inner)?,
            AnyConnection::Postgres(inner) => query.execute(inner)?,
        };
    }
    Ok(added)
}

/// Removes those that are members, and returns them.
pub fn remove(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
    keys: &BTreeSet<ResourceKey>,
) -> Result<BTreeSet<ResourceKey>, Error> {
    let removed = present(tx, connection, group, keys)?;
    let keys: Vec<ResourceKey> = removed.iter().copied().collect();
    for chunk in keys.chunks(CHUNK) {
        diesel::delete(
            members::table
                .filter(members::connection_key.eq(connection))
                .filter(members::group_key.eq(group))
                .filter(members::member_key.eq_any(chunk.to_vec())),
        )
        .execute(tx.connection)?;
    }
    Ok(removed)
}

/// The keys of all members.
pub fn keys_of(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey) -> Result<BTreeSet<ResourceKey>, Error> {
    let keys: Vec<ResourceKey> = members::table
        .filter(members::connection_key.eq(connection))
        .filter(members::group_key.eq(group))
        .select(members::member_key)
        .load(tx.connection)?;
    Ok(keys.into_iter().collect())
}

/// Those of these keys that are members.
pub fn present(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
    keys: &BTreeSet<ResourceKey>,
) -> Result<BTreeSet<ResourceKey>, Error> {
    let keys: Vec<ResourceKey> = keys.iter().copied().collect();
    let mut present = BTreeSet::new();
    for chunk in keys.chunks(CHUNK) {
        let found: Vec<ResourceKey> = members::table
            .filter(members::connection_key.eq(connection))
            .filter(members::group_key.eq(group))
            .filter(members::member_key.eq_any(chunk.to_vec()))
            .select(members::member_key)
            .load(tx.connection)?;
        present.extend(found);
    }
    Ok(present)
}

/// The members that satisfy a filter about members.
pub fn list_matching(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
    filter: &Plan,
) -> Result<BTreeSet<ResourceKey>, Error> {
    let keys: Vec<ResourceKey> = resources::table
        .inner_join(
            members::table
                .on(members::connection_key.eq(resources::connection_key).and(members::member_key.eq(resources::key))),
        )
        .filter(members::connection_key.eq(connection))
        .filter(members::group_key.eq(group))
        .filter(filter_sql::compile_members(tx, connection, filter)?)
        .select(resources::key)
        .load(tx.connection)?;
    Ok(keys.into_iter().collect())
}

/// Whether groups have more members than `limit` together; counts no further.
pub fn are_more_than(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    groups: &[ResourceKey],
    limit: usize,
) -> Result<bool, Error> {
    let one_beyond: Option<ResourceKey> = members::table
        .filter(members::connection_key.eq(connection))
        .filter(members::group_key.eq_any(groups.to_vec()))
        .select(members::member_key)
        .offset(i64::try_from(limit).unwrap_or(i64::MAX))
        .limit(1)
        .get_result(tx.connection)
        .optional()?;
    Ok(one_beyond.is_some())
}

/// The members of several groups at once, by group, oldest resource first.
pub fn list_of_groups(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    groups: &[ResourceKey],
) -> Result<Vec<(ResourceKey, Related)>, Error> {
    Ok(members::table
        .inner_join(
            resources::table
                .on(resources::connection_key.eq(members::connection_key).and(resources::key.eq(members::member_key))),
        )
        .filter(members::connection_key.eq(connection))
        .filter(members::group_key.eq_any(groups.to_vec()))
        .order((members::group_key, members::member_key))
        .select((members::group_key, (resources::id, resources::kind, resources::display)))
        .load(tx.connection)?)
}

/// The groups of several members at once, by member, oldest group first.
pub fn list_of_members(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    of: &[ResourceKey],
) -> Result<Vec<(ResourceKey, Related)>, Error> {
    Ok(members::table
        .inner_join(
            resources::table
                .on(resources::connection_key.eq(members::connection_key).and(resources::key.eq(members::group_key))),
        )
        .filter(members::connection_key.eq(connection))
        .filter(members::member_key.eq_any(of.to_vec()))
        .order((members::member_key, members::group_key))
        .select((members::member_key, (resources::id, resources::kind, resources::display)))
        .load(tx.connection)?)
}
