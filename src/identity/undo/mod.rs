//! Taking back what cannot be seen to be wrong before it is done: a combination by trusted email, a merge, a login
//! that was given to somebody else.
//!
//! The event of the change holds what was before; it can be undone once, for 30 days, as long as nothing stands in the
//! way. A dry run is the same transaction, undone.

mod before;
mod combined;
mod merged;
mod replaced;

use serde::Serialize;

use crate::clock::rfc3339;
use crate::store::undos::{self, Done, Undoable};
use crate::store::{self, Store, Tx, connections};

use super::former::conflict;
use super::{Act, Error, Reach};

/// How long an event can be undone.
const UNDO_MICROS: i64 = 30 * 24 * 60 * 60 * 1_000_000;
/// How many events a list shows.
const SHOWN: usize = 500;
/// What can be undone.
const KINDS: [&str; 3] = [COMBINED, MERGED, REPLACED];
const COMBINED: &str = "user.combined";
const MERGED: &str = "user.merged";
const REPLACED: &str = "user.replaced";

/// An event that can be undone, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Public id.
    pub event_id: String,
    /// What happened.
    pub kind: String,
    /// RFC 3339.
    pub occurred_on: String,
    /// Whom it happened to.
    pub user_id: String,
    /// On which connection.
    pub connection_id: String,
    /// RFC 3339; from then on it cannot be undone.
    pub until: String,
}

/// What was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The event that was undone.
    pub event_id: String,
    /// Its kind.
    pub kind: String,
    /// The event that tells of the undoing.
    pub by_event: String,
    /// The user who has back what they had before.
    pub user_id: String,
    /// The user whom the IdP's person is from now on.
    pub new_user_id: String,
    /// Whether it was a rehearsal.
    #[serde(rename = "dry_run")]
    pub is_dry_run: bool,
}

/// What can be undone, newest first, and whether there is more than is listed.
pub fn list(tx: &mut Tx<'_>, reach: Reach, now: i64) -> Result<(Vec<Listed>, bool), store::Error> {
    let one_more = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    let mut found = undos::list(tx, &KINDS, now - UNDO_MICROS, reach.organization(), one_more)?;
    let has_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    Ok((found.into_iter().map(shown).collect(), has_more))
}

fn shown(event: Undoable) -> Listed {
    Listed {
        event_id: event.event_id,
        kind: event.kind,
        occurred_on: rfc3339(event.occurred),
        user_id: event.user_id,
        connection_id: event.connection_id,
        until: rfc3339(event.occurred.saturating_add(UNDO_MICROS)),
    }
}

/// Undoes an event, unless it is a dry run.
///
/// # Errors
/// 404 `EVENT_NOT_FOUND`, 400 `NOT_UNDOABLE`, `UNDO_EXPIRED` and `USER_IN_OTHER_ORGANIZATION`, 409 `ALREADY_UNDONE` and
/// `UNDO_CONFLICT`.
pub async fn carry_out(
    store: &Store,
    act: &Act,
    reach: Reach,
    event_id: &str,
    is_dry_run: bool,
) -> Result<Undone, Error> {
    let (act, id) = (act.clone(), event_id.to_owned());
    let asked = store.write(move |tx| {
        let undone = undo(tx, &act, reach, &id).map_err(Stop::Failed)?;
        if is_dry_run { Err(Stop::Rehearsed(Box::new(undone))) } else { Ok(undone) }
    });
    match asked.await {
        Ok(undone) => Ok(undone),
        Err(Stop::Rehearsed(undone)) => Ok(Undone { is_dry_run: true, ..*undone }),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Why the transaction is undone.
enum Stop {
    Rehearsed(Box<Undone>),
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Undoes an event.
fn undo(tx: &mut Tx<'_>, act: &Act, reach: Reach, event_id: &str) -> Result<Undone, Error> {
    let missing = || Error::not_found("EVENT_NOT_FOUND", format!("There is no event {event_id}"));
    let event = undos::find_event(tx, event_id)?.ok_or_else(missing)?;
    let connection = event.connection_key.map(|key| connections::load(tx, key)).transpose()?;
    if !reach.covers(connection.as_ref().and_then(|connection| connection.organization_key)) {
        return Err(missing());
    }
    match (connection, event.kind.as_str()) {
        (Some(connection), COMBINED) => combined::undo(tx, act, reach, connection, &event),
        (Some(connection), MERGED) => merged::undo(tx, act, reach, connection, &event),
        (Some(connection), REPLACED) => replaced::undo(tx, act, reach, &connection, &event),
        (_, kind) => {
            let message = format!("An event of kind {kind} cannot be undone; these can: {}", KINDS.join(", "));
            Err(Error::invalid("NOT_UNDOABLE", message))
        }
    }
}

/// Whether the event may still be undone; asked under the locks of the rows it is about.
fn check(tx: &mut Tx<'_>, act: &Act, event: &Done) -> Result<(), Error> {
    if undos::is_undone(tx, &event.id)? {
        return Err(Error::conflict("ALREADY_UNDONE", "The event was undone already"));
    }
    if event.occurred <= act.now - UNDO_MICROS {
        return Err(Error::invalid("UNDO_EXPIRED", "The event is older than 30 days and can no longer be undone"));
    }
    Ok(())
}
