//! Which user does a pushed person mean? The rules of a POST, in order, in one transaction.
//!
//! 1. the same userName: somebody the IdP never spoke of is adopted; somebody inactive with the same externalId comes
//!    back; anyone else is a conflict;
//! 2. the only inactive person with this externalId comes back under the new name; the only one never spoken of whose
//!    subject it is, bound or looked up, is adopted;
//! 3. the only one never spoken of with this email is adopted;
//! 4. somebody who left with this externalId is the same user under a new SCIM id;
//! 5. on a trusted connection, the user with this email is combined;
//! 6. a new user.

use serde_json::json;

use super::act::About;
use super::combine::{self, Candidate};
use super::enterprise::{self, Origin};
use super::{Act, Error, Tenant, departures, profile};
use crate::scim::canonical::email_key;
use crate::scim::resource::Document;
use crate::store::departures::Departure;
use crate::store::identities::{self, Identity};
use crate::store::locks::{self, Lock};
use crate::store::resources::{self, Content, Resource};
use crate::store::users::{self, User};
use crate::store::{self, Tx, departures as departed, organizations};

/// People with one externalId that are looked at.
const MOST: i64 = 50;
/// How often somebody is looked for anew who changes meanwhile.
const ROUNDS: u32 = 5;

/// What a push of a new person means.
#[derive(Debug)]
pub enum Placed {
    /// The person is there already: the resource is to be replaced by what was pushed.
    Existing(Box<Resource>),
    /// The resource was made.
    Made(Box<Resource>),
}

/// Decides whose person a POST is and makes what is missing.
///
/// # Errors
/// 409 when the userName belongs to somebody else.
pub fn place(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, content: &Content) -> Result<Placed, Error> {
    locks::take(tx, &locks(tenant, content))?;
    for find in [by_user_name, by_external_id, by_email] {
        if let Some(existing) = settled(tx, tenant, content, find)? {
            return Ok(Placed::Existing(Box::new(existing)));
        }
    }
    let document = &content.document;
    let resource = if let Some((user, departure)) = returning(tx, act, tenant, document)? {
        relink(tx, act, tenant, &user, &departure, document)?
    } else if let Some(user) = trusted(tx, tenant, document)? {
        combine::carry_out(tx, act, tenant, &user, Origin::Directory, None, document)?.resource
    } else {
        let user = enterprise::make_user(tx, act, tenant, document, Origin::Directory)?;
        enterprise::attach(tx, act, tenant, user.key, Origin::Directory, None, document)?.resource
    };
    Ok(Placed::Made(Box::new(resource)))
}

/// The locks of every decision about this person, so that a push and a sign-in wait for each other.
fn locks(tenant: &Tenant, content: &Content) -> Vec<Lock> {
    let key = tenant.key();
    let document = &content.document;
    let mut locks = vec![Lock::UserName(key, content.unique_key.clone().unwrap_or_default())];
    locks.extend(document.external_id().map(|id| Lock::ExternalId(key, id.to_owned())));
    locks.extend(document.matching_email().and_then(email_key).map(Lock::Email));
    locks
}

