//! Forgets who left, thirty days after they did (connection setting `departure_days`).

use std::time::Duration;

use super::{Job, Work};
use crate::identity::departures;

pub(super) const JOB: Job =
    Job { name: "purge_departures", every: Duration::from_hours(1), work: Work::Step(departures::purge) };
