//! What can go wrong between a use case and the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failure of the store, in the words its callers decide by.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such row in this connection.
    #[error("not found")]
    NotFound,
    /// A uniqueness constraint refused the row.
    #[error("conflict")]
    Conflict,
    /// Another resource has this value of an attribute that is unique: the path.
    #[error("{0} is taken")]
    Taken(String),
    /// A row that this one belongs to was deleted meanwhile.
    #[error("gone")]
    Gone,
    /// The row has another version than the caller expected.
    #[error("stale")]
    Stale,
    /// The filter would have to pass over too many values.
    #[error("too many values to pass over")]
    TooMany,
    /// The database cannot be reached, is too busy, or lost the transaction: nothing was done, try again.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The URL, the schema or the library is not one this binary can work with.
    #[error("{0}")]
    Configuration(String),
    /// Anything else: a defect, logged once at the edge and never sent.
    #[error("internal store error: {0}")]
    Internal(String),
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Error {
    /// Wraps a cause as [`Error::Unavailable`].
    pub(super) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }

    /// Wraps a cause as [`Error::Internal`].
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// Whether running the whole transaction again may end otherwise (PostgreSQL 40001, 40P01, 23503; SQLite busy).
    pub(super) fn is_retryable(cause: &DieselError) -> bool {
        match cause {
            // A row was deleted between being found and being referred to: the next run will not find it.
            DieselError::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ForeignKeyViolation,
                _,
            ) => true,
            DieselError::DatabaseError(_, information) => {
                let message = information.message();
                message.contains("deadlock detected") || message.contains("database is locked")
            }
            _ => false,
        }
    }

    /// Whether the connection it came from is of no more use.
    pub(super) fn is_of_a_dead_connection(cause: &DieselError) -> bool {
        match cause {
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | DieselError::BrokenTransactionManager => true,
            DieselError::DatabaseError(_, information) => {
                let message = information.message();
                [
                    "terminating connection",
                    "server closed the connection",
                    "connection not open",
                    "no connection to the",
                ]
                .iter()
                .any(|part| message.contains(part))
            }
            _ => false,
        }
    }
}

impl From<DieselError> for Error {
    fn from(cause: DieselError) -> Self {
        match &cause {
            DieselError::NotFound => Self::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Conflict,
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::Gone,
            DieselError::BrokenTransactionManager
            | DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            ) => Self::unavailable(cause),
            DieselError::DatabaseError(_, information) if is_passing(information.message()) => Self::unavailable(cause),
            _ => Self::internal(cause),
        }
    }
}

/// Messages of faults that pass: time-outs, a stopping or starting server, a lock, a full disk.
fn is_passing(message: &str) -> bool {
    const PASSING: [&str; 8] = [
        "statement timeout",
        "lock timeout",
        "deadlock detected",
        "could not serialize",
        "the database system is",
        "database is locked",
        "database or disk is full",
        "too many clients",
    ];
    PASSING.iter().any(|part| message.contains(part))
}
