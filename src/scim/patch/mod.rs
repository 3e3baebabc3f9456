//! PATCH (RFC 7644 section 3.5.2): operations in order, all of them or none.
//!
//! [`parse`] reads the envelope and the paths, [`apply`] makes a new document out of the old one and says how a group's
//! members change. The result must satisfy the schemas just as a POST body must.

mod apply;
mod envelope;
#[cfg(test)]
mod tests;

use scim_filter_parser::PatchPath;
use serde_json::Value;

pub use apply::apply;
pub use envelope::parse;

pub use super::members::{MemberChange, MemberFilter};
use super::resource::Document;

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What to do.
    pub kind: OperationKind,
    /// Where; `None` when the value names its attributes itself.
    pub path: Option<PatchPath>,
    /// With what; never `None` for `add` and `replace`.
    pub value: Option<Value>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Adds a value.
    Add,
    /// Removes values.
    Remove,
    /// Replaces values.
    Replace,
}

/// What became of a document.
#[derive(Clone, Debug)]
pub struct Patched {
    /// The new document; equal to the old one when nothing changed.
    pub document: Document,
    /// Changes of a group's members, in order.
    pub members: Vec<MemberChange>,
    /// Names that were given and not taken.
    pub ignored: Vec<String>,
}
