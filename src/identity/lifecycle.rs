//! What a push to a person who exists means for the user behind it.
//!
//! Called in the transaction of every write to a User resource, after the resource itself was written. In order: is it
//! still the same person; the first push is adoption; activation and deactivation; profile and identity follow; the
//! membership of the owner organization.

use serde_json::json;

use super::act::About;
use super::enterprise::{self, Origin};
use super::roles::change as roles;
use super::{Act, Error, Tenant, departures, profile};
use crate::scim::canonical::email_key;
use crate::store::identities::{self, Identity};
use crate::store::organizations::{self, MemberSource};
use crate::store::resources::Resource;
use crate::store::users::{self, User};
use crate::store::{self, Tx};

/// Lets the user follow a change of their resource from `before` to `after`.
pub fn changed(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, before: &Resource, after: &Resource) -> Result<(), Error> {
    let identity = identity_of(tx, tenant, before)?;
    if is_somebody_else(before, after) {
        return replace_person(tx, act, tenant, before, after, &identity);
    }
    let user = users::load(tx, identity.user_key)?;
    let about = about(tenant, &user.id, &identity.id, &after.id);
    if identity.pushed.is_none() {
        identities::set_pushed(tx, identity.key, act.now)?;
        act.event(tx, "user.adopted", about, json!({ "origin": identity.origin }))?;
    }
    set_state(tx, act, tenant, &identity, after.active, about)?;
    follow(tx, act, &user, &identity, before, after, about)?;
    join(tx, act, tenant, &user, about)
}

/// Tells which roles a person loses who goes; called while they still are in their groups.
pub fn departing(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, gone: &Resource) -> Result<(), Error> {
    if !tenant.connection.has_role_rules {
        return Ok(());
    }
    let identity = identity_of(tx, tenant, gone)?;
    let user = users::load(tx, identity.user_key)?;
    let about = about(tenant, &user.id, &identity.id, &gone.id);
    roles::lost(tx, act, tenant, &identity, about)
}

/// Ends what a deleted resource gave its user; the resource itself is deleted by the caller, after this.
pub fn departed(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, gone: &Resource) -> Result<(), Error> {
    let identity = identity_of(tx, tenant, gone)?;
    let user = users::load(tx, identity.user_key)?;
    leave(tx, act, tenant, gone, &identity)?;
    let about = about(tenant, &user.id, &identity.id, &gone.id);
    act.event(tx, "user.departed", about, json!({ "sessions": "revoke", "user_name": gone.document.user_name() }))?;
    Ok(())
}

/// A login that comes back to life under another externalId was given to somebody else.
fn is_somebody_else(before: &Resource, after: &Resource) -> bool {
    let was = before.document.external_id().unwrap_or_default();
    let is = after.document.external_id().unwrap_or_default();
    !before.active && after.active && !was.is_empty() && !is.is_empty() && was != is
}

fn replace_person(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    before: &Resource,
    after: &Resource,
    old: &Identity,
) -> Result<(), Error> {
    let leaver = users::load(tx, old.user_key)?;
    leave(tx, act, tenant, before, old)?;
    let user = enterprise::make_user(tx, act, tenant, &after.document, Origin::Directory)?;
    let identity = enterprise::insert_identity(tx, act, tenant, user.key, Origin::Directory, None, after)?;
    let about = about(tenant, &user.id, &identity.id, &after.id);
    let old = json!({ "user": leaver.id, "identity": old.id, "subject": old.subject, "origin": old.origin });
    act.event(tx, "user.replaced", about, json!({ "before": old, "sessions": "revoke" }))?;
    roles::gained(tx, act, tenant, &identity, about)?;
    join(tx, act, tenant, &user, about)
}

/// Departure, identity and directory membership: what leaving means in every case.
fn leave(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, gone: &Resource, identity: &Identity) -> Result<(), Error> {
    departures::record(tx, act, tenant, gone, identity)?;
    identities::delete(tx, identity.key)?;
    if let Some(organization) = tenant.connection.organization_key {
        organizations::remove_member(tx, organization, identity.user_key, MemberSource::Directory)?;
    }
    Ok(())
}

fn set_state(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    identity: &Identity,
    active: bool,
    about: About<'_>,
) -> Result<(), Error> {
    match (identity.state.as_str(), active) {
        ("active", false) => {
            identities::set_state(tx, identity.key, "deactivated")?;
            act.event(tx, "user.deactivated", about, json!({ "sessions": "revoke" }))?;
            roles::lost(tx, act, tenant, identity, about)?;
        }
        ("deactivated" | "held", true) => {
            identities::set_state(tx, identity.key, "active")?;
            act.event(tx, "user.reactivated", about, json!({}))?;
            roles::gained(tx, act, tenant, identity, about)?;
        }
        _ => {}
    }
    Ok(())
}

/// The profile and the identity's value are what the directory says.
fn follow(
    tx: &mut Tx<'_>,
    act: &Act,
    user: &User,
    identity: &Identity,
    before: &Resource,
    after: &Resource,
    about: About<'_>,
) -> Result<(), Error> {
    let value = after.document.matching_email().or(after.document.user_name()).unwrap_or_default();
    if value != identity.value {
        identities::set_value(tx, identity.key, value, &email_key(value).unwrap_or_default())?;
    }
    let profile = profile::following(user, &before.document, &after.document);
    let changes = profile::differences(user, &profile);
    if changes.is_empty() && user.profile_source == "directory" {
        return Ok(());
    }
    users::set_profile(tx, user.key, &profile, "directory", act.now)?;
    act.event(tx, "user.updated", about, json!({ "changes": changes }))?;
    Ok(())
}

/// Who is pushed is a member of the owner, whatever the push says about them.
fn join(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, user: &User, about: About<'_>) -> Result<(), Error> {
    enterprise::make_member(tx, act, tenant, user.key, MemberSource::Directory, about)
}

/// The locked identity of a locked resource: a sign-in under way ends first, or waits for what happens here.
fn identity_of(tx: &mut Tx<'_>, tenant: &Tenant, resource: &Resource) -> Result<Identity, Error> {
    let identity = identities::lock_of_resource(tx, tenant.key(), resource.key)?;
    identity.ok_or_else(|| Error::Store(store::Error::internal(format!("resource {} has no identity", resource.id))))
}

fn about<'a>(tenant: &Tenant, user: &'a str, identity: &'a str, resource: &'a str) -> About<'a> {
    About { connection: Some(tenant.key()), user: Some(user), identity: Some(identity), resource: Some(resource) }
}
