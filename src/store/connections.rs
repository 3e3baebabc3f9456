//! Enterprise connections: the tenant boundary of everything SCIM.

use diesel::prelude::*;

use super::schema::{connection_home_domains, connections, organization_connections};
use super::window::{Window, load_window};
use super::{ConnectionKey, Error, OrganizationKey, Tx};

/// One IdP application.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Connection {
    /// Row key.
    pub key: ConnectionKey,
    /// Public id, `conn_` and 32 hex digits.
    pub id: String,
    /// Owner; without one there is neither directory nor trust.
    pub organization_key: Option<OrganizationKey>,
    /// Name as given.
    pub name: String,
    /// Name shown to people.
    pub display_name: String,
    /// Kinde's strategy, such as `saml:okta` or `oauth2:azure_ad`.
    pub strategy: String,
    /// `active`, `disabled` or `deleting`.
    pub state: String,
    /// JSON object: Kinde's options and our settings.
    pub options: String,
    /// Grows with every change of options or state.
    pub settings_version: i64,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Whether schemas beyond those of the RFC apply to it.
    pub has_schemas: bool,
    /// Microseconds since the epoch; `None` unless it is being deleted.
    pub deleting_since: Option<i64>,
    /// The state it would come back in.
    pub state_before: Option<String>,
    /// Whether groups, or being here at all, give roles.
    pub has_role_rules: bool,
}

/// What is needed for a new connection.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = connections)]
pub struct NewConnection {
    /// See [`Connection`].
    pub id: String,
    /// See [`Connection`].
    pub organization_key: Option<OrganizationKey>,
    /// See [`Connection`].
    pub name: String,
    /// See [`Connection`].
    pub display_name: String,
    /// See [`Connection`].
    pub strategy: String,
    /// See [`Connection`].
    pub state: String,
    /// See [`Connection`].
    pub options: String,
    /// See [`Connection`].
    pub settings_version: i64,
    /// See [`Connection`].
    pub created: i64,
    /// See [`Connection`].
    pub has_schemas: bool,
}

/// Adds a connection.
pub fn insert(tx: &mut Tx<'_>, new: &NewConnection) -> Result<ConnectionKey, Error> {
    let key =
        diesel::insert_into(connections::table).values(new).returning(connections::key).get_result(tx.connection)?;
    super::counts::prepare(tx, key)?;
    Ok(key)
}

/// The connection with this public id.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Connection>, Error> {
    Ok(connections::table.filter(connections::id.eq(id)).get_result(tx.connection).optional()?)
}

/// The connection with this row key.
pub fn load(tx: &mut Tx<'_>, key: ConnectionKey) -> Result<Connection, Error> {
    Ok(connections::table.filter(connections::key.eq(key)).get_result(tx.connection)?)
}

/// The connections with this exact name.
pub fn list_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Connection>, Error> {
    Ok(connections::table.filter(connections::name.eq(name)).order(connections::key).load(tx.connection)?)
}

/// The public ids of some connections, of one owner's alone if it is given.
pub fn list_ids(
    tx: &mut Tx<'_>,
    owner: Option<OrganizationKey>,
    keys: &[ConnectionKey],
) -> Result<Vec<(ConnectionKey, String)>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = connections::table
        .filter(connections::key.eq_any(keys.to_vec()))
        .select((connections::key, connections::id))
        .into_boxed();
    if let Some(owner) = owner {
        query = query.filter(connections::organization_key.eq(owner));
    }
    Ok(query.load(tx.connection)?)
}

/// All connections, oldest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Connection>, Error> {
    Ok(connections::table.order(connections::key).load(tx.connection)?)
}

/// The connections an organization owns, oldest first.
pub fn list_owned(tx: &mut Tx<'_>, organization: OrganizationKey) -> Result<Vec<Connection>, Error> {
    Ok(connections::table
        .filter(connections::organization_key.eq(organization))
        .order(connections::key)
        .load(tx.connection)?)
}

/// Changes the state and, with it, the settings version.
pub fn set_state(tx: &mut Tx<'_>, key: ConnectionKey, state: &str) -> Result<(), Error> {
    diesel::update(connections::table.filter(connections::key.eq(key)))
        .set((connections::state.eq(state), connections::settings_version.eq(connections::settings_version + 1)))
        .execute(tx.connection)?;
    Ok(())
}

/// Puts a connection on its way out.
pub fn begin_deleting(tx: &mut Tx<'_>, connection: &Connection, now: i64) -> Result<(), Error> {
    diesel::update(connections::table.filter(connections::key.eq(connection.key)))
        .set((connections::deleting_since.eq(now), connections::state_before.eq(&connection.state)))
        .execute(tx.connection)?;
    set_state(tx, connection.key, "deleting")
}

/// Takes a connection back from its way out, in the state it had.
pub fn end_deleting(tx: &mut Tx<'_>, connection: &Connection) -> Result<(), Error> {
    diesel::update(connections::table.filter(connections::key.eq(connection.key)))
        .set((connections::deleting_since.eq(None::<i64>), connections::state_before.eq(None::<String>)))
        .execute(tx.connection)?;
    set_state(tx, connection.key, connection.state_before.as_deref().unwrap_or("disabled"))
}

/// A connection that has been on its way out since this time or longer.
pub fn find_deleting_since(tx: &mut Tx<'_>, since: i64) -> Result<Option<Connection>, Error> {
    let due = connections::table.filter(connections::deleting_since.le(since)).order(connections::key);
    Ok(due.limit(1).get_result(tx.connection).optional()?)
}

