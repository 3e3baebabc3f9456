//! One row in a transaction: who it means, and what is missing of them.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::json;

use super::row::{Named, Row};
use super::{Outcome, Record, Told};
use crate::identity::act::{About, Act};
use crate::identity::checks::{optional, required};
use crate::identity::local::Local;
use crate::identity::{Error, Reach, enterprise, organizations, properties, providers, roles, users};
use crate::scim::canonical::{email_key, unique_key};
use crate::store::connections::Connection;
use crate::store::identities::Identity;
use crate::store::organizations::{MemberSource, Organization};
use crate::store::properties::Property;
use crate::store::roles::Role;
use crate::store::users::{NewUser, User};
use crate::store::{self, Tx, UserKey, connections, identities, resources};

/// Users of one email that are looked at.
const CANDIDATES: i64 = 20;

/// A row whose names are looked up and whose values are checked.
struct Checked {
    id: Option<String>,
    locals: Vec<(Local, bool)>,
    organizations: Vec<(Organization, Vec<Role>)>,
    connection: Option<(Connection, String)>,
    properties: Vec<(Property, String)>,
}

/// Carries out a row; the answer is what happened, and the user's id.
///
/// # Errors
/// 400 and 409 as [docs/import.md] lists them; nothing of the row is done then.
pub(super) fn apply(tx: &mut Tx<'_>, act: &Act, reach: Reach, row: &Row) -> Result<(Outcome, String), Error> {
    let checked = check(tx, reach, row)?;
    match find(tx, reach, &checked)? {
        None => Ok((Outcome::Created, create(tx, act, row, &checked)?)),
        Some(user) => {
            let is_completed = complete(tx, act, reach, &user, &checked)?;
            Ok((if is_completed { Outcome::Completed } else { Outcome::Unchanged }, user.id))
        }
    }
}

fn check(tx: &mut Tx<'_>, reach: Reach, row: &Row) -> Result<Checked, Error> {
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

/// The one user a row means: by the id, by an identity, else by the email of the profile.
fn find(tx: &mut Tx<'_>, reach: Reach, row: &Checked) -> Result<Option<User>, Error> {
    let mut found: Vec<UserKey> = Vec::new();
    if let Some(id) = &row.id {
        for key in store::users::list_keys_by_provided_id(tx, id, CANDIDATES)? {
            if reach.covers_user(tx, key)? {
                found.push(key);
            }
        }
    }
    for (local, _) in &row.locals {
        if let Some(identity) = identities::find_local(tx, local.kind, &local.key)? {
            if !reach.covers_user(tx, identity.user_key)? {
                return Err(local.taken());
            }
            found.push(identity.user_key);
        }
    }
    if let Some(identity) = enterprise_identity(tx, row)? {
        found.push(identity.user_key);
    }
    if found.is_empty() {
        found = list_by_profile(tx, reach, row)?;
    }
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [] => Ok(None),
        [key] => one(tx, row, *key).map(Some),
        several => {
            let message =
                format!("The row fits {} users: by its id, or by its email, phone or username", several.len());
            Err(Error::conflict("AMBIGUOUS_USER", message))
        }
    }
}

fn one(tx: &mut Tx<'_>, row: &Checked, key: UserKey) -> Result<User, Error> {
    let user = store::users::lock_key(tx, key)?.ok_or(store::Error::NotFound)?;
    if let (Some(wanted), Some(has)) = (&row.id, &user.provided_id)
        && wanted != has
    {
        let message = format!("The email, phone or username belongs to the user with the id {has}");
        return Err(Error::conflict("IDENTITY_EXISTS", message));
    }
    Ok(user)
}

/// The identity on the row's connection with its value, as email or as userName.
fn enterprise_identity(tx: &mut Tx<'_>, row: &Checked) -> Result<Option<Identity>, Error> {
    let Some((connection, value)) = &row.connection else { return Ok(None) };
    if let Some(key) = unique_key(value)
        && let Some(resource) = resources::find_by_unique_key(tx, connection.key, "User", &key)?
    {
        return Ok(identities::find_of_resource(tx, connection.key, resource.key)?);
    }
    let Some(key) = email_key(value) else { return Ok(None) };
    let mut same = identities::list_by_email(tx, connection.key, &key, 2)?;
    if same.len() > 1 {
        let message = format!("Several people of the connection have the email {value}");
        return Err(Error::conflict("AMBIGUOUS_USER", message));
    }
    Ok(same.pop())
}