/// One of the rules that look for somebody who is here already.
type Find = fn(&mut Tx<'_>, &Tenant, &Content) -> Result<Option<Resource>, Error>;

/// Looks, locks whom it found and looks again, until both agree: a PUT, PATCH or DELETE under way has ended then.
fn settled(tx: &mut Tx<'_>, tenant: &Tenant, content: &Content, find: Find) -> Result<Option<Resource>, Error> {
    for _ in 0..ROUNDS {
        let Some(found) = find(tx, tenant, content)? else {
            return Ok(None);
        };
        if !tx.has_other_writers() {
            return Ok(Some(found));
        }
        let locked = resources::lock(tx, tenant.key(), "User", &found.id)?.map(|locked| locked.key);
        let again = find(tx, tenant, content)?;
        if again.as_ref().map(|again| again.key) == locked && locked.is_some() {
            return Ok(again);
        }
    }
    Err(Error::Store(store::Error::Unavailable("the person keeps changing".into())))
}

fn by_user_name(tx: &mut Tx<'_>, tenant: &Tenant, content: &Content) -> Result<Option<Resource>, Error> {
    let name = content.unique_key.as_deref().unwrap_or_default();
    let Some(existing) = resources::find_by_unique_key(tx, tenant.key(), "User", name)? else {
        return Ok(None);
    };
    let is_pushed = identity_of(tx, tenant, &existing)?.is_some_and(|identity| identity.pushed.is_some());
    let comes_back = !existing.active && same_external_id(&existing.document, &content.document);
    if is_pushed && !comes_back {
        return Err(Error::conflict("USER_NAME_TAKEN", "a user with this userName exists already"));
    }
    Ok(Some(existing))
}

fn by_external_id(tx: &mut Tx<'_>, tenant: &Tenant, content: &Content) -> Result<Option<Resource>, Error> {
    let Some(external_id) = content.document.external_id().filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let same = resources::list_by_value(tx, tenant.key(), "User", "externalId", external_id, MOST)?;
    let mut inactive: Vec<&Resource> = same.iter().filter(|resource| !resource.active).collect();
    if let (Some(only), true) = (inactive.pop(), inactive.is_empty()) {
        return Ok(Some(only.clone()));
    }
    let mut known: Vec<Identity> = identities::find_by_subject(tx, tenant.key(), external_id)?.into_iter().collect();
    for resource in &same {
        known.extend(identity_of(tx, tenant, resource)?.filter(|identity| identity.subject.is_none()));
    }
    never_pushed(tx, tenant, known)
}

fn by_email(tx: &mut Tx<'_>, tenant: &Tenant, content: &Content) -> Result<Option<Resource>, Error> {
    let Some(key) = content.document.matching_email().and_then(email_key) else {
        return Ok(None);
    };
    let same = identities::list_never_pushed_by_email(tx, tenant.key(), &key, 2)?;
    never_pushed(tx, tenant, same)
}

/// The resource of the only one of these identities that the IdP has not spoken of.
fn never_pushed(tx: &mut Tx<'_>, tenant: &Tenant, mut identities: Vec<Identity>) -> Result<Option<Resource>, Error> {
    identities.retain(|identity| identity.pushed.is_none());
    match (identities.pop().and_then(|identity| identity.resource_key), identities.is_empty()) {
        (Some(key), true) => Ok(resources::find_key(tx, tenant.key(), key)?),
        _ => Ok(None),
    }
}

/// Whether a user is a member of an organization that does not own the connection.
fn is_elsewhere(tx: &mut Tx<'_>, tenant: &Tenant, user: &User) -> Result<bool, Error> {
    let member_of = organizations::list_of_user(tx, user.key)?;
    Ok(member_of.iter().any(|organization| Some(*organization) != tenant.connection.organization_key))
}

/// Somebody who left with this externalId, unless they have found another way in or another organization since: the old
/// IdP has no say over what the account has become.
fn returning(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    document: &Document,
) -> Result<Option<(User, Departure)>, Error> {
    let external_id = document.external_id().filter(|id| !id.is_empty());
    let (Some(external_id), true) = (external_id, tenant.settings.relinks_deleted(tenant.provider())) else {
        return Ok(None);
    };
    let key = departures::external_key(external_id);
    let Some(departure) = departed::find_by_external(tx, tenant.key(), &key, act.now)? else {
        return Ok(None);
    };
    let Some(user) = users::lock_key(tx, departure.user_key)? else {
        return Ok(None);
    };
    let has_moved_on = !identities::list_of_user(tx, user.key)?.is_empty() || is_elsewhere(tx, tenant, &user)?;
    Ok(if has_moved_on { None } else { Some((user, departure)) })
}

fn relink(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    user: &User,
    departure: &Departure,
    document: &Document,
) -> Result<Resource, Error> {
    let subject = departure.subject.as_deref();
    let subject = match subject {
        Some(subject) if identities::find_by_subject(tx, tenant.key(), subject)?.is_none() => Some(subject),
        _ => None,
    };
    let made = enterprise::attach(tx, act, tenant, user.key, Origin::Directory, subject, document)?;
    users::set_profile(tx, user.key, &profile::taken_over(document, user), "directory", act.now)?;
    let about = About {
        connection: Some(tenant.key()),
        user: Some(&user.id),
        identity: Some(&made.identity.id),
        resource: Some(&made.resource.id),
    };
    act.event(tx, "user.relinked", about, json!({ "departed": departure.departed }))?;
    Ok(made.resource)
}

fn trusted(tx: &mut Tx<'_>, tenant: &Tenant, document: &Document) -> Result<Option<User>, Error> {
    let Some(email) = document.matching_email() else {
        return Ok(None);
    };
    Ok(match combine::candidate(tx, tenant, email)? {
        Candidate::One(user) => Some(*user),
        _ => None,
    })
}

fn same_external_id(before: &Document, after: &Document) -> bool {
    before.external_id().is_some_and(|id| !id.is_empty() && after.external_id() == Some(id))
}

fn identity_of(tx: &mut Tx<'_>, tenant: &Tenant, resource: &Resource) -> Result<Option<Identity>, Error> {
    Ok(identities::find_of_resource(tx, tenant.key(), resource.key)?)
}
