//! What `user.combined` says was before, read back.

use serde::Deserialize;

use super::conflict;
use crate::identity::Error;
use crate::scim::canonical::{email_key, unique_key};
use crate::store::identities::{self, NewIdentity};
use crate::store::users::{self, Profile};
use crate::store::{self, Tx, UserKey, connections};

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
    identities: Vec<Removed>,
    /// Codes.
    pub(super) organizations: Vec<String>,
}

/// An identity that was removed.
#[derive(Debug, Deserialize)]
struct Removed {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
    subject: Option<String>,
    connection: Option<String>,
    origin: String,
    is_confirmed: bool,
    is_primary: bool,
    created: i64,
    last_login: Option<i64>,
    total_logins: i64,
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
        for removed in &self.identities {
            let new = removed.renewed(tx, user)?;
            identities::restore(tx, &new, removed.last_login).map_err(|error| removed.taken(error))?;
        }
        Ok(())
    }

    /// Public ids of the identities they had.
    pub(super) fn identity_ids(&self) -> Vec<&str> {
        self.identities.iter().map(|removed| removed.id.as_str()).collect()
    }
}

impl Removed {
    fn renewed(&self, tx: &mut Tx<'_>, user: UserKey) -> Result<NewIdentity, Error> {
        let connection = self.connection.as_deref().map(|id| connections::find(tx, id)).transpose()?;
        if matches!(connection, Some(None)) {
            return Err(conflict(format!("the connection of the {} identity {} is gone", self.kind, self.value)));
        }
        Ok(NewIdentity {
            id: self.id.clone(),
            user_key: user,
            kind: self.kind.clone(),
            value: self.value.clone(),
            value_key: self.value_key(),
            connection_key: connection.flatten().map(|connection| connection.key),
            subject: self.subject.clone(),
            state: "active".to_owned(),
            origin: self.origin.clone(),
            pushed: None,
            resource_key: None,
            is_confirmed: self.is_confirmed,
            is_primary: self.is_primary,
            created: self.created,
            total_logins: self.total_logins,
        })
    }

    /// As it is compared.
    fn value_key(&self) -> String {
        let key = match self.kind.as_str() {
            "email" => email_key(&self.value),
            "phone" => Some(self.value.clone()),
            _ => unique_key(&self.value),
        };
        key.unwrap_or_else(|| self.value.clone())
    }

    fn taken(&self, error: store::Error) -> Error {
        match error {
            store::Error::Conflict => {
                conflict(format!("the {} {} belongs to another user by now", self.kind, self.value))
            }
            other => other.into(),
        }
    }
}
