//! A catalogue that has every type of attribute, and a resource of each type that has a value wherever it can.

use std::sync::LazyLock;

use anteroom::scim::resource::Document;
use anteroom::scim::schema::{Catalogue, Definitions, ResourceType};
use anteroom::scim::validate;
use serde_json::{Map, Value, json};

pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let definitions: Value = serde_json::from_str(super::messages::SCHEMAS[0]).expect("JSON");
    Catalogue::core().with(&Definitions::parse(definitions).expect("definitions")).expect("they fit together")
});

pub fn resource_types() -> &'static [ResourceType] {
    CATALOGUE.resource_types()
}

/// A resource of a type with everything in it.
pub fn document(resource_type: &ResourceType) -> Document {
    let body = match resource_type.name.as_str() {
        "User" => user(),
        "Group" => json!({ "displayName": "Engineering", "externalId": "g-1" }),
        _ => thing(),
    };
    validate::document(&CATALOGUE, resource_type, body).expect("a valid body").document
}

/// What a document holds, in the order of the names: order says nothing.
pub fn sorted(document: &Document) -> Value {
    fn sort(value: &Value) -> Value {
        match value {
            Value::Array(elements) => elements.iter().map(sort).collect(),
            Value::Object(object) => {
                let mut pairs: Vec<_> = object.iter().map(|(name, value)| (name.clone(), sort(value))).collect();
                pairs.sort_by(|one, other| one.0.cmp(&other.0));
                Value::Object(Map::from_iter(pairs))
            }
            other => other.clone(),
        }
    }
    sort(&Value::Object(document.as_map().clone()))
}

fn user() -> Value {
    json!({
        "userName": "Ana@Acme.test", "externalId": "e-1", "active": true, "title": "Straße", "nickName": "",
        "displayName": "Ana Ortiz", "name": { "givenName": "Ana", "familyName": "Ortiz" },
        "emails": [{ "value": "ana@acme.test", "type": "work", "primary": true }, { "value": "a@b", "type": "home" }],
        "roles": [{ "value": "Admin" }, { "value": "x".repeat(600), "type": "y" }],
        "addresses": [{ "type": "work", "locality": "Köln", "primary": true }],
        "x509Certificates": [{ "value": "AAAA" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
            { "department": "R&D", "employeeNumber": "7", "manager": { "value": "m-1" } },
        "urn:example:fuzz:1.0:More": { "level": 3, "tags": ["a", "b"] },
    })
}

fn thing() -> Value {
    json!({
        "serial": "S-1", "price": 1.5, "count": 3, "sold": "2026-11-24T09:30:00Z", "isNew": false, "owner": "../Users/1",
        "key": "QUJD", "labels": ["A", "b"], "sizes": [1, 2],
        "parts": [{ "value": "p1", "weight": 0.5, "primary": true }, { "value": "P2", "names": ["x", "y"] }],
        "place": { "room": "1", "since": "2026-01-01T00:00:00Z" },
        "urn:example:fuzz:1.0:More": { "level": -1 },
    })
}
