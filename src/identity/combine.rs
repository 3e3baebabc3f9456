//! Trusted emails: when a person who exists without an enterprise identity is the one the IdP speaks of.
//!
//! The class of flaw this guards against is the most common of its field: an IdP names an email it has no right to. So
//! the domain must be proven for the connection's owner, the user must belong to the owner and to nobody else, must have
//! been made by an administrator or have confirmed the email, and there must be exactly one. Everything the user had
//! before goes into the event, so that it can be undone.

use serde_json::{Value, json};

use super::act::About;
use super::enterprise::{self, Made, Origin};
use super::former::FormerIdentity;
use super::{Act, Error, Tenant, profile};
use crate::scim::canonical::{email_domain, email_key};
use crate::scim::resource::Document;
use crate::store::users::{self, User};
use crate::store::{self, ConnectionKey, OrganizationKey, Tx, departures, domains, identities, organizations};

/// Users with one email that are looked at; more are too many to tell apart.
const MOST: i64 = 50;
/// How often a user is chosen anew who changes meanwhile.
const ROUNDS: u32 = 5;

/// Why a trusted connection's email counts for nothing.
pub const NOT_PROVEN: &str = "the email's domain is not proven for the owner organization";

/// Whom a trusted email stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// Exactly this user.
    One(Box<User>),
    /// Nobody, and why.
    Nobody(&'static str),
    /// Several users could be meant.
    Ambiguous,
    /// The only user it could be is suspended.
    Suspended,
    /// The user is also a member of another organization.
    MemberElsewhere,
}

/// Finds the user that a verified email of this connection may be combined with; the user found is locked.
pub fn candidate(tx: &mut Tx<'_>, tenant: &Tenant, email: &str) -> Result<Candidate, Error> {
    if !tenant.settings.is_trusted {
        return Ok(Candidate::Nobody("the connection does not trust email addresses"));
    }
    candidate_if_trusted(tx, tenant, email)
}

/// What [`candidate`] would find if the connection trusted email addresses.
pub fn candidate_if_trusted(tx: &mut Tx<'_>, tenant: &Tenant, email: &str) -> Result<Candidate, Error> {
    let Some(organization) = tenant.connection.organization_key else {
        return Ok(Candidate::Nobody("the connection has no owner organization"));
    };
    let (Some(key), Some(domain)) = (email_key(email), email_domain(email)) else {
        return Ok(Candidate::Nobody("the email cannot be matched safely"));
    };
    if !is_proven(tx, organization, &domain)? {
        return Ok(Candidate::Nobody(NOT_PROVEN));
    }
    settled(tx, tenant.key(), organization, &key)
}

/// Chooses, locks the chosen and chooses again, until both agree: nobody suspends or ties them elsewhere meanwhile.
fn settled(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    organization: OrganizationKey,
    key: &str,
) -> Result<Candidate, Error> {
    for _ in 0..ROUNDS {
        let chosen = choose(tx, connection, organization, key)?;
        let (Candidate::One(user), true) = (&chosen, tx.has_other_writers()) else {
            return Ok(chosen);
        };
        users::lock_key(tx, user.key)?;
        match choose(tx, connection, organization, key)? {
            Candidate::One(again) if again.key == user.key => return Ok(Candidate::One(again)),
            _ => {}
        }
    }
    Err(Error::Store(store::Error::Unavailable("the user keeps changing".into())))
}

/// Whether a domain is proven for an organization.
pub fn is_proven(tx: &mut Tx<'_>, organization: OrganizationKey, domain: &str) -> Result<bool, Error> {
    Ok(domains::find(tx, domain)?.is_some_and(|owner| owner.organization_key == organization))
}

fn choose(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    organization: OrganizationKey,
    key: &str,
) -> Result<Candidate, Error> {
    let mut eligible = Vec::new();
    let mut is_elsewhere = false;
    for user in users::list_combinable(tx, key, organization, MOST)? {
        if !may_be_combined(tx, connection, &user, key)? {
            continue;
        }
        let member_of = organizations::list_of_user(tx, user.key)?;
        if member_of.iter().any(|other| *other != organization) {
            is_elsewhere = true;
        } else {
            eligible.push(user);
        }
    }
    Ok(match (eligible.pop(), eligible.is_empty(), is_elsewhere) {
        (Some(user), true, false) if user.is_suspended => Candidate::Suspended,
        (Some(user), true, false) => Candidate::One(Box::new(user)),
        (Some(_), ..) => Candidate::Ambiguous,
        (None, _, true) => Candidate::MemberElsewhere,
        (None, ..) => Candidate::Nobody("no user with this email may be combined"),
    })
}

/// Whether nothing about the user itself speaks against it. Who left this connection comes back by externalId only: the
/// email may be a new colleague's by now.
fn may_be_combined(tx: &mut Tx<'_>, connection: ConnectionKey, user: &User, key: &str) -> Result<bool, Error> {
    Ok(!has_enterprise(tx, user)? && is_vouched_for(tx, user, key)? && !departures::has_left(tx, connection, user.key)?)
}

fn has_enterprise(tx: &mut Tx<'_>, user: &User) -> Result<bool, Error> {
    Ok(identities::list_of_user(tx, user.key)?.iter().any(|identity| identity.kind == "enterprise"))
}

/// Made by an administrator or import, or the email was confirmed: nobody planted the account.
fn is_vouched_for(tx: &mut Tx<'_>, user: &User, key: &str) -> Result<bool, Error> {
    Ok(matches!(user.made_by.as_str(), "admin" | "import") || identities::has_confirmed_email(tx, user.key, key)?)
}

/// Gives the user the enterprise identity, takes the profile from the IdP, and orders sessions to end.
pub fn carry_out(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    user: &User,
    origin: Origin,
    subject: Option<&str>,
    document: &Document,
) -> Result<Made, Error> {
    let before = before(tx, user)?;
    let made = enterprise::attach(tx, act, tenant, user.key, origin, subject, document)?;
    let profile = profile::taken_over(document, user);
    users::set_profile(tx, user.key, &profile, origin.as_str(), act.now)?;
    let about = About {
        connection: Some(tenant.key()),
        user: Some(&user.id),
        identity: Some(&made.identity.id),
        resource: Some(&made.resource.id),
    };
    act.event(tx, "user.combined", about, json!({ "before": before, "sessions": "revoke" }))?;
    Ok(made)
}

/// Everything combining takes away, so that it can be given back.
fn before(tx: &mut Tx<'_>, user: &User) -> Result<Value, Error> {
    let mut former = Vec::new();
    for identity in &identities::list_of_user(tx, user.key)? {
        former.push(FormerIdentity::of(tx, identity)?);
    }
    Ok(json!({
        "email": user.email, "given_name": user.given_name, "family_name": user.family_name, "picture": user.picture,
        "profile_source": user.profile_source, "identities": former,
        "organizations": organizations::list_codes_of_user(tx, user.key)?,
    }))
}
