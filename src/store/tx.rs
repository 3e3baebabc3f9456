//! The database handle that every function of the store takes.

use super::attribute_paths::PathCache;
use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};

use super::Error;
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
