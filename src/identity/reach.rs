//! Whose objects a caller may see and change: everything, or one organization's.
//!
//! A management client may be bound to an organization. What lies outside its reach does not exist for it.

use super::Error;
use crate::store::connections::Connection;
use crate::store::{self, OrganizationKey, Tx, UserKey, identities, organizations};

/// The whole environment, or one organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach(Option<OrganizationKey>);

impl Reach {
    /// The whole environment.
    pub fn everything() -> Self {
        Self(None)
    }

    /// One organization; without one, everything.
    pub fn of(organization: Option<OrganizationKey>) -> Self {
        Self(organization)
    }

    /// The organization it is limited to.
    pub fn organization(self) -> Option<OrganizationKey> {
        self.0
    }

    /// Refuses what only a client of the whole environment may do.
    ///
    /// # Errors
    /// 403 `ORGANIZATION_BOUND`.
    pub fn check_unbound(self, message: &str) -> Result<(), Error> {
        if self.0.is_none() { Ok(()) } else { Err(Error::forbidden("ORGANIZATION_BOUND", message)) }
    }

    /// Whether something of this owner may be seen.
    pub fn covers(self, owner: Option<OrganizationKey>) -> bool {
        self.0.is_none() || self.0 == owner
    }

    /// Whether a user may be seen: a member of the organization.
    pub fn covers_user(self, tx: &mut Tx<'_>, user: UserKey) -> Result<bool, store::Error> {
        self.0.map_or(Ok(true), |organization| organizations::is_member(tx, organization, user))
    }

    /// Refuses to change how somebody signs in who is also a member elsewhere, or signs in through another organization's
    /// connection: that would open the other organization.
    pub fn check_user_is_not_shared(self, tx: &mut Tx<'_>, user: UserKey) -> Result<(), Error> {
        let Some(organization) = self.0 else {
            return Ok(());
        };
        let is_member_elsewhere = organizations::list_of_user(tx, user)?.iter().any(|of| *of != organization);
        if !is_member_elsewhere && !signs_in_elsewhere(tx, organization, user)? {
            return Ok(());
        }
        Err(Error::invalid(
            "USER_IN_OTHER_ORGANIZATION",
            "The user also belongs to another organization: a client bound to one organization cannot change how they sign in",
        ))
    }

    /// The connection, if it may be seen.
    pub fn find_connection(self, tx: &mut Tx<'_>, id: &str) -> Result<Option<Connection>, store::Error> {
        let found = store::connections::find(tx, id)?;
        Ok(found.filter(|connection| self.covers(connection.organization_key)))
    }
}

fn signs_in_elsewhere(tx: &mut Tx<'_>, organization: OrganizationKey, user: UserKey) -> Result<bool, store::Error> {
    for connection in identities::list_of_user(tx, user)?.into_iter().filter_map(|identity| identity.connection_key) {
        let owner = store::connections::load(tx, connection)?.organization_key;
        if owner.is_some_and(|owner| owner != organization) {
            return Ok(true);
        }
    }
    Ok(false)
}
