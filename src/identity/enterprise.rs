//! Enterprise identities: one user, one connection, one User resource, made together or not at all.

use serde_json::json;

use super::act::About;
use super::{Act, Error, Tenant, pending_members, profile};
use crate::scim::canonical::{canonical, email_key, unique_key};
use crate::scim::resource::Document;
use crate::store::connections::Connection;
use crate::store::identities::{self, Identity, NewIdentity};
use crate::store::locks::Lock;
use crate::store::organizations::{self, MemberSource};
use crate::store::resources::{self, Content, Resource};
use crate::store::users::{self, NewUser, Profile, User};
use crate::store::{self, Tx, UserKey, departures};

/// How an enterprise identity comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An administrator, the API, an import or a command.
    Admin,
    /// A sign-in: just in time, or combined by trusted email.
    SignIn,
    /// The IdP's push.
    Directory,
}

impl Origin {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::SignIn => "sign_in",
            Self::Directory => "directory",
        }
    }

    /// Who owns the profile of a user made this way.
    fn profile_source(self) -> &'static str {
        match self {
            Self::Admin => "local",
            Self::SignIn => "sign_in",
            Self::Directory => "directory",
        }
    }

    /// As what somebody becomes a member who is made this way.
    pub(super) fn member_source(self) -> MemberSource {
        match self {
            Self::Admin => MemberSource::Admin,
            Self::SignIn => MemberSource::SignIn,
            Self::Directory => MemberSource::Directory,
        }
    }
}

/// Ties an existing user to a connection before the IdP has spoken of them.
///
/// The user's other identities go: who signs in through an enterprise connection signs in no other way. The IdP will
/// find the person by `value` as userName or email, and adopt them.
///
/// # Errors
/// 400 `ENTERPRISE_IDENTITY_EXISTS`, 400 for a value that cannot be a userName, 409 when the directory has that userName.
pub fn pre_create(
    tx: &mut Tx<'_>,
    act: &Act,
    connection: &Connection,
    user: &User,
    value: &str,
) -> Result<Identity, Error> {
    if value.trim().is_empty() || unique_key(value).is_none() || value.contains('\0') {
        return Err(Error::invalid("INVALID_IDENTITY_VALUE", "value must be 1 to 256 characters").field("value"));
    }
    if connection.state == "deleting" {
        return Err(Error::invalid("INVALID_CONNECTION", "the connection is being deleted").field("connection_id"));
    }
    let tenant = Tenant::load(tx, connection.clone())?;
    let made = attach(tx, act, &tenant, user.key, Origin::Admin, None, &Document::stand_in(value))?;
    if user.email.is_none() {
        let profile = Profile {
            email: Some(value.to_owned()).filter(|_| email_key(value).is_some()),
            email_key: email_key(value),
            given_name: user.given_name.clone(),
            family_name: user.family_name.clone(),
            picture: None,
        };
        users::set_profile(tx, user.key, &profile, &user.profile_source, act.now)?;
    }
    Ok(made.identity)
}

/// The locks of giving somebody an identity with this value, so that a push of the same person waits; taken before any
/// row is locked.
pub fn locks(connection: &Connection, value: &str) -> Vec<Lock> {
    let mut locks = vec![Lock::UserName(connection.key, canonical(value))];
    locks.extend(email_key(value).map(Lock::Email));
    locks
}

/// What was made for a person.
#[derive(Clone, Debug)]
pub struct Made {
    /// The enterprise identity.
    pub identity: Identity,
    /// Its User resource.
    pub resource: Resource,
}

/// Gives a user an enterprise identity and its resource, removing every other identity the user had.
///
/// # Errors
/// 400 `ENTERPRISE_IDENTITY_EXISTS`, 409 when the directory has that userName or the subject is bound already.
pub fn attach(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    user: UserKey,
    origin: Origin,
    subject: Option<&str>,
    document: &Document,
) -> Result<Made, Error> {
    let others = identities::list_of_user(tx, user)?;
    if others.iter().any(|other| other.kind == "enterprise") {
        let message = "the user has an enterprise identity already; a person on two connections is two users";
        return Err(Error::invalid("ENTERPRISE_IDENTITY_EXISTS", message));
    }
    identities::delete_of_user(tx, user)?;
    let content = content(tenant, document)?;
    let id = act.ids.resource();
    let resource = resources::insert(tx, tenant.key(), "User", &id, &content, act.now).map_err(user_name_taken)?;
    let identity = insert_identity(tx, act, tenant, user, origin, subject, &resource)?;
    departures::delete_of_user(tx, tenant.key(), user)?;
    let user = users::load(tx, user)?;
    let about = About {
        connection: Some(tenant.key()),
        user: Some(&user.id),
        identity: Some(&identity.id),
        resource: Some(&id),
    };
    let removed: Vec<_> = others
        .iter()
        .map(|other| json!({ "type": other.kind, "value": other.value, "is_confirmed": other.is_confirmed }))
        .collect();
    act.event(tx, "identity.created", about, json!({ "origin": origin.as_str(), "removed_identities": removed }))?;
    make_member(tx, act, tenant, user.key, origin.member_source(), about)?;
    if resource.active {
        super::roles::change::gained(tx, act, tenant, &identity, about)?;
    }
    pending_members::arrived(tx, act, tenant, &resource)?;
    Ok(Made { identity, resource })
}