/// Removes a connection of which nothing is left but settings, schemas and counts; those go with it.
pub fn delete(tx: &mut Tx<'_>, key: ConnectionKey) -> Result<(), Error> {
    diesel::delete(connections::table.filter(connections::key.eq(key))).execute(tx.connection)?;
    Ok(())
}

/// Replaces the options and, with them, the settings version.
pub fn set_options(tx: &mut Tx<'_>, key: ConnectionKey, options: &str) -> Result<(), Error> {
    diesel::update(connections::table.filter(connections::key.eq(key)))
        .set((connections::options.eq(options), connections::settings_version.eq(connections::settings_version + 1)))
        .execute(tx.connection)?;
    Ok(())
}

/// Replaces names and options and, with them, the settings version.
pub fn update(tx: &mut Tx<'_>, key: ConnectionKey, name: &str, display_name: &str, options: &str) -> Result<(), Error> {
    diesel::update(connections::table.filter(connections::key.eq(key)))
        .set((connections::name.eq(name), connections::display_name.eq(display_name)))
        .execute(tx.connection)?;
    set_options(tx, key, options)
}

/// Takes every routed domain from a connection.
pub fn delete_home_domains(tx: &mut Tx<'_>, key: ConnectionKey) -> Result<(), Error> {
    diesel::delete(connection_home_domains::table.filter(connection_home_domains::connection_key.eq(key)))
        .execute(tx.connection)?;
    Ok(())
}

/// Routes sign-ins of a domain to a connection.
///
/// # Errors
/// [`Error::Conflict`] when another connection has the domain.
pub fn insert_home_domain(tx: &mut Tx<'_>, key: ConnectionKey, domain: &str) -> Result<(), Error> {
    diesel::insert_into(connection_home_domains::table)
        .values((connection_home_domains::domain.eq(domain), connection_home_domains::connection_key.eq(key)))
        .execute(tx.connection)?;
    Ok(())
}

/// Lets an organization use a connection it does not own; false when it may already.
pub fn allow(tx: &mut Tx<'_>, key: ConnectionKey, organization: OrganizationKey) -> Result<bool, Error> {
    let insert = diesel::insert_into(organization_connections::table)
        .values((
            organization_connections::organization_key.eq(organization),
            organization_connections::connection_key.eq(key),
        ))
        .on_conflict_do_nothing();
    let rows = match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        super::backend::AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(rows > 0)
}

/// Keeps an organization from using a connection it does not own; false when it could not.
pub fn disallow(tx: &mut Tx<'_>, key: ConnectionKey, organization: OrganizationKey) -> Result<bool, Error> {
    let of = organization_connections::table.filter(organization_connections::organization_key.eq(organization));
    Ok(diesel::delete(of.filter(organization_connections::connection_key.eq(key))).execute(tx.connection)? > 0)
}

/// The connections an organization owns or was allowed to use, oldest first; not those that are being deleted.
pub fn list_usable(tx: &mut Tx<'_>, organization: OrganizationKey) -> Result<Vec<Connection>, Error> {
    let allowed = organization_connections::table.filter(organization_connections::organization_key.eq(organization));
    let allowed = connections::key.eq_any(allowed.select(organization_connections::connection_key));
    Ok(connections::table
        .filter(connections::organization_key.eq(organization).assume_not_null().or(allowed))
        .filter(connections::deleting_since.is_null())
        .order(connections::key)
        .load(tx.connection)?)
}

/// A window of connections in the order of their public ids, but for those that are being deleted: of an owner, and those to
/// which sign-ins of a domain are routed, if these are given.
pub fn list_window(
    tx: &mut Tx<'_>,
    owner: Option<OrganizationKey>,
    home_domain: Option<&str>,
    window: &Window,
) -> Result<Vec<Connection>, Error> {
    let mut query = connections::table.filter(connections::deleting_since.is_null()).into_boxed();
    if let Some(owner) = owner {
        query = query.filter(connections::organization_key.eq(owner));
    }
    if let Some(domain) = home_domain {
        let routed = connection_home_domains::table.filter(connection_home_domains::domain.eq(domain.to_owned()));
        query = query.filter(connections::key.eq_any(routed.select(connection_home_domains::connection_key)));
    }
    Ok(load_window!(tx, query, connections::id, window))
}

/// Whether an organization owns a connection or was allowed to use it.
pub fn is_allowed(tx: &mut Tx<'_>, connection: &Connection, organization: OrganizationKey) -> Result<bool, Error> {
    if connection.organization_key == Some(organization) {
        return Ok(true);
    }
    let rows: i64 = organization_connections::table
        .filter(organization_connections::organization_key.eq(organization))
        .filter(organization_connections::connection_key.eq(connection.key))
        .count()
        .get_result(tx.connection)?;
    Ok(rows > 0)
}

/// The connection with this public id, for a change of it: until the transaction ends nobody else changes it.
pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Connection>, Error> {
    let query = connections::table.filter(connections::id.eq(id));
    Ok(match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        super::backend::AnyConnection::Postgres(connection) => {
            query.for_no_key_update().get_result(connection).optional()?
        }
    })
}

/// Keeps the connection's state as it is until the transaction ends, so that a sign-in and its disabling never cross.
pub fn lock_shared(tx: &mut Tx<'_>, id: &str) -> Result<Option<Connection>, Error> {
    let query = connections::table.filter(connections::id.eq(id));
    Ok(match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        super::backend::AnyConnection::Postgres(connection) => query.for_share().get_result(connection).optional()?,
    })
}
