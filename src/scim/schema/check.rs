//! The rules that a definition obeys (RFC 7643 sections 2 and 7, with erratum 8415), each with what to do instead.
//!
//! They are asked when a definition is loaded and never again: what was stored stays valid when a rule is added.

use scim_filter_parser::AttributePath;

use super::definition::{DefinitionError, TypeDefinition};
use super::{Attribute, AttributeType, Mutability, Returned, Schema, Uniqueness, find};
use crate::scim::error::excerpt_of;
use crate::scim::limits;

/// URNs that begin like this are the RFCs' to define.
const RESERVED_URNS: [&str; 3] = [
    "urn:ietf:params:scim:api:",
    "urn:ietf:params:scim:schemas:core:",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:",
];
/// What every resource has (RFC 7643 section 3.1).
const COMMON: [&str; 4] = ["id", "externalId", "meta", "schemas"];
/// Endpoints that are something else (RFC 7644 section 3.2).
const RESERVED_ENDPOINTS: [&str; 6] = ["Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig", ".search"];
/// Names of resource types that mean something else in a directory.
const RESERVED_TYPES: [&str; 3] = ["Schema", "ResourceType", "ServiceProviderConfig"];

/// A URN as it is repeated in an error.
pub(super) fn excerpt_of_urn(urn: &str) -> String {
    excerpt_of(urn, limits::SCHEMA_URN_BYTES)
}

fn require(holds: bool, place: &str, rule: impl Into<String>) -> Result<(), DefinitionError> {
    if holds { Ok(()) } else { Err(DefinitionError::new(place, rule.into())) }
}

/// Checks a schema apart from its attributes, which were checked one by one.
pub(super) fn schema(schema: &Schema, place: &str) -> Result<(), DefinitionError> {
    require(is_urn(&schema.id), place, "the id must be a URN such as urn:acme:scim:schemas:extension:badge:2.0:User")?;
    require(
        schema.id.len() <= limits::SCHEMA_URN_BYTES,
        place,
        format!("the id is longer than {} bytes", limits::SCHEMA_URN_BYTES),
    )?;
    require(
        is_one_name(&schema.id),
        place,
        "the last part of the URN must be a name that begins with a letter, such as User",
    )?;
    require(!is_reserved_urn(&schema.id), place, "this URN belongs to the RFCs; choose one of your own")?;
    texts(&[&schema.name, &schema.description], place)?;
    require(!schema.attributes.is_empty(), place, "a schema has at least one attribute")?;
    unique_names(&schema.attributes, place)?;
    let common = schema.attributes.iter().find(|top| COMMON.iter().any(|name| top.name.eq_ignore_ascii_case(name)));
    require(common.is_none(), place, "id, externalId, meta and schemas are defined for every resource already")?;
    let bytes = serde_json::to_string(schema).map_or(usize::MAX, |text| text.len());
    require(bytes <= limits::SCHEMA_BYTES, place, format!("the schema is larger than {} bytes", limits::SCHEMA_BYTES))
}

fn texts(texts: &[&str], place: &str) -> Result<(), DefinitionError> {
    let is_clean = |text: &&str| text.len() <= limits::STRING_BYTES && !text.contains('\0');
    require(
        texts.iter().all(is_clean),
        place,
        format!("name and description have at most {} bytes and no NUL", limits::STRING_BYTES),
    )
}

fn unique_names(attributes: &[Attribute], place: &str) -> Result<(), DefinitionError> {
    let is_twice = |one: &&Attribute| !find(attributes, &one.name).is_some_and(|first| std::ptr::eq(first, *one));
    match attributes.iter().find(is_twice) {
        Some(twice) => Err(DefinitionError::new(place, format!("attribute {} is defined twice", twice.name))),
        None => Ok(()),
    }
}

/// Checks an attribute or sub-attribute.
pub(super) fn attribute(attribute: &Attribute, place: &str, is_sub: bool) -> Result<(), DefinitionError> {
    name(attribute, place, is_sub)?;
    texts(&[&attribute.description], place)?;
    if attribute.is_complex() {
        require(!attribute.sub_attributes.is_empty(), place, "a complex attribute needs subAttributes")?;
        unique_names(&attribute.sub_attributes, place)?;
    } else {
        require(attribute.sub_attributes.is_empty(), place, "only a complex attribute has subAttributes")?;
    }
    let is_text = attribute.kind == AttributeType::String;
    require(attribute.canonical_values.is_empty() || is_text, place, "canonicalValues are for type string only")?;
    let is_reference = attribute.kind == AttributeType::Reference;
    require(!is_reference || !attribute.reference_types.is_empty(), place, "a reference needs referenceTypes")?;
    require(is_reference || attribute.reference_types.is_empty(), place, "referenceTypes are for references only")?;
    let is_exact = is_reference || attribute.kind == AttributeType::Binary;
    require(
        !is_exact || attribute.case_exact,
        place,
        "a reference or binary value is compared exactly: caseExact is true",
    )?;
    uniqueness(attribute, place)?;
    access(attribute, place)
}

