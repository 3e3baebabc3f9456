//! What a row names, looked up, and its values, checked.

use super::row::{Named, Row};
use crate::identity::checks::{optional, required};
use crate::identity::local::Local;
use crate::identity::{Error, Reach, organizations, properties, providers, roles};
use crate::store::connections::Connection;
use crate::store::organizations::Organization;
use crate::store::properties::Property;
use crate::store::roles::Role;
use crate::store::{self, Tx, connections};

/// A row whose names are looked up and whose values are checked.
pub(super) struct Checked {
    pub(super) id: Option<String>,
    pub(super) locals: Vec<(Local, bool)>,
    pub(super) organizations: Vec<(Organization, Vec<Role>)>,
    pub(super) connection: Option<(Connection, String)>,
    pub(super) properties: Vec<(Property, String)>,
}

/// Checks a row.
///
/// # Errors
/// 400 and 409 as docs/import.md lists them.
pub(super) fn check(tx: &mut Tx<'_>, reach: Reach, row: &Row) -> Result<Checked, Error> {
    let id = optional(row.id.as_deref(), "id")?;
    let given = row.given.iter();
    let locals = given.map(|given| Ok((Local::parse(&given.kind, Some(&given.value))?, given.is_verified)));
    let locals = locals.collect::<Result<Vec<_>, Error>>()?;
    let mut organizations = Vec::new();
    for wanted in &row.organizations {
        let organization = organization(tx, reach, &wanted.organization)?;
        let roles = wanted.roles.iter().map(|role| roles::load(tx, role)).collect::<Result<Vec<_>, _>>()?;
        organizations.push((organization, roles));
    }
    if let (true, Some(own)) = (organizations.is_empty(), reach.organization()) {
        organizations.push((store::organizations::load(tx, own)?, Vec::new()));
    }
    let connection = connection(tx, reach, row)?;
    if connection.is_none() && row.enterprise_identity.is_some() {
        let message = "enterprise_identity needs connection_id or connection_name";
        return Err(Error::invalid("CONNECTION_REQUIRED", message));
    }
    let connection = match connection {
        Some(connection) => {
            let value = required(row.enterprise_value(), "IDENTITY_REQUIRED", "email or enterprise_identity")?;
            Some((connection, value))
        }
        None => None,
    };
    if locals.is_empty() && connection.is_none() {
        return Err(Error::invalid("IDENTITY_REQUIRED", "A row needs an email, a phone or a username"));
    }
    let properties = properties::checked_values(tx, &row.properties)?;
    Ok(Checked { id, locals, organizations, connection, properties })
}

fn organization(tx: &mut Tx<'_>, reach: Reach, named: &Named) -> Result<Organization, Error> {
    let id = match named {
        Named::Code(code) => return organizations::load(tx, reach, code, "organization_code"),
        Named::External(id) => id,
    };
    let mut found = store::organizations::list_by_external_id(tx, id)?;
    found.retain(|organization| reach.covers(Some(organization.key)));
    if found.len() > 1 {
        let message = format!("Several organizations have the external id {id}: name one by organization_code");
        return Err(Error::conflict("ORGANIZATION_AMBIGUOUS", message));
    }
    let message = format!("There is no organization with the external id {id}");
    found.pop().ok_or_else(|| Error::invalid("ORGANIZATION_NOT_FOUND", message))
}

/// The connection a row names.
pub(super) fn connection(tx: &mut Tx<'_>, reach: Reach, row: &Row) -> Result<Option<Connection>, Error> {
    let is_enterprise = |connection: &Connection| providers::is_enterprise(&connection.strategy);
    if let Some(id) = &row.connection_id {
        let found = reach.find_connection(tx, id)?.filter(is_enterprise);
        let message = format!("There is no enterprise connection {id}");
        return found.map(Some).ok_or_else(|| Error::invalid("CONNECTION_NOT_FOUND", message));
    }
    let Some(name) = &row.connection_name else { return Ok(None) };
    let mut found = connections::list_by_name(tx, name)?;
    found.retain(|connection| reach.covers(connection.organization_key) && is_enterprise(connection));
    if found.len() > 1 {
        let message = format!("Several connections are called {name}: name one by connection_id");
        return Err(Error::conflict("CONNECTION_AMBIGUOUS", message));
    }
    let message = format!("There is no enterprise connection called {name}");
    found.pop().map(Some).ok_or_else(|| Error::invalid("CONNECTION_NOT_FOUND", message))
}
