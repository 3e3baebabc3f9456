//! Why a change on the people side was refused.

use crate::store;

/// A refusal the caller can act on, or a failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be carried out as it stands.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A refusal in the words of the management API's error body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 400, 403, 404 or 409.
    pub status: u16,
    /// SCREAMING_SNAKE code.
    pub code: &'static str,
    /// What is wrong and what to do, for a person.
    pub message: String,
    /// The field of the request that is at fault.
    pub field: Option<&'static str>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.message, self.code)
    }
}

impl Error {
    /// A 400.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::refused(400, code, message)
    }

    /// A 403.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::refused(403, code, message)
    }

    /// A 404.
    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::refused(404, code, message)
    }

    /// A 409.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::refused(409, code, message)
    }

    /// The same refusal as a 409 with another code.
    #[must_use]
    pub fn into_conflict(self, code: &'static str) -> Self {
        match self {
            Self::Refused(refusal) => Self::conflict(code, refusal.message),
            other @ Self::Store(_) => other,
        }
    }

    fn refused(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(Box::new(Refusal { status, code, message: message.into(), field: None }))
    }

    /// Names the field of the request that is at fault.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.field = Some(field);
        }
        self
    }
}
