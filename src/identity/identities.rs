//! The ways a user signs in: added by an administrator, and released from the subject they are bound to.
//!
//! A user with an enterprise identity signs in at one IdP and nowhere else: it has no other identity of any kind.

mod primary;
mod replace;
mod unbind;

use serde::Deserialize;
use serde_json::json;

use super::act::{About, Act};
use super::checks::{on_conflict, required};
use super::erase::{self, Tied};
use super::local::Local;
use super::reach::Reach;
use super::{Error, enterprise, providers, users};
use crate::scim::canonical::unique_key;
use crate::store::connections::Connection;
use crate::store::identities::{self as rows, Identity, NewIdentity};
use crate::store::locks;
use crate::store::users::User;
use crate::store::{self, Tx};

pub use primary::{get, make_primary};
pub use unbind::{unbind, unbind_all};

/// The body of Kinde's `POST /users/{user_id}/identities`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// `email`, `username`, `phone`, `social` or `enterprise`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The value; of an enterprise identity the email as the IdP has it.
    pub value: Option<String>,
    /// The connection of a social or enterprise identity.
    pub connection_id: Option<String>,
    /// Whether an enterprise identity may take the place of another.
    #[serde(default)]
    pub replace: bool,
}

/// Gives a user an identity; the answer is its public id.
///
/// # Errors
/// 400 for an unknown user, type or connection, a value that is taken, and a user who has an enterprise identity.
pub fn add(tx: &mut Tx<'_>, act: &Act, reach: Reach, user_id: &str, request: &Request) -> Result<String, Error> {
    lock_person(tx, reach, request)?;
    let tied = lock_replaced(tx, user_id, request)?;
    let user = store::users::lock(tx, user_id)?.ok_or_else(|| users::not_found(user_id))?;
    if !reach.covers_user(tx, user.key)? {
        return Err(users::not_found(user_id));
    }
    reach.check_user_is_not_shared(tx, user.key)?;
    let held = rows::list_of_user(tx, user.key)?;
    let kind = required(request.kind.as_deref(), "IDENTITY_TYPE_REQUIRED", "type")?;
    if held.iter().any(|identity| identity.kind == "enterprise") {
        let tied = tied.filter(|_| kind == "enterprise").ok_or_else(has_enterprise)?;
        return replace::replace(tx, act, reach, &user, request, &tied);
    }
    match kind.as_str() {
        "enterprise" => add_enterprise(tx, act, reach, &user, request),
        "social" => add_social(tx, act, reach, &user, request),
        kind => add_local(tx, act, &user, &held, kind, request),
    }
}

/// Takes the locks of an enterprise identity's person, before the user's row: a push takes them in that order.
fn lock_person(tx: &mut Tx<'_>, reach: Reach, request: &Request) -> Result<(), Error> {
    let (Some(id), Some(value)) = (&request.connection_id, &request.value) else {
        return Ok(());
    };
    if let Some(connection) = reach.find_connection(tx, id)? {
        locks::take(tx, &enterprise::locks(&connection, value.trim()))?;
    }
    Ok(())
}

/// Locks the enterprise identity that is to go, in the order of a push.
fn lock_replaced(tx: &mut Tx<'_>, user_id: &str, request: &Request) -> Result<Option<Tied>, Error> {
    match store::users::find(tx, user_id)? {
        Some(user) if request.replace => erase::lock_tied(tx, &user),
        _ => Ok(None),
    }
}

fn has_enterprise() -> Error {
    let message = "The user has an enterprise identity and can hold no other: people with two IdPs need two users";
    Error::invalid("ENTERPRISE_IDENTITY_EXISTS", message)
}

fn add_local(
    tx: &mut Tx<'_>,
    act: &Act,
    user: &User,
    held: &[Identity],
    kind: &str,
    request: &Request,
) -> Result<String, Error> {
    let local = Local::parse(kind, request.value.as_deref())?;
    let is_primary = !held.iter().any(|identity| identity.kind == local.kind);
    let id = users::insert_local(tx, act, user.key, &local, false, is_primary)?;
    record(tx, act, user, None, &id, kind, &local.value)?;
    Ok(id)
}

fn add_enterprise(tx: &mut Tx<'_>, act: &Act, reach: Reach, user: &User, request: &Request) -> Result<String, Error> {
    let connection = named_connection(tx, reach, request, providers::is_enterprise)?;
    let value = required(request.value.as_deref(), "IDENTITY_VALUE_REQUIRED", "value")?;
    Ok(enterprise::pre_create(tx, act, &connection, user, &value)?.id)
}

fn add_social(tx: &mut Tx<'_>, act: &Act, reach: Reach, user: &User, request: &Request) -> Result<String, Error> {
    let connection = named_connection(tx, reach, request, providers::is_social)?;
    let value = required(request.value.as_deref(), "IDENTITY_VALUE_REQUIRED", "value")?;
    let value_key = unique_key(&value)
        .ok_or_else(|| Error::invalid("INVALID_IDENTITY_VALUE", "value is too long").field("value"))?;
    let new = NewIdentity {
        id: act.ids.prefixed("identity"),
        user_key: user.key,
        kind: "social".to_owned(),
        value_key,
        value,
        connection_key: Some(connection.key),
        subject: None,
        state: "active".to_owned(),
        origin: "admin".to_owned(),
        pushed: None,
        resource_key: None,
        is_confirmed: false,
        is_primary: false,
        created: act.now,
        total_logins: 0,
    };
    rows::insert(tx, &new).map_err(on_conflict(|| {
        Error::invalid("IDENTITY_EXISTS", "A user has this identity on the connection already")
    }))?;
    record(tx, act, user, Some(&connection), &new.id, "social", &new.value)?;
    Ok(new.id)
}

fn named_connection(
    tx: &mut Tx<'_>,
    reach: Reach,
    request: &Request,
    is_of_kind: fn(&str) -> bool,
) -> Result<Connection, Error> {
    let id = required(request.connection_id.as_deref(), "CONNECTION_REQUIRED", "connection_id")?;
    let found = reach.find_connection(tx, &id)?.filter(|connection| is_of_kind(&connection.strategy));
    let message = format!("There is no connection {id} for this type of identity");
    found.ok_or_else(|| Error::invalid("INVALID_CONNECTION", message).field("connection_id"))
}

fn record(
    tx: &mut Tx<'_>,
    act: &Act,
    user: &User,
    connection: Option<&Connection>,
    identity: &str,
    kind: &str,
    value: &str,
) -> Result<(), Error> {
    let about = About {
        connection: connection.map(|connection| connection.key),
        user: Some(&user.id),
        identity: Some(identity),
        resource: None,
    };
    Ok(act.event(tx, "identity.created", about, json!({ "after": { "type": kind, "value": value } }))?)
}

/// An identity, with its connection's public id.
pub type Listed = (Identity, Option<String>);

/// The user, if they may be seen, and their identities, oldest first.
pub fn list(tx: &mut Tx<'_>, reach: Reach, user_id: &str) -> Result<(User, Vec<Listed>), Error> {
    let found = users::find(tx, reach, user_id)?.ok_or_else(|| users::not_found(user_id))?;
    let mut listed = Vec::with_capacity(found.identities.len());
    for identity in found.identities {
        let connection = match identity.connection_key {
            Some(key) => Some(store::connections::load(tx, key)?.id),
            None => None,
        };
        listed.push((identity, connection));
    }
    Ok((found.user, listed))
}