/// Makes whoever has an identity on an owned connection a member of the owner; a member keeps the source it came by.
pub(super) fn make_member(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    user: UserKey,
    source: MemberSource,
    about: About<'_>,
) -> Result<(), Error> {
    let Some(organization) = tenant.connection.organization_key else {
        return Ok(());
    };
    if organizations::add_member(tx, organization, user, source, act.now)? {
        act.event(tx, "organization.member_added", about, json!({ "source": source.as_str() }))?;
    }
    Ok(())
}

/// The identity row of a resource that exists.
pub fn insert_identity(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    user: UserKey,
    origin: Origin,
    subject: Option<&str>,
    resource: &Resource,
) -> Result<Identity, Error> {
    let value = resource.document.matching_email().or(resource.document.user_name()).unwrap_or_default().to_owned();
    let new = NewIdentity {
        id: act.ids.prefixed("identity"),
        user_key: user,
        kind: "enterprise".into(),
        value_key: email_key(&value).unwrap_or_default(),
        value,
        connection_key: Some(tenant.key()),
        subject: subject.map(str::to_owned),
        state: if resource.active { "active" } else { "deactivated" }.into(),
        origin: origin.as_str().into(),
        pushed: (origin == Origin::Directory).then_some(act.now),
        resource_key: Some(resource.key),
        is_confirmed: true,
        is_primary: true,
        created: act.now,
        total_logins: 0,
    };
    identities::insert(tx, &new)?;
    identities::find(tx, &new.id)?.ok_or(Error::Store(store::Error::NotFound))
}

/// A new user for a person nobody knew, with the profile of the document.
pub fn make_user(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, document: &Document, by: Origin) -> Result<User, Error> {
    let profile = profile::of_document(document);
    let new = NewUser {
        id: act.ids.prefixed("kp"),
        email: profile.email,
        email_key: profile.email_key,
        given_name: profile.given_name,
        family_name: profile.family_name,
        picture: profile.picture,
        provided_id: None,
        profile_source: by.profile_source().into(),
        made_by: by.as_str().into(),
        is_suspended: false,
        created: act.now,
        modified: act.now,
        total_sign_ins: 0,
    };
    let key = users::insert(tx, &new)?;
    let about = About { connection: Some(tenant.key()), user: Some(&new.id), ..About::default() };
    act.event(tx, "user.created", about, json!({ "by": by.as_str(), "email": new.email }))?;
    warn_of_duplicates(tx, act, tenant, &new.id, new.email_key.as_deref())?;
    Ok(users::load(tx, key)?)
}

/// Administrators are told when several users have one email; the IdP never is.
fn warn_of_duplicates(
    tx: &mut Tx<'_>,
    act: &Act,
    tenant: &Tenant,
    user: &str,
    email_key: Option<&str>,
) -> Result<(), Error> {
    let Some(email_key) = email_key else {
        return Ok(());
    };
    let same: Vec<String> =
        users::list_by_email(tx, email_key, 11)?.into_iter().map(|other| other.id).filter(|id| id != user).collect();
    if !same.is_empty() {
        let about = About { connection: Some(tenant.key()), user: Some(user), ..About::default() };
        act.event(tx, "user.duplicate_email", about, json!({ "others": same }))?;
    }
    Ok(())
}

/// What the store keeps of a person's document.
fn content(tenant: &Tenant, document: &Document) -> Result<Content, Error> {
    let user = tenant.catalogue.resource_type("User").ok_or_else(|| store::Error::internal("no User type"))?;
    Ok(Content::of(user, document.clone()))
}

fn user_name_taken(error: store::Error) -> Error {
    match error {
        store::Error::Conflict => {
            Error::conflict("USER_NAME_TAKEN", "the directory has a person with this userName already")
        }
        other => other.into(),
    }
}
