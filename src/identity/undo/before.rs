//! What `user.combined` says was before, read back.

use serde::Deserialize;

use super::conflict;
use crate::identity::Error;
use crate::identity::former::FormerIdentity;
use crate::scim::canonical::email_key;
use crate::store::users::{self, Profile};
use crate::store::{self, Tx, UserKey};

/// The data of the event.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Data {
    Said {
        before: Before,
    },
    Erased {
        #[serde(rename = "erased")]
        _erased: bool,
    },
}

/// The user as they were.
#[derive(Debug, Deserialize)]
pub(super) struct Before {
    pub(super) email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
    profile_source: String,
    identities: Vec<FormerIdentity>,
    /// Codes.
    pub(super) organizations: Vec<String>,
}

/// Reads the data of an event.
///
/// # Errors
/// 409 `UNDO_CONFLICT` when the user was erased and the event with them.
pub(super) fn read(data: &str) -> Result<Before, Error> {
    match serde_json::from_str(data).map_err(store::Error::internal)? {
        Data::Said { before } => Ok(before),
        Data::Erased { .. } => Err(conflict("the user was erased")),
    }
}

impl Before {
    /// Gives the user the profile they had.
    pub(super) fn restore_profile(&self, tx: &mut Tx<'_>, user: UserKey, now: i64) -> Result<(), store::Error> {
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
    /// 409 `UNDO_CONFLICT` naming what is somebody else's by now, or the connection that is gone.
    pub(super) fn restore_identities(&self, tx: &mut Tx<'_>, user: UserKey) -> Result<(), Error> {
        self.identities.iter().try_for_each(|former| former.restore(tx, user))
    }

    /// Public ids of the identities they had.
    pub(super) fn identity_ids(&self) -> Vec<&str> {
        self.identities.iter().map(|removed| removed.id.as_str()).collect()
    }
}
