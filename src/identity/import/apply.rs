//! One row in a transaction: who it means, and what is missing of them.

use serde_json::json;

use super::Outcome;
use super::check::{Checked, check};
use super::row::Row;
use super::who::find;
use crate::identity::act::{About, Act};
use crate::identity::checks::optional;
use crate::identity::local::Local;
use crate::identity::{Error, Reach, enterprise, roles, users};
use crate::store::identities::Identity;
use crate::store::organizations::{MemberSource, Organization};
use crate::store::properties::Property;
use crate::store::roles::Role;
use crate::store::users::{NewUser, User};
use crate::store::{self, Tx, UserKey, identities};

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
