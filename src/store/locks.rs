//! Locks for decisions that read before they write.
//!
//! SQLite has one writer, so there they cost nothing. On PostgreSQL they are advisory transaction locks on what the
//! decision is about (a userName, an externalId, an email), always taken sorted, so that two decisions about one person
//! wait for each other and never deadlock. The locks that are taken after a row say so.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use sha2::{Digest, Sha256};

use super::backend::AnyConnection;
use super::{ConnectionKey, Error, Tx};

diesel::define_sql_function! {
    /// PostgreSQL's transaction-scoped advisory lock; the result is void, read as text.
    fn pg_advisory_xact_lock(key: BigInt) -> diesel::sql_types::Text;
}

diesel::define_sql_function! {
    /// The same, shared with others who only share it.
    fn pg_advisory_xact_lock_shared(key: BigInt) -> diesel::sql_types::Text;
}

/// What a decision is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// A userName key of a connection.
    UserName(ConnectionKey, String),
    /// An externalId of a connection.
    ExternalId(ConnectionKey, String),
    /// An email key, over all connections.
    Email(String),
    /// A subject of a connection.
    Subject(ConnectionKey, String),
    /// Which groups of a connection are members of which; taken after the row of the group that gets a member.
    Nesting(ConnectionKey),
    /// Who a connection's groups wait for: whoever arrives shares it, who makes a group wait for somebody has it alone.
    /// Taken after the row of the group, or of the person; a circle of the two is a deadlock, undone and run again.
    PendingMembers(ConnectionKey),
    /// What schemas there are, over all connections.
    Definitions,
    /// Imports: one transaction of one at a time.
    Imports,
}

impl Lock {
    fn number(&self) -> i64 {
        let (kind, connection, text) = match self {
            Self::UserName(connection, text) => (1, connection.number(), text.as_str()),
            Self::ExternalId(connection, text) => (2, connection.number(), text.as_str()),
            Self::Email(text) => (3, 0, text.as_str()),
            Self::Subject(connection, text) => (4, connection.number(), text.as_str()),
            Self::Nesting(connection) => (5, connection.number(), ""),
            Self::PendingMembers(connection) => (7, connection.number(), ""),
            Self::Definitions => return hash(6, 0, ""),
            Self::Imports => return hash(8, 0, ""),
        };
        hash(kind, connection, text)
    }
}

fn hash(kind: u8, connection: i64, text: &str) -> i64 {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    hasher.update(connection.to_be_bytes());
    hasher.update(text);
    let digest = hasher.finalize();
    let (first, _) = digest.split_at(8);
    first.iter().fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}

/// Takes all locks until the transaction ends.
pub fn take(tx: &mut Tx<'_>, locks: &[Lock]) -> Result<(), Error> {
    let AnyConnection::Postgres(connection) = &mut *tx.connection else {
        return Ok(());
    };
    let mut numbers: Vec<i64> = locks.iter().map(Lock::number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        advisory(connection, number)?;
    }
    Ok(())
}

/// Shares a lock until the transaction ends: who takes it waits, who shares it does not.
pub fn share(tx: &mut Tx<'_>, lock: &Lock) -> Result<(), Error> {
    if let AnyConnection::Postgres(connection) = &mut *tx.connection {
        diesel::select(pg_advisory_xact_lock_shared(lock.number())).execute(connection)?;
    }
    Ok(())
}

/// The lock of migrations: one server changes the schema while others wait.
pub(super) fn whole_database(connection: &mut PgConnection) -> Result<(), Error> {
    advisory(connection, hash(0, 0, "anteroom"))
}

fn advisory(connection: &mut PgConnection, number: i64) -> Result<(), Error> {
    diesel::select(pg_advisory_xact_lock(number)).execute(connection)?;
    Ok(())
}
