//! OAuth clients of directories, for IdPs that ask for an access token instead of being given one: by a secret of ours
//! (RFC 6749 section 4.4), or by an assertion that another issuer signed (RFC 7523, Entra's workload identity federation).

pub mod access;
pub mod assertion;

use serde::Deserialize;
use serde_json::{Value, json};

use super::act::{About, Act};
use super::checks::{MAX_SECONDS, optional, required, seconds};
use super::directories::{self, Described};
use super::{Error, Reach};
use crate::id;
use crate::store::scim_clients::{self as rows, NewScimClient, ScimClient};
use crate::store::{self, Tx};

/// What client secrets begin with.
pub const SECRET_PREFIX: &str = "ksec";

/// What the ids of clients begin with.
pub const ID_PREFIX: &str = "scim";

/// Seconds an access token is valid when it is not said.
const TOKEN_SECONDS: i64 = 3_600;

/// Seconds an access token may be valid: 60 to 360 minutes, as Entra asks for.
const TOKEN_RANGE: std::ops::RangeInclusive<i64> = 3_600..=21_600;

/// Seconds the other secrets hold after a rotation when it is not said: 30 days.
const OVERLAP: i64 = 2_592_000;

/// The body of a request for a client. Without an issuer it has a secret.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Name for administrators.
    pub name: Option<String>,
    /// Seconds its access tokens are valid, from 3600 to 21600.
    pub token_lifetime: Option<i64>,
    /// Who signs its assertions (`iss`).
    pub issuer: Option<String>,
    /// Whom they speak of (`sub`).
    pub subject: Option<String>,
    /// For whom they are meant (`aud`); this server's token endpoint when left out.
    pub audience: Option<String>,
    /// Where the issuer publishes its keys.
    pub keys_url: Option<String>,
    /// Or the keys themselves: a JWK set.
    pub keys: Option<Value>,
}

/// Makes a client of a directory; a secret is returned once, and stored as a hash.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`; 400 `CLIENT_NAME_REQUIRED`, `INVALID_EXPIRY`, `INVALID_FEDERATION`.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    directory: &str,
    request: &Request,
) -> Result<(ScimClient, Option<String>), Error> {
    let found = directories::find(tx, reach, directory)?.ok_or_else(directories::not_found)?;
    store::directories::lock(tx, directory)?.ok_or_else(directories::not_found)?;
    let token_seconds = seconds(request.token_lifetime.unwrap_or(TOKEN_SECONDS), TOKEN_RANGE, "token_lifetime")?;
    let keys = assertion::checked_keys(request)?;
    let new = NewScimClient {
        id: act.ids.prefixed(ID_PREFIX),
        directory_key: found.directory.key,
        name: required(request.name.as_deref(), "CLIENT_NAME_REQUIRED", "name")?,
        token_seconds,
        issuer: optional(request.issuer.as_deref(), "issuer")?,
        subject: optional(request.subject.as_deref(), "subject")?,
        audience: optional(request.audience.as_deref(), "audience")?,
        keys_url: optional(request.keys_url.as_deref(), "keys_url")?,
        keys,
        created: act.now,
    };
    rows::insert(tx, &new)?;
    let client = rows::find(tx, &new.id)?.ok_or(store::Error::NotFound)?;
    let secret = match client.issuer {
        Some(_) => None,
        None => Some(add_secret(tx, act, &client)?),
    };
    let after = json!({ "client": new.id, "name": new.name, "issuer": new.issuer, "subject": new.subject });
    event(tx, act, &found, "scim_client.created", json!({ "directory": directory, "after": after }))?;
    Ok((client, secret))
}

fn add_secret(tx: &mut Tx<'_>, act: &Act, client: &ScimClient) -> Result<String, Error> {
    let secret = id::secret(SECRET_PREFIX);
    rows::insert_secret(tx, client.key, &id::secret_hash(&secret), act.now)?;
    Ok(secret)
}

fn event(tx: &mut Tx<'_>, act: &Act, found: &Described, kind: &str, data: Value) -> Result<(), Error> {
    let about = About { connection: Some(found.connection.key), ..About::default() };
    Ok(act.event(tx, kind, about, data)?)
}

/// The clients of a directory, oldest first; revoked ones too.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`.
pub fn list(tx: &mut Tx<'_>, reach: Reach, directory: &str) -> Result<Vec<ScimClient>, Error> {
    let found = directories::find(tx, reach, directory)?.ok_or_else(directories::not_found)?;
    Ok(rows::list(tx, found.directory.key)?)
}

fn load(tx: &mut Tx<'_>, reach: Reach, directory: &str, id: &str) -> Result<(Described, ScimClient), Error> {
    let found = directories::find(tx, reach, directory)?.ok_or_else(directories::not_found)?;
    let client = rows::find(tx, id)?.filter(|client| client.directory == found.directory.key);
    let missing = || Error::not_found("CLIENT_NOT_FOUND", format!("The directory has no client {id}"));
    Ok((found, client.ok_or_else(missing)?))
}

/// Refuses a client from its next request on, whatever its access tokens say; a repetition changes nothing.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`, `CLIENT_NOT_FOUND`.
pub fn revoke(tx: &mut Tx<'_>, act: &Act, reach: Reach, directory: &str, id: &str) -> Result<(), Error> {
    let (found, client) = load(tx, reach, directory, id)?;
    if !rows::revoke(tx, client.key, act.now)? {
        return Ok(());
    }
    event(tx, act, &found, "scim_client.revoked", json!({ "directory": directory, "client": client.id }))
}

/// Gives a client another secret; the others hold for the overlap (seconds, 30 days when it is not said) at most.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`, `CLIENT_NOT_FOUND`; 400 `CLIENT_WITHOUT_SECRET`, `INVALID_EXPIRY`.
pub fn rotate(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    directory: &str,
    id: &str,
    overlap: Option<i64>,
) -> Result<String, Error> {
    let (found, client) = load(tx, reach, directory, id)?;
    if client.issuer.is_some() || client.revoked.is_some() {
        let message = "The client has no secret: another issuer speaks for it, or it was revoked";
        return Err(Error::invalid("CLIENT_WITHOUT_SECRET", message));
    }
    let overlap = seconds(overlap.unwrap_or(OVERLAP), 0..=MAX_SECONDS, "overlap")?;
    let until = act.now + overlap * 1_000_000;
    rows::shorten_secrets(tx, client.key, until)?;
    let secret = add_secret(tx, act, &client)?;
    let data = json!({ "directory": directory, "client": client.id, "others_expire": until });
    event(tx, act, &found, "scim_client.rotated", data)?;
    Ok(secret)
}

/// The client a secret belongs to, if both hold at `now`. What cannot be an id or a secret is not looked for.
pub fn find_by_secret(tx: &mut Tx<'_>, id: &str, secret: &str, now: i64) -> Result<Option<ScimClient>, store::Error> {
    if !id::is_well_formed_secret(SECRET_PREFIX, secret) {
        return Ok(None);
    }
    match find_live(tx, id)? {
        Some(client) if rows::has_secret(tx, client.key, &id::secret_hash(secret), now)? => Ok(Some(client)),
        _ => Ok(None),
    }
}

/// The client with this id, unless it was revoked.
pub fn find_live(tx: &mut Tx<'_>, id: &str) -> Result<Option<ScimClient>, store::Error> {
    if !is_id(id) {
        return Ok(None);
    }
    Ok(rows::find(tx, id)?.filter(|client| client.revoked.is_none()))
}

/// Whether this is the id of such a client.
pub fn is_id(id: &str) -> bool {
    id::is_well_formed(ID_PREFIX, id)
}
