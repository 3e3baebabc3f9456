//! SCIM records: a document, a version, an id.
//!
//! Every function takes the [`ConnectionKey`] and has it in every query. A write to an existing resource begins with
//! [`lock`]. `attribute_values` and `directory_counts` are kept here, in the same transaction.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::filter_sql::{FilterSql, unindexed_terms};
use super::members::Related;
use super::schema::{attribute_values, resources};
use super::{ConnectionKey, Error, ResourceKey, Tx, counts, values};
use crate::scim::matches::Plan;
use crate::scim::resource::Document;
use crate::scim::schema::{Catalogue, ResourceType};
use crate::scim::values::{ValueRow, cut};

/// Ids in one statement.
const CHUNK: usize = 500;
/// Values one filter may pass over because no index serves it.
const SCANNED_VALUES: i64 = 20_000_000;

/// A stored SCIM record.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Row key.
    pub key: ResourceKey,
    /// Resource type name, such as `User`.
    pub kind: String,
    /// SCIM id.
    pub id: String,
    /// Grows by one with each change; the ETag.
    pub version: i64,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Microseconds since the epoch; never goes back.
    pub modified: i64,
    /// What must be unique within connection and kind.
    pub unique_key: Option<String>,
    /// What the IdP said; true where a type has no such attribute.
    pub active: bool,
    /// The document, without what is computed at read.
    pub document: Document,
}

/// What a resource holds, with everything the store derives from it.
#[derive(Clone, Debug)]
pub struct Content {
    /// The document.
    pub document: Document,
    /// What must be unique within connection and kind.
    pub unique_key: Option<String>,
    /// See [`Resource`].
    pub active: bool,
    /// The displayName, shown inside groups and members.
    pub display: Option<String>,
    /// What filters and sorts see.
    pub values: BTreeSet<ValueRow>,
}

impl Content {
    /// Derives from a document what the store keeps beside it.
    pub fn of(catalogue: &Catalogue, resource_type: &ResourceType, document: Document) -> Self {
        Self {
            unique_key: document.unique_key(catalogue, resource_type),
            active: document.active().unwrap_or(true),
            display: document.display_name().map(str::to_owned),
            values: crate::scim::values::rows(catalogue, resource_type, &document),
            document,
        }
    }
}

type Row = (ResourceKey, String, String, i64, i64, i64, Option<String>, bool, String);
type Columns = (
    resources::key,
    resources::kind,
    resources::id,
    resources::version,
    resources::created,
    resources::modified,
    resources::unique_key,
    resources::active,
    resources::document,
);

const COLUMNS: Columns = (
    resources::key,
    resources::kind,
    resources::id,
    resources::version,
    resources::created,
    resources::modified,
    resources::unique_key,
    resources::active,
    resources::document,
);

fn resource(row: Row) -> Result<Resource, Error> {
    let (key, kind, id, version, created, modified, unique_key, active, document) = row;
    let document = Document::from_stored(&document).map_err(Error::internal)?;
    Ok(Resource { key, kind, id, version, created, modified, unique_key, active, document })
}

/// The resource with this id.
pub fn find(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, id: &str) -> Result<Option<Resource>, Error> {
    resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::id.eq(id))
        .select(COLUMNS)
        .first::<Row>(tx.connection)
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
        .first::<Row>(tx.connection)?;
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
    let query = resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::id.eq(id))
        .select(COLUMNS);
    let row: Option<Row> = match &mut *tx.connection {
        AnyConnection::Sqlite(inner) => query.first(inner).optional()?,
        AnyConnection::Postgres(inner) => query.for_no_key_update().first(inner).optional()?,
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
        .first::<Row>(tx.connection)
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
        .filter(attribute_values::value_key.eq(key))
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

/// Adds a resource at version 1.
///
/// # Errors
/// [`Error::Conflict`] when its unique key is taken.
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
/// [`Error::Conflict`] when the unique key is taken, [`Error::Stale`] when the version moved meanwhile.
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

/// One page of a kind in creation order: `limit` resources after `offset`.
pub fn list(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    filter: Option<&Plan>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Resource>, Error> {
    let mut query = resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .order(resources::key)
        .offset(offset)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(plan) = filter {
        query = query.filter(FilterSql::compile(tx, connection, plan)?);
    }
    query.load::<Row>(tx.connection)?.into_iter().map(resource).collect()
}

/// How many resources of a kind satisfy a filter.
///
/// # Errors
/// [`Error::TooMany`] for a filter that no index serves, over a directory too large to pass over.
pub fn count(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, filter: Option<&Plan>) -> Result<i64, Error> {
    let Some(plan) = filter else {
        return counts::total(tx, connection, kind);
    };
    let passes = unindexed_terms(plan);
    if passes > 0 && passes.saturating_mul(counts::total(tx, connection, kind)?) > SCANNED_VALUES {
        return Err(Error::TooMany);
    }
    Ok(resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(FilterSql::compile(tx, connection, plan)?)
        .count()
        .get_result(tx.connection)?)
}
