//! Which groups of a connection give which role.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::identity::act::{About, Act};
use crate::identity::checks::{on_conflict, optional, required};
use crate::identity::{Error, Reach};
use crate::scim::canonical::canonical;
use crate::store::Tx;
use crate::store::connections::{self, Connection};
use crate::store::roles::{self as rows, NewRule, Rule};

/// Rules of one connection at most.
const MOST: usize = 500;

/// A rule to add.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// The group's displayName; without one the rule holds for whom no other fits.
    pub group: Option<String>,
    /// Id or key of the role.
    pub role: Option<String>,
    /// Where only one role counts, the lowest number wins; 100 when left out.
    pub priority: Option<i64>,
}

/// A rule as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// `rule_..`
    pub id: String,
    /// The group's displayName; null holds for whom no other rule fits.
    pub group: Option<String>,
    /// Key of the role.
    pub role: String,
    /// The lowest number wins where only one role counts.
    pub priority: i64,
}

impl From<&Rule> for Shown {
    fn from(rule: &Rule) -> Self {
        let (id, group) = (rule.id.clone(), rule.group_name.clone());
        Self { id, group, role: rule.role.code.clone(), priority: rule.priority }
    }
}

/// The rules of a connection, those that win first.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`.
pub fn list(tx: &mut Tx<'_>, reach: Reach, connection: &str) -> Result<Vec<Shown>, Error> {
    let found = reach.find_connection(tx, connection)?.ok_or_else(|| missing(connection))?;
    Ok(rows::list_rules(tx, found.key)?.iter().map(Shown::from).collect())
}

/// Adds a rule; it holds at once for everybody who is in the group.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`; 400 `CONNECTION_WITHOUT_OWNER`, `ROLE_REQUIRED`, `ROLE_NOT_FOUND`, `TOO_MANY_RULES`; 409
/// `RULE_EXISTS`.
pub fn add(tx: &mut Tx<'_>, act: &Act, reach: Reach, connection: &str, request: &Request) -> Result<Shown, Error> {
    let connection = locked(tx, reach, connection)?;
    if connection.organization_key.is_none() {
        let message = "The connection has no owner organization, and roles belong to one";
        return Err(Error::invalid("CONNECTION_WITHOUT_OWNER", message));
    }
    let role = super::load(tx, &required(request.role.as_deref(), "ROLE_REQUIRED", "role")?)?;
    if rows::list_rules(tx, connection.key)?.len() >= MOST {
        let message = format!("A connection can have {MOST} rules at most");
        return Err(Error::invalid("TOO_MANY_RULES", message));
    }
    let group_name = optional(request.group.as_deref(), "group")?;
    let new = NewRule {
        id: act.ids.prefixed("rule"),
        connection_key: connection.key,
        group_key: group_name.as_deref().map(canonical).unwrap_or_default(),
        group_name,
        role_key: role.key,
        priority: request.priority.unwrap_or(100),
        created: act.now,
    };
    rows::insert_rule(tx, &new)
        .map_err(on_conflict(|| Error::conflict("RULE_EXISTS", "The group gives this role already")))?;
    let shown = Shown { id: new.id, group: new.group_name, role: role.code, priority: new.priority };
    tell(tx, act, &connection, "connection.role_rule_added", &shown)?;
    Ok(shown)
}

/// Removes a rule.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`, `RULE_NOT_FOUND`.
pub fn remove(tx: &mut Tx<'_>, act: &Act, reach: Reach, connection: &str, id: &str) -> Result<Shown, Error> {
    let connection = locked(tx, reach, connection)?;
    let rules = rows::list_rules(tx, connection.key)?;
    let missing = || Error::not_found("RULE_NOT_FOUND", format!("The connection has no rule {id}"));
    let shown = rules.iter().find(|rule| rule.id == id).map(Shown::from).ok_or_else(missing)?;
    rows::delete_rule(tx, connection.key, id)?;
    tell(tx, act, &connection, "connection.role_rule_removed", &shown)?;
    Ok(shown)
}

fn locked(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Connection, Error> {
    let found = connections::lock(tx, id)?.filter(|found| reach.covers(found.organization_key));
    found.ok_or_else(|| missing(id))
}

fn missing(connection: &str) -> Error {
    Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {connection}"))
}

fn tell(tx: &mut Tx<'_>, act: &Act, connection: &Connection, kind: &str, rule: &Shown) -> Result<(), Error> {
    let about = About { connection: Some(connection.key), ..About::default() };
    Ok(act.event(tx, kind, about, json!({ "connection": connection.id, "rule": rule }))?)
}
