//! The attributes every resource has (RFC 7643 section 3.1), under the same policy as all others.

use super::attribute::{Attribute, AttributeType, Mutability, Returned};

fn attribute(name: &str, kind: AttributeType, mutability: Mutability, returned: Returned) -> Attribute {
    Attribute {
        name: name.into(),
        kind,
        multi_valued: false,
        description: String::new(),
        required: false,
        case_exact: Some(true),
        canonical_values: Vec::new(),
        reference_types: Vec::new(),
        mutability,
        returned,
        uniqueness: None,
        sub_attributes: Vec::new(),
    }
}

/// `schemas`, `id`, `externalId` and `meta`.
pub(super) fn attributes() -> Vec<Attribute> {
    use AttributeType::{Complex, DateTime, Reference, String};
    let read_only = |name: &str, kind| attribute(name, kind, Mutability::ReadOnly, Returned::Default);
    let mut schemas = attribute("schemas", Reference, Mutability::ReadOnly, Returned::Always);
    schemas.multi_valued = true;
    let mut meta = read_only("meta", Complex);
    meta.sub_attributes = vec![
        read_only("resourceType", String),
        read_only("created", DateTime),
        read_only("lastModified", DateTime),
        read_only("location", Reference),
        read_only("version", String),
    ];
    vec![
        schemas,
        attribute("id", String, Mutability::ReadOnly, Returned::Always),
        attribute("externalId", String, Mutability::ReadWrite, Returned::Default),
        meta,
    ]
}