fn name(attribute: &Attribute, place: &str, is_sub: bool) -> Result<(), DefinitionError> {
    let is_reference = is_sub && attribute.name == "$ref" && attribute.kind == AttributeType::Reference;
    let rule = format!(
        "a name begins with a letter, holds letters, digits, -, _ and $, and has at most {} characters",
        limits::ATTRIBUTE_NAME_CHARS
    );
    require(is_reference || is_name(&attribute.name, b"-_$", limits::ATTRIBUTE_NAME_CHARS), place, rule)
}

fn uniqueness(attribute: &Attribute, place: &str) -> Result<(), DefinitionError> {
    if attribute.uniqueness == Uniqueness::None {
        return Ok(());
    }
    let rule = "uniqueness global cannot be guaranteed by one server; use server";
    require(attribute.uniqueness == Uniqueness::Server, place, rule)?;
    let can_be = !matches!(attribute.kind, AttributeType::Boolean | AttributeType::Complex | AttributeType::Binary);
    require(can_be, place, "boolean, complex and binary values cannot be unique")?;
    require(!attribute.is_secret(), place, "what is never returned is not kept and cannot be unique")
}

fn access(attribute: &Attribute, place: &str) -> Result<(), DefinitionError> {
    let is_never = attribute.returned == Returned::Never;
    require(attribute.mutability != Mutability::WriteOnly || is_never, place, "what is writeOnly is returned never")?;
    require(
        !(attribute.required && attribute.mutability == Mutability::ReadOnly),
        place,
        "what is readOnly cannot be required: no client could give it",
    )?;
    require(!(attribute.required && is_never), place, "what is returned never is not kept and cannot be required")
}

/// Checks the form of a resource type; how it fits with others is the catalogue's to say.
pub(super) fn resource_type(definition: &TypeDefinition, place: &str) -> Result<(), DefinitionError> {
    let rule = format!(
        "a name begins with a letter, holds letters, digits, -, _ and ., and has at most {} characters",
        limits::ATTRIBUTE_NAME_CHARS
    );
    require(is_name(&definition.name, b"-_.", limits::ATTRIBUTE_NAME_CHARS), place, rule)?;
    let is_reserved = |names: &[&str], name: &str| names.iter().any(|reserved| reserved.eq_ignore_ascii_case(name));
    require(!is_reserved(&RESERVED_TYPES, &definition.name), place, "this name means something else in SCIM")?;
    texts(&[&definition.description], place)?;
    let endpoint = definition.endpoint.strip_prefix('/').unwrap_or_default();
    require(
        !is_reserved(&RESERVED_ENDPOINTS, endpoint),
        place,
        format!("the endpoint {} means something else in SCIM", definition.endpoint),
    )?;
    require(
        is_name(endpoint, b"-_.", limits::ATTRIBUTE_NAME_CHARS),
        place,
        "the endpoint must be a slash and one name, such as /Devices",
    )
}

fn is_name(text: &str, others: &[u8], limit: usize) -> bool {
    text.len() <= limit
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// `urn:NID:NSS` (RFC 8141), without its components `?` and `#`.
fn is_urn(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (Some(scheme), Some(namespace), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let is_namespace = (2..=32).contains(&namespace.len())
        && namespace.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !namespace.starts_with('-')
        && !namespace.ends_with('-');
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
    scheme.eq_ignore_ascii_case("urn") && is_namespace && !rest.is_empty() && rest.bytes().all(is_part)
}

/// Whether requests can name the schema and its attributes: `URN` and `URN:attribute` must read as they are meant.
fn is_one_name(urn: &str) -> bool {
    AttributePath::parse(urn).is_ok_and(|path| path.sub.is_none())
        && AttributePath::parse(&format!("{urn}:a")).is_ok_and(|path| path.urn.as_deref() == Some(urn))
}

fn is_reserved_urn(urn: &str) -> bool {
    let urn = urn.to_ascii_lowercase();
    RESERVED_URNS.iter().any(|reserved| urn.starts_with(reserved))
}
