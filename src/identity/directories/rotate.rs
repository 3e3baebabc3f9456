//! The bearer tokens of a directory as the management API changes them: added, revoked, rotated with an overlap.

use serde::Deserialize;
use serde_json::json;

use super::{Described, find, not_found};
use crate::identity::act::{About, Act};
use crate::identity::checks::{MAX_SECONDS, seconds};
use crate::identity::{Error, Reach, tokens as bearers};
use crate::store::tokens::{self as rows, Token};
use crate::store::{Tx, directories};

/// Seconds that earlier tokens stay valid when it is not said: a day.
const OVERLAP: i64 = 86_400;

/// The body of a request for a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NewToken {
    /// Name for administrators.
    pub name: Option<String>,
    /// Seconds the token is valid; until it is revoked when left out.
    pub expires_in: Option<i64>,
    /// Of a rotation: seconds the other tokens stay valid, a day when left out.
    pub overlap: Option<i64>,
}

/// The tokens of a directory, oldest first; revoked and expired ones too, never their secrets.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`.
pub fn tokens(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Vec<Token>, Error> {
    let found = find(tx, reach, id)?.ok_or_else(not_found)?;
    Ok(bearers::list(tx, &found.directory)?)
}

/// Makes another token; the others stay as they are. The secret is returned once.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`; 400 `TOKEN_NAME_REQUIRED`, `INVALID_EXPIRY`.
pub fn add_token(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    id: &str,
    request: &NewToken,
) -> Result<(Described, Token, String), Error> {
    let found = find(tx, reach, id)?.ok_or_else(not_found)?;
    // A token of a directory that is deleted meanwhile would be nobody's.
    directories::lock(tx, id)?.ok_or_else(not_found)?;
    let expires_in = request.expires_in.map(|value| seconds(value, 1..=MAX_SECONDS, "expires_in")).transpose()?;
    let expires_in = expires_in.map(|seconds| seconds * 1_000_000);
    let name = request.name.as_deref().unwrap_or("token");
    let (token, secret) = bearers::create(tx, act, &found.directory, name, expires_in)?;
    Ok((found, token, secret))
}

/// Makes a token that takes the place of the others, which expire after the overlap at the latest.
///
/// # Errors
/// As [`add_token`].
pub fn rotate(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    id: &str,
    request: &NewToken,
) -> Result<(Described, Token, String), Error> {
    let overlap = seconds(request.overlap.unwrap_or(OVERLAP), 0..=MAX_SECONDS, "overlap")?;
    let named =
        NewToken { name: Some(request.name.clone().unwrap_or_else(|| "rotated".to_owned())), ..request.clone() };
    let (found, token, secret) = add_token(tx, act, reach, id, &named)?;
    let until = act.now + overlap * 1_000_000;
    let expiring = rows::shorten_others(tx, found.directory.key, &token.id, until)?;
    let about = About { connection: Some(found.connection.key), ..About::default() };
    let data = json!({ "directory": id, "token": token.id, "others_expire": until, "others": expiring });
    act.event(tx, "token.rotated", about, data)?;
    Ok((found, token, secret))
}

/// Revokes a token of a directory: it is refused from the next request on, on every server.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`, `TOKEN_NOT_FOUND`; 400 `TOKEN_REVOKED`.
pub fn revoke_token(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str, token: &str) -> Result<(), Error> {
    if !tokens(tx, reach, id)?.iter().any(|other| other.id == token) {
        return Err(Error::not_found("TOKEN_NOT_FOUND", format!("There is no token {token}")));
    }
    bearers::revoke(tx, act, token)
}
