//! Opening a store: versions, migrations, pools, the writer.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::attribute_paths::PathCache;
use super::backend::{self, DatabaseUrl, Manager, Purpose};
use super::group_commit::GroupCommit;
use super::shares::Shares;
use super::write_pool::WritePool;
use super::{Error, Inner, Statements, Store, Writer, migrate};

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Read connections; also how many reads run at once.
    pub readers: u32,
    /// Write connections on PostgreSQL.
    pub writers: u32,
    /// How long a request waits for a connection before it is told to come back.
    pub wait: Duration,
    /// Attribute paths of all schemas.
    pub paths: Vec<String>,
}

impl Store {
    /// Opens the database, bringing its schema up to date.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an unsafe SQLite or a newer schema, [`Error::Unavailable`] when it cannot be reached.
    pub fn open(url: &DatabaseUrl, options: &Options) -> Result<Self, Error> {
        backend::check_sqlite_version()?;
        let statements = Statements::default();
        let manager = |purpose| Manager::new(url.clone(), purpose, statements.clone());
        let paths = Arc::new(PathCache::default());
        let mut first = manager(Purpose::Write).open()?;
        migrate::migrate(&mut first.connection)?;
        paths.fill(&mut first.connection, &options.paths)?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => {
                Writer::Group(GroupCommit::start(manager(Purpose::Write), first, Arc::clone(&paths))?)
            }
            DatabaseUrl::Postgres(_) => {
                let pool = backend::pool(manager(Purpose::Write), options.writers);
                Writer::Pool(WritePool::new(pool, options.wait, Arc::clone(&paths)))
            }
        };
        let readers = usize::try_from(options.readers).unwrap_or(1);
        let inner = Inner {
            readers: backend::pool(manager(Purpose::Read), options.readers),
            read_permits: Arc::new(Semaphore::new(readers)),
            shares: Shares::new(readers),
            wait: options.wait,
            writer,
            paths,
            statements,
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// Held while a server serves an SQLite file, so that a second one refuses to start.
#[derive(Debug)]
pub struct ServeLock(#[expect(dead_code, reason = "held for its lock")] Option<File>);

impl ServeLock {
    /// Takes the lock file beside the database; PostgreSQL needs none.
    ///
    /// # Errors
    /// [`Error::Configuration`] when another server holds it.
    pub fn take(url: &DatabaseUrl) -> Result<Self, Error> {
        let DatabaseUrl::Sqlite(path) = url else {
            return Ok(Self(None));
        };
        let mut name = path.clone().into_os_string();
        name.push(".lock");
        let name = PathBuf::from(name);
        let file =
            File::options().create(true).truncate(false).write(true).open(&name).map_err(|cause| {
                Error::Configuration(format!("cannot open the lock file {}: {cause}", name.display()))
            })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => {
                Err(Error::Configuration(format!("another server already serves {}", path.display())))
            }
            Err(TryLockError::Error(cause)) => {
                Err(Error::Configuration(format!("cannot lock {}: {cause}", name.display())))
            }
        }
    }
}
