//! Bulk messages (RFC 7644 section 3.7): many operations in one request.
//!
//! [`BulkRequest`] reads the envelope; [`units`] says in which order its operations are carried out and which of them refer
//! to each other in a circle; [`mod@reference`] puts ids where `bulkId:` stands; [`response`] is the answer. What an operation
//! does is the business of the use case that the single request has.

mod order;
mod path;
pub mod reference;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use order::units;
pub use path::parts;
pub use request::{BulkRequest, Method, Operation};
pub use response::{Answer, response};
