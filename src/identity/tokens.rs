//! Bearer tokens of directories: several live at once, shown once, stored as a hash.

use serde_json::json;

use super::Error;
use super::act::{About, Act};
use super::checks::required;
use crate::id;
use crate::store::directories::Directory;
use crate::store::tokens::{self as rows, Token};
use crate::store::{self, Tx};

/// What a directory's secrets begin with.
pub const PREFIX: &str = "kstkn";

/// Makes a token that holds for `expires_in` microseconds, or until it is revoked; the secret is returned once.
///
/// # Errors
/// 400 for a blank name or a time that has passed.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    directory: &Directory,
    name: &str,
    expires_in: Option<i64>,
) -> Result<(Token, String), Error> {
    if expires_in.is_some_and(|micros| micros <= 0) {
        return Err(Error::invalid("INVALID_EXPIRY", "The token would never be valid").field("expires_in"));
    }
    let token = Token {
        id: act.ids.prefixed("token"),
        name: required(Some(name), "TOKEN_NAME_REQUIRED", "name")?,
        created: act.now,
        expires: expires_in.map(|micros| act.now.saturating_add(micros)),
        revoked: None,
        last_used: None,
    };
    let secret = id::secret(PREFIX);
    rows::insert(tx, directory.key, &token, &id::secret_hash(&secret))?;
    let after = json!({ "token": token.id, "name": token.name, "expires": token.expires });
    let about = About { connection: Some(directory.connection_key), ..About::default() };
    act.event(tx, "token.created", about, json!({ "directory": directory.id, "after": after }))?;
    Ok((token, secret))
}

/// The tokens of a directory, oldest first; revoked and expired ones too.
pub fn list(tx: &mut Tx<'_>, directory: &Directory) -> Result<Vec<Token>, store::Error> {
    rows::list(tx, directory.key)
}

/// Revokes a token: it is refused from the next request on, on every server.
///
/// # Errors
/// 404 when there is no such token, 400 when it was revoked before.
pub fn revoke(tx: &mut Tx<'_>, act: &Act, id: &str) -> Result<(), Error> {
    let connection = rows::find_connection(tx, id)?
        .ok_or_else(|| Error::not_found("TOKEN_NOT_FOUND", format!("There is no token {id}")))?;
    rows::revoke(tx, id, act.now).map_err(|cause| match cause {
        store::Error::NotFound => Error::invalid("TOKEN_REVOKED", format!("The token {id} was revoked before")),
        other => other.into(),
    })?;
    let about = About { connection: Some(connection), ..About::default() };
    Ok(act.event(tx, "token.revoked", about, json!({ "token": id }))?)
}
