//! Finding one resource, or the few that share a value.

use diesel::prelude::*;

use super::{COLUMNS, Resource, Row, resource};
use crate::scim::values::cut;
use crate::store::backend::AnyConnection;
use crate::store::schema::{attribute_values, resources};
use crate::store::{ConnectionKey, Error, ResourceKey, Tx};

/// The resource with this id.
pub fn find(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, id: &str) -> Result<Option<Resource>, Error> {
    resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::id.eq(id))
        .select(COLUMNS)
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(resource)
        .transpose()
}

/// The resource with this row key.
pub fn load(tx: &mut Tx<'_>, connection: ConnectionKey, key: ResourceKey) -> Result<Resource, Error> {
    let row = resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::key.eq(key))
        .select(COLUMNS)
        .get_result::<Row>(tx.connection)?;
    resource(row)
}

/// As [`load`], where the resource may have gone.
pub fn find_key(tx: &mut Tx<'_>, connection: ConnectionKey, key: ResourceKey) -> Result<Option<Resource>, Error> {
    match load(tx, connection, key) {
        Err(Error::NotFound) => Ok(None),
        found => found.map(Some),
    }
}

/// Finds a resource and keeps other writers from it until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, id: &str) -> Result<Option<Resource>, Error> {
    locked(tx, connection, kind, id, Strength::Change)
}

/// The same for a resource that is to be deleted: nobody becomes its member, or a member of it, meanwhile.
pub fn lock_to_delete(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    id: &str,
) -> Result<Option<Resource>, Error> {
    locked(tx, connection, kind, id, Strength::Delete)
}

/// What a locked row is locked for.
enum Strength {
    Change,
    Delete,
}

fn locked(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    id: &str,
    strength: Strength,
) -> Result<Option<Resource>, Error> {
    let query = resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::id.eq(id))
        .select(COLUMNS);
    let row: Option<Row> = match (&mut *tx.connection, strength) {
        (AnyConnection::Sqlite(inner), _) => query.get_result(inner).optional()?,
        (AnyConnection::Postgres(inner), Strength::Change) => query.for_no_key_update().get_result(inner).optional()?,
        (AnyConnection::Postgres(inner), Strength::Delete) => query.for_update().get_result(inner).optional()?,
    };
    row.map(resource).transpose()
}

/// The resource that holds a unique key.
pub fn find_by_unique_key(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    unique_key: &str,
) -> Result<Option<Resource>, Error> {
    resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::unique_key.eq(unique_key))
        .select(COLUMNS)
        .get_result::<Row>(tx.connection)
        .optional()?
        .map(resource)
        .transpose()
}

/// Resources of a kind with this value (as the index holds it, uncut) at a stored path; oldest first, `limit` at most.
pub fn list_by_value(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    path: &str,
    value: &str,
    limit: i64,
) -> Result<Vec<Resource>, Error> {
    let path = tx.path_key(path)?;
    let (key, _) = cut(value);
    let is_whole = attribute_values::value_key.eq(value).and(attribute_values::rest.is_null());
    let holders = attribute_values::table
        .filter(attribute_values::connection_key.eq(connection))
        .filter(attribute_values::path_key.eq(path))
        .filter(attribute_values::value_key.eq(key.as_ref()))
        .filter(is_whole.or(attribute_values::rest.eq(value)))
        .select(attribute_values::resource_key);
    resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::key.eq_any(holders))
        .order(resources::key)
        .limit(limit)
        .select(COLUMNS)
        .load::<Row>(tx.connection)?
        .into_iter()
        .map(resource)
        .collect()
}
