//! Removes what is left of connections, seven days after they were deleted.

use std::time::Duration;

use super::{Job, Work};
use crate::identity::connections;

pub(super) const JOB: Job =
    Job { name: "purge_connections", every: Duration::from_hours(1), work: Work::Step(connections::purge) };
