//! Undoing a combination by trusted email: the two become two again.
//!
//! The IdP's person keeps SCIM id, identity and subject, and is a new user; the user from before has back what they signed
//! in with. Nobody is combined again: the next push and the next sign-in find the identity, and look no further.

use serde_json::json;

use super::before::{self, Before};
use super::{Undone, check, conflict};
use crate::identity::act::{About, Act};
use crate::identity::enterprise::{self, Origin};
use crate::identity::roles::change as roles;
use crate::identity::{Error, Reach, Tenant};
use crate::scim::canonical::email_key;
use crate::store::connections::Connection;
use crate::store::identities::{self, Identity};
use crate::store::locks::{self, Lock};
use crate::store::organizations::{self, MemberSource};
use crate::store::resources::{self, Resource};
use crate::store::undos::{self, Done};
use crate::store::users::{self, User};
use crate::store::{Tx, UserKey};

/// The two whom the combination made one, locked.
pub(super) struct Pair {
    pub(super) user: User,
    pub(super) identity: Identity,
    pub(super) resource: Resource,
}

pub(super) fn undo(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    connection: Connection,
    event: &Done,
) -> Result<Undone, Error> {
    let before = before::read(&event.data)?;
    let tenant = Tenant::load(tx, connection)?;
    lock_person(tx, &tenant, before.email.as_deref(), event)?;
    let pair = lock_pair(tx, act, &tenant, event)?;
    reach.check_user_is_not_shared(tx, pair.user.key)?;
    let person = part(tx, act, &tenant, &pair, &before)?;
    leave_organization(tx, &tenant, pair.user.key, &before)?;
    let about = about(&tenant, &pair, &pair.user.id);
    enterprise::make_member(tx, act, &tenant, person.key, origin(&pair.identity).member_source(), of(about, &person))?;
    let by_event = record(tx, act, about, &person, &before, event)?;
    undos::insert(tx, &event.id, &by_event, act.now)?;
    Ok(Undone {
        event_id: event.id.clone(),
        kind: event.kind.clone(),
        by_event,
        user_id: pair.user.id,
        new_user_id: person.id,
        is_dry_run: false,
    })
}

/// A push or a sign-in of the same person waits; taken before any row is locked.
pub(super) fn lock_person(tx: &mut Tx<'_>, tenant: &Tenant, email: Option<&str>, event: &Done) -> Result<(), Error> {
    let mut wanted: Vec<Lock> = email.and_then(email_key).map(Lock::Email).into_iter().collect();
    if let Some(identity) = find_identity(tx, event)? {
        wanted.extend(enterprise::locks(&tenant.connection, &identity.value));
    }
    Ok(locks::take(tx, &wanted)?)
}

fn find_identity(tx: &mut Tx<'_>, event: &Done) -> Result<Option<Identity>, Error> {
    Ok(identities::find(tx, event.identity_id.as_deref().unwrap_or_default())?)
}

/// Locks resource, identity and user, in the order of a push; refuses unless they still belong together.
pub(super) fn lock_pair(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, event: &Done) -> Result<Pair, Error> {
    let resource_id = event.resource_id.as_deref().unwrap_or_default();
    let resource = resources::lock(tx, tenant.key(), "User", resource_id)?;
    let identity = match &resource {
        Some(resource) => identities::lock_of_resource(tx, tenant.key(), resource.key)?,
        None => None,
    };
    let user = users::lock(tx, event.user_id.as_deref().unwrap_or_default())?;
    check(tx, act, event)?;
    let user = user.ok_or_else(|| conflict("the user is gone"))?;
    let (Some(resource), Some(identity)) = (resource, identity) else {
        return Err(conflict("the IdP's person is gone from the directory"));
    };
    if identity.user_key != user.key {
        return Err(conflict(format!("the identity {} is no longer the user's", identity.id)));
    }
    if Some(&identity.id) != event.identity_id.as_ref() {
        return Err(conflict(format!("the IdP's person has another identity by now, {}", identity.id)));
    }
    Ok(Pair { user, identity, resource })
}

/// Makes the two two again; the answer is the new user, to whom the IdP's person belongs. A suspension holds for both.
fn part(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, pair: &Pair, before: &Before) -> Result<User, Error> {
    before.restore_profile(tx, pair.user.key, act.now)?;
    let person = enterprise::make_user(tx, act, tenant, &pair.resource.document, origin(&pair.identity))?;
    if pair.user.is_suspended {
        users::set_suspended(tx, person.key, true, act.now)?;
    }
    roles::lost(tx, act, tenant, &pair.identity, about(tenant, pair, &pair.user.id))?;
    identities::set_user(tx, pair.identity.key, person.key)?;
    if pair.resource.active {
        roles::gained(tx, act, tenant, &pair.identity, about(tenant, pair, &person.id))?;
    }
    before.restore_identities(tx, pair.user.key)?;
    Ok(person)
}

/// Whom a push or a sign-in speaks of.
fn origin(identity: &Identity) -> Origin {
    if identity.pushed.is_some() { Origin::Directory } else { Origin::SignIn }
}

/// Ends the membership that the combination gave; whoever was a member before stays one.
fn leave_organization(tx: &mut Tx<'_>, tenant: &Tenant, user: UserKey, before: &Before) -> Result<(), Error> {
    let Some(owner) = tenant.connection.organization_key else {
        return Ok(());
    };
    if before.organizations.contains(&organizations::load(tx, owner)?.code) {
        return Ok(());
    }
    for source in [MemberSource::Directory, MemberSource::SignIn] {
        organizations::remove_member(tx, owner, user, source)?;
    }
    Ok(())
}

/// Tells of both: of the user from before, and of the new one.
fn record(
    tx: &mut Tx<'_>,
    act: &Act,
    about: About<'_>,
    person: &User,
    before: &Before,
    event: &Done,
) -> Result<String, Error> {
    let data = json!({
        "event": event.id, "new_user": person.id, "restored_identities": before.identity_ids(), "sessions": "revoke",
    });
    let earlier = About { identity: None, resource: None, ..about };
    let by_event = act.record(tx, "user.combining_undone", earlier, data)?;
    let data = json!({ "event": event.id, "former_user": about.user, "sessions": "revoke" });
    act.event(tx, "user.combining_undone", of(about, person), data)?;
    Ok(by_event)
}

pub(super) fn about<'a>(tenant: &Tenant, pair: &'a Pair, user: &'a str) -> About<'a> {
    About {
        connection: Some(tenant.key()),
        user: Some(user),
        identity: Some(&pair.identity.id),
        resource: Some(&pair.resource.id),
    }
}

fn of<'a>(about: About<'a>, user: &'a User) -> About<'a> {
    About { user: Some(&user.id), ..about }
}
