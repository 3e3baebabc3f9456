//! Which change of a definition concerns what is stored.

use serde_json::{Value, json};

use super::load;
use crate::scim::schema::{Affected, Changes};

const URN: &str = "urn:acme:Badge";

fn definitions(attributes: &Value) -> Value {
    json!([
        { "id": URN, "attributes": attributes },
        { "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
          "schemaExtensions": [{ "schema": URN }] },
    ])
}

fn changes(old: &Value, new: &Value) -> Changes {
    load(definitions(old)).unwrap().changes_to(&load(definitions(new)).unwrap())
}

fn affected(name: &str) -> Vec<Affected> {
    vec![Affected { kind: "User".into(), path: format!("{URN}:{name}") }]
}

#[test]
fn what_stored_values_are_read_by_cannot_change_unnoticed() {
    let old = json!([{ "name": "a" }, { "name": "b", "type": "complex", "subAttributes": [{ "name": "c" }] }]);
    for (attribute, named) in [
        (json!({ "name": "x" }), "a"),
        (json!({ "name": "A" }), "a"),
        (json!({ "name": "a", "type": "integer" }), "a"),
        (json!({ "name": "a", "multiValued": true }), "a"),
        (json!({ "name": "a", "caseExact": true }), "a"),
        (json!({ "name": "a", "mutability": "readOnly" }), "a"),
        (json!({ "name": "a", "mutability": "writeOnly" }), "a"),
        (json!({ "name": "a", "returned": "never" }), "a"),
    ] {
        let found = changes(&old, &json!([attribute, old[1]]));
        assert_eq!(found, Changes { unfit: affected(named), ..Changes::default() }, "{attribute}");
    }
    for sub in
        [json!({ "name": "d" }), json!({ "name": "c", "type": "boolean" }), json!({ "name": "c", "returned": "never" })]
    {
        let b = json!({ "name": "b", "type": "complex", "subAttributes": [sub] });
        assert_eq!(changes(&old, &json!([old[0], b])).unfit, affected("b.c"), "{sub}");
    }
}

#[test]
fn what_stored_values_do_not_depend_on_may_change() {
    let old = json!([{ "name": "a", "canonicalValues": ["x"] }, { "name": "r", "mutability": "readOnly" }]);
    for attribute in [
        json!({ "name": "a", "description": "other", "canonicalValues": ["y"] }),
        json!({ "name": "a", "required": true }),
        json!({ "name": "a", "returned": "request" }),
        json!({ "name": "a", "returned": "always" }),
        json!({ "name": "a", "mutability": "immutable" }),
    ] {
        assert_eq!(changes(&old, &json!([attribute, { "name": "new" }])), Changes::default(), "{attribute}");
    }
}

#[test]
fn uniqueness_comes_and_goes_by_name() {
    let (common, unique) = (json!([{ "name": "a" }]), json!([{ "name": "a", "uniqueness": "server" }]));
    assert_eq!(changes(&common, &unique), Changes { made_unique: affected("a"), ..Changes::default() });
    assert_eq!(changes(&unique, &common), Changes { made_common: affected("a"), ..Changes::default() });
}

#[test]
fn a_type_that_goes_or_moves_is_named() {
    let device = |endpoint: &str| {
        load(json!([{ "id": "urn:acme:Device", "attributes": [{ "name": "a" }] },
            { "name": "Device", "endpoint": endpoint, "schema": "urn:acme:Device" }]))
        .unwrap()
    };
    let gone = Changes { gone: vec!["Device".into()], ..Changes::default() };
    assert_eq!(device("/Devices").changes_to(&device("/Machines")), gone);
    assert_eq!(device("/Devices").changes_to(&super::Catalogue::core()), gone);
}
