//! Which connections an organization may use: its own, and others it is allowed.

use serde_json::json;

use crate::identity::act::{About, Act};
use crate::identity::{Error, Reach};
use crate::store::Tx;
use crate::store::connections::{self as connection_rows, Connection};

/// The connections an organization may use: its own, and those it was allowed.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`.
pub fn connections(tx: &mut Tx<'_>, reach: Reach, code: &str) -> Result<Vec<Connection>, Error> {
    let organization = super::load(tx, reach, code, "code")?;
    Ok(connection_rows::list_usable(tx, organization.key)?)
}

/// Lets an organization use a connection it does not own; a repetition changes nothing.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`, 404 `CONNECTION_NOT_FOUND`.
pub fn allow(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, connection: &str) -> Result<(), Error> {
    let organization = super::load(tx, reach, code, "code")?;
    let missing = || Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {connection}"));
    let found = reach.find_connection(tx, connection)?.filter(|found| found.deleting_since.is_none());
    let found = found.ok_or_else(missing)?;
    if found.organization_key == Some(organization.key) || !connection_rows::allow(tx, found.key, organization.key)? {
        return Ok(());
    }
    let about = About { connection: Some(found.key), ..About::default() };
    let data = json!({ "organization": organization.code, "connection": found.id });
    Ok(act.event(tx, "organization.connection_allowed", about, data)?)
}

/// Keeps an organization from using a connection it was allowed.
///
/// # Errors
/// As [`allow`]; 400 `CONNECTION_OWNED` for one of its own, 404 for one it may not use.
pub fn disallow(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, connection: &str) -> Result<(), Error> {
    let organization = super::load(tx, reach, code, "code")?;
    let missing =
        || Error::not_found("CONNECTION_NOT_FOUND", format!("{code} may not use the connection {connection}"));
    let usable = connection_rows::list_usable(tx, organization.key)?;
    let found = usable.into_iter().find(|found| found.id == connection).ok_or_else(missing)?;
    if found.organization_key == Some(organization.key) {
        let message = "The organization owns the connection: disable or delete it instead";
        return Err(Error::invalid("CONNECTION_OWNED", message));
    }
    if !connection_rows::disallow(tx, found.key, organization.key)? {
        return Err(missing());
    }
    let about = About { connection: Some(found.key), ..About::default() };
    let data = json!({ "organization": organization.code, "connection": found.id });
    Ok(act.event(tx, "organization.connection_disallowed", about, data)?)
}
