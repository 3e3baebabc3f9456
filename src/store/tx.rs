//! The database handle that every function of the store takes.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

use super::Error;
use super::attribute_paths::PathCache;
use super::backend::AnyConnection;

/// An open transaction (in a read: a connection).
pub struct Tx<'a> {
    pub(super) connection: &'a mut AnyConnection,
    pub(super) paths: &'a PathCache,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tx")
    }
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a mut AnyConnection, paths: &'a PathCache) -> Self {
        Self { connection, paths }
    }

    /// Whether another transaction may write at the same time; SQLite has one writer.
    pub fn has_other_writers(&self) -> bool {
        matches!(&*self.connection, AnyConnection::Postgres(_))
    }

    /// Runs `job` within the open write transaction so that its refusal undoes what it did and nothing else.
    ///
    /// # Errors
    /// Those of `job`, and [`Error::Unavailable`] when its changes could be neither kept nor undone: then the whole
    /// transaction must fail.
    pub fn savepoint<T, E: From<Error>>(&mut self, job: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        Transactions::begin_transaction(self.connection).map_err(Error::from)?;
        // A panic must not leave the savepoint open: on SQLite the transaction around it has other jobs, too.
        let answer = catch_unwind(AssertUnwindSafe(|| job(self)));
        let ended = if matches!(answer, Ok(Ok(_))) {
            Transactions::commit_transaction(self.connection)
        } else {
            Transactions::rollback_transaction(self.connection)
        };
        match (answer, ended) {
            (Err(panic), _) => resume_unwind(panic),
            (Ok(_), Err(cause)) => Err(Error::unavailable(cause).into()),
            (Ok(answer), Ok(())) => answer,
        }
    }

    /// Reads what belongs together at one moment: a page and its total, a group and its members.
    pub(super) fn snapshot<T, E: From<Error>>(&mut self, job: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let begun = match &mut *self.connection {
            AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
            AnyConnection::Postgres(inner) => {
                AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        };
        begun.map_err(Error::from)?;
        let answer = job(self);
        let ended = Transactions::rollback_transaction(self.connection);
        match (answer, ended) {
            (Ok(_), Err(cause)) => Err(Error::from(cause).into()),
            (answer, _) => answer,
        }
    }
}

type Transactions = <AnyConnection as Connection>::TransactionManager;
