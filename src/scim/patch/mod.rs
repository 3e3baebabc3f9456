//! PATCH (RFC 7644 section 3.5.2): operations applied in order to a copy of the document, all or none.
//!
//! Changes of a group's members come out as deltas: nothing here needs to know who is in the group.

mod apply;
mod attribute;
mod members;
mod value_path;

use scim_filter_parser::{Filter, PatchPath};
use serde_json::{Map, Value};

use super::error::{Error, excerpt};
use super::limits;
use super::quirks::Quirks;
use super::resource::Document;
use super::validate::MemberInput;

pub use apply::apply;

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What to do.
    pub op: Op,
    /// Where; `None` for the resource itself.
    pub path: Option<PatchPath>,
    /// With what.
    pub value: Option<Value>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the RFC's words")]
pub enum Op {
    Add,
    Replace,
    Remove,
}

/// The outcome.
#[derive(Clone, Debug)]
pub struct Patched {
    /// The document after all operations.
    pub document: Document,
    /// Changes of members, in order.
    pub members: Vec<MemberChange>,
    /// Names that were left aside.
    pub ignored: Vec<String>,
}

/// A change of a group's members.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberChange {
    /// These become members, if they are not.
    Add(Vec<MemberInput>),
    /// These are no members any more, if they were.
    Remove(MemberFilter),
    /// The members are exactly these.
    Replace(Vec<MemberInput>),
}

/// Which members a removal means.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberFilter {
    /// Every one.
    All,
    /// Those with these ids.
    Values(Vec<String>),
    /// Those that satisfy a filter.
    Matching(Filter),
}

/// Reads a PatchOp body. Names of its parts and `op` are taken in any letter case: Entra writes `Add`.
///
/// # Errors
/// 400 `invalidSyntax`, `invalidPath`, `invalidValue` or `tooMany`.
pub fn parse(body: &Value, quirks: Quirks) -> Result<Vec<Operation>, Error> {
    let object = body.as_object().ok_or_else(|| Error::invalid_syntax("the body must be a JSON object"))?;
    let is_patch = |urn: &Value| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(PATCH_OP));
    if !field(object, "schemas").and_then(Value::as_array).is_some_and(|urns| urns.iter().any(is_patch)) {
        return Err(Error::invalid_syntax(format!("schemas must name {PATCH_OP}")));
    }
    let operations = field(object, "Operations").and_then(Value::as_array);
    let operations = operations
        .filter(|list| !list.is_empty())
        .ok_or_else(|| Error::invalid_syntax("Operations must be a list of at least one operation"))?;
    if operations.len() > limits::PATCH_OPERATIONS {
        return Err(Error::too_many(format!("at most {} operations", limits::PATCH_OPERATIONS)));
    }
    operations.iter().map(|operation| operation_of(operation, quirks)).collect()
}

fn field<'a>(object: &'a Map<String, Value>, wanted: &str) -> Option<&'a Value> {
    object.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}

fn operation_of(value: &Value, quirks: Quirks) -> Result<Operation, Error> {
    let object = value.as_object().ok_or_else(|| Error::invalid_syntax("each operation must be an object"))?;
    let word = field(object, "op")
        .and_then(Value::as_str)
        .ok_or_else(|| Error::invalid_syntax("each operation needs an op"))?;
    let op = match word.to_ascii_lowercase().as_str() {
        "add" => Op::Add,
        "replace" => Op::Replace,
        "remove" => Op::Remove,
        _ => return Err(Error::invalid_syntax(format!("op must be add, replace or remove, not {}", excerpt(word)))),
    };
    let path = match field(object, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(path(text, quirks)?),
        Some(_) => return Err(Error::invalid_path("path must be text")),
    };
    let value = field(object, "value").cloned();
    match (op, &path, &value) {
        (Op::Remove, None, _) => Err(Error::no_target("remove needs a path")),
        (Op::Add | Op::Replace, _, None) => {
            Err(Error::invalid_value(format!("{} needs a value", word.to_ascii_lowercase())))
        }
        _ => Ok(Operation { op, path, value }),
    }
}

fn path(text: &str, quirks: Quirks) -> Result<PatchPath, Error> {
    PatchPath::parse_with(text, &quirks.parser_options())
        .map_err(|error| Error::invalid_path(format!("the path cannot be read: {error}")))
}
