//! The `PatchOp` message: its envelope and the paths in it.

use scim_filter_parser::PatchPath;
use serde_json::Value;

use super::{Operation, OperationKind};
use crate::scim::Error;
use crate::scim::error::excerpt;
use crate::scim::limits;
use crate::scim::message::{self, field};
use crate::scim::path::resolve;
use crate::scim::quirks::{self, Quirks};
use crate::scim::schema::{Catalogue, ResourceType};

const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Reads a PATCH body.
///
/// # Errors
/// 400 `invalidSyntax` for a wrong envelope, `invalidPath` for a path that cannot be read or that no attribute has,
/// `noTarget` for a removal without a path, `invalidValue` for an addition or replacement without a value.
pub fn parse(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    body: &Value,
    quirks: &Quirks,
) -> Result<Vec<Operation>, Error> {
    let body = message::of(body, PATCH_URN)?;
    let operations = field(body, "Operations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if operations.len() > limits::PATCH_OPERATIONS {
        return Err(Error::too_many(format!("at most {} operations in one request", limits::PATCH_OPERATIONS)));
    }
    if operations.is_empty() {
        return Err(Error::invalid_syntax("Operations must be an array of at least one operation"));
    }
    operations.iter().map(|given| operation(catalogue, resource_type, given, quirks)).collect()
}

fn operation(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    given: &Value,
    quirks: &Quirks,
) -> Result<Operation, Error> {
    let given = given.as_object().ok_or_else(|| Error::invalid_syntax("an operation must be a JSON object"))?;
    let word = field(given, "op").and_then(Value::as_str).unwrap_or_default();
    let kind = quirks::operation(word).ok_or_else(|| Error::invalid_syntax("op must be add, remove or replace"))?;
    let path = match field(given, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(path(catalogue, resource_type, text, quirks)?),
        Some(_) => return Err(Error::invalid_path("path must be a string")),
    };
    let value = field(given, "value").cloned();
    match (kind, &path, &value) {
        (OperationKind::Remove, None, _) => Err(Error::no_target("a removal needs a path")),
        (OperationKind::Add | OperationKind::Replace, _, None) => {
            Err(Error::invalid_value("the operation needs a value"))
        }
        _ => Ok(Operation { kind, path, value }),
    }
}

fn path(catalogue: &Catalogue, resource_type: &ResourceType, text: &str, quirks: &Quirks) -> Result<PatchPath, Error> {
    let path = PatchPath::parse_with(text, &quirks.filter_options())
        .map_err(|error| Error::invalid_path(format!("path: {error}")))?;
    resolve(catalogue, resource_type, &path.attribute).map_err(|_| unknown(text))?;
    Ok(path)
}

/// The refusal of a path that names no attribute.
pub(super) fn unknown(path: &str) -> Error {
    Error::invalid_path(format!("no attribute has the path {}", excerpt(path)))
}
