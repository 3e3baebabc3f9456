//! Schemas and resource types as data (RFC 7643 sections 6 and 7).
//!
//! Nothing outside this module knows which attributes a User has. What an attribute may do (type, mutability, returned,
//! letter case, uniqueness) is asked here by validation, PATCH, filters and projection alike, so that one policy serves
//! them all.

mod attribute;
mod catalogue;
mod common;

pub use attribute::{Attribute, AttributeType, Mutability, Returned};
pub use catalogue::{Catalogue, ResourceType, Schema};

/// URN of the core User schema.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// URN of the core Group schema.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// URN of the enterprise extension.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
