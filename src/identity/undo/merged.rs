//! Undoing a merge: the two are two again, each with id, ways to sign in, memberships and roles as before.

use serde::Deserialize;
use serde_json::json;

use super::combined::{self, Pair};
use super::{Undone, conflict};
use crate::identity::act::{About, Act};
use crate::identity::merge::Both;
use crate::identity::roles::change as roles;
use crate::identity::{Error, Reach, Tenant};
use crate::store::connections::Connection;
use crate::store::undos::{self, Done};
use crate::store::users::User;
use crate::store::{self, Tx, UserKey, identities, organizations, properties, roles as role_rows, users};

/// The data of the event.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Data {
    Said {
        before: Box<Both>,
    },
    Erased {
        #[serde(rename = "erased")]
        _erased: bool,
    },
}

pub(super) fn undo(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    connection: Connection,
    event: &Done,
) -> Result<Undone, Error> {
    let before = match serde_json::from_str(&event.data).map_err(store::Error::internal)? {
        Data::Said { before } => before,
        Data::Erased { .. } => return Err(conflict("the user was erased")),
    };
    let tenant = Tenant::load(tx, connection)?;
    combined::lock_person(tx, &tenant, before.kept.email(), event)?;
    let pair = combined::lock_pair(tx, act, &tenant, event)?;
    reach.check_user_is_not_shared(tx, pair.user.key)?;
    let merged = part(tx, act, &tenant, &pair, &before)?;
    let by_event = record(tx, act, &tenant, &pair, &merged, event)?;
    undos::insert(tx, &event.id, &by_event, act.now)?;
    Ok(Undone {
        event_id: event.id.clone(),
        kind: event.kind.clone(),
        by_event,
        user_id: pair.user.id,
        new_user_id: merged.id,
        is_dry_run: false,
    })
}

/// Makes the other user again, and gives each what was theirs.
fn part(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, pair: &Pair, before: &Both) -> Result<User, Error> {
    let Both { kept, merged } = before;
    let again = merged.make_again(tx, act.now)?;
    let (joined, granted) = kept.gained_from(merged);
    for code in joined {
        if let Some(organization) = organizations::find_by_code(tx, code)? {
            organizations::end_membership(tx, organization.key, pair.user.key)?;
        }
    }
    for given in granted {
        let organization = organizations::find_by_code(tx, &given.organization)?;
        if let (Some(organization), Some(role)) = (organization, role_rows::find(tx, &given.role)?) {
            role_rows::revoke(tx, organization.key, pair.user.key, role.key)?;
        }
    }
    take_properties(tx, pair.user.key, before)?;
    if kept.provided_id.is_none() && pair.user.provided_id == merged.provided_id {
        users::set_provided_id(tx, pair.user.key, None, act.now)?;
    }
    if merged.is_suspended && !kept.is_suspended {
        users::set_suspended(tx, pair.user.key, false, act.now)?;
    }
    if kept.has_enterprise() {
        merged.restore_identities(tx, again.key)?;
    } else {
        give_back(tx, act, tenant, pair, &again)?;
        kept.restore_profile(tx, pair.user.key, act.now)?;
        kept.restore_identities(tx, pair.user.key)?;
    }
    Ok(users::load(tx, again.key)?)
}

/// Takes from the one the values that came from the other, but for those that were changed meanwhile.
fn take_properties(tx: &mut Tx<'_>, user: UserKey, Both { kept, merged }: &Both) -> Result<(), Error> {
    for (_, property, value) in properties::list_values(tx, &[user])? {
        let had = kept.properties.iter().any(|(key, _)| *key == property.code);
        if !had && merged.properties.contains(&(property.code, value)) {
            properties::delete_value(tx, user, property.key)?;
        }
    }
    Ok(())
}

/// Gives the other user the enterprise identity, and the profile that the directory has written meanwhile.
fn give_back(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, pair: &Pair, again: &User) -> Result<(), Error> {
    roles::lost(tx, act, tenant, &pair.identity, combined::about(tenant, pair, &pair.user.id))?;
    identities::set_user(tx, pair.identity.key, again.key)?;
    if pair.identity.state == "active" {
        roles::gained(tx, act, tenant, &pair.identity, combined::about(tenant, pair, &again.id))?;
    }
    if pair.user.profile_source == "directory" {
        let profile = crate::identity::profile::taken_over(&pair.resource.document, again);
        users::set_profile(tx, again.key, &profile, "directory", act.now)?;
    }
    Ok(())
}

/// Tells of both.
fn record(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    pair: &Pair,
    merged: &User,
    event: &Done,
) -> Result<String, Error> {
    let of = |user| About { connection: Some(tenant.key()), user: Some(user), ..About::default() };
    let data = json!({ "event": event.id, "other_user": merged.id, "sessions": "revoke" });
    let by_event = act.record(tx, "user.merging_undone", of(pair.user.id.as_str()), data)?;
    let data = json!({ "event": event.id, "other_user": pair.user.id, "sessions": "revoke" });
    act.event(tx, "user.merging_undone", of(merged.id.as_str()), data)?;
    Ok(by_event)
}
