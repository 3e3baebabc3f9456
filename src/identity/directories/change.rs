//! Renaming a directory, and pausing it.

use serde::Deserialize;
use serde_json::json;

use super::{Described, find, not_found};
use crate::identity::act::{About, Act};
use crate::identity::checks::required;
use crate::identity::{Error, Reach};
use crate::store::Tx;
use crate::store::directories as rows;

/// The body of Kinde's `PATCH /directories/{id}`, and whether it is paused, which is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// Name for administrators.
    pub directory_name: Option<String>,
    /// While true the IdP is refused; people still sign in.
    pub is_paused: Option<bool>,
}

/// Changes a directory; what is as it was leaves no event.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`; 400 `NO_FIELDS_TO_UPDATE`, `DIRECTORY_NAME_REQUIRED`.
pub fn update(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str, change: &Change) -> Result<Described, Error> {
    let found = find(tx, reach, id)?.ok_or_else(not_found)?;
    if *change == Change::default() {
        let message = "Give directory_name or is_paused";
        return Err(Error::invalid("NO_FIELDS_TO_UPDATE", message));
    }
    let before = rows::lock(tx, id)?.ok_or_else(not_found)?;
    let about = About { connection: Some(found.connection.key), ..About::default() };
    if let Some(name) = &change.directory_name {
        let name = required(Some(name), "DIRECTORY_NAME_REQUIRED", "directory_name")?;
        if name != before.name {
            rows::set_name(tx, before.key, &name)?;
            let data = json!({ "directory": id, "before": { "directory_name": before.name }, "after": { "directory_name": name } });
            act.event(tx, "directory.updated", about, data)?;
        }
    }
    let (state, kind) = match change.is_paused {
        Some(true) => ("paused", "directory.paused"),
        Some(false) => ("active", "directory.resumed"),
        None => (before.state.as_str(), ""),
    };
    if state != before.state {
        rows::set_state(tx, before.key, state)?;
        act.event(tx, kind, about, json!({ "directory": id }))?;
    }
    find(tx, reach, id)?.ok_or_else(not_found)
}