/// Users whose profile has the row's email: somebody whose identities their IdP has changed since, or who has none. A
/// person on two connections is two users.
fn list_by_profile(tx: &mut Tx<'_>, reach: Reach, row: &Checked) -> Result<Vec<UserKey>, Error> {
    let email = row.locals.iter().find(|(local, _)| local.kind == "email");
    let Some((email, _)) = email else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for user in store::users::list_by_email(tx, &email.key, CANDIDATES)? {
        let is_other = matches!((&row.id, &user.provided_id), (Some(wanted), Some(has)) if wanted != has);
        if !is_other && reach.covers_user(tx, user.key)? && !is_elsewhere(tx, row, user.key)? {
            found.push(user.key);
        }
    }
    Ok(found)
}

fn is_elsewhere(tx: &mut Tx<'_>, row: &Checked, user: UserKey) -> Result<bool, Error> {
    let Some((connection, _)) = &row.connection else { return Ok(false) };
    let held = identities::list_of_user(tx, user)?;
    Ok(held.iter().any(|identity| identity.kind == "enterprise" && identity.connection_key != Some(connection.key)))
}

fn create(tx: &mut Tx<'_>, act: &Act, row: &Row, checked: &Checked) -> Result<String, Error> {
    let email = checked.locals.iter().map(|(local, _)| local).find(|local| local.kind == "email");
    let new = NewUser {
        id: act.ids.prefixed("kp"),
        email: email.map(|local| local.value.clone()),
        email_key: email.map(|local| local.key.clone()),
        given_name: optional(row.given_name.as_deref(), "first_name")?,
        family_name: optional(row.family_name.as_deref(), "last_name")?,
        picture: None,
        provided_id: checked.id.clone(),
        profile_source: "local".to_owned(),
        made_by: "import".to_owned(),
        is_suspended: row.is_suspended,
        created: act.now,
        modified: act.now,
        total_sign_ins: 0,
    };
    let key = store::users::insert(tx, &new)?;
    let codes: Vec<&str> = checked.organizations.iter().map(|(organization, _)| organization.code.as_str()).collect();
    let after = json!({
        "email": new.email, "given_name": new.given_name, "family_name": new.family_name, "provided_id": new.provided_id,
        "organizations": codes, "is_suspended": new.is_suspended, "properties": keys_of(&checked.properties),
    });
    let data = json!({ "by": "import", "after": after });
    act.event(tx, "user.created", About { user: Some(&new.id), ..About::default() }, data)?;
    for (organization, roles) in &checked.organizations {
        store::organizations::add_member(tx, organization.key, key, MemberSource::Admin, act.now)?;
        grant(tx, act, (key, &new.id), organization, roles)?;
    }
    set(tx, key, &checked.properties)?;
    match &checked.connection {
        Some((connection, value)) => {
            let user = store::users::load(tx, key)?;
            enterprise::pre_create(tx, act, connection, &user, value)?;
        }
        None => add_locals(tx, act, key, &[], &checked.locals)?,
    }
    Ok(new.id)
}

/// Gives a user what the row has and they lack; true when there was anything.
fn complete(tx: &mut Tx<'_>, act: &Act, reach: Reach, user: &User, row: &Checked) -> Result<bool, Error> {
    let held = identities::list_of_user(tx, user.key)?;
    let enterprise = held.iter().find(|identity| identity.kind == "enterprise");
    let ties = match (&row.connection, enterprise) {
        (Some((connection, _)), Some(held)) if held.connection_key == Some(connection.key) => None,
        (Some(_), Some(_)) => {
            let message = "The user signs in through another connection: a person with two IdPs needs two users";
            return Err(Error::invalid("ENTERPRISE_IDENTITY_EXISTS", message));
        }
        (connection, _) => connection.as_ref(),
    };
    // Whom an IdP has taken away is given no other way in by a file.
    let locals = if row.connection.is_some() || enterprise.is_some() || held.is_empty() {
        Vec::new()
    } else {
        missing(&held, &row.locals)?
    };
    let values = lacking(tx, user.key, &row.properties)?;
    if ties.is_some() || !locals.is_empty() || !values.is_empty() {
        reach.check_user_is_not_shared(tx, user.key)?;
    }
    let is_named = user.provided_id.is_none() && row.id.is_some();
    if is_named {
        store::users::set_provided_id(tx, user.key, row.id.as_deref(), act.now)?;
    }
    let is_member = join(tx, act, user, &row.organizations)?;
    if let Some((connection, value)) = ties {
        enterprise::pre_create(tx, act, connection, user, value)?;
    }
    add_locals(tx, act, user.key, &held, &locals)?;
    set(tx, user.key, &values)?;
    let is_completed = is_named || is_member || ties.is_some() || !locals.is_empty() || !values.is_empty();
    if is_completed {
        let identities: Vec<_> =
            locals.iter().map(|(local, _)| json!({ "type": local.kind, "value": local.value })).collect();
        let named = row.id.as_ref().filter(|_| is_named);
        let after = json!({ "provided_id": named, "identities": identities, "properties": keys_of(&values) });
        act.event(tx, "user.imported", About { user: Some(&user.id), ..About::default() }, json!({ "after": after }))?;
    }
    Ok(is_completed)
}

