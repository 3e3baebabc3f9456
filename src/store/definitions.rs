//! Schemas and resource types that administrators loaded, of the deployment and of connections (RFC 7643 sections 6, 7).
//!
//! What is loaded is kept as checked JSON. A connection to which any of it applies says so in its row (`has_schemas`),
//! and each change of it moves the connection's settings version, by which compiled catalogues are kept.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::{attribute_values, connections, definitions, resources};
use super::{ConnectionKey, Error, Tx, attribute_paths};

/// What a definition defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A schema; its name is the URN.
    Schema,
    /// A resource type, or extensions of one.
    ResourceType,
}

impl Kind {
    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::ResourceType => "resource_type",
        }
    }
}

/// A loaded definition.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Definition {
    /// The connection; none for the whole deployment.
    pub connection: Option<ConnectionKey>,
    /// `schema` or `resource_type`.
    pub kind: String,
    /// The URN or the resource type's name, in small letters.
    pub name: String,
    /// The definition as JSON text.
    pub document: String,
    /// Microseconds since the epoch.
    pub loaded: i64,
}

type Columns =
    (definitions::connection_key, definitions::kind, definitions::name, definitions::document, definitions::loaded);

const COLUMNS: Columns =
    (definitions::connection_key, definitions::kind, definitions::name, definitions::document, definitions::loaded);

/// Those that apply to a connection: the deployment's first, each in the order in which they were loaded.
pub fn list_for(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<Vec<Definition>, Error> {
    let mut deployment = list_of(tx, None)?;
    deployment.extend(list_of(tx, Some(connection))?);
    Ok(deployment)
}

/// Those of one connection alone, or those of the deployment.
pub fn list_of(tx: &mut Tx<'_>, owner: Option<ConnectionKey>) -> Result<Vec<Definition>, Error> {
    let query = definitions::table.order(definitions::key).select(COLUMNS);
    Ok(match owner {
        Some(connection) => query.filter(definitions::connection_key.eq(connection)).load(tx.connection)?,
        None => query.filter(definitions::connection_key.is_null()).load(tx.connection)?,
    })
}

/// Those of every connection that has any of its own.
pub fn list_of_connections(tx: &mut Tx<'_>) -> Result<Vec<Definition>, Error> {
    let query = definitions::table.filter(definitions::connection_key.is_not_null());
    Ok(query.order(definitions::key).select(COLUMNS).load(tx.connection)?)
}

/// Stores a definition, in place of the one with its name where there is one.
pub fn put(tx: &mut Tx<'_>, definition: &Definition) -> Result<(), Error> {
    let row = (definitions::document.eq(&definition.document), definitions::loaded.eq(definition.loaded));
    let named = definitions::table
        .filter(definitions::kind.eq(&definition.kind))
        .filter(definitions::name.eq(&definition.name));
    let replaced = match definition.connection {
        Some(key) => {
            diesel::update(named.filter(definitions::connection_key.eq(key))).set(row).execute(tx.connection)?
        }
        None => diesel::update(named.filter(definitions::connection_key.is_null())).set(row).execute(tx.connection)?,
    };
    if replaced == 0 {
        diesel::insert_into(definitions::table)
            .values((
                definitions::connection_key.eq(definition.connection),
                definitions::kind.eq(&definition.kind),
                definitions::name.eq(&definition.name),
                row.0,
                row.1,
            ))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// Removes a definition.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn delete(tx: &mut Tx<'_>, definition: &Definition) -> Result<(), Error> {
    let named = definitions::table
        .filter(definitions::kind.eq(&definition.kind))
        .filter(definitions::name.eq(&definition.name));
    let rows = match definition.connection {
        Some(key) => diesel::delete(named.filter(definitions::connection_key.eq(key))).execute(tx.connection)?,
        None => diesel::delete(named.filter(definitions::connection_key.is_null())).execute(tx.connection)?,
    };
    if rows == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Moves the settings version of a connection, or of all, which waits for the writes that rely on it.
pub fn bump(tx: &mut Tx<'_>, owner: Option<ConnectionKey>) -> Result<(), Error> {
    let change = connections::settings_version.eq(connections::settings_version + 1);
    match owner {
        Some(key) => {
            diesel::update(connections::table.filter(connections::key.eq(key))).set(change).execute(tx.connection)?
        }
        None => diesel::update(connections::table).set(change).execute(tx.connection)?,
    };
    Ok(())
}

/// Writes into the row of a connection, or of all, whether definitions apply to it.
pub fn mark(tx: &mut Tx<'_>, owner: Option<ConnectionKey>) -> Result<(), Error> {
    let of_deployment = has_any(tx)?;
    if let Some(key) = owner {
        let has = of_deployment || !list_of(tx, owner)?.is_empty();
        diesel::update(connections::table.filter(connections::key.eq(key)))
            .set(connections::has_schemas.eq(has))
            .execute(tx.connection)?;
        return Ok(());
    }
    diesel::update(connections::table).set(connections::has_schemas.eq(of_deployment)).execute(tx.connection)?;
    if !of_deployment {
        let own = definitions::table.select(definitions::connection_key);
        diesel::update(connections::table.filter(connections::key.nullable().eq_any(own)))
            .set(connections::has_schemas.eq(true))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// Whether the deployment has definitions, which apply to a new connection from the start.
pub fn has_any(tx: &mut Tx<'_>) -> Result<bool, Error> {
    let rows: i64 =
        definitions::table.filter(definitions::connection_key.is_null()).count().get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Whether a connection has this settings version still; it keeps it until the transaction ends.
pub fn hold(tx: &mut Tx<'_>, connection: ConnectionKey, version: i64) -> Result<bool, Error> {
    let query = connections::table.filter(connections::key.eq(connection)).select(connections::settings_version);
    let found: i64 = match &mut *tx.connection {
        AnyConnection::Sqlite(inner) => query.get_result(inner)?,
        AnyConnection::Postgres(inner) => query.for_share().get_result(inner)?,
    };
    Ok(found == version)
}

/// How many resources of a kind have a value at a path.
pub fn count_holders(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, path: &str) -> Result<i64, Error> {
    let path = tx.path_key(path)?;
    let holders = attribute_values::table
        .filter(attribute_values::connection_key.eq(connection))
        .filter(attribute_values::path_key.eq(path))
        .select(attribute_values::resource_key);
    Ok(resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(resources::key.eq_any(holders))
        .count()
        .get_result(tx.connection)?)
}

/// Makes room in the index for the attributes of new definitions.
pub fn register_paths(tx: &mut Tx<'_>, paths: &[String]) -> Result<(), Error> {
    attribute_paths::register(tx, paths)
}

/// Learns the paths of a catalogue that was just compiled; for reads alone, which see what is committed.
pub fn know_paths(tx: &mut Tx<'_>, paths: &[String]) -> Result<(), Error> {
    attribute_paths::know(tx, paths)
}
