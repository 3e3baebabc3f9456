//! The protocol's messages as JSON schemas (RFC 7644 sections 3.4.2, 3.4.3, 3.5.2, 3.7, 3.12; RFC 9865), and the
//! resources of discovery (RFC 7643 sections 5 to 7).

use serde_json::{Value, json};

use super::reference;
use crate::scim::limits;

const MESSAGES: &str = "urn:ietf:params:scim:api:messages:2.0:";

/// Name and schema of every message.
pub(super) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("Error", error()),
        ("SearchRequest", search_request()),
        ("PatchRequest", patch_request()),
        ("BulkRequest", bulk_request()),
        ("BulkResponse", bulk_response()),
        ("ServiceProviderConfig", service_provider_config()),
        ("ResourceType", resource_type()),
        ("ResourceTypes", list(&reference("ResourceType"))),
        ("Schema", schema()),
        ("Schemas", list(&reference("Schema"))),
    ]
}

/// A page of these.
pub(super) fn list(items: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "schemas": urns("ListResponse"),
            "totalResults": { "type": "integer", "minimum": 0 },
            "startIndex": { "type": "integer", "minimum": 1 },
            "itemsPerPage": { "type": "integer", "minimum": 0 },
            "nextCursor": { "type": "string" },
            "previousCursor": { "type": "string" },
            "Resources": { "type": "array", "items": items },
        },
        "required": ["schemas", "totalResults", "itemsPerPage", "Resources"],
        "additionalProperties": false,
    })
}

fn urns(message: &str) -> Value {
    json!({ "type": "array", "items": { "const": format!("{MESSAGES}{message}") }, "minItems": 1, "maxItems": 1 })
}

fn error() -> Value {
    let keywords = crate::scim::ScimType::ALL.map(crate::scim::ScimType::as_str);
    json!({
        "type": "object",
        "properties": {
            "schemas": urns("Error"),
            "status": { "type": "string", "pattern": "^[45][0-9][0-9]$" },
            "scimType": { "enum": keywords },
            "detail": { "type": "string" },
        },
        "required": ["schemas", "status", "detail"],
        "additionalProperties": false,
    })
}

fn search_request() -> Value {
    json!({
        "type": "object",
        "properties": {
            "schemas": urns("SearchRequest"),
            "attributes": { "type": "array", "items": { "type": "string" } },
            "excludedAttributes": { "type": "array", "items": { "type": "string" } },
            "filter": { "type": "string", "maxLength": limits::FILTER.max_length },
            "sortBy": { "type": "string" },
            "sortOrder": { "enum": ["ascending", "descending"] },
            "startIndex": { "type": "integer" },
            "count": { "type": "integer" },
            "cursor": { "type": "string" },
        },
        "required": ["schemas"],
    })
}

fn patch_request() -> Value {
    let operation = json!({
        "type": "object",
        "properties": {
            "op": { "enum": ["add", "remove", "replace"] },
            "path": { "type": "string", "maxLength": limits::FILTER.max_length },
            "value": {},
        },
        "required": ["op"],
    });
    json!({
        "type": "object",
        "properties": {
            "schemas": urns("PatchOp"),
            "Operations": { "type": "array", "items": operation, "minItems": 1, "maxItems": limits::PATCH_OPERATIONS },
        },
        "required": ["schemas", "Operations"],
    })
}

fn bulk_request() -> Value {
    let operation = json!({
        "type": "object",
        "properties": {
            "method": { "enum": ["POST", "PUT", "PATCH", "DELETE"] },
            "bulkId": { "type": "string", "minLength": 1 },
            "version": { "type": "string" },
            "path": { "type": "string" },
            "data": { "type": "object" },
        },
        "required": ["method", "path"],
    });
    json!({
        "type": "object",
        "properties": {
            "schemas": urns("BulkRequest"),
            "failOnErrors": { "type": "integer", "minimum": 1 },
            "Operations": { "type": "array", "items": operation, "minItems": 1, "maxItems": limits::BULK_OPERATIONS },
        },
        "required": ["schemas", "Operations"],
    })
}

fn bulk_response() -> Value {
    let operation = json!({
        "type": "object",
        "properties": {
            "method": { "enum": ["POST", "PUT", "PATCH", "DELETE"] },
            "bulkId": { "type": "string" },
            "version": { "type": "string" },
            "location": { "type": "string", "format": "uri" },
            "status": { "type": "string", "pattern": "^[245][0-9][0-9]$" },
            "response": reference("Error"),
        },
        "required": ["method", "status"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": { "schemas": urns("BulkResponse"), "Operations": { "type": "array", "items": operation } },
        "required": ["schemas", "Operations"],
        "additionalProperties": false,
    })
}

fn service_provider_config() -> Value {
    let supported = json!({
        "type": "object",
        "properties": { "supported": { "type": "boolean" } },
        "required": ["supported"],
    });
    json!({
        "type": "object",
        "properties": {
            "schemas": { "type": "array", "items": { "type": "string" } },
            "patch": supported,
            "bulk": supported,
            "filter": supported,
            "changePassword": supported,
            "sort": supported,
            "etag": supported,
            "pagination": { "type": "object" },
            "authenticationSchemes": { "type": "array", "items": { "type": "object" } },
            "meta": meta(),
        },
        "required": ["schemas", "patch", "bulk", "filter", "changePassword", "sort", "etag", "authenticationSchemes"],
        "additionalProperties": false,
    })
}

fn resource_type() -> Value {
    json!({
        "type": "object",
        "properties": {
            "schemas": { "type": "array", "items": { "type": "string" } },
            "id": { "type": "string" },
            "name": { "type": "string" },
            "endpoint": { "type": "string" },
            "description": { "type": "string" },
            "schema": { "type": "string" },
            "schemaExtensions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "schema": { "type": "string" }, "required": { "type": "boolean" } },
                    "required": ["schema", "required"],
                },
            },
            "meta": meta(),
        },
        "required": ["schemas", "name", "endpoint", "schema"],
        "additionalProperties": false,
    })
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "schemas": { "type": "array", "items": { "type": "string" } },
            "id": { "type": "string" },
            "name": { "type": "string" },
            "description": { "type": "string" },
            "attributes": { "type": "array", "items": { "type": "object" } },
            "meta": meta(),
        },
        "required": ["schemas", "id", "attributes"],
        "additionalProperties": false,
    })
}

fn meta() -> Value {
    json!({
        "type": "object",
        "properties": { "resourceType": { "type": "string" }, "location": { "type": "string", "format": "uri" } },
        "required": ["resourceType", "location"],
        "additionalProperties": false,
    })
}
