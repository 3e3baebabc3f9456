//! Clients of the management API: made with a secret that is shown once, granted scopes, perhaps bound to an organization.

use std::collections::BTreeSet;

use serde_json::json;

use super::act::{About, Act};
use super::checks::required;
use super::{Error, scopes};
use crate::id;
use crate::store::clients::{self as rows, Client, NewClient};
use crate::store::organizations::Organization;
use crate::store::{self, Tx};

/// What client secrets begin with.
pub const PREFIX: &str = "ksec";

/// What the ids of clients begin with.
const ID_PREFIX: &str = "client";

/// Makes a client; the secret is returned once and stored as a hash.
///
/// # Errors
/// 400 for a blank name, no scope, or a scope that does not exist.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    name: &str,
    scopes: &[String],
    organization: Option<&Organization>,
) -> Result<(Client, String), Error> {
    let new = NewClient {
        id: act.ids.prefixed(ID_PREFIX),
        name: required(Some(name), "CLIENT_NAME_REQUIRED", "name")?,
        scopes: checked_scopes(scopes)?,
        organization_key: organization.map(|organization| organization.key),
        is_disabled: false,
        created: act.now,
    };
    let secret = id::secret(PREFIX);
    rows::insert(tx, &new, &id::secret_hash(&secret))?;
    let organization = organization.map(|organization| &organization.code);
    let after = json!({ "client": new.id, "name": new.name, "scopes": new.scopes, "organization": organization });
    act.event(tx, "client.created", About::default(), json!({ "after": after }))?;
    let client = rows::find(tx, &new.id)?.ok_or(store::Error::NotFound)?;
    Ok((client, secret))
}

fn checked_scopes(scopes: &[String]) -> Result<String, Error> {
    let names: BTreeSet<&str> =
        scopes.iter().flat_map(|text| text.split([',', ' '])).filter(|name| !name.is_empty()).collect();
    let unknown: Vec<&str> = names.iter().copied().filter(|name| !scopes::is_known(name)).collect();
    if !unknown.is_empty() {
        let message = format!("Unknown scopes: {}. Known: all, {}", unknown.join(", "), scopes::SCOPES.join(", "));
        return Err(Error::invalid("INVALID_SCOPE", message).field("scopes"));
    }
    if names.is_empty() {
        return Err(Error::invalid("SCOPES_REQUIRED", "A client needs at least one scope, or all").field("scopes"));
    }
    Ok(names.into_iter().collect::<Vec<_>>().join(" "))
}

/// The client that a secret belongs to, if both hold at `now`.
///
/// What cannot be an id or a secret is not looked for: anybody may send it, and PostgreSQL refuses text with a NUL.
pub fn find_by_secret(
    tx: &mut Tx<'_>,
    client_id: &str,
    secret: &str,
    now: i64,
) -> Result<Option<Client>, store::Error> {
    if !id::is_well_formed(ID_PREFIX, client_id) || !id::is_well_formed_secret(PREFIX, secret) {
        return Ok(None);
    }
    let Some(client) = find_enabled(tx, client_id)? else {
        return Ok(None);
    };
    Ok(rows::has_secret(tx, client.key, &id::secret_hash(secret), now)?.then_some(client))
}

/// The client with this id, unless it is disabled.
pub fn find_enabled(tx: &mut Tx<'_>, client_id: &str) -> Result<Option<Client>, store::Error> {
    Ok(rows::find(tx, client_id)?.filter(|client| !client.is_disabled))
}

/// Gives a client another secret, returned once; the others hold for the overlap (microseconds) at most.
///
/// # Errors
/// 404 when there is no such client.
pub fn rotate(tx: &mut Tx<'_>, act: &Act, id: &str, overlap: i64) -> Result<String, Error> {
    let client = load(tx, id)?;
    let until = act.now.saturating_add(overlap);
    rows::shorten_secrets(tx, client.key, until)?;
    let secret = id::secret(PREFIX);
    rows::insert_secret(tx, client.key, &id::secret_hash(&secret), act.now)?;
    let data = json!({ "client": client.id, "others_expire": until });
    act.event(tx, "client.rotated", About::default(), data)?;
    Ok(secret)
}

fn load(tx: &mut Tx<'_>, id: &str) -> Result<Client, Error> {
    rows::find(tx, id)?.ok_or_else(|| Error::not_found("CLIENT_NOT_FOUND", format!("There is no client {id}")))
}

/// Disables a client from its next request on, or enables it again; a repetition changes nothing.
///
/// # Errors
/// 404 when there is no such client.
pub fn set_disabled(tx: &mut Tx<'_>, act: &Act, id: &str, is_disabled: bool) -> Result<(), Error> {
    let client = load(tx, id)?;
    if client.is_disabled == is_disabled {
        return Ok(());
    }
    rows::set_disabled(tx, client.key, is_disabled)?;
    let kind = if is_disabled { "client.disabled" } else { "client.enabled" };
    Ok(act.event(tx, kind, About::default(), json!({ "client": client.id }))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_come_in_lists_and_unknown_ones_are_named() {
        let lists = ["read:users,create:users".to_owned(), "read:users create:sign_ins".to_owned()];
        assert_eq!(checked_scopes(&lists).unwrap(), "create:sign_ins create:users read:users");
        let refused = checked_scopes(&["read:user".to_owned()]).unwrap_err().to_string();
        assert!(refused.contains("Unknown scopes: read:user."), "{refused}");
        assert!(checked_scopes(&[" ".to_owned()]).is_err());
    }
}
