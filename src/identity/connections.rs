//! Connections: one IdP application each, the tenant boundary of everything SCIM.
//!
//! Kinde's options are kept as they were given, unknown ones too. Those that decide something are checked when they
//! come in, because [`Settings`] reads what does not fit as not set.

mod delete;
mod list;
mod update;

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::act::{About, Act};
use super::checks::{on_conflict, optional, required};
use super::reach::Reach;
use super::settings::Settings;
use super::{Error, domains, organizations, providers};
use crate::store::connections::{self as rows, Connection, NewConnection};
use crate::store::locks::{self, Lock};
use crate::store::{self, ConnectionKey, OrganizationKey, Tx, definitions};

pub use delete::{delete, purge, restore};
pub use list::{list, shown_options};
pub use update::{Change, replace, update};

/// The body of Kinde's `POST /connections`, as far as it decides something here.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Request {
    /// Name for administrators.
    pub name: Option<String>,
    /// Name for people; the name when left out.
    pub display_name: Option<String>,
    /// Kinde's strategy, such as `saml:okta`.
    pub strategy: Option<String>,
    /// The owner's code; without one there is neither directory nor trust.
    pub organization_code: Option<String>,
    /// Nobody signs in through a connection made with `false`.
    pub is_enabled: Option<bool>,
    /// Kinde's options and our settings.
    pub options: Option<Map<String, Value>>,
}

/// Makes a connection.
///
/// # Errors
/// 400 for a missing name, an unknown strategy or organization, options of the wrong type, or a taken home domain.
pub fn create(tx: &mut Tx<'_>, act: &Act, reach: Reach, request: &Request) -> Result<Connection, Error> {
    let name = required(request.name.as_deref(), "CONNECTION_NAME_REQUIRED", "name")?;
    let options = checked_options(request.options.clone().unwrap_or_default())?;
    let home_domains = home_domains(&options)?;
    locks::take(tx, &[Lock::Definitions])?;
    let new = NewConnection {
        id: act.ids.prefixed("conn"),
        organization_key: owner(tx, reach, request)?,
        display_name: optional(request.display_name.as_deref(), "display_name")?.unwrap_or_else(|| name.clone()),
        name,
        strategy: checked_strategy(request)?,
        state: if request.is_enabled.unwrap_or(true) { "active" } else { "disabled" }.to_owned(),
        options: Value::Object(options).to_string(),
        settings_version: 1,
        created: act.now,
        has_schemas: definitions::has_any(tx)?,
    };
    let key = rows::insert(tx, &new)?;
    for domain in &home_domains {
        insert_home_domain(tx, key, domain)?;
    }
    let after =
        json!({ "name": new.name, "strategy": new.strategy, "state": new.state, "home_realm_domains": home_domains });
    let about = About { connection: Some(key), ..About::default() };
    act.event(tx, "connection.created", about, json!({ "connection": new.id, "after": after }))?;
    Ok(rows::load(tx, key)?)
}

fn owner(tx: &mut Tx<'_>, reach: Reach, request: &Request) -> Result<Option<OrganizationKey>, Error> {
    match request.organization_code.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => Ok(Some(organizations::load(tx, reach, code, "organization_code")?.key)),
        None => Ok(reach.organization()),
    }
}

fn checked_strategy(request: &Request) -> Result<String, Error> {
    let strategy = required(request.strategy.as_deref(), "STRATEGY_REQUIRED", "strategy")?;
    if providers::is_enterprise(&strategy) || providers::is_social(&strategy) {
        return Ok(strategy);
    }
    Err(Error::invalid("INVALID_STRATEGY", format!("{strategy} is not a connection strategy")).field("strategy"))
}

/// The options without those that are null, which means not set.
fn checked_options(mut options: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    options.retain(|_, value| !value.is_null());
    serde_json::from_value::<Settings>(Value::Object(options.clone()))
        .map_err(|cause| Error::invalid("INVALID_OPTIONS", format!("options: {cause}")).field("options"))?;
    Ok(options)
}

fn home_domains(options: &Map<String, Value>) -> Result<BTreeSet<String>, Error> {
    let Some(given) = options.get("home_realm_domains") else {
        return Ok(BTreeSet::new());
    };
    let domains: Vec<String> = Deserialize::deserialize(given)
        .map_err(|_| Error::invalid("INVALID_OPTIONS", "home_realm_domains is a list of domains").field("options"))?;
    domains.iter().map(|text| domains::parse(text).map_err(|error| error.field("options"))).collect()
}

fn insert_home_domain(tx: &mut Tx<'_>, key: ConnectionKey, domain: &str) -> Result<(), Error> {
    rows::insert_home_domain(tx, key, domain).map_err(on_conflict(|| {
        let message = format!("Sign-ins of {domain} are routed to another connection already");
        Error::invalid("HOME_REALM_DOMAIN_TAKEN", message).field("options")
    }))
}

/// Disables a connection from the next request and sign-in on, or enables it again; a repetition changes nothing.
///
/// # Errors
/// 404 when there is no such connection, 400 while it is being deleted.
pub fn set_enabled(tx: &mut Tx<'_>, act: &Act, id: &str, is_enabled: bool) -> Result<(), Error> {
    let connection = rows::find(tx, id)?
        .ok_or_else(|| Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}")))?;
    let (state, kind) = if is_enabled { ("active", "connection.enabled") } else { ("disabled", "connection.disabled") };
    match connection.state.as_str() {
        same if same == state => return Ok(()),
        "active" | "disabled" => {}
        _ => return Err(Error::invalid("CONNECTION_DELETED", format!("The connection {id} is being deleted"))),
    }
    rows::set_state(tx, connection.key, state)?;
    let about = About { connection: Some(connection.key), ..About::default() };
    Ok(act.event(tx, kind, about, json!({ "connection": connection.id }))?)
}

/// The connection with this id, if it may be seen.
pub fn find(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Option<Connection>, store::Error> {
    reach.find_connection(tx, id)
}

/// The enterprise connections an organization owns that are enabled, oldest first.
pub fn list_enabled(tx: &mut Tx<'_>, organization: OrganizationKey) -> Result<Vec<Connection>, store::Error> {
    let mut owned = rows::list_owned(tx, organization)?;
    owned.retain(|connection| connection.state == "active" && providers::is_enterprise(&connection.strategy));
    Ok(owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(options: &Value) -> Map<String, Value> {
        options.as_object().cloned().unwrap()
    }

    #[test]
    fn unknown_options_are_kept_null_ones_dropped_and_wrong_types_refused() {
        let kept =
            checked_options(options(&json!({ "saml_entity_id": "x", "custom": [1], "is_trusted": null }))).unwrap();
        assert_eq!(Value::Object(kept), json!({ "saml_entity_id": "x", "custom": [1] }));
        let refused = checked_options(options(&json!({ "is_trusted": "yes" }))).unwrap_err();
        assert!(refused.to_string().contains("INVALID_OPTIONS"), "{refused}");
    }

    #[test]
    fn home_domains_are_normalised_and_counted_once() {
        let given = options(&json!({ "home_realm_domains": ["@Acme.test", "acme.TEST", "b.test"] }));
        let found = home_domains(&given).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["acme.test", "b.test"]);
        assert!(home_domains(&options(&json!({ "home_realm_domains": "acme.test" }))).is_err());
    }
}
