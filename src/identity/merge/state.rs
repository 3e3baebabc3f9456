//! Everything that is a user's own, as the event of a merge keeps it.

use serde::{Deserialize, Serialize};

use crate::identity::Error;
use crate::identity::former::FormerIdentity;
use crate::scim::canonical::email_key;
use crate::store::organizations::{self, Membership};
use crate::store::users::{self, NewUser, Profile, User};
use crate::store::{self, Tx, UserKey, identities, properties, roles};

/// A user with what hangs on it. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::identity) struct State {
    pub(in crate::identity) id: String,
    email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
    pub(in crate::identity) provided_id: Option<String>,
    profile_source: String,
    made_by: String,
    pub(in crate::identity) is_suspended: bool,
    created: i64,
    last_signed_in: Option<i64>,
    total_sign_ins: i64,
    /// Whether they signed in through a connection.
    has_enterprise: bool,
    /// Those that are not of an IdP.
    identities: Vec<FormerIdentity>,
    pub(in crate::identity) memberships: Vec<MembershipOf>,
    pub(in crate::identity) roles: Vec<RoleIn>,
    /// Keys and values.
    #[serde(default)]
    pub(in crate::identity) properties: Vec<(String, String)>,
}

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::identity) struct MembershipOf {
    pub(in crate::identity) organization: String,
    source: String,
    joined: i64,
}

/// A role that was given by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::identity) struct RoleIn {
    pub(in crate::identity) organization: String,
    pub(in crate::identity) role: String,
}

impl State {
    pub(in crate::identity) fn of(tx: &mut Tx<'_>, user: &User) -> Result<Self, store::Error> {
        let held = identities::list_of_user(tx, user.key)?;
        let mut own = Vec::new();
        for identity in held.iter().filter(|held| held.kind != "enterprise") {
            own.push(FormerIdentity::of(tx, identity)?);
        }
        let memberships = organizations::list_memberships(tx, user.key)?.into_iter();
        let memberships = memberships.map(|Membership { code, source, joined, .. }| MembershipOf {
            organization: code,
            source,
            joined,
        });
        let granted = roles::list_granted(tx, user.key)?.into_iter();
        let values = properties::list_values(tx, &[user.key])?.into_iter();
        Ok(Self {
            id: user.id.clone(),
            email: user.email.clone(),
            given_name: user.given_name.clone(),
            family_name: user.family_name.clone(),
            picture: user.picture.clone(),
            provided_id: user.provided_id.clone(),
            profile_source: user.profile_source.clone(),
            made_by: user.made_by.clone(),
            is_suspended: user.is_suspended,
            created: user.created,
            last_signed_in: user.last_signed_in,
            total_sign_ins: user.total_sign_ins,
            has_enterprise: held.iter().any(|held| held.kind == "enterprise"),
            identities: own,
            memberships: memberships.collect(),
            roles: granted.map(|(organization, role)| RoleIn { organization, role: role.code }).collect(),
            properties: values.map(|(_, property, value)| (property.code, value)).collect(),
        })
    }

    pub(in crate::identity) fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    pub(in crate::identity) fn has_enterprise(&self) -> bool {
        self.has_enterprise
    }

    /// Makes the user again, without identities.
    pub(in crate::identity) fn make_again(&self, tx: &mut Tx<'_>, now: i64) -> Result<User, Error> {
        let new = NewUser {
            id: self.id.clone(),
            email: self.email.clone(),
            email_key: self.email.as_deref().and_then(email_key),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            picture: self.picture.clone(),
            provided_id: self.provided_id.clone(),
            profile_source: self.profile_source.clone(),
            made_by: self.made_by.clone(),
            is_suspended: self.is_suspended,
            created: self.created,
            modified: now,
            total_sign_ins: self.total_sign_ins,
        };
        let key = users::insert(tx, &new)?;
        users::set_last_signed_in(tx, key, self.last_signed_in)?;
        self.give(tx, key, now)?;
        Ok(users::load(tx, key)?)
    }

    /// Makes the user a member of each organization, with each role, as far as they are not and the organization is there;
    /// and gives them the properties they have not.
    pub(in crate::identity) fn give(&self, tx: &mut Tx<'_>, user: UserKey, now: i64) -> Result<(), Error> {
        for membership in &self.memberships {
            if let Some(organization) = organizations::find_by_code(tx, &membership.organization)? {
                organizations::restore_member(tx, organization.key, user, &membership.source, membership.joined)?;
            }
        }
        for RoleIn { organization, role } in &self.roles {
            let organization = organizations::find_by_code(tx, organization)?;
            if let (Some(organization), Some(role)) = (organization, roles::find(tx, role)?) {
                roles::grant(tx, organization.key, user, role.key, now)?;
            }
        }
        for (key, value) in &self.properties {
            if let Some(property) = properties::find(tx, key)? {
                properties::insert_value(tx, user, property.key, value)?;
            }
        }
        Ok(())
    }

    /// Gives the user the profile they had.
    pub(in crate::identity) fn restore_profile(
        &self,
        tx: &mut Tx<'_>,
        user: UserKey,
        now: i64,
    ) -> Result<(), store::Error> {
        let profile = Profile {
            email: self.email.clone(),
            email_key: self.email.as_deref().and_then(email_key),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            picture: None,
        };
        users::set_profile(tx, user, &profile, &self.profile_source, now)?;
        users::set_picture(tx, user, self.picture.as_deref())
    }

    /// Gives the user the identities they had.
    ///
    /// # Errors
    /// 409 `UNDO_CONFLICT` for one that is somebody else's by now.
    pub(in crate::identity) fn restore_identities(&self, tx: &mut Tx<'_>, user: UserKey) -> Result<(), Error> {
        self.identities.iter().try_for_each(|former| former.restore(tx, user))
    }

    /// What the other is a member of, or has, and this one was not and had not.
    pub(in crate::identity) fn gained_from<'a>(&self, other: &'a Self) -> (Vec<&'a str>, Vec<&'a RoleIn>) {
        let was_member = |code: &str| self.memberships.iter().any(|own| own.organization == code);
        let codes = other.memberships.iter().map(|membership| membership.organization.as_str());
        let roles = other.roles.iter().filter(|role| !self.roles.contains(role));
        (codes.filter(|code| !was_member(code)).collect(), roles.collect())
    }
}
