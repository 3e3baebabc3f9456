//! Members that were named before they came, as the identity provider named them.
//!
//! A row goes when its person arrives, when the member is removed, or with its group. Whoever writes a group's rows holds
//! the group's lock ([`super::resources::lock`]); who makes one holds [`super::locks::Lock::PendingMembers`], too.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::{pending_members, resources};
use super::{ConnectionKey, Error, ResourceKey, Tx};
use crate::scim::canonical::canonical;

/// Rows in one statement; far below the variables either backend allows.
const CHUNK: usize = 500;

/// A member that a group waits for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Pending {
    /// SCIM id of the group.
    pub group_id: String,
    /// Its displayName.
    pub group_name: Option<String>,
    /// What the identity provider named.
    pub value: String,
}

#[derive(Insertable)]
#[diesel(table_name = pending_members)]
struct Row<'a> {
    connection_key: ConnectionKey,
    group_key: ResourceKey,
    value: &'a str,
    value_key: String,
}

/// Adds values the group does not wait for yet.
pub fn insert(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
    values: &BTreeSet<String>,
) -> Result<(), Error> {
    let row = |value| Row { connection_key: connection, group_key: group, value, value_key: canonical(value) };
    let rows: Vec<Row<'_>> = values.iter().map(|value| row(value.as_str())).collect();
    for chunk in rows.chunks(CHUNK) {
        let query = diesel::insert_into(pending_members::table).values(chunk);
        match &mut *tx.connection {
            AnyConnection::Sqlite(inner) => query.execute(inner)?,
            AnyConnection::Postgres(inner) => query.execute(inner)?,
        };
    }
    Ok(())
}

/// Removes those of these values that the group waits for, and returns how many they were.
pub fn delete(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
    values: &BTreeSet<String>,
) -> Result<usize, Error> {
    let values: Vec<&String> = values.iter().collect();
    let mut gone = 0;
    for chunk in values.chunks(CHUNK) {
        gone += diesel::delete(
            pending_members::table
                .filter(pending_members::connection_key.eq(connection))
                .filter(pending_members::group_key.eq(group))
                .filter(pending_members::value.eq_any(chunk.to_vec())),
        )
        .execute(tx.connection)?;
    }
    Ok(gone)
}

/// Everything a group waits for.
pub fn values_of(tx: &mut Tx<'_>, connection: ConnectionKey, group: ResourceKey) -> Result<BTreeSet<String>, Error> {
    let values: Vec<String> = pending_members::table
        .filter(pending_members::connection_key.eq(connection))
        .filter(pending_members::group_key.eq(group))
        .select(pending_members::value)
        .load(tx.connection)?;
    Ok(values.into_iter().collect())
}

/// Which groups wait for values with these keys: each group with its id and the value, oldest group first.
pub fn list_by_keys(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    keys: &BTreeSet<String>,
) -> Result<Vec<(ResourceKey, String, String)>, Error> {
    Ok(pending_members::table
        .inner_join(
            resources::table.on(resources::connection_key
                .eq(pending_members::connection_key)
                .and(resources::key.eq(pending_members::group_key))),
        )
        .filter(pending_members::connection_key.eq(connection))
        .filter(pending_members::value_key.eq_any(keys.iter().collect::<Vec<_>>()))
        .order((pending_members::group_key, pending_members::value))
        .select((pending_members::group_key, resources::id, pending_members::value))
        .load(tx.connection)?)
}

/// What a connection's groups wait for, oldest group first, `limit` at most.
pub fn list(tx: &mut Tx<'_>, connection: ConnectionKey, limit: i64) -> Result<Vec<Pending>, Error> {
    Ok(pending_members::table
        .inner_join(
            resources::table.on(resources::connection_key
                .eq(pending_members::connection_key)
                .and(resources::key.eq(pending_members::group_key))),
        )
        .filter(pending_members::connection_key.eq(connection))
        .order((pending_members::group_key, pending_members::value))
        .limit(limit)
        .select((resources::id, resources::display, pending_members::value))
        .load(tx.connection)?)
}
