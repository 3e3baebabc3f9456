//! The SCIM side of a connection: endpoint, provider, sync status.

use diesel::prelude::*;

use super::connections::Connection;
use super::schema::{connections, directories, organizations};
use super::window::{Window, load_window};
use super::{ConnectionKey, DirectoryKey, Error, OrganizationKey, Tx};

/// A directory; one per connection.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Directory {
    /// Row key.
    pub key: DirectoryKey,
    /// Public id, `directory_` and 32 hex digits.
    pub id: String,
    /// `ksde_` and 32 hex digits; the part after `_` is the path segment of the SCIM base URL.
    pub endpoint_id: String,
    /// The connection.
    pub connection_key: ConnectionKey,
    /// Name as given.
    pub name: String,
    /// Kinde's provider code.
    pub provider: String,
    /// `active` or `paused`.
    pub state: String,
    /// Microseconds since the epoch.
    pub created: i64,
}

/// Where an IdP comes in, and the states that decide whether it may.
#[derive(Clone, Debug, Queryable)]
pub struct Door {
    /// `ksde_..`.
    pub endpoint_id: String,
    /// Kinde's provider code.
    pub provider: String,
    /// `active` or `paused`.
    state: String,
    /// The tenant.
    pub connection: Connection,
    /// Whether the owner organization is suspended.
    is_organization_suspended: Option<bool>,
}

impl Door {
    /// Whether the directory is served at all.
    pub fn is_open(&self) -> bool {
        self.state == "active" && self.connection.state == "active" && self.is_organization_suspended == Some(false)
    }
}

/// The columns of a [`Door`], of directories joined with connections and, perhaps, organizations.
pub(super) fn door() -> DoorColumns {
    (
        directories::endpoint_id,
        directories::provider,
        directories::state,
        connections::all_columns,
        organizations::is_suspended.nullable(),
    )
}

type DoorColumns = (
    directories::endpoint_id,
    directories::provider,
    directories::state,
    <connections::table as Table>::AllColumns,
    diesel::dsl::Nullable<organizations::is_suspended>,
);

/// What is needed for a new directory.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = directories)]
pub struct NewDirectory {
    /// See [`Directory`].
    pub id: String,
    /// See [`Directory`].
    pub endpoint_id: String,
    /// See [`Directory`].
    pub connection_key: ConnectionKey,
    /// See [`Directory`].
    pub name: String,
    /// See [`Directory`].
    pub provider: String,
    /// See [`Directory`].
    pub state: String,
    /// See [`Directory`].
    pub created: i64,
}

/// Adds a directory.
///
/// # Errors
/// [`Error::Conflict`] when the connection has one.
pub fn insert(tx: &mut Tx<'_>, new: &NewDirectory) -> Result<DirectoryKey, Error> {
    Ok(diesel::insert_into(directories::table).values(new).returning(directories::key).get_result(tx.connection)?)
}

/// The directory with this public id.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Directory>, Error> {
    Ok(directories::table.filter(directories::id.eq(id)).get_result(tx.connection).optional()?)
}

/// The directory with this row key.
pub fn load(tx: &mut Tx<'_>, key: DirectoryKey) -> Result<Directory, Error> {
    Ok(directories::table.filter(directories::key.eq(key)).get_result(tx.connection)?)
}

/// The directory of a connection.
pub fn find_of_connection(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<Option<Directory>, Error> {
    Ok(directories::table.filter(directories::connection_key.eq(connection)).get_result(tx.connection).optional()?)
}

/// Removes a directory and its tokens; false when it is gone already.
pub fn delete(tx: &mut Tx<'_>, key: DirectoryKey) -> Result<bool, Error> {
    Ok(diesel::delete(directories::table.filter(directories::key.eq(key))).execute(tx.connection)? > 0)
}

/// A window of directories in the order of their public ids: all, or those of an organization's connections.
pub fn list(tx: &mut Tx<'_>, owner: Option<OrganizationKey>, window: &Window) -> Result<Vec<Directory>, Error> {
    let mut query = directories::table.into_boxed();
    if let Some(owner) = owner {
        let theirs = connections::table.filter(connections::organization_key.eq(owner));
        query = query.filter(directories::connection_key.eq_any(theirs.select(connections::key)));
    }
    Ok(load_window!(tx, query, directories::id, window))
}

/// Renames a directory.
pub fn set_name(tx: &mut Tx<'_>, key: DirectoryKey, name: &str) -> Result<(), Error> {
    let of = directories::table.filter(directories::key.eq(key));
    diesel::update(of).set(directories::name.eq(name)).execute(tx.connection)?;
    Ok(())
}

/// Pauses a directory or lets it go on.
pub fn set_state(tx: &mut Tx<'_>, key: DirectoryKey, state: &str) -> Result<(), Error> {
    let of = directories::table.filter(directories::key.eq(key));
    diesel::update(of).set(directories::state.eq(state)).execute(tx.connection)?;
    Ok(())
}

/// The directory with this public id, for a change of it: until the transaction ends nobody else changes it.
pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Directory>, Error> {
    let query = directories::table.filter(directories::id.eq(id));
    Ok(match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        super::backend::AnyConnection::Postgres(connection) => {
            query.for_no_key_update().get_result(connection).optional()?
        }
    })
}
