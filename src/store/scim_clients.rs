//! OAuth clients of directories: who gets an access token for SCIM, by a secret or by another issuer's word.

use diesel::prelude::*;

use super::directories::{Door, door};
use super::schema::{connections, directories, organizations, scim_client_secrets, scim_clients};
use super::{DirectoryKey, Error, ScimClientKey, Tx};

/// A client. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ScimClient {
    /// Row key.
    pub key: ScimClientKey,
    /// The `client_id`, `scim_` and 32 hex digits.
    pub id: String,
    /// Whose directory it may call.
    pub directory: DirectoryKey,
    /// What the administrator called it.
    pub name: String,
    /// How long its access tokens are valid, in seconds.
    pub token_seconds: i64,
    /// Who signs its assertions (`iss`); without one it has secrets.
    pub issuer: Option<String>,
    /// Whom they speak of (`sub`).
    pub subject: Option<String>,
    /// For whom they are meant (`aud`).
    pub audience: Option<String>,
    /// Where the issuer's keys are.
    pub keys_url: Option<String>,
    /// The issuer's keys, a JWK set.
    pub keys: Option<String>,
    /// When it was made.
    pub created: i64,
    /// Refused since.
    pub revoked: Option<i64>,
    /// When it was given an access token last.
    pub last_used: Option<i64>,
}

/// What is needed for a new client.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = scim_clients)]
pub struct NewScimClient {
    /// See [`ScimClient`].
    pub id: String,
    /// See [`ScimClient`].
    pub directory_key: DirectoryKey,
    /// See [`ScimClient`].
    pub name: String,
    /// See [`ScimClient`].
    pub token_seconds: i64,
    /// See [`ScimClient`].
    pub issuer: Option<String>,
    /// See [`ScimClient`].
    pub subject: Option<String>,
    /// See [`ScimClient`].
    pub audience: Option<String>,
    /// See [`ScimClient`].
    pub keys_url: Option<String>,
    /// See [`ScimClient`].
    pub keys: Option<String>,
    /// See [`ScimClient`].
    pub created: i64,
}

/// Whom an access token speaks for, and the states that decide whether it may.
#[derive(Clone, Debug, Queryable)]
pub struct Bearer {
    /// See [`ScimClient`].
    pub revoked: Option<i64>,
    /// The directory.
    pub door: Door,
}

/// Adds a client.
pub fn insert(tx: &mut Tx<'_>, new: &NewScimClient) -> Result<(), Error> {
    diesel::insert_into(scim_clients::table).values(new).execute(tx.connection)?;
    Ok(())
}

/// The client with this id.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<ScimClient>, Error> {
    Ok(scim_clients::table.filter(scim_clients::id.eq(id)).get_result(tx.connection).optional()?)
}

/// The clients of a directory, oldest first; revoked ones too.
pub fn list(tx: &mut Tx<'_>, directory: DirectoryKey) -> Result<Vec<ScimClient>, Error> {
    let of = scim_clients::table.filter(scim_clients::directory_key.eq(directory));
    Ok(of.order(scim_clients::key).load(tx.connection)?)
}

/// Looks up whom an access token speaks for.
pub fn find_bearer(tx: &mut Tx<'_>, id: &str) -> Result<Option<Bearer>, Error> {
    Ok(scim_clients::table
        .inner_join(directories::table.on(directories::key.eq(scim_clients::directory_key)))
        .inner_join(connections::table.on(connections::key.eq(directories::connection_key)))
        .left_join(organizations::table.on(organizations::key.nullable().eq(connections::organization_key)))
        .filter(scim_clients::id.eq(id))
        .select((scim_clients::revoked, door()))
        .get_result(tx.connection)
        .optional()?)
}

/// Adds a secret's hash to a client.
pub fn insert_secret(tx: &mut Tx<'_>, client: ScimClientKey, hash: &str, now: i64) -> Result<(), Error> {
    diesel::insert_into(scim_client_secrets::table)
        .values((
            scim_client_secrets::client_key.eq(client),
            scim_client_secrets::hash.eq(hash),
            scim_client_secrets::created.eq(now),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Lets the secrets of a client expire at this time, if they would hold longer.
pub fn shorten_secrets(tx: &mut Tx<'_>, client: ScimClientKey, until: i64) -> Result<(), Error> {
    let of = scim_client_secrets::table.filter(scim_client_secrets::client_key.eq(client));
    let longer = scim_client_secrets::expires.is_null().or(scim_client_secrets::expires.gt(until).assume_not_null());
    diesel::update(of.filter(longer)).set(scim_client_secrets::expires.eq(Some(until))).execute(tx.connection)?;
    Ok(())
}

/// Whether a secret's hash is one of the client's that holds at `now`.
pub fn has_secret(tx: &mut Tx<'_>, client: ScimClientKey, hash: &str, now: i64) -> Result<bool, Error> {
    let rows: i64 = scim_client_secrets::table
        .filter(scim_client_secrets::client_key.eq(client))
        .filter(scim_client_secrets::hash.eq(hash))
        .filter(scim_client_secrets::expires.is_null().or(scim_client_secrets::expires.gt(now)))
        .count()
        .get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Refuses a client from its next request on; false when it was refused before.
pub fn revoke(tx: &mut Tx<'_>, client: ScimClientKey, now: i64) -> Result<bool, Error> {
    let live = scim_clients::table.filter(scim_clients::key.eq(client)).filter(scim_clients::revoked.is_null());
    Ok(diesel::update(live).set(scim_clients::revoked.eq(Some(now))).execute(tx.connection)? > 0)
}

/// Records that a client was given an access token.
pub fn touch(tx: &mut Tx<'_>, client: ScimClientKey, now: i64) -> Result<(), Error> {
    let of = scim_clients::table.filter(scim_clients::key.eq(client));
    diesel::update(of).set(scim_clients::last_used.eq(Some(now))).execute(tx.connection)?;
    Ok(())
}
