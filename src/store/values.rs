//! The index of attribute values that filters and sorts use, changed by difference.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::attribute_values;
use super::{ConnectionKey, Error, ResourceKey, Tx};
use crate::scim::values::ValueRow;

/// Rows in one statement: seven variables each, far below SQLite's 32,766.
const CHUNK: usize = 200;

#[derive(Insertable)]
#[diesel(table_name = attribute_values, treat_none_as_default_value = false)]
struct Row<'a> {
    connection_key: ConnectionKey,
    path_key: i64,
    value_key: &'a str,
    resource_key: ResourceKey,
    element: i64,
    rest: Option<String>,
    is_sort: bool,
}

/// Writes the difference between what the index holds for a resource (`before`) and what it shall hold (`after`).
pub(super) fn replace(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    resource: ResourceKey,
    before: &BTreeSet<ValueRow>,
    after: &BTreeSet<ValueRow>,
) -> Result<(), Error> {
    for gone in before.difference(after) {
        let path = tx.path_key(&gone.path)?;
        diesel::delete(
            attribute_values::table
                .filter(attribute_values::connection_key.eq(connection))
                .filter(attribute_values::path_key.eq(path))
                .filter(attribute_values::value_key.eq(&gone.key))
                .filter(attribute_values::resource_key.eq(resource))
                .filter(attribute_values::element.eq(gone.element)),
        )
        .execute(tx.connection)?;
    }
    let mut rows = Vec::new();
    for new in after.difference(before) {
        rows.push(Row {
            connection_key: connection,
            path_key: tx.path_key(&new.path)?,
            value_key: &new.key,
            resource_key: resource,
            element: new.element,
            rest: new.rest.clone(),
            is_sort: new.is_sort,
        });
    }
    for chunk in rows.chunks(CHUNK) {
        let query = diesel::insert_into(attribute_values::table).values(chunk);
        match &mut *tx.connection {
            AnyConnection::Sqlite(inner) => query.execute(inner)?,
            AnyConnection::Postgres(inner) => query.execute(inner)?,
        };
    }
    Ok(())
}
