//! Looks once a day whether the TXT records that prove domains are there.

use std::time::Duration;

use super::{Job, Work};
use crate::identity::domains::proof;

/// Each claim says itself when it is due.
pub(super) const JOB: Job = Job {
    name: "check_domains",
    every: Duration::from_hours(1),
    work: Work::Outside(|runner, act| Box::pin(proof::check_due(&runner.store, &runner.resolver, act))),
};
