//! Periodic work: one file a job, one runner, and a lease row a job, so that one server of many does it.

mod purge_connections;
mod purge_departures;
mod purge_sign_in_answers;

use std::time::Duration;

use crate::clock::{Clock, micros};
use crate::id::Ids;
use crate::identity::Act;
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
    /// Does one bounded step; true when there may be more.
    step: fn(&mut Tx<'_>, &Act) -> Result<bool, Error>,
}

const JOBS: [Job; 3] = [purge_connections::JOB, purge_departures::JOB, purge_sign_in_answers::JOB];

/// Runs every job that is due and whose lease is free; returns the names of those that ran.
///
/// # Errors
/// Those of the store; a job that fails is recorded and does not keep the others from running.
pub async fn run_due(store: &Store, clock: &Clock, ids: &Ids) -> Result<Vec<&'static str>, Error> {
    let mut ran = Vec::new();
    for job in JOBS {
        if take(store, clock, ids, job).await? {
            let error = run(store, clock, ids, job).await.err().map(|cause| cause.to_string());
            if let Some(cause) = &error {
                tracing::error!(job = job.name, cause, "a job failed");
            }
            finish(store, clock, job, error).await?;
            ran.push(job.name);
        }
    }
    Ok(ran)
}

/// Runs due jobs again and again until the future is dropped.
pub async fn run_forever(store: Store, clock: Clock, ids: Ids) {
    loop {
        if let Err(cause) = run_due(&store, &clock, &ids).await {
            tracing::warn!(%cause, "jobs could not run");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn take(store: &Store, clock: &Clock, ids: &Ids, job: Job) -> Result<bool, Error> {
    let (holder, now) = (ids.prefixed("run"), clock.now());
    let taken = store.write(move |tx| jobs::take_lease(tx, job.name, &holder, now, now + micros(LEASE))).await;
    match taken {
        Err(Error::Conflict) => Ok(false),
        other => other,
    }
}

async fn run(store: &Store, clock: &Clock, ids: &Ids, job: Job) -> Result<(), Error> {
    loop {
        let act = Act {
            actor: format!("job:{}", job.name),
            request_id: ids.prefixed("run"),
            now: clock.now(),
            ids: ids.clone(),
        };
        if !store.write(move |tx| (job.step)(tx, &act)).await? {
            return Ok(());
        }
    }
}

async fn finish(store: &Store, clock: &Clock, job: Job, error: Option<String>) -> Result<(), Error> {
    let now = clock.now();
    store.write(move |tx| jobs::finish(tx, job.name, now, now + micros(job.every), error.as_deref())).await
}
