//! Bearer tokens of directories, stored as SHA-256, and the one query that authenticates a SCIM request.

use diesel::prelude::*;

use super::directories::{Door, door};
use super::schema::{connections, directories, organizations, scim_tokens};
use super::{DirectoryKey, Error, Tx};

/// A bearer token as administrators see it: never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Token {
    /// Public id, `token_` and 32 hex digits.
    pub id: String,
    /// What the administrator called it.
    pub name: String,
    /// Microseconds since the epoch, as all times here.
    pub created: i64,
    /// Not accepted from then on.
    pub expires: Option<i64>,
    /// Not accepted since.
    pub revoked: Option<i64>,
    /// Last use, to the minute.
    pub last_used: Option<i64>,
}

/// Who a bearer token speaks for, and the states that decide whether it may.
#[derive(Clone, Debug, Queryable)]
pub struct Bearer {
    /// Public id of the token.
    pub token_id: String,
    /// SHA-256 of the token, in hex.
    pub hash: String,
    /// See [`Token`].
    pub expires: Option<i64>,
    /// See [`Token`].
    pub revoked: Option<i64>,
    /// See [`Token`].
    pub last_used: Option<i64>,
    /// The directory's row.
    pub directory: DirectoryKey,
    /// The directory.
    pub door: Door,
}

/// Looks a token up by its hash, with directory, connection and organization.
pub fn find_bearer(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Bearer>, Error> {
    Ok(scim_tokens::table
        .inner_join(directories::table.on(directories::key.eq(scim_tokens::directory_key)))
        .inner_join(connections::table.on(connections::key.eq(directories::connection_key)))
        .left_join(organizations::table.on(organizations::key.nullable().eq(connections::organization_key)))
        .filter(scim_tokens::hash.eq(hash))
        .select((
            scim_tokens::id,
            scim_tokens::hash,
            scim_tokens::expires,
            scim_tokens::revoked,
            scim_tokens::last_used,
            directories::key,
            door(),
        ))
        .get_result(tx.connection)
        .optional()?)
}

/// Adds a token.
pub fn insert(tx: &mut Tx<'_>, directory: DirectoryKey, token: &Token, hash: &str) -> Result<(), Error> {
    diesel::insert_into(scim_tokens::table)
        .values((
            scim_tokens::id.eq(&token.id),
            scim_tokens::directory_key.eq(directory),
            scim_tokens::name.eq(&token.name),
            scim_tokens::hash.eq(hash),
            scim_tokens::created.eq(token.created),
            scim_tokens::expires.eq(token.expires),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// The tokens of a directory, oldest first.
pub fn list(tx: &mut Tx<'_>, directory: DirectoryKey) -> Result<Vec<Token>, Error> {
    Ok(scim_tokens::table
        .filter(scim_tokens::directory_key.eq(directory))
        .order(scim_tokens::key)
        .select((
            scim_tokens::id,
            scim_tokens::name,
            scim_tokens::created,
            scim_tokens::expires,
            scim_tokens::revoked,
            scim_tokens::last_used,
        ))
        .load(tx.connection)?)
}

/// The connection of the directory a token belongs to.
pub fn find_connection(tx: &mut Tx<'_>, id: &str) -> Result<Option<super::ConnectionKey>, Error> {
    Ok(scim_tokens::table
        .inner_join(directories::table.on(directories::key.eq(scim_tokens::directory_key)))
        .filter(scim_tokens::id.eq(id))
        .select(directories::connection_key)
        .get_result(tx.connection)
        .optional()?)
}

/// Revokes a token from now on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such token, or it was revoked before.
pub fn revoke(tx: &mut Tx<'_>, id: &str, now: i64) -> Result<(), Error> {
    let rows = diesel::update(scim_tokens::table.filter(scim_tokens::id.eq(id)).filter(scim_tokens::revoked.is_null()))
        .set(scim_tokens::revoked.eq(Some(now)))
        .execute(tx.connection)?;
    if rows == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Lets the other tokens of a directory expire at this time, if they would be valid longer; how many.
pub fn shorten_others(tx: &mut Tx<'_>, directory: DirectoryKey, id: &str, until: i64) -> Result<usize, Error> {
    let others = scim_tokens::table.filter(scim_tokens::directory_key.eq(directory)).filter(scim_tokens::id.ne(id));
    let live = others
        .filter(scim_tokens::revoked.is_null())
        .filter(scim_tokens::expires.is_null().or(scim_tokens::expires.gt(until).assume_not_null()));
    Ok(diesel::update(live).set(scim_tokens::expires.eq(Some(until))).execute(tx.connection)?)
}

/// Records that a token was used.
pub fn touch(tx: &mut Tx<'_>, id: &str, now: i64) -> Result<(), Error> {
    diesel::update(scim_tokens::table.filter(scim_tokens::id.eq(id)))
        .set(scim_tokens::last_used.eq(Some(now)))
        .execute(tx.connection)?;
    Ok(())
}
