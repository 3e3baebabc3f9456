//! Resources as JSON schemas, made from their attribute definitions.
//!
//! What a client sends is described in its plain form; the shapes that are understood besides (booleans as text, one
//! value for a list of one) are no part of it.

use serde_json::{Map, Value, json};

use crate::scim::limits;
use crate::scim::schema::{Attribute, AttributeType, ResourceType, Returned, Top};

/// Which of the two directions a schema describes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

/// What is sent to make or replace a resource.
pub(super) fn request(resource_type: &ResourceType) -> Value {
    let mut schema = object(resource_type, Side::Request);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("required".to_owned(), required(&resource_type.schema.attributes).into());
    }
    schema
}

/// What is answered; `attributes` and `excludedAttributes` take away all but `id` and `schemas`.
pub(super) fn response(resource_type: &ResourceType) -> Value {
    let mut schema = object(resource_type, Side::Response);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("required".to_owned(), json!(["schemas", "id"]));
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    schema
}

fn object(resource_type: &ResourceType, side: Side) -> Value {
    let mut properties = Map::new();
    for top in resource_type.attributes().filter(|top| is_part(top.attribute, side)) {
        let value = of_top(resource_type, top, side);
        let Some(urn) = top.urn else {
            properties.insert(top.attribute.name.clone(), value);
            continue;
        };
        let extension = properties.entry(urn).or_insert_with(|| json!({ "type": "object", "properties": {} }));
        if let Some(inner) = extension.get_mut("properties").and_then(Value::as_object_mut) {
            inner.insert(top.attribute.name.clone(), value);
        }
        if let (Some(extension), Side::Response) = (extension.as_object_mut(), side) {
            extension.insert("additionalProperties".to_owned(), false.into());
        }
    }
    json!({ "type": "object", "description": resource_type.description, "properties": properties })
}

/// A group's members are bounded by the body alone, other lists by a number.
fn of_top(resource_type: &ResourceType, top: Top<'_>, side: Side) -> Value {
    let mut schema = attribute(top.attribute, side);
    let is_bounded = top.attribute.multi_valued && resource_type.related_side(top).is_none();
    if let (Some(schema), true, true) = (schema.as_object_mut(), is_bounded, side == Side::Request) {
        schema.insert("maxItems".to_owned(), limits::ELEMENTS.into());
    }
    schema
}

/// Whether a side has the attribute; `schemas` is sent although the server alone decides it.
fn is_part(attribute: &Attribute, side: Side) -> bool {
    match side {
        Side::Request => attribute.is_writable() || attribute.name == "schemas",
        Side::Response => attribute.returned != Returned::Never,
    }
}

fn required(attributes: &[Attribute]) -> Vec<&str> {
    let writable = attributes.iter().filter(|attribute| attribute.required && attribute.is_writable());
    writable.map(|attribute| attribute.name.as_str()).collect()
}

fn attribute(attribute: &Attribute, side: Side) -> Value {
    let mut one = value(attribute, side);
    if attribute.multi_valued {
        one = json!({ "type": "array", "items": one });
    }
    if let (Some(schema), false) = (one.as_object_mut(), attribute.description.is_empty()) {
        schema.insert("description".to_owned(), attribute.description.as_str().into());
    }
    one
}

fn value(attribute: &Attribute, side: Side) -> Value {
    match attribute.kind {
        AttributeType::Complex => complex(attribute, side),
        AttributeType::Boolean => json!({ "type": "boolean" }),
        AttributeType::Integer => json!({ "type": "integer" }),
        AttributeType::Decimal => json!({ "type": "number" }),
        AttributeType::DateTime => json!({ "type": "string", "format": "date-time" }),
        AttributeType::Binary => json!({ "type": "string", "contentEncoding": "base64" }),
        AttributeType::String | AttributeType::Reference => text(attribute),
    }
}

fn text(attribute: &Attribute) -> Value {
    if attribute.canonical_values.is_empty() {
        json!({ "type": "string" })
    } else {
        json!({ "type": "string", "examples": attribute.canonical_values })
    }
}

fn complex(attribute: &Attribute, side: Side) -> Value {
    let subs = attribute.sub_attributes.iter().filter(|sub| is_part(sub, side));
    let properties: Map<String, Value> = subs.map(|sub| (sub.name.clone(), self::attribute(sub, side))).collect();
    match side {
        Side::Request => {
            json!({ "type": "object", "properties": properties, "required": required(&attribute.sub_attributes) })
        }
        Side::Response => json!({ "type": "object", "properties": properties, "additionalProperties": false }),
    }
}
