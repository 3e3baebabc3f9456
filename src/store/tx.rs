//! The database handle that every function of the store takes.

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
}
