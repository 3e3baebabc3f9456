//! Erasing a user: nothing that tells who it was stays, and the IdP gets 404 for the old SCIM id for ever. And deleting one
//! of the ways they sign in.
//!
//! Locked in the order of a push: the resource, its identity, the user.

use serde_json::json;

use super::act::About;
use super::roles::change as roles;
use super::{Act, Error, Reach, Tenant, groups, users};
use crate::store::connections;
use crate::store::identities::{self, Identity};
use crate::store::resources::{self, Resource};
use crate::store::users::User;
use crate::store::{self, ConnectionKey, Tx, events};

/// An enterprise identity and what hangs on it, all locked.
pub(super) struct Tied {
    pub(super) connection: ConnectionKey,
    pub(super) resource: Resource,
    pub(super) identity: Identity,
}

/// Erases a user with resource, identities, memberships and departures, and empties what earlier events say of them.
///
/// # Errors
/// 400 `USER_NOT_FOUND`; `USER_IN_OTHER_ORGANIZATION` for a client bound to one of several.
pub fn user(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let found = users::visible(tx, reach, id)?;
    let tied = lock_tied(tx, &found)?;
    let user = store::users::lock_key(tx, found.key)?.ok_or_else(|| users::not_found(id))?;
    reach.check_user_is_not_shared(tx, user.key)?;
    check_settled(tx, &user, tied.as_ref())?;
    if let Some(tied) = &tied {
        take_apart(tx, act, tied, &user.id)?;
    }
    let mut ids = vec![user.id.clone()];
    while let Some(id) = ids.pop() {
        for former in events::list_merged_into(tx, &id)? {
            // Who was made a user again has a life of their own.
            if store::users::find(tx, &former)?.is_none() {
                ids.push(former);
            }
        }
        events::empty_of_user(tx, &id, &json!({ "erased": true }))?;
    }
    store::users::delete(tx, user.key)?;
    let about = About {
        connection: tied.as_ref().map(|tied| tied.connection),
        user: Some(&user.id),
        identity: tied.as_ref().map(|tied| tied.identity.id.as_str()),
        resource: tied.as_ref().map(|tied| tied.resource.id.as_str()),
    };
    Ok(act.event(tx, "user.erased", about, json!({ "sessions": "revoke" }))?)
}

/// Deletes one way to sign in; of an enterprise identity that its IdP never wrote the resource goes, too. The user stays,
/// with their memberships, also when it was the last.
///
/// # Errors
/// 400 `IDENTITY_NOT_FOUND`, `MANAGED_BY_DIRECTORY`; `USER_IN_OTHER_ORGANIZATION` for a client bound to one of several.
pub fn identity(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let missing = || super::checks::no_identity(id);
    let found = identities::find(tx, id)?.ok_or_else(missing)?;
    let user = store::users::load(tx, found.user_key)?;
    if !reach.covers_user(tx, user.key)? {
        return Err(missing());
    }
    let tied = lock_tied(tx, &user)?;
    store::users::lock_key(tx, user.key)?.ok_or_else(missing)?;
    reach.check_user_is_not_shared(tx, user.key)?;
    check_settled(tx, &user, tied.as_ref())?;
    match tied.filter(|tied| tied.identity.key == found.key) {
        Some(tied) if tied.identity.pushed.is_some() => return Err(managed()),
        Some(tied) => take_apart(tx, act, &tied, &user.id)?,
        None => {
            identities::lock(tx, found.key)?.ok_or_else(missing)?;
            identities::delete(tx, found.key)?;
            identities::promote(tx, user.key, &found.kind)?;
        }
    }
    let about = About { connection: found.connection_key, user: Some(&user.id), identity: Some(id), resource: None };
    let data = json!({ "before": { "type": found.kind, "value": found.value }, "sessions": "revoke" });
    Ok(act.event(tx, "identity.deleted", about, data)?)
}

fn managed() -> Error {
    let message = "The directory has written this person: let the IdP remove them, or delete the user";
    Error::invalid("MANAGED_BY_DIRECTORY", message)
}

/// The resource and then the enterprise identity of a user who has one.
pub(super) fn lock_tied(tx: &mut Tx<'_>, user: &User) -> Result<Option<Tied>, Error> {
    for identity in identities::list_of_user(tx, user.key)? {
        let (Some(connection), Some(key)) = (identity.connection_key, identity.resource_key) else {
            continue;
        };
        let id = resources::ids_of(tx, connection, &[key].into())?.pop().ok_or_else(meanwhile)?;
        let resource = resources::lock_to_delete(tx, connection, "User", &id)?.ok_or_else(meanwhile)?;
        let identity = identities::lock_of_resource(tx, connection, key)?.ok_or_else(meanwhile)?;
        return Ok(Some(Tied { connection, resource, identity }));
    }
    Ok(None)
}

/// Makes sure, with the user locked, that nobody tied or freed them meanwhile.
pub(super) fn check_settled(tx: &mut Tx<'_>, user: &User, tied: Option<&Tied>) -> Result<(), Error> {
    let held = identities::list_of_user(tx, user.key)?;
    let resource = held.iter().find_map(|identity| identity.resource_key);
    if resource == tied.map(|tied| tied.resource.key) { Ok(()) } else { Err(meanwhile()) }
}

fn meanwhile() -> Error {
    Error::Store(store::Error::Unavailable("the user changed meanwhile".into()))
}

/// Removes the identity and its resource; the groups it was in change with it.
pub(super) fn take_apart(tx: &mut Tx<'_>, act: &Act, tied: &Tied, user: &str) -> Result<(), Error> {
    let connection = connections::load(tx, tied.connection)?;
    if connection.has_role_rules {
        let tenant = Tenant::load(tx, connection)?;
        let about = About {
            connection: Some(tied.connection),
            user: Some(user),
            identity: Some(&tied.identity.id),
            resource: Some(&tied.resource.id),
        };
        roles::lost(tx, act, &tenant, &tied.identity, about)?;
    }
    groups::leave(tx, act, tied.connection, &tied.resource)?;
    identities::delete(tx, tied.identity.key)?;
    Ok(resources::delete(tx, tied.connection, &tied.resource)?)
}
