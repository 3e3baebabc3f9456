//! The two databases behind one connection type.
//!
//! The backend is chosen by the scheme of the URL (`sqlite:PATH`, `postgres://..`, `postgresql://..`); any other is an
//! error, so that a misspelt URL never becomes an empty SQLite file. Each new connection gets its session settings
//! here: WAL, full durability and enforced foreign keys on SQLite; a statement time-out and UTC on PostgreSQL.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::MultiConnection;
use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;

use super::{Error, Statements};

/// A connection to either backend.
#[derive(MultiConnection)]
pub(crate) enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// The backend type that queries over [`AnyConnection`] are written for.
pub(crate) type AnyBackend = <AnyConnection as Connection>::Backend;

/// Where the data lives, parsed from `sqlite:PATH` or `postgres://..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded database.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string.
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return refuse_plain_tls(url).map(|()| Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some("" | ":memory:") => {
                Err(Error::Configuration("sqlite: needs a file, such as sqlite:anteroom.db".into()))
            }
            Some(path) => Ok(Self::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))),
            None => Err(Error::Configuration("the database URL must begin with sqlite: or postgres://".into())),
        }
    }
}

/// Without the feature `postgres-tls` libpq has no TLS and would fail late and unclearly.
fn refuse_plain_tls(url: &str) -> Result<(), Error> {
    let strict = ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"];
    if !cfg!(feature = "postgres-tls") && strict.iter().any(|mode| url.contains(mode)) {
        return Err(Error::Configuration(
            "this build has no TLS to PostgreSQL: build with --features postgres-tls, or use sslmode=disable".into(),
        ));
    }
    Ok(())
}

/// What a connection will be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reads only; SQLite enforces it.
    Read,
    /// Reads and writes.
    Write,
}

/// Opens and checks pooled connections; r2d2's manager.
#[derive(Debug)]
pub(super) struct Manager {
    url: DatabaseUrl,
    purpose: Purpose,
    statements: Statements,
}

impl Manager {
    pub(super) fn new(url: DatabaseUrl, purpose: Purpose, statements: Statements) -> Self {
        Self { url, purpose, statements }
    }

    /// Opens a connection to a database that was there before: a file that is gone is not made anew, empty.
    pub(super) fn reopen(&self) -> Result<Session, Error> {
        match &self.url {
            DatabaseUrl::Sqlite(path) if !path.exists() => Err(Error::unavailable("the database file is gone")),
            _ => self.open(),
        }
    }

    /// Opens one connection with its session settings.
    pub(super) fn open(&self) -> Result<Session, Error> {
        let mut connection = match &self.url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, self.purpose)?,
            DatabaseUrl::Postgres(url) => open_postgres(url)?,
        };
        let (deadlocked, dead) = (Arc::default(), Arc::default());
        connection.set_instrumentation(watch(self.statements.clone(), Arc::clone(&deadlocked), Arc::clone(&dead)));
        Ok(Session { connection, deadlocked, dead })
    }
}

/// Counts statements and notices failures that another run of the transaction, or another connection, may mend.
fn watch(
    statements: Statements,
    deadlocked: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
) -> impl FnMut(InstrumentationEvent<'_>) + Send {
    move |event| match event {
        InstrumentationEvent::StartQuery { query, .. } => statements.record(query),
        InstrumentationEvent::CacheQuery { .. } => statements.record_cached(),
        InstrumentationEvent::FinishQuery { error: Some(error), .. } if Error::is_retryable(error) => {
            deadlocked.store(true, Ordering::Relaxed);
        }
        InstrumentationEvent::FinishQuery { error: Some(error), .. } if Error::is_of_a_dead_connection(error) => {
            dead.store(true, Ordering::Relaxed);
        }
        _ => {}
    }
}

/// A connection and what its last transaction ran into.
pub(super) struct Session {
    pub(super) connection: AnyConnection,
    deadlocked: Arc<AtomicBool>,
    /// diesel alone would not notice when it is the preparation of a statement that fails.
    dead: Arc<AtomicBool>,
}

