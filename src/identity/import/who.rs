//! Whom a row means, of those who are here.

use super::check::Checked;
use crate::identity::{Error, Reach};
use crate::scim::canonical::{email_key, unique_key};
use crate::store::identities::Identity;
use crate::store::users::User;
use crate::store::{self, Tx, UserKey, identities, resources};

/// Users of one email that are looked at.
const CANDIDATES: i64 = 20;

/// The one user a row means: by the id, by an identity, else by the email of the profile.
pub(super) fn find(tx: &mut Tx<'_>, reach: Reach, row: &Checked) -> Result<Option<User>, Error> {
    let mut found: Vec<UserKey> = Vec::new();
    if let Some(id) = &row.id {
        for key in store::users::list_keys_by_provided_id(tx, id, CANDIDATES)? {
            if reach.covers_user(tx, key)? {
                found.push(key);
            }
        }
    }
    for (local, _) in &row.locals {
        if let Some(identity) = identities::find_local(tx, local.kind, &local.key)? {
            if !reach.covers_user(tx, identity.user_key)? {
                return Err(local.taken());
            }
            found.push(identity.user_key);
        }
    }
    if let Some(identity) = enterprise_identity(tx, row)? {
        found.push(identity.user_key);
    }
    if found.is_empty() {
        found = list_by_profile(tx, reach, row)?;
    }
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [] => Ok(None),
        [key] => one(tx, row, *key).map(Some),
        several => {
            let message =
                format!("The row fits {} users: by its id, or by its email, phone or username", several.len());
            Err(Error::conflict("AMBIGUOUS_USER", message))
        }
    }
}

fn one(tx: &mut Tx<'_>, row: &Checked, key: UserKey) -> Result<User, Error> {
    let user = store::users::lock_key(tx, key)?.ok_or(store::Error::NotFound)?;
    if let (Some(wanted), Some(has)) = (&row.id, &user.provided_id)
        && wanted != has
    {
        let message = format!("The email, phone or username belongs to the user with the id {has}");
        return Err(Error::conflict("IDENTITY_EXISTS", message));
    }
    Ok(user)
}

/// The identity on the row's connection with its value, as email or as userName.
fn enterprise_identity(tx: &mut Tx<'_>, row: &Checked) -> Result<Option<Identity>, Error> {
    let Some((connection, value)) = &row.connection else { return Ok(None) };
    if let Some(key) = unique_key(value)
        && let Some(resource) = resources::find_by_unique_key(tx, connection.key, "User", &key)?
    {
        return Ok(identities::find_of_resource(tx, connection.key, resource.key)?);
    }
    let Some(key) = email_key(value) else { return Ok(None) };
    let mut same = identities::list_by_email(tx, connection.key, &key, 2)?;
    if same.len() > 1 {
        let message = format!("Several people of the connection have the email {value}");
        return Err(Error::conflict("AMBIGUOUS_USER", message));
    }
    Ok(same.pop())
}

/// Users whose profile has the row's email: somebody whose identities their IdP has changed since, or who has none. A
/// person on two connections is two users.
fn list_by_profile(tx: &mut Tx<'_>, reach: Reach, row: &Checked) -> Result<Vec<UserKey>, Error> {
    let email = row.locals.iter().find(|(local, _)| local.kind == "email");
    let Some((email, _)) = email else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for user in store::users::list_by_email(tx, &email.key, CANDIDATES)? {
        let is_other = matches!((&row.id, &user.provided_id), (Some(wanted), Some(has)) if wanted != has);
        if !is_other && reach.covers_user(tx, user.key)? && !is_elsewhere(tx, row, user.key)? {
            found.push(user.key);
        }
    }
    Ok(found)
}

fn is_elsewhere(tx: &mut Tx<'_>, row: &Checked, user: UserKey) -> Result<bool, Error> {
    let Some((connection, _)) = &row.connection else { return Ok(false) };
    let held = identities::list_of_user(tx, user)?;
    Ok(held.iter().any(|identity| identity.kind == "enterprise" && identity.connection_key != Some(connection.key)))
}
