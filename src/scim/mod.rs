//! The SCIM protocol as pure functions and types (RFC 7643, RFC 7644): no clock, no randomness, no I/O.
//!
//! A body becomes a [`resource::Document`] through [`validate`] or [`patch`]; a filter becomes a [`matches::Plan`]; what
//! is stored becomes an answer through [`project`]. All of them ask one policy: the definitions in [`schema`].

pub mod canonical;
pub mod discovery;
pub mod error;
pub mod etag;
pub mod json;
pub mod limits;
pub mod list;
pub mod matches;
pub mod patch;
pub mod path;
pub mod project;
pub mod quirks;
pub mod resource;
pub mod schema;
pub mod validate;
pub mod values;

pub use error::{Error, ScimType};
