//! Deleting an organization: the people stay, what makes them members goes.

use serde_json::json;

use crate::identity::act::{About, Act};
use crate::identity::checks::on_conflict;
use crate::identity::{Error, Reach};
use crate::store::Tx;
use crate::store::connections as connection_rows;
use crate::store::organizations as rows;

/// Deletes an organization that owns no connection, with its memberships, domains, roles given in it, and clients.
///
/// # Errors
/// 403 for a client of one organization; 404 `ORGANIZATION_NOT_FOUND`; 400 `ORGANIZATION_HAS_CONNECTIONS`.
pub fn delete(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str) -> Result<(), Error> {
    reach.check_unbound("A client of one organization cannot delete it")?;
    let missing = || Error::not_found("ORGANIZATION_NOT_FOUND", format!("There is no organization {code}"));
    let found = rows::lock(tx, code)?.ok_or_else(missing)?;
    if !connection_rows::list_owned(tx, found.key)?.is_empty() {
        return Err(has_connections());
    }
    let members = rows::count_members(tx, found.key)?;
    rows::delete(tx, found.key).map_err(on_conflict(has_connections))?;
    let data = json!({ "organization": found.code, "before": { "name": found.name, "members": members } });
    Ok(act.event(tx, "organization.deleted", About::default(), data)?)
}

fn has_connections() -> Error {
    let message = "The organization owns connections, or some that can be had back for a while: delete them first and wait \
                   until they are gone";
    Error::invalid("ORGANIZATION_HAS_CONNECTIONS", message)
}
