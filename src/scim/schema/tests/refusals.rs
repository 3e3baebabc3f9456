//! Every rule of a definition, broken once; the error names the place and the rule.

use serde_json::{Value, json};

use super::{badge, badge_type, load};
use crate::scim::limits;

/// A schema with this one attribute.
fn with(attribute: &Value) -> Value {
    json!({ "id": "urn:acme:Device", "attributes": [attribute.clone()] })
}

fn refused(value: &Value, place: &str, rule: &str) {
    let error = load(value.clone()).map(drop).expect_err(&value.to_string()).to_string();
    assert!(error.contains(place) && error.contains(rule), "{value}: {error}");
}

#[test]
fn an_attribute_that_breaks_a_rule_is_refused_by_name() {
    let complex = |subs: Value| json!({ "name": "a", "type": "complex", "subAttributes": subs });
    for (attribute, rule) in [
        (json!({ "type": "string" }), "missing field `name`"),
        (json!({ "name": "1a" }), "a name begins with a letter"),
        (json!({ "name": "a.b" }), "a name begins with a letter"),
        (json!({ "name": "a b" }), "a name begins with a letter"),
        (json!({ "name": "ä" }), "a name begins with a letter"),
        (json!({ "name": "" }), "a name begins with a letter"),
        (json!({ "name": "$ref", "type": "reference", "referenceTypes": ["uri"] }), "a name begins with a letter"),
        (json!({ "name": "a".repeat(limits::ATTRIBUTE_NAME_CHARS + 1) }), "at most 64 characters"),
        (json!({ "name": "a", "type": "text" }), "unknown variant `text`"),
        (json!({ "name": "a", "type": 1 }), "invalid type"),
        (json!({ "name": "a", "multiValued": "yes" }), "invalid type"),
        (json!({ "name": "a", "mutability": "sometimes" }), "unknown variant `sometimes`"),
        (json!({ "name": "a", "returned": "often" }), "unknown variant `often`"),
        (json!({ "name": "a", "uniqueness": "mine" }), "unknown variant `mine`"),
        (json!({ "name": "a", "uniqueness": "global" }), "use server"),
        (json!({ "name": "a", "type": "complex" }), "needs subAttributes"),
        (json!({ "name": "a", "subAttributes": [{ "name": "b" }] }), "only a complex attribute has subAttributes"),
        (json!({ "name": "a", "subAttributes": 1 }), "subAttributes must be an array"),
        (complex(json!([{ "name": "b", "type": "complex" }])), "cannot be complex"),
        (complex(json!([{ "name": "b", "subAttributes": [{ "name": "c" }] }])), "cannot be complex"),
        (complex(json!([{ "name": "b" }, { "name": "B" }])), "attribute B is defined twice"),
        (complex(json!([1])), "must be a JSON object"),
        (json!({ "name": "a", "type": "integer", "canonicalValues": ["1"] }), "canonicalValues are for type string"),
        (json!({ "name": "a", "canonicalValues": [1] }), "invalid type"),
        (json!({ "name": "a", "type": "reference" }), "needs referenceTypes"),
        (json!({ "name": "a", "type": "reference", "referenceTypes": ["Robot"] }), "nor a resource type"),
        (json!({ "name": "a", "referenceTypes": ["uri"] }), "referenceTypes are for references"),
        (json!({ "name": "a", "type": "binary", "caseExact": false }), "caseExact is true"),
        (
            json!({ "name": "a", "type": "reference", "referenceTypes": ["uri"], "caseExact": false }),
            "caseExact is true",
        ),
        (json!({ "name": "a", "type": "boolean", "uniqueness": "server" }), "cannot be unique"),
        (json!({ "name": "a", "type": "binary", "uniqueness": "server" }), "cannot be unique"),
        (json!({ "name": "a", "returned": "never", "uniqueness": "server" }), "cannot be unique"),
        (json!({ "name": "a", "mutability": "writeOnly", "returned": "always" }), "writeOnly is returned never"),
        (json!({ "name": "a", "mutability": "readOnly", "required": true }), "cannot be required"),
        (json!({ "name": "a", "mutability": "writeOnly", "required": true }), "cannot be required"),
        (json!({ "name": "a", "description": "\0" }), "no NUL"),
        (json!({ "name": "a", "description": "x".repeat(limits::STRING_BYTES + 1) }), "4096 bytes"),
    ] {
        refused(&with(&attribute), "schema urn:acme:Device", rule);
    }
    refused(&with(&complex(json!([{ "name": "b", "type": "x" }]))), "attribute a.b", "unknown variant");
}

