//! What ends a SCIM use case.

use crate::{identity, scim, store};

/// Ids that an error names.
pub(super) const NAMED: usize = 5;

/// A SCIM error for the client, or a failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the client may see.
    #[error(transparent)]
    Scim(#[from] scim::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<identity::Error> for Error {
    /// A refusal of the people side is a 409 for the IdP when it collides, else a 400.
    fn from(error: identity::Error) -> Self {
        match error {
            identity::Error::Store(error) => Self::Store(error),
            identity::Error::Refused(refusal) if refusal.status == 409 => {
                scim::Error::uniqueness(refusal.message).into()
            }
            identity::Error::Refused(refusal) => scim::Error::invalid_value(refusal.message).into(),
        }
    }
}

/// A collision of the insert is the name's.
pub(super) fn name_taken(error: store::Error) -> Error {
    match error {
        store::Error::Conflict => scim::Error::uniqueness("a resource with this name exists already").into(),
        other => other.into(),
    }
}
