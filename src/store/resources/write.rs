//! Writing resources, their index rows and their count.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{Content, Resource};
use crate::store::schema::resources;
use crate::store::{ConnectionKey, Error, ResourceKey, Tx, counts, unique_values, values};

/// Adds a resource at version 1.
///
/// # Errors
/// [`Error::Conflict`] when its unique key is taken, [`Error::Taken`] when another unique value is.
pub fn insert(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    id: &str,
    content: &Content,
    now: i64,
) -> Result<Resource, Error> {
    let key: ResourceKey = diesel::insert_into(resources::table)
        .values((
            resources::connection_key.eq(connection),
            resources::kind.eq(kind),
            resources::id.eq(id),
            resources::version.eq(1_i64),
            resources::created.eq(now),
            resources::modified.eq(now),
            resources::unique_key.eq(&content.unique_key),
            resources::active.eq(content.active),
            resources::display.eq(&content.display),
            resources::document.eq(content.document.to_stored()),
        ))
        .returning(resources::key)
        .get_result(tx.connection)?;
    values::replace(tx, connection, key, &BTreeSet::new(), &content.values)?;
    unique_values::replace(tx, (connection, kind, key), &BTreeSet::new(), &content.unique)?;
    counts::change(tx, connection, kind, key, 1)?;
    Ok(Resource {
        key,
        kind: kind.to_owned(),
        id: id.to_owned(),
        version: 1,
        created: now,
        modified: now,
        unique_key: content.unique_key.clone(),
        active: content.active,
        document: content.document.clone(),
    })
}

/// Replaces what a locked resource holds; its version grows by one.
///
/// # Errors
/// [`Error::Conflict`] when the unique key is taken, [`Error::Taken`] when another unique value is, [`Error::Stale`] when the version moved meanwhile.
pub fn update(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    before: &Resource,
    old: &Content,
    new: &Content,
    now: i64,
) -> Result<Resource, Error> {
    let modified = now.max(before.modified);
    let rows = diesel::update(
        resources::table
            .filter(resources::connection_key.eq(connection))
            .filter(resources::key.eq(before.key))
            .filter(resources::version.eq(before.version)),
    )
    .set((
        resources::version.eq(before.version + 1),
        resources::modified.eq(modified),
        resources::unique_key.eq(&new.unique_key),
        resources::active.eq(new.active),
        resources::display.eq(&new.display),
        resources::document.eq(new.document.to_stored()),
    ))
    .execute(tx.connection)?;
    if rows == 0 {
        return Err(Error::Stale);
    }
    values::replace(tx, connection, before.key, &old.values, &new.values)?;
    unique_values::replace(tx, (connection, &before.kind, before.key), &old.unique, &new.unique)?;
    Ok(Resource {
        version: before.version + 1,
        modified,
        unique_key: new.unique_key.clone(),
        active: new.active,
        document: new.document.clone(),
        ..before.clone()
    })
}

/// Records that something outside the document changed (a group's members).
pub fn bump(tx: &mut Tx<'_>, connection: ConnectionKey, before: &Resource, now: i64) -> Result<Resource, Error> {
    let modified = now.max(before.modified);
    diesel::update(
        resources::table.filter(resources::connection_key.eq(connection)).filter(resources::key.eq(before.key)),
    )
    .set((resources::version.eq(before.version + 1), resources::modified.eq(modified)))
    .execute(tx.connection)?;
    Ok(Resource { version: before.version + 1, modified, ..before.clone() })
}

/// Removes a resource with its values and memberships; the groups it was in are bumped by the caller.
pub fn delete(tx: &mut Tx<'_>, connection: ConnectionKey, gone: &Resource) -> Result<(), Error> {
    diesel::delete(
        resources::table.filter(resources::connection_key.eq(connection)).filter(resources::key.eq(gone.key)),
    )
    .execute(tx.connection)?;
    counts::change(tx, connection, &gone.kind, gone.key, -1)
}
