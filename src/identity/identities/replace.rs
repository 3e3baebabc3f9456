//! Moving a person to another connection, without their IdP having spoken of them there: the user keeps the id.

use serde_json::json;

use super::{Request, add_enterprise, has_enterprise};
use crate::identity::act::{About, Act};
use crate::identity::erase::{self, Tied};
use crate::identity::merge::former_identity;
use crate::identity::{Error, Reach};
use crate::store::users::User;
use crate::store::{Tx, directories, identities};

/// Takes the enterprise identity away and gives another; the answer is its public id.
///
/// # Errors
/// 400 `MANAGED_BY_DIRECTORY` while a directory that has written the person could do so again; those of giving one.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    user: &User,
    request: &Request,
    tied: &Tied,
) -> Result<String, Error> {
    // Until the lock was had, another may have taken its place.
    if tied.identity.user_key != user.key {
        return Err(has_enterprise());
    }
    let has_directory = directories::find_of_connection(tx, tied.connection)?.is_some();
    if tied.identity.pushed.is_some() && has_directory {
        let message = "The directory has written this person: delete it first, or let its IdP remove them";
        return Err(Error::invalid("MANAGED_BY_DIRECTORY", message));
    }
    erase::take_apart(tx, act, tied, &user.id)?;
    let id = add_enterprise(tx, act, reach, user, request)?;
    let made = identities::find(tx, &id)?;
    let about = About {
        connection: made.as_ref().and_then(|made| made.connection_key),
        user: Some(&user.id),
        identity: Some(&id),
        resource: None,
    };
    let former = former_identity(tx, tied)?;
    act.event(tx, "user.moved", about, json!({ "former": former, "sessions": "revoke" }))?;
    Ok(id)
}
