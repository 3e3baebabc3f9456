//! What holds for every request.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{ENTERPRISE, document_of, patched_by};
use crate::scim::json as bounded;
use crate::scim::patch::{apply, parse};
use crate::scim::quirks::Quirks;
use crate::scim::resource::Document;
use crate::scim::schema::Catalogue;
use crate::scim::validate;
use crate::scim::values;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof![Just("True".to_owned()), Just(String::new()), Just("{\"value\":1}".to_owned()), any::<String>()]
            .prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((name(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
        ]
    })
}

/// Names that mean something, and some that do not.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "userName",
        "name",
        "emails",
        "value",
        "type",
        "primary",
        "givenName",
        "active",
        "members",
        "groups",
        "id",
        "meta",
        "schemas",
        "password",
        "name.givenName",
        "emails.value",
        "roles",
        "addresses",
        "manager",
        "department",
        "title",
        "x509Certificates",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        ENTERPRISE,
        "$ref",
        "__proto__",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

fn path() -> impl Strategy<Value = String> {
    let filter = prop::sample::select(vec![
        "",
        "[type eq \"work\"]",
        "[value eq \"a\" or primary eq \"True\"]",
        "[not (type pr)].value",
        "[",
        ".type",
    ]);
    (name(), filter).prop_map(|(name, filter)| format!("{name}{filter}"))
}

fn operation() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec!["add", "Replace", "REMOVE", "remove", "replace", "Add"]);
    (word, proptest::option::of(path()), proptest::option::of(any_json())).prop_map(|(op, path, value)| {
        let mut operation = Map::from_iter([("op".to_owned(), Value::from(op))]);
        operation.extend(path.map(|path| ("path".to_owned(), path.into())));
        operation.extend(value.map(|value| ("value".to_owned(), value)));
        Value::Object(operation)
    })
}

fn email() -> impl Strategy<Value = Value> {
    ("[ab]", prop::sample::select(vec![None, Some("work"), Some("home")]), any::<bool>()).prop_map(
        |(value, kind, is_primary)| {
            let mut email = json!({ "value": value });
            if let Some(kind) = kind {
                email["type"] = json!(kind);
            }
            if is_primary {
                email["primary"] = json!(true);
            }
            email
        },
    )
}

fn each_once(values: Vec<Value>) -> Vec<Value> {
    let mut once = Vec::new();
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once
}

/// What can be stored: one primary e-mail address at most, and none twice.
fn user() -> impl Strategy<Value = Value> {
    vec(email(), 0..4).prop_map(|mut emails| {
        let mut seen = false;
        for email in &mut emails {
            if email.get("primary").is_some() && std::mem::replace(&mut seen, true) {
                email["primary"] = json!(false);
            }
        }
        let emails = each_once(emails);
        if emails.is_empty() { json!({ "userName": "ana" }) } else { json!({ "userName": "ana", "emails": emails }) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent, the answer is an error or a document that the schemas allow and that a PUT takes unchanged.
    #[test]
    fn the_result_is_valid(before in user(), operations in vec(operation(), 1..4), kind in prop::sample::select(vec!["User", "Group"])) {
        let before = if kind == "User" { before } else { json!({ "displayName": "E" }) };
        if let Ok(patched) = patched_by("entra_id_azure_ad", kind, &before, &Value::Array(operations)) {
            let catalogue = Catalogue::core();
            let resource_type = catalogue.resource_type(kind).unwrap();
            prop_assert!(validate::check(resource_type, &patched.document).is_ok());
            let put = validate::document(&catalogue, resource_type, document_of(&patched)).unwrap();
            prop_assert_eq!(&put.document, &patched.document);
            prop_assert!(put.ignored.is_empty());
            prop_assert!(!patched.document.to_stored().contains("null"), "{}", patched.document.to_stored());
            values::rows(resource_type, &patched.document);
        }
    }

    #[test]
    fn adding_twice_is_adding_once(before in user(), emails in vec(email(), 0..3)) {
        let operations = json!([{ "op": "add", "path": "emails", "value": emails }]);
        if let Ok(once) = patched_by("okta", "User", &before, &operations) {
            let twice = patched_by("okta", "User", &document_of(&once), &operations).unwrap();
            prop_assert_eq!(twice.document, once.document);
        }
    }

    #[test]
    fn replacing_is_what_it_says(before in user(), emails in vec(email(), 1..3)) {
        let operations = json!([{ "op": "replace", "path": "emails", "value": emails }]);
        if let Ok(patched) = patched_by("okta", "User", &before, &operations) {
            prop_assert_eq!(&document_of(&patched)["emails"], &Value::Array(each_once(emails)));
        }
    }

    #[test]
    fn an_empty_change_changes_nothing(before in user()) {
        let patched = patched_by("okta", "User", &before, &json!([{ "op": "replace", "value": {} }, { "op": "remove", "path": "title" }])).unwrap();
        prop_assert_eq!(document_of(&patched), before);
    }

    /// No JSON at all makes the readers of bodies panic.
    #[test]
    fn nothing_panics(body in any_json(), text in any::<String>()) {
        let catalogue = Catalogue::core();
        for resource_type in catalogue.resource_types() {
            let _ = validate::document(&catalogue, resource_type, body.clone());
            if let Ok(operations) = parse(&catalogue, resource_type, &body, &Quirks::default()) {
                let _ = apply(&catalogue, resource_type, &Document::default(), &operations, &Quirks::default());
            }
        }
        let _ = bounded::parse(text.as_bytes());
    }
}
