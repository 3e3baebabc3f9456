//! May this person enter the organization they ask for?

use serde_json::json;

use super::answer::Reason;
use super::question::Question;
use crate::identity::act::About;
use crate::identity::{Act, Error, Tenant};
use crate::scim::canonical::domain_key;
use crate::store::identities::Identity;
use crate::store::organizations::{self, MemberSource, Organization};
use crate::store::{Tx, UserKey, connections, users};

/// The organization somebody wants to enter.
#[derive(Debug)]
pub(super) enum Asked {
    /// None was named and the connection has no owner.
    Nowhere,
    /// This one.
    Organization(Box<Organization>),
    /// It may not be entered this way.
    Refused(Reason, String),
}

/// Finds the asked organization: the one named, else the connection's owner.
pub(super) fn asked(tx: &mut Tx<'_>, tenant: &Tenant, question: &Question) -> Result<Asked, Error> {
    let owner = tenant.connection.organization_key.map(|key| organizations::load(tx, key)).transpose()?;
    if owner.as_ref().is_some_and(|owner| owner.is_suspended) {
        return Ok(Asked::Refused(
            Reason::OrganizationSuspended,
            "the organization that owns the connection is suspended".into(),
        ));
    }
    let Some(code) = &question.organization_code else {
        return Ok(owner.map_or(Asked::Nowhere, |owner| Asked::Organization(Box::new(owner))));
    };
    let Some(organization) = organizations::find_by_code(tx, code)? else {
        return Ok(Asked::Refused(Reason::OrganizationNotFound, "no organization has this code".into()));
    };
    if organization.is_suspended {
        return Ok(Asked::Refused(Reason::OrganizationSuspended, "the organization is suspended".into()));
    }
    if !connections::is_allowed(tx, &tenant.connection, organization.key)? {
        let text = format!("organization {} may not use this connection", organization.code);
        return Ok(Asked::Refused(Reason::ConnectionNotAllowed, text));
    }
    Ok(Asked::Organization(Box::new(organization)))
}

/// How somebody gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Already a member, or no organization is involved.
    Open,
    /// The self-join policy makes them one.
    Joins,
    /// Neither; with the policy named.
    Closed(String),
}

/// Checks membership and policy for somebody who gets an identity by this sign-in, without writing anything.
///
/// An identity on an owned connection makes a member of the owner, so the owner's policy counts too when another
/// organization was asked for.
pub(super) fn entry_of_newcomer(
    tx: &mut Tx<'_>,
    tenant: &Tenant,
    asked: &Asked,
    user: Option<UserKey>,
    question: &Question,
) -> Result<Entry, Error> {
    if let Some(owner) = tenant.connection.organization_key
        && !matches!(asked, Asked::Organization(asked) if asked.key == owner)
    {
        let owner = organizations::load(tx, owner)?;
        let entry = entry_to(tx, tenant, &owner, user, question)?;
        if matches!(entry, Entry::Closed(_)) {
            return Ok(entry);
        }
    }
    entry(tx, tenant, asked, user, question)
}

/// Checks membership and policy without writing anything; `user` is `None` for somebody not made yet.
pub(super) fn entry(
    tx: &mut Tx<'_>,
    tenant: &Tenant,
    asked: &Asked,
    user: Option<UserKey>,
    question: &Question,
) -> Result<Entry, Error> {
    match asked {
        Asked::Organization(organization) => entry_to(tx, tenant, organization, user, question),
        _ => Ok(Entry::Open),
    }
}

fn entry_to(
    tx: &mut Tx<'_>,
    tenant: &Tenant,
    organization: &Organization,
    user: Option<UserKey>,
    question: &Question,
) -> Result<Entry, Error> {
    if let Some(user) = user
        && organizations::is_member(tx, organization.key, user)?
    {
        return Ok(Entry::Open);
    }
    if !organization.is_auto_membership_enabled {
        let text = format!(
            "self-joining (is_auto_membership_enabled) is off for organization {} and the person is not a member",
            organization.code
        );
        return Ok(Entry::Closed(text));
    }
    if organization.is_auto_join_domain_list && !is_listed(organization, question.verified_domain(tenant).as_deref()) {
        let text = format!(
            "organization {} lets only its allowed_domains join, and no verified email of one of them was given",
            organization.code
        );
        return Ok(Entry::Closed(text));
    }
    Ok(Entry::Joins)
}

fn is_listed(organization: &Organization, domain: Option<&str>) -> bool {
    let allowed: Vec<String> = serde_json::from_str(&organization.allowed_domains).unwrap_or_default();
    domain.is_some_and(|domain| allowed.iter().any(|allowed| domain_key(allowed).as_deref() == Some(domain)))
}

/// Makes a person who may join a member.
pub(super) fn join(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    asked: &Asked,
    entry: &Entry,
    identity: &Identity,
) -> Result<(), Error> {
    let (Asked::Organization(organization), Entry::Joins) = (asked, entry) else {
        return Ok(());
    };
    if organizations::add_member(tx, organization.key, identity.user_key, MemberSource::SelfJoin, act.now)? {
        let user = users::load(tx, identity.user_key)?;
        let about = About {
            connection: Some(tenant.key()),
            user: Some(&user.id),
            identity: Some(&identity.id),
            resource: None,
        };
        let data = json!({ "source": MemberSource::SelfJoin.as_str(), "organization": organization.code });
        act.event(tx, "organization.member_added", about, data)?;
    }
    Ok(())
}
