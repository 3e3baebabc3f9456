//! Roles: given by hand, or by the groups of a directory.
//!
//! What groups give is computed from members and rules whenever it is asked for ([`held`]), and stored nowhere; an event
//! tells when it changes ([`change`]). Direct members only; whom the IdP has deactivated has none; the roles belong to the
//! connection's owner organization.

pub mod change;
pub mod held;
pub mod rules;

use serde::Deserialize;
use serde_json::json;

use super::act::{About, Act};
use super::checks::{on_conflict, optional, required};
use super::{Error, Reach, organizations, users};
use crate::store::organizations::{Organization, is_member};
use crate::store::roles::{self as rows, NewRole, Role};
use crate::store::users::User;
use crate::store::{self, Tx, UserKey};

/// The body of Kinde's `POST /roles`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// What applications check for.
    pub key: Option<String>,
    /// Name for people; the key when left out.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}

/// Makes a role of the deployment; the answer is its public id.
///
/// # Errors
/// 400 without a key, 409 `ROLE_EXISTS`; 403 for a client of one organization.
pub fn create(tx: &mut Tx<'_>, act: &Act, reach: Reach, request: &Request) -> Result<String, Error> {
    reach.check_unbound(UNBOUND)?;
    let code = required(request.key.as_deref(), "ROLE_KEY_REQUIRED", "key")?;
    let new = NewRole {
        id: act.ids.prefixed("role"),
        name: optional(request.name.as_deref(), "name")?.unwrap_or_else(|| code.clone()),
        description: optional(request.description.as_deref(), "description")?,
        code,
        created: act.now,
    };
    rows::insert(tx, &new).map_err(on_conflict(|| exists(&new.code)))?;
    let after = json!({ "id": new.id, "key": new.code, "name": new.name });
    act.event(tx, "role.created", About::default(), json!({ "after": after }))?;
    Ok(new.id)
}

/// Changes a role: its key, too, for whom has it and for every rule; what is as it was leaves no event.
///
/// # Errors
/// 400 `ROLE_NOT_FOUND`, 409 `ROLE_EXISTS`; 403 for a client of one organization.
pub fn update(tx: &mut Tx<'_>, act: &Act, reach: Reach, text: &str, request: &Request) -> Result<(), Error> {
    reach.check_unbound(UNBOUND)?;
    let found = load(tx, text)?;
    let change = rows::Change {
        code: optional(request.key.as_deref(), "key")?.unwrap_or_else(|| found.code.clone()),
        name: optional(request.name.as_deref(), "name")?.unwrap_or_else(|| found.name.clone()),
        description: match &request.description {
            Some(text) => optional(Some(text), "description")?,
            None => found.description.clone(),
        },
    };
    let before = rows::Change { code: found.code, name: found.name, description: found.description };
    if change == before {
        return Ok(());
    }
    rows::update(tx, found.key, &change).map_err(on_conflict(|| exists(&change.code)))?;
    let told = |role: &rows::Change| json!({ "key": role.code, "name": role.name });
    let data = json!({ "id": found.id, "before": told(&before), "after": told(&change) });
    Ok(act.event(tx, "role.updated", About::default(), data)?)
}

fn exists(code: &str) -> Error {
    Error::conflict("ROLE_EXISTS", format!("There is a role {code} already")).field("key")
}

/// Removes a role that nobody has and no rule gives.
///
/// # Errors
/// 400 `ROLE_NOT_FOUND`, 409 `ROLE_IN_USE`; 403 for a client of one organization.
pub fn delete(tx: &mut Tx<'_>, act: &Act, reach: Reach, text: &str) -> Result<Role, Error> {
    reach.check_unbound(UNBOUND)?;
    let role = load(tx, text)?;
    if rows::is_in_use(tx, role.key)? {
        let message = format!("The role {} was given to somebody, or a rule gives it", role.code);
        return Err(Error::conflict("ROLE_IN_USE", message));
    }
    rows::delete(tx, role.key)?;
    act.event(tx, "role.deleted", About::default(), json!({ "before": { "id": role.id, "key": role.code } }))?;
    Ok(role)
}

const UNBOUND: &str = "Roles belong to the deployment: a client of one organization cannot change them";

/// The role with this id or key.
///
/// # Errors
/// 400 `ROLE_NOT_FOUND`.
pub fn load(tx: &mut Tx<'_>, text: &str) -> Result<Role, Error> {
    rows::find(tx, text)?.ok_or_else(|| Error::invalid("ROLE_NOT_FOUND", format!("There is no role {text}")))
}

/// Gives a member a role by hand; a repetition changes nothing.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`, `USER_NOT_FOUND`, `USER_NOT_IN_ORGANIZATION`, `ROLE_NOT_FOUND`.
pub fn grant(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, user: &str, role: &str) -> Result<(), Error> {
    let (organization, user) = member(tx, reach, code, user)?;
    let role = load(tx, role)?;
    give(tx, act, (user.key, &user.id), &organization, &role).map(|_| ())
}

/// Gives a member a role; true when they did not have it by hand.
pub(super) fn give(
    tx: &mut Tx<'_>,
    act: &Act,
    (key, id): (UserKey, &str),
    organization: &Organization,
    role: &Role,
) -> Result<bool, Error> {
    let is_new = rows::grant(tx, organization.key, key, role.key, act.now)?;
    if is_new {
        let data = json!({ "organization": organization.code, "role": role.code });
        act.event(tx, "user.role_granted", About { user: Some(id), ..About::default() }, data)?;
    }
    Ok(is_new)
}

/// Takes a role that was given by hand.
///
/// # Errors
/// As [`grant`], and 400 `ROLE_NOT_GRANTED`: what a group gives is taken by leaving the group.
pub fn revoke(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, user: &str, role: &str) -> Result<(), Error> {
    let (organization, user) = member(tx, reach, code, user)?;
    let role = load(tx, role)?;
    if take(tx, act, (user.key, &user.id), &organization, &role)? {
        return Ok(());
    }
    let message = format!("{} was not given by hand; what a group gives is taken by leaving the group", role.code);
    Err(Error::invalid("ROLE_NOT_GRANTED", message))
}

/// Takes a role that was given by hand; false when it was not.
pub(super) fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    (key, id): (UserKey, &str),
    organization: &Organization,
    role: &Role,
) -> Result<bool, Error> {
    let is_taken = rows::revoke(tx, organization.key, key, role.key)?;
    if is_taken {
        let data = json!({ "organization": organization.code, "role": role.code });
        act.event(tx, "user.role_revoked", About { user: Some(id), ..About::default() }, data)?;
    }
    Ok(is_taken)
}

/// A user and an organization they are a member of.
///
/// # Errors
/// 400 as [`grant`].
pub fn member(tx: &mut Tx<'_>, reach: Reach, code: &str, id: &str) -> Result<(Organization, User), Error> {
    let organization = organizations::load(tx, reach, code, "code")?;
    let user = store::users::find(tx, id)?.ok_or_else(|| users::not_found(id))?;
    if is_member(tx, organization.key, user.key)? {
        return Ok((organization, user));
    }
    if !reach.covers_user(tx, user.key)? {
        return Err(users::not_found(id));
    }
    Err(Error::invalid("USER_NOT_IN_ORGANIZATION", format!("{id} is no member of {code}")))
}
