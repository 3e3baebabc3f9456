//! The `BulkResponse` message (RFC 7644 section 3.7).

use serde_json::{Map, Value, json};

use super::Operation;
use crate::scim::Error;
use crate::scim::etag::etag;

const RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// What became of an operation.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The resource's URL; there is none when a POST failed or the path leads to no resource.
    pub location: Option<String>,
    /// The resource's version afterwards, where there is still one.
    pub version: Option<i64>,
    /// The status of a success, or why it failed.
    pub outcome: Result<u16, Error>,
}

/// The message, with the answers in the order given.
pub fn response<'a>(answers: impl Iterator<Item = Answer<'a>>) -> Value {
    json!({ "schemas": [RESPONSE_URN], "Operations": answers.map(entry).collect::<Vec<_>>() })
}

fn entry(answer: Answer<'_>) -> Value {
    let mut entry = Map::new();
    entry.insert("method".to_owned(), answer.operation.method.as_str().into());
    if let Some(bulk_id) = &answer.operation.bulk_id {
        entry.insert("bulkId".to_owned(), bulk_id.as_str().into());
    }
    if let Some(version) = answer.version {
        entry.insert("version".to_owned(), etag(version).into());
    }
    if let Some(location) = answer.location {
        entry.insert("location".to_owned(), location.into());
    }
    let status = answer.outcome.as_ref().map_or_else(|error| error.status, |status| *status);
    entry.insert("status".to_owned(), status.to_string().into());
    if let Err(error) = &answer.outcome {
        entry.insert("response".to_owned(), error.to_json());
    }
    Value::Object(entry)
}
