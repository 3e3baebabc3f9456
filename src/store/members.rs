//! Group membership as rows: the only truth about who is in a group.
//!
//! Every change is a delta of rows, whatever the group's size. The caller holds the group's lock
//! ([`super::resources::lock`]), so that what is read here about the group's rows stays true until commit. Rows are
//! written in key order, which keeps two writers on PostgreSQL from waiting for each other in a circle.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::{members, resources};
use super::{ConnectionKey, Error, ResourceKey, Tx};

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
}

/// Adds those that are not members yet; returns how many were added.
pub fn add(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey, keys: &BTreeSet<ResourceKey>) -> Result<usize, Error> {
    let present = present(tx, connection, group, keys)?;
    let rows: Vec<Row> = keys
        .difference(&present)
        .map(|member| Row { connection_key: connection, group_key: group, member_key: *member })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let query = diesel::insert_into(members::table).values(chunk);
        match &mut *tx.connection {
            AnyConnection::Sqlite(inner) => query.execute(inner)?,
            AnyConnection::Postgres(inner) => query.execute(inner)?,
        };
    }
    Ok(rows.len())
}

/// Removes those that are members; returns how many were removed.
pub fn remove(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey, keys: &BTreeSet<ResourceKey>) -> Result<usize, Error> {
    let keys: Vec<ResourceKey> = keys.iter().copied().collect();
    let mut removed = 0;
    for chunk in keys.chunks(CHUNK) {
        removed += diesel::delete(
            members::table
                .filter(members::connection_key.eq(connection))
                .filter(members::group_key.eq(group))
                .filter(members::member_key.eq_any(chunk.to_vec())),
        )
        .execute(tx.connection)?;
    }
    Ok(removed)
}

/// Makes the group consist of exactly these; returns how many rows changed.
pub fn replace(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey, keys: &BTreeSet<ResourceKey>) -> Result<usize, Error> {
    let before = keys_of(tx, connection, group)?;
    let gone: BTreeSet<ResourceKey> = before.difference(keys).copied().collect();
    Ok(remove(tx, connection, group, &gone)? + add(tx, connection, group, keys)?)
}

/// Empties the group; returns how many rows went.
pub fn clear(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey) -> Result<usize, Error> {
    Ok(diesel::delete(
        members::table.filter(members::connection_key.eq(connection)).filter(members::group_key.eq(group)),
    )
    .execute(tx.connection)?)
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

fn present(
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

/// How many members a group has.
pub fn count(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey) -> Result<i64, Error> {
    Ok(members::table
        .filter(members::connection_key.eq(connection))
        .filter(members::group_key.eq(group))
        .count()
        .get_result(tx.connection)?)
}

/// The members of several groups at once, by group, oldest resource first.
pub fn list_of_groups(tx: &mut Tx<'_>, connection: ConnectionKey, groups: &[ResourceKey]) -> Result<Vec<(ResourceKey, Related)>, Error> {
    Ok(members::table
        .inner_join(
            resources::table.on(resources::connection_key.eq(members::connection_key).and(resources::key.eq(members::member_key))),
        )
        .filter(members::connection_key.eq(connection))
        .filter(members::group_key.eq_any(groups.to_vec()))
        .order((members::group_key, members::member_key))
        .select((members::group_key, (resources::id, resources::kind, resources::display)))
        .load(tx.connection)?)
}

/// The groups of several members at once, by member, oldest group first.
pub fn list_of_members(tx: &mut Tx<'_>, connection: ConnectionKey, of: &[ResourceKey]) -> Result<Vec<(ResourceKey, Related)>, Error> {
    Ok(members::table
        .inner_join(
            resources::table.on(resources::connection_key.eq(members::connection_key).and(resources::key.eq(members::group_key))),
        )
        .filter(members::connection_key.eq(connection))
        .filter(members::member_key.eq_any(of.to_vec()))
        .order((members::member_key, members::group_key))
        .select((members::member_key, (resources::id, resources::kind, resources::display)))
        .load(tx.connection)?)
}
