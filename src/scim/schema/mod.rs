//! Schemas and resource types as data (RFC 7643 sections 6 and 7): the one attribute policy of the server.
//!
//! The definitions are JSON files in the form of the RFC. Validation, PATCH, filters and projection look attributes up
//! here and never name a User's attributes themselves, so that a connection can have schemas of its own.

mod attribute;
mod catalogue;
mod change;
mod check;
mod definition;
mod extend;
mod load;
mod resource_type;
#[cfg(test)]
mod tests;

pub use attribute::{Attribute, AttributeType, ENTERPRISE_URN, Mutability, Returned, Schema, Uniqueness, find};
pub use catalogue::Catalogue;
pub use change::{Affected, Changes};
pub use definition::{DefinitionError, ExtensionUse, TypeDefinition};
pub use load::Definitions;
pub use resource_type::{Extension, RelatedSide, ResourceType, Top};
