//! All that knows the database.
//!
//! [`Store`] opens transactions; the functions of the modules below run inside one and take a [`Tx`]. Reads share a pool
//! behind a semaphore, so that overload waits as futures and ends in [`Error::Unavailable`] after a deadline. Writes go
//! through the group-commit thread on SQLite and through a pool on PostgreSQL. A write is a `Fn`: it may be run again
//! after a deadlock, and returns its finished answer, which is handed out only once the transaction is durable.

mod attribute_paths;
mod backend;
pub mod clients;
pub mod connections;
pub mod counts;
pub mod definitions;
pub mod departures;
pub mod diagnosis;
pub mod directories;
pub mod domains;
mod error;
pub mod events;
mod filter_sql;
mod group_commit;
pub mod identities;
pub mod jobs;
mod keys;
pub mod locks;
pub mod members;
pub mod meta;
mod migrate;
pub mod nesting;
mod open;
pub mod organizations;
pub mod pending_members;
pub mod people;
pub mod properties;
pub mod purges;
pub mod resources;
pub mod roles;
mod schema;
pub mod scim_clients;
pub mod shares;
pub mod sign_in_answers;
pub mod signing_keys;
mod sql;
mod statements;
pub mod tokens;
mod tx;
pub mod undos;
pub mod unique_values;
pub mod users;
mod values;
pub mod window;
mod write_pool;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use backend::DatabaseUrl;
pub use error::Error;
pub use keys::{
    ClientKey, ConnectionKey, DirectoryKey, IdentityKey, OrganizationKey, PropertyKey, ResourceKey, RoleKey,
    ScimClientKey, UserKey,
};
pub use open::{Options, ServeLock};
pub use statements::Statements;
pub use tx::Tx;

use attribute_paths::PathCache;
use backend::Pool;
use group_commit::GroupCommit;
use shares::Shares;
use write_pool::WritePool;

/// A handle to the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    readers: Pool,
    read_permits: Arc<Semaphore>,
    shares: Shares,
    wait: Duration,
    writer: Writer,
    paths: Arc<PathCache>,
    statements: Statements,
}

#[derive(Debug)]
enum Writer {
    Group(GroupCommit),
    Pool(WritePool),
}

impl Store {
    /// Runs `job` on a read connection.
    ///
    /// # Errors
    /// Those of `job`, and [`Error::Unavailable`] when no connection is free in time or the database is down.
    pub async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let permits = Arc::clone(&self.inner.read_permits);
        let permit = tokio::time::timeout(self.inner.wait, permits.acquire_owned())
            .await
            .map_err(|_| Error::unavailable("every reader is busy"))?
            .map_err(Error::internal)?;
        let inner = Arc::clone(&self.inner);
        let work = move || {
            let _permit = permit;
            inner.read_once(&job)
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    /// Runs `job` on a read connection, of which one tenant holds at most half: a busy directory leaves the others theirs.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read_of<T, E, F>(&self, connection: ConnectionKey, job: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let share = self.inner.shares.of(connection);
        let part = tokio::time::timeout(self.inner.wait, share.acquire_owned())
            .await
            .map_err(|_| Error::unavailable("the directory's share of the readers is busy"))?
            .map_err(Error::internal)?;
        // The share is held by the work itself, which goes on when the one who asked has gone.
        self.read(move |tx| {
            let _held = &part;
            tx.snapshot(&job)
        })
        .await
    }

    /// Runs `job` in one write transaction; the answer comes after the commit is durable.
    ///
    /// # Errors
    /// Those of `job` (its changes are undone), and [`Error::Unavailable`] when the transaction was lost.
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.inner.writer {
            Writer::Group(group) => group.write(job).await,
            Writer::Pool(pool) => pool.write(job).await,
        }
    }

    /// How many statements this store has run.
    pub fn statements(&self) -> &Statements {
        &self.inner.statements
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.read(meta::ping).await.is_ok()
    }
}

impl Inner {
    /// Pooled connections may have died since their last use, all of them when the database was away: on to the next
    /// until one lives.
    fn read_once<T, E: From<Error>>(&self, job: &impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut dead = 0;
        loop {
            let mut session = self.readers.get_timeout(self.wait).map_err(Error::unavailable)?;
            let answer = job(&mut Tx::new(&mut session.connection, &self.paths));
            if answer.is_ok() || !session.is_broken() || dead == self.readers.max_size() {
                return answer;
            }
            dead += 1;
        }
    }
}
