//! Brings the database to this binary's schema at start; other servers wait meanwhile.

use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Error;
use super::backend::AnyConnection;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs what is missing, in one transaction.
///
/// # Errors
/// [`Error::Configuration`] when the database has migrations this binary does not know.
pub(super) fn migrate(connection: &mut AnyConnection) -> Result<(), Error> {
    match connection {
        AnyConnection::Sqlite(inner) => inner.immediate_transaction(|tx| bring_up(tx, SQLITE)),
        AnyConnection::Postgres(inner) => inner.transaction(|tx| {
            // Others wait as long as it takes, and a change of a large table takes as long as it takes.
            tx.batch_execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")?;
            super::locks::whole_database(tx)?;
            bring_up(tx, POSTGRES)
        }),
    }
}

fn bring_up<C, DB>(connection: &mut C, source: EmbeddedMigrations) -> Result<(), Error>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known: Vec<String> = source
        .migrations()
        .map_err(Error::internal)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = connection.applied_migrations().map_err(Error::internal)?;
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(Error::Configuration(format!(
            "the database was migrated by a newer anteroom (migration {newer}); this binary is too old for it"
        )));
    }
    connection.run_pending_migrations(source).map_err(Error::internal)?;
    Ok(())
}
