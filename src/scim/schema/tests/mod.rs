//! Definitions that administrators write: what is taken, and every rule that refuses.

mod changes;
mod refusals;

use serde_json::{Value, json};

use super::{AttributeType, Catalogue, DefinitionError, Definitions, Mutability, Returned, Uniqueness};

/// A schema as other products export it, and the type that uses it.
pub(super) fn badge() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": "urn:acme:scim:schemas:extension:badge:2.0:User",
        "name": "Badge",
        "description": "The badge of a person",
        "meta": { "resourceType": "Schema", "location": "/v2/Schemas/urn:acme" },
        "x-internal": 1,
        "attributes": [
            { "name": "number", "type": "integer", "uniqueness": "server" },
            { "Name": "photo", "TYPE": "binary", "multivalued": false, "MultiValued": null },
            { "name": "pin", "mutability": "writeOnly" },
            { "name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                { "name": "value", "type": "reference", "referenceTypes": ["external"] },
                { "name": "since", "type": "dateTime", "mutability": "immutable" },
            ] },
        ]
    })
}

pub(super) fn badge_type() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User", "name": "User", "endpoint": "/Users",
        "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
        "schemaExtensions": [{ "schema": "urn:acme:scim:schemas:extension:badge:2.0:User", "required": false }],
    })
}

fn load(value: Value) -> Result<Catalogue, DefinitionError> {
    Catalogue::core().with(&Definitions::parse(value)?)
}

#[test]
fn what_other_products_export_is_taken_with_the_defaults_of_the_rfc() {
    let catalogue = load(json!([badge(), badge_type()])).unwrap();
    assert!(!catalogue.is_core() && Catalogue::core().is_core());
    let user = catalogue.resource_type("User").unwrap();
    let extension = user.extension("URN:acme:scim:schemas:extension:badge:2.0:user").unwrap();
    assert!(user.extensions.len() == 2 && !extension.required);
    let attribute = |name: &str| extension.schema.attribute(name).unwrap();
    assert_eq!(
        (attribute("number").kind, attribute("number").uniqueness),
        (AttributeType::Integer, Uniqueness::Server)
    );
    assert_eq!((attribute("photo").kind, attribute("photo").case_exact), (AttributeType::Binary, true));
    assert_eq!((attribute("pin").mutability, attribute("pin").returned), (Mutability::WriteOnly, Returned::Never));
    assert_eq!(attribute("pin").kind, AttributeType::String);
    assert!(attribute("doors").multi_valued && attribute("doors").sub("value").unwrap().case_exact);
}

#[test]
fn one_resource_an_array_and_a_list_response_mean_the_same() {
    let single = Definitions::parse(badge()).unwrap();
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 1, "Resources": [badge()]
    });
    assert_eq!(Definitions::parse(json!([badge()])).unwrap(), single);
    assert_eq!(Definitions::parse(list).unwrap(), single);
    let mut bare = badge();
    bare.as_object_mut().unwrap().remove("schemas");
    assert_eq!(Definitions::parse(bare).unwrap(), single);
}

#[test]
fn a_type_of_its_own_has_its_endpoint_and_what_every_resource_has() {
    let schema = json!({ "id": "urn:acme:Device", "attributes": [{ "name": "serial", "required": true }] });
    let device = json!({ "name": "Device", "endpoint": "/Devices", "schema": "urn:acme:Device" });
    let catalogue = load(json!([schema, device])).unwrap();
    let device = catalogue.resource_type_at("Devices").unwrap();
    assert_eq!((device.name.as_str(), device.schema.name.as_str()), ("Device", "Device"));
    let stored: Vec<String> = device.stored().map(|top| top.path()).collect();
    assert_eq!(stored, ["externalId", "serial"]);
    assert!(catalogue.stored_paths().contains(&"serial".to_owned()));
}

#[test]
fn a_second_layer_adds_to_the_first() {
    let first = load(json!([
        { "id": "urn:acme:Device", "attributes": [{ "name": "serial" }] },
        { "name": "Device", "endpoint": "/Devices", "schema": "urn:acme:Device" },
    ]))
    .unwrap();
    let second = Definitions::parse(json!([
        { "id": "urn:acme:Lease", "attributes": [{ "name": "until", "type": "dateTime" }] },
        { "name": "device", "endpoint": "/Devices", "schema": "urn:acme:Device",
          "schemaExtensions": [{ "schema": "urn:acme:Lease", "required": true }] },
    ]))
    .unwrap();
    let both = first.with(&second).unwrap();
    assert_eq!(both.resource_type("Device").unwrap().extensions.len(), 1);
    assert_eq!(first.resource_type("Device").unwrap().extensions.len(), 0);
}

#[test]
fn a_definition_that_is_shown_can_be_loaded_again() {
    let catalogue = load(json!([badge(), badge_type()])).unwrap();
    let shown = catalogue.schema("urn:acme:scim:schemas:extension:badge:2.0:User").unwrap().to_json("https://x/v2");
    assert_eq!(Definitions::parse(shown).unwrap().schemas, Definitions::parse(badge()).unwrap().schemas);
}