/// The properties of which the user has no value.
fn lacking(
    tx: &mut Tx<'_>,
    user: UserKey,
    wanted: &[(Property, String)],
) -> Result<Vec<(Property, String)>, store::Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let held = store::properties::list_values(tx, &[user])?;
    let lacks = |property: &Property| !held.iter().any(|(_, other, _)| other.key == property.key);
    Ok(wanted.iter().filter(|(property, _)| lacks(property)).cloned().collect())
}

fn set(tx: &mut Tx<'_>, user: UserKey, values: &[(Property, String)]) -> Result<(), store::Error> {
    values.iter().try_for_each(|(property, value)| store::properties::insert_value(tx, user, property.key, value))
}

fn keys_of(values: &[(Property, String)]) -> Vec<&str> {
    values.iter().map(|(property, _)| property.code.as_str()).collect()
}

/// The identities of kinds that the user has none of.
fn missing(held: &[Identity], locals: &[(Local, bool)]) -> Result<Vec<(Local, bool)>, Error> {
    let mut missing = Vec::new();
    for (local, is_verified) in locals {
        let same: Vec<_> = held.iter().filter(|identity| identity.kind == local.kind).collect();
        if same.is_empty() {
            missing.push((local.clone(), *is_verified));
        } else if !same.iter().any(|identity| identity.value_key == local.key) {
            let message = format!("The user with this id has another {}: two rows have one id", local.kind);
            return Err(Error::conflict("DUPLICATE_ID", message));
        }
    }
    Ok(missing)
}

fn join(tx: &mut Tx<'_>, act: &Act, user: &User, wanted: &[(Organization, Vec<Role>)]) -> Result<bool, Error> {
    let mut is_new = false;
    for (organization, roles) in wanted {
        if store::organizations::add_member(tx, organization.key, user.key, MemberSource::Admin, act.now)? {
            let data = json!({ "source": "admin", "organization": organization.code });
            act.event(tx, "organization.member_added", About { user: Some(&user.id), ..About::default() }, data)?;
            is_new = true;
        }
        is_new |= grant(tx, act, (user.key, &user.id), organization, roles)?;
    }
    Ok(is_new)
}

/// Gives roles; true when there was one the user had not.
fn grant(
    tx: &mut Tx<'_>,
    act: &Act,
    (key, id): (UserKey, &str),
    organization: &Organization,
    roles: &[Role],
) -> Result<bool, Error> {
    let mut is_new = false;
    for role in roles {
        is_new |= roles::give(tx, act, (key, id), organization, role)?;
    }
    Ok(is_new)
}

fn add_locals(
    tx: &mut Tx<'_>,
    act: &Act,
    user: UserKey,
    held: &[Identity],
    locals: &[(Local, bool)],
) -> Result<(), Error> {
    for (at, (local, is_verified)) in locals.iter().enumerate() {
        let is_primary = !locals.iter().take(at).any(|(earlier, _)| earlier.kind == local.kind)
            && !held.iter().any(|identity| identity.kind == local.kind);
        users::insert_local(tx, act, user, local, *is_verified, is_primary)?;
    }
    Ok(())
}

/// Who was met in the batches of a rehearsal, which are undone one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    /// What the rows would have come to if the batches before had stayed.
    pub(super) fn rehearsed(&mut self, batch: &[Record], mut done: Vec<Told>) -> Vec<Told> {
        for (record, told) in batch.iter().zip(&mut done) {
            let (Ok(row), Outcome::Created) = (&record.row, told.outcome) else { continue };
            told.user_id = None;
            let keys = keys(row);
            if keys.iter().any(|key| self.0.contains(key)) {
                told.outcome = Outcome::Completed;
            }
            self.0.extend(keys);
        }
        done
    }
}

fn keys(row: &Row) -> Vec<u64> {
    let hash = |kind: &str, value: &str| {
        let mut hasher = DefaultHasher::new();
        (kind, value).hash(&mut hasher);
        hasher.finish()
    };
    let locals = row.given.iter().filter_map(|given| Local::parse(&given.kind, Some(&given.value)).ok());
    let mut keys: Vec<u64> = locals.map(|local| hash(local.kind, &local.key)).collect();
    keys.extend(row.id.as_deref().map(|id| hash("id", id)));
    keys
}
