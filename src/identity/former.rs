//! What is kept of somebody in the event of a change, so that it can be given back.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::scim::canonical::{email_key, unique_key};
use crate::store::identities::{self, Identity, NewIdentity};
use crate::store::{self, Tx, UserKey, connections};

/// An identity that was removed, under the id it had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FormerIdentity {
    pub(super) id: String,
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

impl FormerIdentity {
    /// What is to be kept of an identity.
    pub(super) fn of(tx: &mut Tx<'_>, identity: &Identity) -> Result<Self, store::Error> {
        let connection = identity.connection_key.map(|key| connections::load(tx, key)).transpose()?;
        Ok(Self {
            id: identity.id.clone(),
            kind: identity.kind.clone(),
            value: identity.value.clone(),
            subject: identity.subject.clone(),
            connection: connection.map(|connection| connection.id),
            origin: identity.origin.clone(),
            is_confirmed: identity.is_confirmed,
            is_primary: identity.is_primary,
            created: identity.created,
            last_login: identity.last_login,
            total_logins: identity.total_logins,
        })
    }

    /// Gives the identity back.
    ///
    /// # Errors
    /// 409 `UNDO_CONFLICT` when it is somebody else's by now, or its connection is gone.
    pub(super) fn restore(&self, tx: &mut Tx<'_>, user: UserKey) -> Result<(), Error> {
        let new = self.renewed(tx, user)?;
        identities::restore(tx, &new, self.last_login).map_err(|error| self.taken(error))
    }

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

/// Something that happened since stands in the way of giving back.
pub(super) fn conflict(what: impl std::fmt::Display) -> Error {
    Error::conflict("UNDO_CONFLICT", format!("The event cannot be undone: {what}"))
}
