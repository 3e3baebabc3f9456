//! Many operations in one request (RFC 7644 section 3.7).
//!
//! Each operation is carried out by what carries out the single request, in a savepoint of its own: what it was refused
//! leaves nothing behind and does not disturb the others. Some tens of them share a transaction, so that a thousand cost
//! few commits and hold locks for a short time; a chunk whose transaction is lost ends the request.

mod progress;
mod unit;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Call, Error, ignored};
use crate::scim::bulk::{self, BulkRequest};
use crate::store::{Store, Tx};
use progress::Progress;
use unit::Answer;

/// Operations that share a transaction; PostgreSQL keeps up to 64 savepoints of one at hand.
const CHUNK: usize = 50;

/// What became of a request.
#[derive(Debug)]
pub struct Bulk {
    /// By operation; one that was not tried has none.
    pub answers: BTreeMap<usize, Answer>,
    /// Why the rest was not carried out, when the store gave up on the way.
    pub lost: Option<Error>,
}

/// Operations and on whose behalf they are carried out.
struct Run {
    call: Arc<Call>,
    request: Arc<BulkRequest>,
}

/// Carries out a request; a refusal of an operation is its answer.
///
/// # Errors
/// A failure of the store before anything was done.
pub async fn bulk(store: &Store, call: &Arc<Call>, request: &Arc<BulkRequest>) -> Result<Bulk, Error> {
    let mut progress = Progress::default();
    let mut done = Bulk { answers: BTreeMap::new(), lost: None };
    for units in chunks(bulk::units(&request.references())) {
        let run = Run { call: Arc::clone(call), request: Arc::clone(request) };
        let before = progress.clone();
        match store.write(move |tx| chunk(tx, &run, &units, before.clone())).await {
            Ok((after, answers)) => {
                for (_, answer) in &answers {
                    ignored::tell(&answer.ignored);
                }
                done.answers.extend(answers);
                progress = after;
            }
            Err(cause) if done.answers.is_empty() => return Err(cause),
            Err(cause) => {
                done.lost = Some(cause);
                break;
            }
        }
        if progress.is_over(request) {
            break;
        }
    }
    Ok(done)
}

/// Units in order, together up to [`CHUNK`] operations where one unit alone has no more.
fn chunks(units: Vec<Vec<usize>>) -> Vec<Vec<Vec<usize>>> {
    let mut chunks: Vec<Vec<Vec<usize>>> = Vec::new();
    let mut size = 0;
    for unit in units {
        size += unit.len();
        match chunks.last_mut() {
            Some(last) if size <= CHUNK => last.push(unit),
            _ => {
                size = unit.len();
                chunks.push(vec![unit]);
            }
        }
    }
    chunks
}

fn chunk(
    tx: &mut Tx<'_>,
    run: &Run,
    units: &[Vec<usize>],
    before: Progress,
) -> Result<(Progress, Vec<(usize, Answer)>), Error> {
    let (mut progress, mut answers) = (before, Vec::new());
    for operations in units {
        if progress.is_over(&run.request) {
            break;
        }
        answers.extend(unit::carry_out(tx, run, operations, &mut progress)?);
    }
    Ok((progress, answers))
}
