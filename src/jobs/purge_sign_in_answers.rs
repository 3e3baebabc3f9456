//! Forgets stored sign-in answers that no repetition can ask for any more.

use std::time::Duration;

use super::{Job, Work};
use crate::clock::micros;
use crate::identity::Act;
use crate::store::{Error, Tx, sign_in_answers};

/// Twice the time an answer is repeated for.
const KEEP: Duration = Duration::from_mins(10);

pub(super) const JOB: Job =
    Job { name: "purge_sign_in_answers", every: Duration::from_mins(10), work: Work::Step(step) };

fn step(tx: &mut Tx<'_>, act: &Act) -> Result<bool, Error> {
    sign_in_answers::delete_before(tx, act.now - micros(KEEP)).map(|_| false)
}