impl Session {
    /// Whether a statement failed by deadlock since the last call.
    pub(super) fn take_deadlock(&self) -> bool {
        self.deadlocked.swap(false, Ordering::Relaxed)
    }

    /// Whether the connection is of no more use.
    pub(super) fn is_broken(&mut self) -> bool {
        if self.dead.load(Ordering::Relaxed) {
            return true;
        }
        match &mut self.connection {
            AnyConnection::Sqlite(inner) => inner.is_broken(),
            AnyConnection::Postgres(inner) => inner.is_broken(),
        }
    }
}

fn open_sqlite(path: &Path, purpose: Purpose) -> Result<AnyConnection, Error> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(Error::unavailable)?;
    connection.batch_execute(
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
    )?;
    if purpose == Purpose::Read {
        connection.batch_execute("PRAGMA query_only = ON;")?;
    }
    Ok(AnyConnection::Sqlite(connection))
}

fn open_postgres(url: &str) -> Result<AnyConnection, Error> {
    let mut connection = PgConnection::establish(url).map_err(Error::unavailable)?;
    connection.batch_execute(
        "SET TIME ZONE 'UTC'; SET statement_timeout = '25s'; SET lock_timeout = '20s'; \
         SET idle_in_transaction_session_timeout = '60s'; SET standard_conforming_strings = on;",
    )?;
    Ok(AnyConnection::Postgres(connection))
}

impl r2d2::ManageConnection for Manager {
    type Connection = Session;
    type Error = Error;

    fn connect(&self) -> Result<Session, Error> {
        self.reopen()
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), Error> {
        session.connection.batch_execute("SELECT 1").map_err(Error::from)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        std::thread::panicking() || session.is_broken()
    }
}

/// A pool of [`Session`]s.
pub(super) type Pool = r2d2::Pool<Manager>;

/// A pool of up to `size` connections that opens none before it is asked.
pub(super) fn pool(manager: Manager, size: u32) -> Pool {
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(5))
        .error_handler(Box::new(r2d2::NopErrorHandler))
        .build_unchecked(manager)
}

/// Refuses an SQLite that can lose committed writes in WAL mode (fixed in 3.51.3).
///
/// # Errors
/// [`Error::Configuration`] naming both versions.
pub(super) fn check_sqlite_version() -> Result<(), Error> {
    let version = libsqlite3_sys::SQLITE_VERSION;
    check_sqlite_number(libsqlite3_sys::SQLITE_VERSION_NUMBER, &version.to_string_lossy())
}

fn check_sqlite_number(number: i32, version: &str) -> Result<(), Error> {
    if number < 3_051_003 {
        return Err(Error::Configuration(format!(
            "SQLite {version} can lose committed writes; 3.51.3 or newer is needed"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_backend_and_an_unknown_one_is_an_error() {
        assert_eq!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite("a.db".into())));
        assert_eq!("sqlite:///tmp/a.db".parse(), Ok(DatabaseUrl::Sqlite("/tmp/a.db".into())));
        assert!(matches!("postgres://localhost/x".parse(), Ok(DatabaseUrl::Postgres(_))));
        for wrong in ["mysql://x", "postgress://x", "a.db", "", "sqlite:", "sqlite::memory:"] {
            assert!(matches!(wrong.parse::<DatabaseUrl>(), Err(Error::Configuration(_))), "{wrong}");
        }
    }

    #[test]
    #[cfg(not(feature = "postgres-tls"))]
    fn tls_to_postgres_without_the_feature_names_the_feature() {
        let Err(Error::Configuration(message)) = "postgres://h/d?sslmode=verify-full".parse::<DatabaseUrl>() else {
            panic!("accepted");
        };
        assert!(message.contains("postgres-tls"));
    }

    #[test]
    fn an_sqlite_that_loses_writes_is_refused() {
        assert!(check_sqlite_version().is_ok());
        assert!(check_sqlite_number(3_046_000, "3.46.0").is_err());
        assert!(check_sqlite_number(3_051_002, "3.51.2").is_err());
        assert!(check_sqlite_number(3_051_003, "3.51.3").is_ok());
    }
}
