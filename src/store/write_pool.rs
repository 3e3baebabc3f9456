//! Writes on PostgreSQL: a pooled connection, one READ COMMITTED transaction, run again after a deadlock.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{Connection, TransactionManager};
use tokio::sync::Semaphore;

use super::attribute_paths::PathCache;
use super::backend::{AnyConnection, Pool, Session};
use super::{Error, Tx};

/// How often a transaction is run again after a serialization failure or deadlock.
const ATTEMPTS: u32 = 8;

/// A bounded set of write connections.
#[derive(Debug)]
pub(super) struct WritePool {
    pool: Pool,
    permits: Arc<Semaphore>,
    wait: Duration,
    paths: Arc<PathCache>,
}

impl WritePool {
    pub(super) fn new(pool: Pool, wait: Duration, paths: Arc<PathCache>) -> Self {
        let permits = Arc::new(Semaphore::new(usize::try_from(pool.max_size()).unwrap_or(1)));
        Self { pool, permits, wait, paths }
    }

    pub(super) async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let permit = tokio::time::timeout(self.wait, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_| Error::unavailable("every writer is busy"))?
            .map_err(Error::internal)?;
        let (pool, paths, wait) = (self.pool.clone(), Arc::clone(&self.paths), self.wait);
        let work = move || {
            let _permit = permit;
            let (mut attempt, mut dead) = (1, 0);
            loop {
                let mut session = pool.get_timeout(wait).map_err(Error::unavailable)?;
                match transaction(&mut session, &paths, &job) {
                    Ended::Answered(answer) => return answer,
                    Ended::Dead(_) if dead < pool.max_size() => {
                        dead += 1;
                        continue;
                    }
                    Ended::Undone(_) if attempt < ATTEMPTS => attempt += 1,
                    Ended::Undone(cause) | Ended::Dead(cause) => return Err(Error::unavailable(cause).into()),
                }
                drop(session);
                std::thread::sleep(Duration::from_millis(u64::from(attempt) * 5));
            }
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

/// How one run of a transaction ended.
enum Ended<T, E> {
    Answered(Result<T, E>),
    /// Nothing was done and another run may succeed: a deadlock.
    Undone(String),
    /// Nothing was done: the connection had died while it was idle, as others in the pool may have.
    Dead(String),
}

type Manager = <AnyConnection as Connection>::TransactionManager;

fn transaction<T, E, F>(session: &mut Session, paths: &PathCache, job: &F) -> Ended<T, E>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E>,
    E: From<Error>,
{
    session.take_deadlock();
    if let Err(cause) = Manager::begin_transaction(&mut session.connection) {
        return Ended::Dead(cause.to_string());
    }
    let answer = job(&mut Tx::new(&mut session.connection, paths));
    // A deadlock inside a savepoint may have been taken for a refusal: then the answer is not the one to keep.
    let is_deadlocked = session.take_deadlock();
    let ended = if answer.is_ok() && !is_deadlocked {
        Manager::commit_transaction(&mut session.connection)
    } else {
        Manager::rollback_transaction(&mut session.connection)
    };
    if is_deadlocked || session.take_deadlock() {
        return Ended::Undone("deadlock".into());
    }
    match (answer, ended) {
        (Ok(_), Err(cause)) => Ended::Answered(Err(Error::unavailable(cause).into())),
        (answer, _) => Ended::Answered(answer),
    }
}
