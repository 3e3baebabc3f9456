//! Periodic work: one file a job, one runner, and a lease row a job, so that one server of many does it.

mod check_domains;
mod purge_connections;
mod purge_departures;
mod purge_sign_in_answers;

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::clock::{Clock, micros};
use crate::id::Ids;
use crate::identity::Act;
use crate::outbound::dns::Resolver;
use crate::store::{Error, Store, Tx, jobs};

/// How long a job may hold its lease before another server takes over.
const LEASE: Duration = Duration::from_mins(10);
/// How often a server looks for due jobs.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// One kind of periodic work.
#[derive(Clone, Copy, Debug)]
struct Job {
    name: &'static str,
    every: Duration,
    work: Work,
}

/// What is done again and again until it says that there is no more; each time it is bounded.
#[derive(Clone, Copy, Debug)]
enum Work {
    /// In one transaction.
    Step(fn(&mut Tx<'_>, &Act) -> Result<bool, Error>),
    /// With calls to the outside, which no transaction waits for.
    Outside(for<'a> fn(&'a Runner, Act) -> BoxFuture<'a, Result<bool, Error>>),
}

const JOBS: [Job; 4] = [check_domains::JOB, purge_connections::JOB, purge_departures::JOB, purge_sign_in_answers::JOB];

/// How many kinds of periodic work there are.
pub const KINDS: usize = JOBS.len();

/// What jobs work with.
#[derive(Clone, Debug)]
pub struct Runner {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The ids.
    pub ids: Ids,
    /// What asks the DNS.
    pub resolver: Resolver,
}

impl Runner {
    /// Runs every job that is due and whose lease is free; returns the names of those that ran.
    ///
    /// # Errors
    /// Those of the store; a job that fails is recorded and does not keep the others from running.
    pub async fn run_due(&self) -> Result<Vec<&'static str>, Error> {
        let mut ran = Vec::new();
        for job in JOBS {
            if self.take(job).await? {
                let error = self.run(job).await.err().map(|cause| cause.to_string());
                if let Some(cause) = &error {
                    tracing::error!(job = job.name, cause, "a job failed");
                }
                self.finish(job, error).await?;
                ran.push(job.name);
            }
        }
        Ok(ran)
    }

    /// Runs due jobs again and again until the future is dropped.
    pub async fn run_forever(self) {
        loop {
            if let Err(cause) = self.run_due().await {
                tracing::warn!(%cause, "jobs could not run");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn take(&self, job: Job) -> Result<bool, Error> {
        let (holder, now) = (self.ids.prefixed("run"), self.clock.now());
        let taken = self.store.write(move |tx| jobs::take_lease(tx, job.name, &holder, now, now + micros(LEASE)));
        match taken.await {
            Err(Error::Conflict) => Ok(false),
            other => other,
        }
    }

    async fn run(&self, job: Job) -> Result<(), Error> {
        loop {
            let act = Act {
                actor: format!("job:{}", job.name),
                request_id: self.ids.prefixed("run"),
                now: self.clock.now(),
                ids: self.ids.clone(),
            };
            let has_more = match job.work {
                Work::Step(step) => self.store.write(move |tx| step(tx, &act)).await?,
                Work::Outside(step) => step(self, act).await?,
            };
            if !has_more {
                return Ok(());
            }
        }
    }

    async fn finish(&self, job: Job, error: Option<String>) -> Result<(), Error> {
        let now = self.clock.now();
        self.store.write(move |tx| jobs::finish(tx, job.name, now, now + micros(job.every), error.as_deref())).await
    }
}