#[test]
fn a_schema_that_breaks_a_rule_is_refused_by_its_urn() {
    let schema = |urn: &str| json!({ "id": urn, "attributes": [{ "name": "a" }] });
    for urn in ["", "acme", "http://acme.test/x", "urn:acme", "urn:a:x", "urn:acme:", "urn:ac me:x", "urn:acme:x y"] {
        refused(&schema(urn), "schema", "must be a URN");
    }
    for urn in ["urn:acme:badge:2.0", "urn:acme:User.v2", "urn:acme:1"] {
        refused(&schema(urn), urn, "the last part of the URN");
    }
    for urn in [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "URN:ietf:params:scim:schemas:core:2.0:Device",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:api:messages:2.0:Mine",
    ] {
        refused(&schema(urn), urn, "belongs to the RFCs");
    }
    refused(&schema(&format!("urn:acme:{}", "x".repeat(limits::SCHEMA_URN_BYTES))), "schema", "longer than 200");
    refused(&json!({ "id": "urn:acme:X", "attributes": [] }), "urn:acme:X", "at least one attribute");
    refused(&json!({ "id": "urn:acme:X", "attributes": {} }), "urn:acme:X", "must be an array");
    refused(&json!({ "attributes": [{ "name": "a" }] }), "schema", "missing field `id`");
    refused(&json!({ "id": "urn:acme:X", "attributes": [{ "name": "a" }, { "name": "A" }] }), "urn:acme:X", "twice");
    for name in ["id", "ExternalId", "META", "schemas"] {
        refused(&with(&json!({ "name": name })), "urn:acme:Device", "for every resource already");
    }
    let many: Vec<Value> = (0..=limits::SCHEMA_ATTRIBUTES).map(|n| json!({ "name": format!("a{n}") })).collect();
    refused(&json!({ "id": "urn:acme:X", "attributes": many }), "urn:acme:X", "more than 100");
    let large: Vec<Value> =
        (0..30).map(|n| json!({ "name": format!("a{n}"), "description": "x".repeat(3000) })).collect();
    refused(&json!({ "id": "urn:acme:X", "attributes": large }), "urn:acme:X", "larger than 65536");
    refused(&json!([badge(), badge()]), "extension:badge", "given twice");
    let mut ambiguous = badge();
    ambiguous["id"] = "urn:acme:scim:schemas:extension:badge:2.0:User:Doors".into();
    refused(&json!([badge(), ambiguous]), "Doors", "cannot be told from an attribute");
    let many: Vec<Value> = (0..=limits::SCHEMAS).map(|n| schema(&format!("urn:acme:s{n}"))).collect();
    refused(&Value::Array(many), "the definitions", "at most 20 schemas");
}

#[test]
fn a_resource_type_that_breaks_a_rule_is_refused_by_its_name() {
    let device = |name: &str, endpoint: &str| json!([with(&json!({ "name": "a" })), { "name": name, "endpoint": endpoint, "schema": "urn:acme:Device" }]);
    for name in ["", "1", "a b", "Ä", "a/b"] {
        refused(&device(name, "/Devices"), "resource type", "a name begins with a letter");
    }
    for endpoint in ["Devices", "/", "", "/a/b", "/a b", "/%41", "/1", "https://x/Devices"] {
        refused(&device("Device", endpoint), "resource type Device", "endpoint must be a slash and one name");
    }
    for endpoint in ["/Me", "/bulk", "/Schemas", "/ResourceTypes", "/serviceproviderconfig", "/.search"] {
        refused(&device("Device", endpoint), "resource type Device", "means something else");
    }
    refused(&device("Schema", "/Devices"), "resource type Schema", "means something else");
    refused(&device("Device", "/users"), "resource type Device", "another type's");
    refused(&device("user", "/Devices"), "resource type user", "can only add extensions");
    refused(
        &json!({ "name": "Device", "schema": "urn:acme:Device", "schemas":
        ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"] }),
        "resource type Device",
        "missing field `endpoint`",
    );
    let of = |schema: &str| json!({ "name": "Device", "endpoint": "/Devices", "schema": schema });
    refused(&of("urn:acme:Nope"), "resource type Device", "there is no schema urn:acme:Nope");
    refused(&of("urn:ietf:params:scim:schemas:core:2.0:User"), "resource type Device", "a schema of your own");
    let user = |extensions: Value| {
        let mut user = badge_type();
        user["schemaExtensions"] = extensions;
        json!([badge(), user])
    };
    let badge_use = json!({ "schema": "urn:acme:scim:schemas:extension:badge:2.0:User", "required": true });
    refused(&user(json!([{ "schema": "urn:acme:Nope" }])), "resource type User", "there is no schema urn:acme:Nope");
    refused(&user(json!([{ "required": true }])), "resource type User", "missing field `schema`");
    refused(&user(json!([1])), "resource type User", "must be a JSON object");
    refused(&user(json!([badge_use, badge_use])), "resource type User", "already");
    let core = json!({ "schema": "urn:ietf:params:scim:schemas:core:2.0:Group" });
    refused(&user(json!([core])), "resource type User", "is the core schema of a type");
    let types = (0..=limits::RESOURCE_TYPES)
        .map(|n| json!({ "name": format!("D{n}"), "endpoint": format!("/D{n}"), "schema": "urn:acme:Device" }));
    let all: Vec<Value> = std::iter::once(with(&json!({ "name": "a" }))).chain(types).collect();
    refused(&Value::Array(all), "the definitions", "at most 20 resource types");
}

#[test]
fn what_is_no_definition_is_refused() {
    for value in [json!([]), json!({}), json!(1), json!(null), json!([1]), json!({ "schemas": ["urn:x:y"] })] {
        refused(&value, "the definitions", "");
    }
    let list = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": 1 });
    refused(&list, "the ListResponse", "Resources must be an array");
}
