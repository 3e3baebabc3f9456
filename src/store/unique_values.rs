//! Values that must be unique in a directory besides userName and a group's displayName: the primary key refuses the
//! second.
//!
//! Rows are written with the resource they belong to and go with it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::schema::{attribute_values, resources, unique_values};
use super::{ConnectionKey, Error, ResourceKey, Tx};
use crate::scim::values::UniqueValue;

/// Which resources hold each value, by row key and id.
pub type Holders = BTreeMap<String, Vec<(ResourceKey, String)>>;

/// Writes the difference between what a resource held (`before`) and holds (`after`).
///
/// # Errors
/// [`Error::Taken`] naming the attribute of which another resource has the value.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    (connection, kind, resource): (ConnectionKey, &str, ResourceKey),
    before: &BTreeSet<UniqueValue>,
    after: &BTreeSet<UniqueValue>,
) -> Result<(), Error> {
    for gone in before.difference(after) {
        let path = tx.path_key(&gone.path)?;
        diesel::delete(
            unique_values::table
                .filter(unique_values::connection_key.eq(connection))
                .filter(unique_values::kind.eq(kind))
                .filter(unique_values::path_key.eq(path))
                .filter(unique_values::value_key.eq(&gone.key))
                .filter(unique_values::resource_key.eq(resource)),
        )
        .execute(tx.connection)?;
    }
    // One statement a value, so that the one that fails tells which attribute it is.
    for new in after.difference(before) {
        insert(tx, (connection, kind, resource), new)?;
    }
    Ok(())
}

fn insert(
    tx: &mut Tx<'_>,
    (connection, kind, resource): (ConnectionKey, &str, ResourceKey),
    value: &UniqueValue,
) -> Result<(), Error> {
    let path = tx.path_key(&value.path)?;
    let inserted = diesel::insert_into(unique_values::table)
        .values((
            unique_values::connection_key.eq(connection),
            unique_values::kind.eq(kind),
            unique_values::path_key.eq(path),
            unique_values::value_key.eq(&value.key),
            unique_values::resource_key.eq(resource),
        ))
        .execute(tx.connection);
    match inserted.map_err(Error::from) {
        Err(Error::Conflict) => Err(Error::Taken(value.path.clone())),
        other => other.map(drop),
    }
}

/// The holders of each value at a path; `None` when there are more than `limit`.
pub fn holders(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    path: &str,
    limit: i64,
) -> Result<Option<Holders>, Error> {
    let path = tx.path_key(path)?;
    let rows: Vec<(String, Option<String>, ResourceKey, String)> = attribute_values::table
        .inner_join(
            resources::table.on(resources::connection_key
                .eq(attribute_values::connection_key)
                .and(resources::key.eq(attribute_values::resource_key))),
        )
        .filter(attribute_values::connection_key.eq(connection))
        .filter(attribute_values::path_key.eq(path))
        .filter(resources::kind.eq(kind))
        .select((attribute_values::value_key, attribute_values::rest, resources::key, resources::id))
        .order((attribute_values::value_key, resources::key))
        .limit(limit + 1)
        .load(tx.connection)?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit {
        return Ok(None);
    }
    let mut holders = Holders::new();
    for (key, rest, resource, id) in rows {
        let held = holders.entry(rest.unwrap_or(key)).or_default();
        if !held.iter().any(|(known, _)| *known == resource) {
            held.push((resource, id));
        }
    }
    Ok(Some(holders))
}

/// Makes values unique that have one holder each.
pub fn fill(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    path: &str,
    holders: &Holders,
) -> Result<(), Error> {
    for (key, held) in holders {
        let value = UniqueValue { path: path.to_owned(), key: key.clone() };
        for (resource, _) in held {
            insert(tx, (connection, kind, *resource), &value)?;
        }
    }
    Ok(())
}

/// Lets values at a path be shared from now on.
pub fn clear(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, path: &str) -> Result<(), Error> {
    let path = tx.path_key(path)?;
    diesel::delete(
        unique_values::table
            .filter(unique_values::connection_key.eq(connection))
            .filter(unique_values::kind.eq(kind))
            .filter(unique_values::path_key.eq(path)),
    )
    .execute(tx.connection)?;
    Ok(())
}
