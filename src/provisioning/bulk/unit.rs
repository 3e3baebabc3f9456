//! One operation, or the operations of a circle, which hold together or not at all (RFC 7644 section 3.7.1).
//!
//! In a circle each resource is first made without what refers to those not made yet, then replaced by the whole of it.

use super::Run;
use super::progress::{Progress, failed};
use crate::provisioning::change::{Change, Changed};
use crate::provisioning::{Error, Target, render};
use crate::scim;
use crate::scim::bulk::{Method, Operation, parts, reference};
use crate::scim::etag::{Conditions, Precondition};
use crate::store::{self, Tx};

/// What became of an operation.
#[derive(Debug)]
pub struct Answer {
    /// The resource's URL; there is none when a POST failed or the path leads to no resource.
    pub location: Option<String>,
    /// Its version afterwards, where there is still one.
    pub version: Option<i64>,
    /// The status of a success, or why it failed.
    pub outcome: Result<u16, Error>,
    /// Names that were given and not taken.
    pub(super) ignored: Vec<String>,
}

/// Carries out a unit; a refusal is the answer of each of its operations.
///
/// # Errors
/// What the whole transaction must fail of, and may be run again for.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    run: &Run,
    unit: &[usize],
    progress: &mut Progress,
) -> Result<Vec<(usize, Answer)>, Error> {
    let operations: Vec<(usize, &Operation)> =
        unit.iter().filter_map(|index| Some((*index, run.request.operations.get(*index)?))).collect();
    let mut current = 0;
    match tx.savepoint(|tx| together(tx, run, &operations, progress, &mut current)) {
        Ok(answers) => Ok(answers),
        Err(Error::Store(cause @ (store::Error::Unavailable(_) | store::Error::Gone))) => Err(cause.into()),
        Err(error) => Ok(refused(run, &operations, progress, current, error)),
    }
}

fn together(
    tx: &mut Tx<'_>,
    run: &Run,
    operations: &[(usize, &Operation)],
    progress: &mut Progress,
    current: &mut usize,
) -> Result<Vec<(usize, Answer)>, Error> {
    let (mut answers, mut incomplete) = (Vec::with_capacity(operations.len()), Vec::new());
    for (index, operation) in operations {
        *current = *index;
        let is_complete = progress.is_complete(&run.request, operation)?;
        let target = target(run, operation, progress)?;
        let changed = read(run, operation, &target, progress, is_complete)?.carry_out(tx, &run.call, &target)?;
        if let Some(resource) = &changed.resource {
            progress.made(*index, &resource.id);
        }
        if is_complete {
            answers.push((*index, answer(run, &target, changed)));
        } else {
            incomplete.push((*index, operation, made(target, &changed)));
        }
    }
    for (index, operation, target) in incomplete {
        *current = index;
        let body = resolved(run, operation, progress);
        let whole = Change::read(&run.call, &target, Method::Put, body)?.carry_out(tx, &run.call, &target)?;
        answers.push((index, answer(run, &target, Changed { status: 201, ..whole })));
    }
    Ok(answers)
}

/// Where an operation leads, by single request: endpoint, id and `If-Match`.
fn target(run: &Run, operation: &Operation, progress: &Progress) -> Result<Target, scim::Error> {
    let (endpoint, id) = parts(operation.method, &operation.path, &run.call.base_url)?;
    let made = id.and_then(reference::referred).and_then(|bulk_id| progress.id_of(&run.request, bulk_id));
    let condition = operation.version.as_deref().filter(|_| operation.method != Method::Post);
    let if_match = condition.map(Precondition::parse).transpose()?;
    Ok(Target::find(&run.call, endpoint, made.or(id))?.only_if(Conditions { if_match, ..Conditions::default() }))
}

/// The change an operation asks for, without what refers to those not made yet.
fn read(
    run: &Run,
    operation: &Operation,
    target: &Target,
    progress: &Progress,
    is_complete: bool,
) -> Result<Change, scim::Error> {
    let whole = Change::read(&run.call, target, operation.method, resolved(run, operation, progress))?;
    if is_complete {
        return Ok(whole);
    }
    let body = reference::reduced(&operation.data, &|bulk_id| progress.id_of(&run.request, bulk_id));
    Change::read(&run.call, target, operation.method, body).map_err(|_| {
        scim::Error::new(409, "a required attribute refers, in a circle, to what cannot be made before it")
    })
}

fn resolved(run: &Run, operation: &Operation, progress: &Progress) -> serde_json::Value {
    reference::resolved(&operation.data, &|bulk_id| progress.id_of(&run.request, bulk_id))
}

/// The resource that was just made, to be changed.
fn made(target: Target, changed: &Changed) -> Target {
    let id = changed.resource.as_ref().map(|resource| resource.id.clone()).unwrap_or_default();
    Target { id, ..target }
}

fn answer(run: &Run, target: &Target, changed: Changed) -> Answer {
    let id = changed.resource.as_ref().map_or(&target.id, |resource| &resource.id);
    Answer {
        location: Some(render::location(&run.call, target, id)),
        version: changed.resource.as_ref().map(|resource| resource.version),
        outcome: Ok(changed.status),
        ignored: changed.ignored,
    }
}

/// The URL of the resource that an operation is to change.
pub(super) fn location(run: &Run, operation: &Operation, progress: &Progress) -> Option<String> {
    let target = target(run, operation, progress).ok().filter(|_| operation.method != Method::Post)?;
    Some(render::location(&run.call, &target, &target.id))
}

/// The one that failed says why; the others of its circle need it.
fn refused(
    run: &Run,
    operations: &[(usize, &Operation)],
    progress: &mut Progress,
    culprit: usize,
    error: Error,
) -> Vec<(usize, Answer)> {
    let mut error = Some(error);
    let mut answers = Vec::with_capacity(operations.len());
    for (index, operation) in operations {
        let own = if *index == culprit { error.take() } else { None };
        let answer = Answer {
            location: location(run, operation, progress),
            version: None,
            outcome: Err(own.unwrap_or_else(|| failed().into())),
            ignored: Vec::new(),
        };
        answers.push((*index, answer));
    }
    for (index, _) in operations {
        progress.failed(*index);
    }
    answers
}
