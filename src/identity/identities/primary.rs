//! A user's first choice among identities of one kind.

use serde_json::json;

use crate::identity::act::{About, Act};
use crate::identity::checks::no_identity;
use crate::identity::reach::Reach;
use crate::identity::{Error, users};
use crate::store::identities::{self as rows, Identity};
use crate::store::users::User;
use crate::store::{self, Tx};

/// An identity, its user and its connection's public id, if they may be seen.
///
/// # Errors
/// 400 `IDENTITY_NOT_FOUND`; Kinde lists no 404.
pub fn get(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<(User, Identity, Option<String>), Error> {
    let identity = rows::find(tx, id)?.ok_or_else(|| no_identity(id))?;
    if !reach.covers_user(tx, identity.user_key)? {
        return Err(no_identity(id));
    }
    let user = store::users::load(tx, identity.user_key)?;
    let connection = identity.connection_key.map(|key| store::connections::load(tx, key)).transpose()?;
    Ok((user, identity, connection.map(|connection| connection.id)))
}

/// Makes an identity the first choice of its kind; a repetition changes nothing.
///
/// # Errors
/// 400 `IDENTITY_NOT_FOUND`; `USER_IN_OTHER_ORGANIZATION` for a client of one of several.
pub fn make_primary(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let (user, identity, _) = get(tx, reach, id)?;
    let user = store::users::lock_key(tx, user.key)?.ok_or_else(|| users::not_found(&user.id))?;
    reach.check_user_is_not_shared(tx, user.key)?;
    let held = rows::list_of_user(tx, user.key)?;
    let same = held.iter().filter(|other| other.kind == identity.kind).collect::<Vec<_>>();
    let chosen = same.iter().find(|other| other.key == identity.key).ok_or_else(|| no_identity(id))?;
    if chosen.is_primary {
        return Ok(());
    }
    for other in &same {
        rows::set_primary(tx, other.key, other.key == chosen.key)?;
    }
    let before = same.iter().find(|other| other.is_primary).map(|other| &other.id);
    let about = About { user: Some(&user.id), identity: Some(id), ..About::default() };
    Ok(act.event(tx, "identity.made_primary", about, json!({ "type": identity.kind, "before": before }))?)
}
