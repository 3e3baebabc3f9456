//! Telling that roles changed: one event for each cause, naming the group or the person, the rules, and whom they concern.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::held::{Rules, groups_of};
use super::rules::Shown;
use crate::identity::act::{About, Act};
use crate::identity::tenant::Tenant;
use crate::store::identities::Identity;
use crate::store::resources::Resource;
use crate::store::roles::{Rule, list_active_people};
use crate::store::{Error, ResourceKey, Tx, members};

/// Members looked at in one statement.
const CHUNK: usize = 500;

/// A group that was written: what it was, what it is, and who came and went. The rows are as they are after the change.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The name before; none for a new group.
    pub before: Option<&'a str>,
    /// The name after; none for a deleted group.
    pub after: Option<&'a str>,
    /// Who came.
    pub added: &'a BTreeSet<ResourceKey>,
    /// Who went.
    pub removed: &'a BTreeSet<ResourceKey>,
}

/// Tells whose roles a change of a group changed.
pub fn group(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, group: &Resource, change: &Change<'_>) -> Result<(), Error> {
    let Some(rules) = Rules::load(tx, &tenant.connection, &tenant.settings)? else { return Ok(()) };
    if ![change.before, change.after].into_iter().flatten().any(|name| rules.name(name)) {
        return Ok(());
    }
    let mut affected: BTreeSet<ResourceKey> = change.added | change.removed;
    if change.before != change.after {
        affected.extend(members::keys_of(tx, tenant.key(), group.key)?);
    }
    let affected: Vec<ResourceKey> = affected.into_iter().collect();
    let mut tally = Tally::default();
    for people in affected.chunks(CHUNK) {
        compare(tx, tenant, group, change, &rules, people, &mut tally)?;
    }
    if tally.0.is_empty() {
        return Ok(());
    }
    let about = About { connection: Some(tenant.key()), resource: Some(&group.id), ..About::default() };
    let name = change.after.or(change.before);
    act.event(tx, "group.roles_changed", about, json!({ "display_name": name, "changes": tally.shown() }))
}

/// Who gained and who lost a role, by the id of the rule.
#[derive(Default)]
struct Tally(BTreeMap<String, Concerned>);

/// Public ids of users.
struct Concerned {
    rule: Shown,
    gained: Vec<String>,
    lost: Vec<String>,
}

impl Tally {
    fn of(&mut self, rule: &Rule) -> &mut Concerned {
        let new = || Concerned { rule: Shown::from(rule), gained: Vec::new(), lost: Vec::new() };
        self.0.entry(rule.id.clone()).or_insert_with(new)
    }

    fn shown(&self) -> Value {
        let concerned = self.0.values();
        concerned.map(|of| json!({ "rule": of.rule, "gained": of.gained, "lost": of.lost })).collect()
    }
}

fn compare(
    tx: &mut Tx<'_>,
    tenant: &Tenant,
    group: &Resource,
    change: &Change<'_>,
    rules: &Rules,
    people: &[ResourceKey],
    tally: &mut Tally,
) -> Result<(), Error> {
    let mut others: BTreeMap<ResourceKey, Vec<String>> = BTreeMap::new();
    let mut is_in: BTreeSet<ResourceKey> = BTreeSet::new();
    for (person, of) in members::list_of_members(tx, tenant.key(), people)? {
        if of.id == group.id {
            is_in.insert(person);
        } else {
            others.entry(person).or_default().extend(of.display);
        }
    }
    for (person, user) in list_active_people(tx, tenant.key(), people)? {
        let names: Vec<&str> = others.get(&person).into_iter().flatten().map(String::as_str).collect();
        let was_in = change.removed.contains(&person) || (is_in.contains(&person) && !change.added.contains(&person));
        let before = rules.of(names.iter().copied().chain(change.before.filter(|_| was_in)));
        let after = rules.of(names.iter().copied().chain(change.after.filter(|_| is_in.contains(&person))));
        let has = |rules: &[&Rule], rule: &Rule| rules.iter().any(|other| other.role.key == rule.role.key);
        for rule in before.iter().filter(|rule| !has(&after, rule)) {
            tally.of(rule).lost.push(user.clone());
        }
        for rule in after.iter().filter(|rule| !has(&before, rule)) {
            tally.of(rule).gained.push(user.clone());
        }
    }
    Ok(())
}

/// Tells what a person's groups give them who came, or was switched on.
pub fn gained(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    now: &Identity,
    about: About<'_>,
) -> Result<(), crate::identity::Error> {
    person(tx, act, tenant, now, about, "gained")
}

/// Tells what a person's groups gave them who goes, or is switched off; `before` is the identity as it was.
pub fn lost(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    before: &Identity,
    about: About<'_>,
) -> Result<(), crate::identity::Error> {
    if before.state == "active" { person(tx, act, tenant, before, about, "lost") } else { Ok(()) }
}

fn person(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    identity: &Identity,
    about: About<'_>,
    what: &str,
) -> Result<(), crate::identity::Error> {
    let Some(rules) = Rules::load(tx, &tenant.connection, &tenant.settings)? else { return Ok(()) };
    let Some(person) = identity.resource_key else { return Ok(()) };
    let groups = groups_of(tx, tenant.key(), person)?;
    let held: Vec<Shown> = rules.of(groups.iter().map(String::as_str)).into_iter().map(Shown::from).collect();
    if held.is_empty() {
        return Ok(());
    }
    Ok(act.event(tx, "user.roles_changed", about, json!({ what: held }))?)
}
