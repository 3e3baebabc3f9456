//! Changing a connection: names, options, and whether it is enabled.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{checked_options, home_domains, insert_home_domain, set_enabled};
use crate::identity::act::{About, Act};
use crate::identity::checks::optional;
use crate::identity::reach::Reach;
use crate::identity::{Error, settings::Settings};
use crate::store::Tx;
use crate::store::connections::{self as rows, Connection};

/// The option that is given when a connection is made, and never changed.
const FIXED: &str = "allow_duplicate_group_names";

/// The body of Kinde's `PATCH /connections/{id}`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Change {
    /// Name for administrators.
    pub name: Option<String>,
    /// Name for people.
    pub display_name: Option<String>,
    /// Disables or enables it.
    pub is_enabled: Option<bool>,
    /// Options to set; null takes one away, those left out stay.
    pub options: Option<Map<String, Value>>,
}

/// Changes a connection; what is as it was leaves no event.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`; 400 for options of the wrong type, a taken home domain, an option that is fixed, and a
/// connection that is being deleted.
pub fn update(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str, change: &Change) -> Result<(), Error> {
    let missing = || Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}"));
    let found = rows::lock(tx, id)?.filter(|found| reach.covers(found.organization_key)).ok_or_else(missing)?;
    if let Some(is_enabled) = change.is_enabled {
        set_enabled(tx, act, id, is_enabled)?;
    }
    let name = optional(change.name.as_deref(), "name")?.unwrap_or_else(|| found.name.clone());
    let display_name =
        optional(change.display_name.as_deref(), "display_name")?.unwrap_or_else(|| found.display_name.clone());
    let before: Map<String, Value> = serde_json::from_str(&found.options).unwrap_or_default();
    let after = merged(&before, change.options.clone().unwrap_or_default())?;
    let changed = changed(&before, &after);
    if changed.is_empty() && name == found.name && display_name == found.display_name {
        return Ok(());
    }
    if changed.contains(&"home_realm_domains") {
        replace_home_domains(tx, &found, &after)?;
    }
    let options = Value::Object(after.clone()).to_string();
    rows::update(tx, found.key, &name, &display_name, &options)?;
    let about = About { connection: Some(found.key), ..About::default() };
    let data = json!({
        "connection": found.id, "changed_options": changed,
        "before": told(&found.name, &found.display_name, &before), "after": told(&name, &display_name, &after),
    });
    Ok(act.event(tx, "connection.updated", about, data)?)
}

/// Replaces the options of a connection: those left out are taken away, but for what is fixed when it is made.
///
/// # Errors
/// As [`update`].
pub fn replace(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str, change: &Change) -> Result<(), Error> {
    let mut change = change.clone();
    if let (Some(found), Some(options)) = (rows::lock(tx, id)?, &mut change.options) {
        let before: Map<String, Value> = serde_json::from_str(&found.options).unwrap_or_default();
        for name in before.into_iter().map(|(name, _)| name).filter(|name| name != FIXED) {
            options.entry(name).or_insert(Value::Null);
        }
    }
    update(tx, act, reach, id, &change)
}

fn merged(before: &Map<String, Value>, change: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let mut after = before.clone();
    after.extend(change);
    let after = checked_options(after)?;
    let allows = |options: &Map<String, Value>| {
        Settings::parse(&Value::Object(options.clone()).to_string()).allow_duplicate_group_names
    };
    if allows(before) != allows(&after) {
        let message = format!("{FIXED} can only be given when the connection is made");
        return Err(Error::invalid("OPTION_FIXED", message).field("options"));
    }
    Ok(after)
}

/// The names of the options that differ.
fn changed<'a>(before: &'a Map<String, Value>, after: &'a Map<String, Value>) -> Vec<&'a str> {
    let all = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    all.filter(|name| before.get(*name) != after.get(*name)).map(String::as_str).collect()
}

/// What an event tells: names and switches. Other options may be secrets.
fn told(name: &str, display_name: &str, options: &Map<String, Value>) -> Value {
    let switches: Map<String, Value> = options
        .iter()
        .filter(|(_, value)| value.is_boolean())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    json!({ "name": name, "display_name": display_name, "options": switches })
}

fn replace_home_domains(tx: &mut Tx<'_>, found: &Connection, after: &Map<String, Value>) -> Result<(), Error> {
    rows::delete_home_domains(tx, found.key)?;
    for domain in &home_domains(after)? {
        insert_home_domain(tx, found.key, domain)?;
    }
    Ok(())
}
