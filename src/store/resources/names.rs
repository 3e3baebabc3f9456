//! From ids to row keys and back, many at once.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::store::members::Related;
use crate::store::schema::resources;
use crate::store::{ConnectionKey, Error, ResourceKey, Tx};

/// Ids in one statement.
const CHUNK: usize = 500;

/// The row keys and kinds of those ids that are this connection's.
pub fn keys_of(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    ids: &[String],
) -> Result<HashMap<String, (ResourceKey, String)>, Error> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, ResourceKey, String)> = resources::table
            .filter(resources::connection_key.eq(connection))
            .filter(resources::id.eq_any(chunk.to_vec()))
            .select((resources::id, resources::key, resources::kind))
            .load(tx.connection)?;
        found.extend(rows.into_iter().map(|(id, key, kind)| (id, (key, kind))));
    }
    Ok(found)
}

/// Those of these ids that are this connection's, as they are shown inside others.
pub fn related(tx: &mut Tx<'_>, connection: ConnectionKey, ids: &[String]) -> Result<HashMap<String, Related>, Error> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<Related> = resources::table
            .filter(resources::connection_key.eq(connection))
            .filter(resources::id.eq_any(chunk.to_vec()))
            .select((resources::id, resources::kind, resources::display))
            .load(tx.connection)?;
        found.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }
    Ok(found)
}

/// The ids of row keys of this connection, in key order.
pub fn ids_of(tx: &mut Tx<'_>, connection: ConnectionKey, keys: &BTreeSet<ResourceKey>) -> Result<Vec<String>, Error> {
    let keys: Vec<ResourceKey> = keys.iter().copied().collect();
    let mut ids = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(CHUNK) {
        ids.extend(
            resources::table
                .filter(resources::connection_key.eq(connection))
                .filter(resources::key.eq_any(chunk.to_vec()))
                .order(resources::key)
                .select(resources::id)
                .load::<String>(tx.connection)?,
        );
    }
    Ok(ids)
}
