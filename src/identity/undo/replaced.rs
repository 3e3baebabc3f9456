//! Undoing a replacement: the login was not given to somebody else, the externalId was mended.
//!
//! The former user has the IdP's person back, with the subject; the user who was made goes, as in a merge.

use serde::Deserialize;
use serde_json::json;

use super::{Undone, check, conflict};
use crate::identity::act::{About, Act};
use crate::identity::merge::{self, Cause};
use crate::identity::{Error, Reach};
use crate::store::connections::Connection;
use crate::store::identities::{self, Identity};
use crate::store::undos::{self, Done};
use crate::store::{self, Tx, departures, users};

/// The data of the event.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Data {
    Said {
        before: Former,
    },
    Erased {
        #[serde(rename = "erased")]
        _erased: bool,
    },
}

/// Whose login it was.
#[derive(Debug, Deserialize)]
struct Former {
    user: String,
    subject: Option<String>,
}

pub(super) fn undo(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    connection: &Connection,
    event: &Done,
) -> Result<Undone, Error> {
    let former = match serde_json::from_str(&event.data).map_err(store::Error::internal)? {
        Data::Said { before } => before,
        Data::Erased { .. } => return Err(conflict("a user was erased")),
    };
    check(tx, act, event)?;
    let new = event.user_id.as_deref().unwrap_or_default();
    for id in [former.user.as_str(), new] {
        users::find(tx, id)?.ok_or_else(|| conflict(format!("the user {id} is gone")))?;
    }
    merge::merge(tx, act, reach, [&former.user, new], Cause::Duplicate).map_err(standing_in_the_way)?;
    let user = users::find(tx, &former.user)?.ok_or(store::Error::NotFound)?;
    let identity = identities::find(tx, event.identity_id.as_deref().unwrap_or_default())?;
    let identity = identity.filter(|identity| identity.user_key == user.key);
    let identity = identity.ok_or_else(|| conflict("the login is somebody else's by now"))?;
    bind_again(tx, connection, &identity, former.subject.as_deref())?;
    departures::delete_of_user(tx, connection.key, user.key)?;
    let about = About {
        connection: Some(connection.key),
        user: Some(&user.id),
        identity: Some(&identity.id),
        resource: event.resource_id.as_deref(),
    };
    let data = json!({ "event": event.id, "other_user": new, "sessions": "revoke" });
    let by_event = act.record(tx, "user.replacing_undone", about, data)?;
    undos::insert(tx, &event.id, &by_event, act.now)?;
    Ok(Undone {
        event_id: event.id.clone(),
        kind: event.kind.clone(),
        by_event,
        user_id: user.id.clone(),
        new_user_id: user.id,
        is_dry_run: false,
    })
}

/// What keeps the two from being one keeps the event from being undone.
fn standing_in_the_way(error: Error) -> Error {
    match error {
        Error::Refused(refusal) if refusal.status == 400 && refusal.code != "USER_IN_OTHER_ORGANIZATION" => {
            conflict(refusal.message)
        }
        other => other,
    }
}

/// Binds the subject the former user had, unless another is bound by now, here or to somebody else.
fn bind_again(
    tx: &mut Tx<'_>,
    connection: &Connection,
    identity: &Identity,
    subject: Option<&str>,
) -> Result<(), Error> {
    let Some(subject) = subject.filter(|_| identity.subject.is_none()) else { return Ok(()) };
    if identities::find_by_subject(tx, connection.key, subject)?.is_none() {
        identities::set_subject(tx, identity.key, Some(subject))?;
    }
    Ok(())
}
