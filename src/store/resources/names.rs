//! From ids to row keys and back, many at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use crate::scim::canonical::canonical;
use crate::scim::values::cut;
use crate::store::members::Related;
use crate::store::schema::{attribute_values, resources};
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

/// The people that each of these names means: as userName in any spelling, or as externalId letter for letter.
pub fn people_called(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, BTreeSet<ResourceKey>>, Error> {
    let names: Vec<&String> = names.iter().collect();
    let mut found = BTreeMap::<String, BTreeSet<ResourceKey>>::new();
    for chunk in names.chunks(CHUNK) {
        let by_user_name = by_user_name(tx, connection, chunk)?;
        let by_external_id = by_external_id(tx, connection, chunk)?;
        for name in chunk {
            let people = by_user_name.get(&canonical(name)).into_iter();
            let people: BTreeSet<ResourceKey> =
                people.chain(by_external_id.get(*name).into_iter().flatten()).copied().collect();
            if !people.is_empty() {
                found.insert((*name).clone(), people);
            }
        }
    }
    Ok(found)
}

fn by_user_name(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    names: &[&String],
) -> Result<HashMap<String, ResourceKey>, Error> {
    let keys: Vec<String> = names.iter().map(|name| canonical(name)).collect();
    let rows: Vec<(Option<String>, ResourceKey)> = resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq("User"))
        .filter(resources::unique_key.eq_any(keys))
        .select((resources::unique_key, resources::key))
        .load(tx.connection)?;
    Ok(rows.into_iter().filter_map(|(name, key)| Some((name?, key))).collect())
}

fn by_external_id(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    ids: &[&String],
) -> Result<HashMap<String, Vec<ResourceKey>>, Error> {
    let path = tx.path_key("externalId")?;
    let keys: Vec<String> = ids.iter().map(|id| cut(id).0.into_owned()).collect();
    let rows: Vec<(String, Option<String>, ResourceKey)> = attribute_values::table
        .inner_join(
            resources::table.on(resources::connection_key
                .eq(attribute_values::connection_key)
                .and(resources::key.eq(attribute_values::resource_key))),
        )
        .filter(attribute_values::connection_key.eq(connection))
        .filter(attribute_values::path_key.eq(path))
        .filter(attribute_values::value_key.eq_any(keys))
        .filter(resources::kind.eq("User"))
        .select((attribute_values::value_key, attribute_values::rest, resources::key))
        .load(tx.connection)?;
    let mut found = HashMap::<String, Vec<ResourceKey>>::new();
    for (key, rest, resource) in rows {
        found.entry(rest.unwrap_or(key)).or_default().push(resource);
    }
    Ok(found)
}
