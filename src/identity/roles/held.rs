//! Which roles somebody has, and why.

use serde::{Deserialize, Serialize};

use crate::identity::Reach;
use crate::identity::settings::Settings;
use crate::scim::canonical::canonical;
use crate::store::connections::{self, Connection};
use crate::store::organizations;
use crate::store::roles::{self as rows, Role, Rule};
use crate::store::users::User;
use crate::store::{ConnectionKey, Error, ResourceKey, Tx, identities, members};

/// A role of a user, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Code of the organization it holds in.
    pub organization: String,
    /// `role_..`
    pub id: String,
    /// What applications check for.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// `granted` by hand, by a `group`, or as the `default` where no group gives any.
    pub source: String,
    /// The group's displayName.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The connection whose rule it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
}

/// The rules of a connection.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    is_highest: bool,
}

impl Rules {
    /// The rules of a connection; none without a look when its row says that there are none.
    pub(super) fn load(tx: &mut Tx<'_>, connection: &Connection, settings: &Settings) -> Result<Option<Self>, Error> {
        if !connection.has_role_rules || connection.organization_key.is_none() {
            return Ok(None);
        }
        Ok(Some(Self { rules: rows::list_rules(tx, connection.key)?, is_highest: settings.takes_highest_role() }))
    }

    /// Whether the name of a group decides anything.
    pub(super) fn name(&self, group: &str) -> bool {
        let key = canonical(group);
        self.rules.iter().any(|rule| rule.group_name.is_some() && rule.group_key == key)
    }

    /// The rules that hold for a direct member of groups with these names, one a role; those that win first.
    pub(super) fn of<'a>(&self, groups: impl IntoIterator<Item = &'a str>) -> Vec<&Rule> {
        let names: Vec<String> = groups.into_iter().map(canonical).collect();
        let fits = |rule: &&Rule| rule.group_name.is_some() && names.contains(&rule.group_key);
        let mut holding: Vec<&Rule> = self.rules.iter().filter(fits).collect();
        if holding.is_empty() {
            holding = self.rules.iter().filter(|rule| rule.group_name.is_none()).collect();
        }
        let mut roles = Vec::new();
        holding.retain(|rule| {
            !roles.contains(&rule.role.key) && {
                roles.push(rule.role.key);
                true
            }
        });
        if self.is_highest {
            holding.truncate(1);
        }
        holding
    }
}

/// The names of the groups that somebody is a direct member of.
pub(super) fn groups_of(tx: &mut Tx<'_>, connection: ConnectionKey, person: ResourceKey) -> Result<Vec<String>, Error> {
    let groups = members::list_of_members(tx, connection, &[person])?;
    Ok(groups.into_iter().filter_map(|(_, group)| group.display).collect())
}

/// The roles of a user that may be seen: in organizations they are a member of, those given by hand first.
pub fn of_user(tx: &mut Tx<'_>, reach: Reach, user: &User) -> Result<Vec<Held>, Error> {
    let joined = organizations::list_of_user_whole(tx, user.key)?;
    let joined: Vec<_> = joined.into_iter().filter(|organization| reach.covers(Some(organization.key))).collect();
    let granted = rows::list_granted(tx, user.key)?.into_iter();
    let granted = granted.filter(|(code, _)| joined.iter().any(|organization| organization.code == *code));
    let mut held: Vec<Held> = granted.map(|(code, role)| given(code, role)).collect();
    let identities = identities::list_of_user(tx, user.key)?;
    let active = identities.iter().find(|identity| identity.kind == "enterprise" && identity.state == "active");
    let Some((connection, resource)) = active.and_then(|active| active.connection_key.zip(active.resource_key)) else {
        return Ok(held);
    };
    let connection = connections::load(tx, connection)?;
    let owner = joined.iter().find(|organization| Some(organization.key) == connection.organization_key);
    let Some(owner) = owner else { return Ok(held) };
    let Some(rules) = Rules::load(tx, &connection, &Settings::parse(&connection.options))? else { return Ok(held) };
    let groups = groups_of(tx, connection.key, resource)?;
    held.extend(rules.of(groups.iter().map(String::as_str)).into_iter().map(|rule| Held {
        source: if rule.group_name.is_some() { "group" } else { "default" }.to_owned(),
        group: rule.group_name.clone(),
        connection_id: Some(connection.id.clone()),
        ..given(owner.code.clone(), rule.role.clone())
    }));
    Ok(held)
}

fn given(organization: String, role: Role) -> Held {
    let Role { id, code, name, .. } = role;
    Held { organization, id, key: code, name, source: "granted".to_owned(), group: None, connection_id: None }
}
