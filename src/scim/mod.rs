//! The SCIM protocol as pure functions and types: RFC 7643 (schemas) and RFC 7644 (protocol).
//!
//! Nothing here reads a clock, a file or a database. A request body becomes a [`resource::Document`] through
//! [`validate`] or [`patch`]; a filter becomes a [`matches::Plan`] through [`matches::check`]; what is stored becomes
//! an answer through [`project`]. All of them ask one policy, the attribute definitions in [`schema`].

pub mod bulk;
pub mod canonical;
pub mod coerce;
pub mod cursor;
pub mod discovery;
pub mod draft;
pub mod elements;
pub mod error;
pub mod etag;
pub mod json;
pub mod limits;
pub mod list;
pub mod matches;
pub mod members;
mod message;
pub mod number;
pub mod openapi;
pub mod patch;
pub mod path;
#[cfg(test)]
mod policy;
pub mod project;
pub mod quirks;
pub mod references;
pub mod resource;
pub mod schema;
pub mod search;
pub mod sort;
pub mod validate;
pub mod values;

pub use error::{Error, ScimType};

/// The media type of every SCIM answer (RFC 7644 section 8.1).
pub const MEDIA_TYPE: &str = "application/scim+json";
