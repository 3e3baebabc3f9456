//! The SQLite writer: one thread, many jobs a transaction, one commit, then the answers.
//!
//! A commit costs an fsync; sharing it among all jobs that wait is what makes durable writes fast. Each job runs in a
//! savepoint, so that one refusal does not touch its neighbours. When the transaction itself is lost, every job in it is
//! told [`Error::Unavailable`]. A failed fsync ends the process: what the disk holds is then unknown, and only recovery
//! at the next start tells.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use tokio::sync::oneshot;

use super::attribute_paths::PathCache;
use super::backend::{AnyConnection, Manager, Session};
use super::{Error, Tx};

/// Jobs that may wait; one more is refused with [`Error::Unavailable`].
const QUEUE: usize = 4_096;
/// Jobs that share one commit.
const BATCH: usize = 256;
/// How long a write may wait for its turn and its commit; identity providers give up after a minute.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long the writer waits before it tries to open the database again.
const REOPEN_AFTER: Duration = Duration::from_millis(200);

type Transactions = <AnyConnection as Connection>::TransactionManager;

/// The handle to the writer thread; dropping it finishes the waiting jobs and ends the thread.
#[derive(Debug)]
pub(super) struct GroupCommit {
    sender: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl GroupCommit {
    pub(super) fn start(manager: Manager, session: Session, paths: Arc<PathCache>) -> Result<Self, Error> {
        let (sender, receiver) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("anteroom-writer".into())
            .spawn(move || run(&manager, session, &paths, &receiver))
            .map_err(Error::internal)?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    pub(super) async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let boxed = Box::new(Task { job, result: None, reply });
        let sender = self.sender.as_ref().ok_or_else(|| Error::unavailable("the writer has stopped"))?;
        sender.try_send(boxed).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::unavailable("too many writes are waiting"),
            TrySendError::Disconnected(_) => Error::unavailable("the writer has stopped"),
        })?;
        tokio::time::timeout(ANSWER_WITHIN, answer)
            .await
            .map_err(|_| Error::unavailable("the writer is too busy"))?
            .map_err(|_| Error::unavailable("the writer has stopped"))?
    }
}

impl Drop for GroupCommit {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// A write with its answer's type erased.
trait Job: Send {
    /// Whether the one who asked has gone.
    fn is_abandoned(&self) -> bool;
    /// Runs once; true keeps the changes.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Hands out the answer, or the failure of the transaction as a whole.
    fn finish(self: Box<Self>, lost: Option<&str>);
}

struct Task<T, E, F> {
    job: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Task<T, E, F>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.job)(tx)))
            .unwrap_or_else(|_| Err(Error::internal("a write panicked").into()));
        self.result.insert(result).is_ok()
    }

    fn finish(self: Box<Self>, lost: Option<&str>) {
        let answer = match (lost, self.result) {
            (None, Some(result)) => result,
            (cause, _) => Err(Error::unavailable(cause.unwrap_or("the write did not run")).into()),
        };
        drop(self.reply.send(answer));
    }
}

fn run(manager: &Manager, session: Session, paths: &PathCache, receiver: &Receiver<Box<dyn Job>>) {
    let mut session = session;
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        batch.extend(receiver.try_iter().take(BATCH - 1));
        batch.retain(|job| !job.is_abandoned());
        if batch.is_empty() {
            continue;
        }
        let lost = commit(&mut session.connection, paths, &mut batch).err().map(|cause| cause.to_string());
        if let Some(cause) = &lost {
            tracing::error!(cause, jobs = batch.len(), "a write transaction was lost");
            end_if_the_disk_failed(cause);
        }
        for job in batch {
            job.finish(lost.as_deref());
        }
        if lost.is_some() {
            // Closing the connection undoes whatever the transaction had done.
            drop(session);
            match reopened(manager, receiver) {
                Some(fresh) => session = fresh,
                None => return,
            }
        }
    }
}

/// A new connection as soon as the file can be opened; whoever asks meanwhile is told to come back. `None` when nobody is
/// left to ask.
fn reopened(manager: &Manager, receiver: &Receiver<Box<dyn Job>>) -> Option<Session> {
    loop {
        match manager.reopen() {
            Ok(session) => return Some(session),
            Err(cause) => tracing::error!(%cause, "the writer cannot open the database"),
        }
        match receiver.recv_timeout(REOPEN_AFTER) {
            Ok(first) => {
                for job in std::iter::once(first).chain(receiver.try_iter()) {
                    job.finish(Some("the database cannot be opened"));
                }
                std::thread::sleep(REOPEN_AFTER);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// One transaction for the whole batch; an error means that none of it holds.
fn commit(connection: &mut AnyConnection, paths: &PathCache, batch: &mut [Box<dyn Job>]) -> Result<(), Error> {
    if let AnyConnection::Sqlite(inner) = connection {
        AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")?;
    }
    for job in batch {
        Transactions::begin_transaction(connection)?;
        if job.run(&mut Tx::new(connection, paths)) {
            Transactions::commit_transaction(connection)?;
        } else {
            Transactions::rollback_transaction(connection)?;
        }
    }
    Ok(Transactions::commit_transaction(connection)?)
}

fn end_if_the_disk_failed(cause: &str) {
    if cause.contains("disk I/O error") {
        tracing::error!("the disk failed to keep a write; stopping so that recovery decides at the next start");
        std::process::exit(74);
    }
}
