//! What is refused, and with which keyword.

use serde_json::{Value, json};

use super::{ENTERPRISE, patched, patched_by};
use crate::scim::ScimType::{
    self, InvalidFilter, InvalidPath, InvalidSyntax, InvalidValue, Mutability, NoTarget, TooMany,
};
use crate::scim::patch::parse;
use crate::scim::quirks::Quirks;
use crate::scim::schema::Catalogue;

fn check_table(kind: &str, before: &Value, table: &[(Value, ScimType)]) {
    for (operation, scim_type) in table {
        let error = patched_by("custom_scim_v2", kind, before, &json!([operation]))
            .map(|patched| patched.document)
            .unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(*scim_type)), "{operation}: {error}");
    }
}

#[test]
fn of_a_user() {
    let before = json!({ "userName": "ana", "emails": [{ "value": "a", "type": "work", "primary": true }] });
    let primaries = json!([{ "value": "b", "primary": true }, { "value": "a", "type": "work", "primary": true }]);
    let set = |path: &str| json!({ "op": "replace", "path": path, "value": "x" });
    let remove = |path: &str| json!({ "op": "remove", "path": path });
    check_table(
        "User",
        &before,
        &[
            (json!({ "op": "remove" }), NoTarget),
            (json!({ "op": "remove", "path": "" }), NoTarget),
            (json!({ "op": "move", "path": "title", "value": "x" }), InvalidSyntax),
            (json!({ "path": "title", "value": "x" }), InvalidSyntax),
            (json!("add"), InvalidSyntax),
            (json!({ "op": "add", "path": "title" }), InvalidValue),
            (json!({ "op": "add", "value": "x" }), InvalidValue),
            (json!({ "op": "add", "path": 1, "value": "x" }), InvalidPath),
            (set("nope"), InvalidPath),
            (set("__proto__.x"), InvalidPath),
            (set("toString.x"), InvalidPath),
            (set("constructor"), InvalidPath),
            (set("members"), InvalidPath),
            (set("emails["), InvalidPath),
            (set("emails[type eq \"work\"].nope"), InvalidPath),
            (set("emails.value.x"), InvalidPath),
            (set("userName.x"), InvalidPath),
            (set("title[value eq \"x\"]"), InvalidPath),
            (set("name[givenName eq \"x\"]"), InvalidPath),
            (set(&format!("{ENTERPRISE}:nope")), InvalidPath),
            (set(&format!("{ENTERPRISE}[value eq \"x\"]")), InvalidPath),
            (set("emails[nope eq \"x\"].value"), InvalidFilter),
            (set("emails[primary gt true].value"), InvalidFilter),
            (set("id"), Mutability),
            (set("ID"), Mutability),
            (set("schemas"), Mutability),
            (set("meta"), Mutability),
            (set("meta.created"), Mutability),
            (set("groups"), Mutability),
            (set("groups[value eq \"x\"]"), Mutability),
            (remove("groups"), Mutability),
            (remove("id"), Mutability),
            (remove("userName"), Mutability),
            (set(&format!("{ENTERPRISE}:manager.displayName")), Mutability),
            (set("emails[type eq \"home\"].value"), NoTarget),
            (set("emails[type eq \"home\"]"), NoTarget),
            (set("active"), InvalidValue),
            (set(ENTERPRISE), InvalidValue),
            (json!({ "op": "replace", "path": "userName", "value": null }), InvalidValue),
            (json!({ "op": "replace", "path": "userName", "value": "" }), InvalidValue),
            (json!({ "op": "replace", "path": "name", "value": 5 }), InvalidValue),
            (json!({ "op": "replace", "path": "title", "value": ["x"] }), InvalidValue),
            (json!({ "op": "replace", "value": { "title": "x", "TITLE": "y" } }), InvalidSyntax),
            (
                json!({ "op": "add", "path": "emails", "value": [{ "value": "x", "primary": true }, { "value": "y", "primary": true }] }),
                InvalidValue,
            ),
            (json!({ "op": "add", "path": "emails", "value": primaries }), InvalidValue),
            (json!({ "op": "add", "path": "emails", "value": vec![json!({ "value": "x" }); 101] }), InvalidValue),
        ],
    );
}

#[test]
fn of_a_group() {
    let before = json!({ "displayName": "E" });
    check_table(
        "Group",
        &before,
        &[
            (json!({ "op": "remove", "path": "displayName" }), Mutability),
            (json!({ "op": "replace", "path": "members[value eq \"a\"].value", "value": "b" }), Mutability),
            (json!({ "op": "replace", "path": "members[value eq \"a\"].display", "value": "b" }), Mutability),
            (json!({ "op": "replace", "path": "members[value eq \"a\"]", "value": { "value": "b" } }), Mutability),
            (json!({ "op": "remove", "path": "members.value" }), Mutability),
            (json!({ "op": "add", "path": "members", "value": [{}] }), InvalidValue),
            (json!({ "op": "add", "path": "members", "value": [7] }), InvalidValue),
            (json!({ "op": "remove", "path": "members[nope eq \"a\"]" }), InvalidFilter),
            (json!({ "op": "replace", "path": "userName", "value": "a" }), InvalidPath),
        ],
    );
}

#[test]
fn all_or_nothing() {
    let before = json!({ "userName": "ana" });
    let operations =
        json!([{ "op": "replace", "path": "title", "value": "x" }, { "op": "remove", "path": "userName" }]);
    assert!(patched(&before, &operations).is_err());
}

#[test]
fn envelopes() {
    let catalogue = Catalogue::core();
    let user = catalogue.resource_type("User").unwrap();
    let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    let operation = json!({ "op": "replace", "value": {} });
    for (body, is_accepted) in [
        (json!({ "schemas": [urn], "Operations": [operation] }), true),
        (json!({ "SCHEMAS": [urn.to_lowercase(), "urn:x"], "operations": [operation] }), true),
        (json!({ "schemas": [urn], "Operations": vec![operation.clone(); 1000] }), true),
        (json!({ "schemas": [urn], "Operations": [] }), false),
        (json!({ "schemas": [urn], "Operations": operation }), false),
        (json!({ "schemas": [urn] }), false),
        (json!({ "Operations": [operation] }), false),
        (json!({ "schemas": ["urn:x"], "Operations": [operation] }), false),
        (json!([operation]), false),
        (json!(null), false),
    ] {
        let parsed = parse(&catalogue, user, &body, &Quirks::default());
        assert_eq!(parsed.is_ok(), is_accepted);
        assert!(is_accepted || parsed.unwrap_err().scim_type == Some(InvalidSyntax));
    }
    let long = json!({ "schemas": [urn], "Operations": vec![operation.clone(); 1001] });
    assert_eq!(parse(&catalogue, user, &long, &Quirks::default()).unwrap_err().scim_type, Some(TooMany));
}

#[test]
fn what_a_value_object_may_hold_without_harm() {
    let before = json!({ "userName": "ana" });
    let operations = json!([{ "op": "replace", "value": {
        "id": "x", "schemas": [], "meta": {}, "groups": [], "nope": 1, "__proto__.x": 1, "meta.created": "x", "password": "secret", "[": 1,
    } }]);
    let patched = patched(&before, &operations).unwrap();
    assert_eq!(super::document_of(&patched), before);
    assert_eq!(patched.ignored, ["id", "schemas", "meta", "groups", "nope", "__proto__.x", "meta.created", "["]);
}
