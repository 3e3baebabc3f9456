//! Management clients: who may call the management API, and with which scopes.

use diesel::prelude::*;

use super::schema::{client_secrets, management_clients};
use super::{ClientKey, Error, OrganizationKey, Tx};

/// A client of the management API.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Client {
    /// Row key.
    pub key: ClientKey,
    /// The `client_id`.
    pub id: String,
    /// What the administrator called it.
    pub name: String,
    /// Granted scopes, separated by spaces; `all` grants every scope.
    pub scopes: String,
    /// Bound to one organization, or to none: the whole environment.
    pub organization_key: Option<OrganizationKey>,
    /// A disabled client is refused from the next request on.
    pub is_disabled: bool,
    /// Microseconds since the epoch.
    pub created: i64,
}

/// What is needed for a new client.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = management_clients)]
pub struct NewClient {
    /// See [`Client`].
    pub id: String,
    /// See [`Client`].
    pub name: String,
    /// See [`Client`].
    pub scopes: String,
    /// See [`Client`].
    pub organization_key: Option<OrganizationKey>,
    /// See [`Client`].
    pub is_disabled: bool,
    /// See [`Client`].
    pub created: i64,
}

/// Adds a client with its first secret's hash.
pub fn insert(tx: &mut Tx<'_>, new: &NewClient, secret_hash: &str) -> Result<ClientKey, Error> {
    let key: ClientKey = diesel::insert_into(management_clients::table)
        .values(new)
        .returning(management_clients::key)
        .get_result(tx.connection)?;
    insert_secret(tx, key, secret_hash, new.created)?;
    Ok(key)
}

/// Adds a secret's hash to a client.
pub fn insert_secret(tx: &mut Tx<'_>, client: ClientKey, hash: &str, now: i64) -> Result<(), Error> {
    diesel::insert_into(client_secrets::table)
        .values((client_secrets::client_key.eq(client), client_secrets::hash.eq(hash), client_secrets::created.eq(now)))
        .execute(tx.connection)?;
    Ok(())
}

/// Lets the secrets of a client expire at this time, if they would hold longer.
pub fn shorten_secrets(tx: &mut Tx<'_>, client: ClientKey, until: i64) -> Result<(), Error> {
    let of = client_secrets::table.filter(client_secrets::client_key.eq(client));
    let longer = client_secrets::expires.is_null().or(client_secrets::expires.gt(until).assume_not_null());
    diesel::update(of.filter(longer)).set(client_secrets::expires.eq(Some(until))).execute(tx.connection)?;
    Ok(())
}

/// All clients, oldest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Client>, Error> {
    Ok(management_clients::table.order(management_clients::key).load(tx.connection)?)
}

/// The client with this id.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Client>, Error> {
    Ok(management_clients::table.filter(management_clients::id.eq(id)).get_result(tx.connection).optional()?)
}

/// Whether a secret's hash is one of the client's that holds at `now`.
pub fn has_secret(tx: &mut Tx<'_>, client: ClientKey, hash: &str, now: i64) -> Result<bool, Error> {
    let rows: i64 = client_secrets::table
        .filter(client_secrets::client_key.eq(client))
        .filter(client_secrets::hash.eq(hash))
        .filter(client_secrets::revoked.is_null())
        .filter(client_secrets::expires.is_null().or(client_secrets::expires.gt(now)))
        .count()
        .get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Disables a client from the next request on.
pub fn set_disabled(tx: &mut Tx<'_>, key: ClientKey, is_disabled: bool) -> Result<(), Error> {
    diesel::update(management_clients::table.filter(management_clients::key.eq(key)))
        .set(management_clients::is_disabled.eq(is_disabled))
        .execute(tx.connection)?;
    Ok(())
}
