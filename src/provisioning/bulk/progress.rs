//! How far a Bulk request has come: what its references mean by now.

use std::collections::{BTreeSet, HashMap};

use crate::scim;
use crate::scim::bulk::{BulkRequest, Operation};
use crate::scim::error::excerpt;

/// What was made and what failed, by operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    made: HashMap<usize, String>,
    failed: BTreeSet<usize>,
}

impl Progress {
    /// Notes the id of what an operation made.
    pub(super) fn made(&mut self, operation: usize, id: &str) {
        self.made.insert(operation, id.to_owned());
    }

    /// Notes that an operation made nothing.
    pub(super) fn failed(&mut self, operation: usize) {
        self.made.remove(&operation);
        self.failed.insert(operation);
    }

    /// Whether there were as many errors as the client will have.
    pub(super) fn is_over(&self, request: &BulkRequest) -> bool {
        request.fail_on_errors.is_some_and(|most| self.failed.len() >= most)
    }

    /// The id that a `bulkId` stands for, once it was made.
    pub(super) fn id_of(&self, request: &BulkRequest, bulk_id: &str) -> Option<&str> {
        self.made.get(&request.creation(bulk_id)?).map(String::as_str)
    }

    /// Whether everything an operation refers to was made.
    ///
    /// # Errors
    /// 400 `invalidValue` for a reference to nothing, 409 for one to what failed.
    pub(super) fn is_complete(&self, request: &BulkRequest, operation: &Operation) -> Result<bool, scim::Error> {
        for bulk_id in &operation.references {
            let creation = request.creation(bulk_id).ok_or_else(|| unknown(bulk_id))?;
            if self.failed.contains(&creation) {
                return Err(failed());
            }
        }
        Ok(operation.references.iter().all(|bulk_id| self.id_of(request, bulk_id).is_some()))
    }
}

fn unknown(bulk_id: &str) -> scim::Error {
    scim::Error::invalid_value(format!("no operation creates bulkId {}", excerpt(bulk_id)))
}

/// The refusal of what refers to an operation that failed.
pub(super) fn failed() -> scim::Error {
    scim::Error::new(409, "the operation refers to another one that failed")
}
