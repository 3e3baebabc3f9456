//! What an administrator changes of a user: names, picture, the application's own id, and whether they are suspended.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Described, describe, not_found, picture, set_suspended};
use crate::identity::act::{About, Act};
use crate::identity::checks::{Given, optional};
use crate::identity::{Error, Reach};
use crate::store::Tx;
use crate::store::users::{self as rows, User};

/// The body of Kinde's `PATCH /user`: what is left out stays, null takes away. Other fields are tolerated; so is
/// `is_password_reset_requested`, there being no passwords here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// Given name.
    #[serde(default)]
    pub given_name: Given,
    /// Family name.
    #[serde(default)]
    pub family_name: Given,
    /// URL of a picture.
    #[serde(default)]
    pub picture: Given,
    /// The application's own id for the person.
    #[serde(default)]
    pub provided_id: Given,
    /// Keeps the user from signing in anywhere, or lets them again.
    pub is_suspended: Option<bool>,
}

/// Changes a user; what is as it was leaves no event. The answer is the user as it is then.
///
/// # Errors
/// 400 `USER_NOT_FOUND`, `INVALID_VALUE`, `VALUE_TOO_LONG`; `MANAGED_BY_DIRECTORY` for names and picture of a person whose
/// IdP owns them, and for lifting what an IdP did; `USER_IN_OTHER_ORGANIZATION` for a client of one of several.
pub fn update(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str, change: &Change) -> Result<Described, Error> {
    let before = rows::lock(tx, id)?.ok_or_else(|| not_found(id))?;
    if !reach.covers_user(tx, before.key)? {
        return Err(not_found(id));
    }
    reach.check_user_is_not_shared(tx, before.key)?;
    write_profile(tx, act, &before, change)?;
    if let Some(is_suspended) = change.is_suspended {
        check_directory_lets_in(tx, &before, is_suspended)?;
        set_suspended(tx, act, id, is_suspended)?;
    }
    let after = rows::load(tx, before.key)?;
    Ok(describe(tx, reach, after)?)
}

fn write_profile(tx: &mut Tx<'_>, act: &Act, before: &User, change: &Change) -> Result<(), Error> {
    let after = rows::Change {
        given_name: change.given_name.apply(before.given_name.as_ref(), |to| optional(to, "given_name"))?,
        family_name: change.family_name.apply(before.family_name.as_ref(), |to| optional(to, "family_name"))?,
        provided_id: change.provided_id.apply(before.provided_id.as_ref(), |to| optional(to, "provided_id"))?,
        picture: change.picture.apply(before.picture.as_ref(), picture)?,
        modified: act.now,
    };
    let changes = changes(before, &after);
    if changes.is_empty() {
        return Ok(());
    }
    if before.profile_source == "directory" && changes.keys().any(|name| name != "provided_id") {
        let message =
            "The names and the picture of this person come from the organization's directory: change them there";
        return Err(Error::invalid("MANAGED_BY_DIRECTORY", message));
    }
    rows::update(tx, before.key, &after)?;
    let about = About { user: Some(&before.id), ..About::default() };
    Ok(act.event(tx, "user.updated", about, json!({ "changes": changes }))?)
}

/// What differs, by name, with both values.
fn changes(before: &User, after: &rows::Change) -> Map<String, Value> {
    let all = [
        ("given_name", &before.given_name, &after.given_name),
        ("family_name", &before.family_name, &after.family_name),
        ("picture", &before.picture, &after.picture),
        ("provided_id", &before.provided_id, &after.provided_id),
    ];
    let differing = all.into_iter().filter(|(_, before, after)| before != after);
    differing.map(|(name, before, after)| (name.to_owned(), json!({ "before": before, "after": after }))).collect()
}

/// Lifting a suspension does not let in whom the IdP has deactivated: the caller would be told what is not so.
fn check_directory_lets_in(tx: &mut Tx<'_>, user: &User, is_suspended: bool) -> Result<(), Error> {
    if is_suspended || user.is_suspended {
        return Ok(());
    }
    if describe(tx, Reach::everything(), user.clone())?.is_suspended() {
        let message =
            "The organization's directory has deactivated this person: only the directory can let them in again";
        return Err(Error::invalid("MANAGED_BY_DIRECTORY", message).field("is_suspended"));
    }
    Ok(())
}
