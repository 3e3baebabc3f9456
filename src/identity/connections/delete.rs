//! Deleting a connection: nobody signs in through it from the next question on, for seven days it can be had back, then
//! a job removes what is left of it. Users keep their id, their memberships and their history.

use serde_json::json;

use crate::identity::act::{About, Act};
use crate::identity::reach::Reach;
use crate::identity::{Error, settings::DAY};
use crate::store::connections::{self as rows, Connection};
use crate::store::{self, Tx, directories, purges};

/// How long a connection can be had back, in microseconds.
const RESTORABLE: i64 = 7 * DAY;

/// Begins to delete a connection; a repetition changes nothing. The answer is when it will be gone for good.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`, 400 `CONNECTION_HAS_DIRECTORY`.
pub fn delete(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<i64, Error> {
    let found = locked(tx, reach, id)?;
    if let Some(since) = found.deleting_since {
        return Ok(since + RESTORABLE);
    }
    if directories::find_of_connection(tx, found.key)?.is_some() {
        let message = "The connection has a directory: delete that first, so that no IdP pushes to it";
        return Err(Error::invalid("CONNECTION_HAS_DIRECTORY", message));
    }
    rows::begin_deleting(tx, &found, act.now)?;
    event(tx, act, &found, "connection.deleting")?;
    Ok(act.now + RESTORABLE)
}

/// Has a connection back in the state it was in.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`, 400 `CONNECTION_NOT_DELETED`, `RESTORE_EXPIRED`.
pub fn restore(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let found = locked(tx, reach, id)?;
    let Some(since) = found.deleting_since else {
        return Err(Error::invalid("CONNECTION_NOT_DELETED", format!("The connection {id} is not being deleted")));
    };
    if act.now >= since + RESTORABLE {
        let message = "A connection can be had back for seven days: this one is being removed for good";
        return Err(Error::invalid("RESTORE_EXPIRED", message));
    }
    rows::end_deleting(tx, &found)?;
    event(tx, act, &found, "connection.restored")
}

/// Removes a part of what is due; true when there may be more.
///
/// # Errors
/// Those of the store.
pub fn purge(tx: &mut Tx<'_>, act: &Act) -> Result<bool, store::Error> {
    let Some(due) = rows::find_deleting_since(tx, act.now - RESTORABLE)? else {
        return Ok(false);
    };
    if purges::step(tx, due.key)? {
        return Ok(true);
    }
    rows::delete(tx, due.key)?;
    let data = json!({ "connection": due.id, "before": { "name": due.name, "strategy": due.strategy } });
    act.event(tx, "connection.deleted", About::default(), data)?;
    Ok(true)
}

fn locked(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Connection, Error> {
    let missing = || Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}"));
    rows::lock(tx, id)?.filter(|found| reach.covers(found.organization_key)).ok_or_else(missing)
}

fn event(tx: &mut Tx<'_>, act: &Act, found: &Connection, kind: &str) -> Result<(), Error> {
    let about = About { connection: Some(found.key), ..About::default() };
    Ok(act.event(tx, kind, about, json!({ "connection": found.id }))?)
}
