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
    /// What the rest was not carried out for, when the store gave up on the way.
    pub lost: Option<Lost>,
}

/// What was not carried out.
#[derive(Debug)]
pub struct Lost {
    /// Why.
    pub cause: Error,
    /// By operation, the URL of the resource that was to be changed.
    pub locations: BTreeMap<usize, String>,
}

/// Operations and on whose behalf they are carried out.
#[derive(Clone)]
struct Run {
    call: Arc<Call>,
    request: Arc<BulkRequest>,
}

/// Carries out a request; a refusal of an operation is its answer.
///
/// # Errors
/// A failure of the store before anything was done.
pub async fn bulk(store: &Store, call: &Arc<Call>, request: &Arc<BulkRequest>) -> Result<Bulk, Error> {
    let run = Run { call: Arc::clone(call), request: Arc::clone(request) };
    let (mut progress, mut answers) = (Progress::default(), BTreeMap::new());
    for units in chunks(bulk::units(&request.references())) {
        let (job, before) = (run.clone(), progress.clone());
        match store.write(move |tx| chunk(tx, &job, &units, before.clone())).await {
            Ok((after, done)) => {
                for (_, answer) in &done {
                    ignored::tell(&answer.ignored);
                }
                answers.extend(done);
                progress = after;
            }
            Err(cause) if answers.is_empty() => return Err(cause),
            Err(cause) => return Ok(Bulk { answers, lost: Some(lost(&run, &progress, cause)) }),
        }
        if progress.is_over(request) {
            break;
        }
    }
    Ok(Bulk { answers, lost: None })
}

fn lost(run: &Run, progress: &Progress, cause: Error) -> Lost {
    let operations = run.request.operations.iter().enumerate();
    let locations =
        operations.filter_map(|(index, operation)| Some((index, unit::location(run, operation, progress)?)));
    Lost { cause, locations: locations.collect() }
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
