//! The `BulkRequest` message (RFC 7644 section 3.7).
//!
//! A fault of the message refuses all of it and nothing is done: who writes the message wrongly may mean something else with
//! the rest of it, too. What is wrong with a path, a version or the data is the fault of one operation.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::reference;
use crate::scim::Error;
use crate::scim::error::excerpt;
use crate::scim::limits;
use crate::scim::message::{self, field};

const REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// Many operations.
#[derive(Clone, Debug)]
pub struct BulkRequest {
    /// After how many errors to stop; never 0.
    pub fail_on_errors: Option<usize>,
    /// From 1 to [`limits::BULK_OPERATIONS`].
    pub operations: Vec<Operation>,
    creations: HashMap<String, usize>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What to do.
    pub method: Method,
    /// The client's name for it; always there for POST.
    pub bulk_id: Option<String>,
    /// Where, below the directory.
    pub path: String,
    /// The entity tag that the resource must have, unread.
    pub version: Option<String>,
    /// The body; null when there is none.
    pub data: Value,
    /// The identifiers that path and data refer to.
    pub references: BTreeSet<String>,
}

/// The method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Creates.
    Post,
    /// Replaces.
    Put,
    /// Modifies.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    const ALL: [Self; 4] = [Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The word, in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl BulkRequest {
    /// Reads the message; member names and methods in any letter case.
    ///
    /// # Errors
    /// 413 for too many operations, 400 `invalidSyntax` for a wrong structure, 400 `invalidValue` for a `failOnErrors`
    /// that is no positive integer and for a `bulkId` that a POST lacks or that is given twice.
    pub fn parse(mut body: Value) -> Result<Self, Error> {
        let message = message::open(&body, REQUEST_URN)?;
        let fail_on_errors = given(message, "failOnErrors").map(positive).transpose()?;
        let operations = match body.as_object_mut().and_then(|message| message::take(message, "Operations")) {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => return Err(Error::invalid_syntax("Operations must be an array of at least one operation")),
        };
        if operations.len() > limits::BULK_OPERATIONS {
            let most = limits::BULK_OPERATIONS;
            return Err(Error::new(413, format!("at most {most} operations in one request (maxOperations)")));
        }
        let operations = operations.into_iter().map(operation).collect::<Result<Vec<_>, _>>()?;
        let creations = creations(&operations)?;
        Ok(Self { fail_on_errors, operations, creations })
    }

    /// The operation that creates what a `bulkId` stands for.
    pub fn creation(&self, bulk_id: &str) -> Option<usize> {
        self.creations.get(bulk_id).copied()
    }

    /// By operation, the ones it refers to.
    pub fn references(&self) -> Vec<BTreeSet<usize>> {
        let mut last = HashMap::new();
        let of = |(index, operation): (usize, &Operation)| {
            let mut waits: BTreeSet<usize> = operation.references.iter().filter_map(|id| self.creation(id)).collect();
            // What is asked of one resource is done in the order in which it is asked.
            if operation.method != Method::Post {
                waits.extend(last.insert(operation.path.clone(), index));
            }
            waits
        };
        self.operations.iter().enumerate().map(of).collect()
    }
}

/// What creates under which name.
fn creations(operations: &[Operation]) -> Result<HashMap<String, usize>, Error> {
    let (mut creations, mut seen) = (HashMap::new(), BTreeSet::new());
    for (index, operation) in operations.iter().enumerate() {
        let Some(bulk_id) = &operation.bulk_id else { continue };
        if !seen.insert(bulk_id) {
            return Err(Error::invalid_value(format!("bulkId {} is given twice", excerpt(bulk_id))));
        }
        if operation.method == Method::Post {
            creations.insert(bulk_id.clone(), index);
        }
    }
    Ok(creations)
}

fn operation(given: Value) -> Result<Operation, Error> {
    let Value::Object(mut object) = given else {
        return Err(Error::invalid_syntax("an operation must be a JSON object"));
    };
    let word = text(&object, "method")?.unwrap_or_default();
    let method = Method::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(&word));
    let method = method.ok_or_else(|| Error::invalid_syntax("method must be POST, PUT, PATCH or DELETE"))?;
    let path = text(&object, "path")?.ok_or_else(|| Error::invalid_syntax("an operation needs a path"))?;
    let bulk_id = text(&object, "bulkId")?.filter(|bulk_id| !bulk_id.is_empty());
    if method == Method::Post && bulk_id.is_none() {
        return Err(Error::invalid_value("a POST needs a bulkId"));
    }
    let version = text(&object, "version")?;
    let data = message::take(&mut object, "data").filter(|_| method != Method::Delete).unwrap_or_default();
    let mut references = reference::all(&data);
    references.extend(path.rsplit('/').next().and_then(reference::referred).map(str::to_owned));
    Ok(Operation { method, bulk_id, path, version, data, references })
}

/// A member that is there and not null.
fn given<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    field(object, name).filter(|value| !value.is_null())
}

fn text(object: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match given(object, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid_syntax(format!("{name} must be a string"))),
    }
}

fn positive(value: &Value) -> Result<usize, Error> {
    let number = value.as_u64().filter(|number| *number > 0);
    // One that no machine word holds is as good as none.
    number
        .map(|number| usize::try_from(number).unwrap_or(usize::MAX))
        .ok_or_else(|| Error::invalid_value("failOnErrors must be an integer of at least 1"))
}
