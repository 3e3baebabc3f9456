//! The SCIM use cases, one file each: what happens to a directory and its people when an IdP writes or asks.
//!
//! A use case checks the request against the schemas (pure), then does everything that belongs together in one
//! transaction: the resource, its index rows, its members, whose user it is, the events. What it answers is rendered
//! from that transaction, never read again.

mod bulk;
mod call;
mod change;
mod create;
mod delete;
mod error;
mod get;
mod ignored;
mod list;
mod membership;
mod nesting;
mod patch;
mod pending;
mod render;
mod replace;
mod user_write;

pub use bulk::{Bulk, bulk};
pub use call::{Call, Target};
pub use create::create;
pub use delete::delete;
pub use error::Error;
pub use get::get;
pub use list::list;
pub use patch::patch;
pub use render::Rendered;
pub use replace::replace;
