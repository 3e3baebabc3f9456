//! What providers send.

use serde_json::{Value, json};

use super::{ENTERPRISE, after, check_table, document_of, patched_by};
use crate::scim::members::{MemberChange, MemberFilter, MemberInput};

fn values(ids: &[&str]) -> MemberChange {
    MemberChange::Remove(MemberFilter::Values(ids.iter().map(|id| MemberInput::of_id(*id)).collect()))
}

fn added(ids: &[&str]) -> MemberChange {
    MemberChange::Add(ids.iter().map(|id| MemberInput::of_id(*id)).collect())
}

#[test]
fn okta_deactivates_without_a_path() {
    let before = json!({ "userName": "ana", "active": true, "title": "t" });
    let operations = json!([{ "op": "replace", "value": { "active": false } }]);
    assert_eq!(after(&before, &operations), json!({ "userName": "ana", "active": false, "title": "t" }));
}

#[test]
fn okta_renames_a_group_with_its_id_in_the_value() {
    let operations = json!([{ "op": "replace", "value": { "id": "abf4dd94", "displayName": "Engineering" } }]);
    let patched = patched_by("okta", "Group", &json!({ "displayName": "Old" }), &operations).unwrap();
    assert_eq!(document_of(&patched), json!({ "displayName": "Engineering" }));
    assert_eq!((patched.ignored, patched.members.len()), (vec!["id".to_owned()], 0));
}

#[test]
fn okta_changes_members_by_delta() {
    let operations = json!([
        { "op": "remove", "path": "members[value eq \"89bb1940\"]" },
        { "op": "add", "path": "members", "value": [{ "value": "23a35c27", "display": "ana@acme.test" }] },
    ]);
    let patched = patched_by("okta", "Group", &json!({ "displayName": "E" }), &operations).unwrap();
    assert_eq!(patched.members, [values(&["89bb1940"]), added(&["23a35c27"])]);
}

#[test]
fn entra_default_dialect() {
    let operations = json!([
        { "op": "Replace", "path": "displayName", "value": "Ana O." },
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ana.o@acme.test" },
        { "op": "Replace", "path": "name.familyName", "value": "O." },
        { "op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Sales" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:manager"), "value": "26118915" },
        { "op": "Replace", "path": "active", "value": "False" },
    ]);
    let before = json!({ "userName": "ana", "active": true });
    let expected = json!({
        "userName": "ana", "active": false, "displayName": "Ana O.",
        "emails": [{ "type": "work", "value": "ana.o@acme.test" }],
        "name": { "familyName": "O." },
        ENTERPRISE: { "department": "Sales", "manager": { "value": "26118915" } },
    });
    assert_eq!(after(&before, &operations), expected);
}

#[test]
fn entra_flagged_dialect() {
    let operations = json!([
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "ana.o@acme.test" },
        { "op": "replace", "value": {
            "displayName": "Ana O.", "name.givenName": "Ana", "active": false,
            format!("{ENTERPRISE}:employeeNumber"): "17", ENTERPRISE: { "department": "D" } } },
    ]);
    let before = json!({
        "userName": "ana", "title": "t", "name": { "familyName": "Ortiz" },
        "emails": [{ "type": "work", "value": "old" }], ENTERPRISE: { "division": "V" },
    });
    let expected = json!({
        "userName": "ana", "title": "t", "active": false, "displayName": "Ana O.",
        "name": { "givenName": "Ana", "familyName": "Ortiz" },
        "emails": [{ "type": "work", "value": "ana.o@acme.test" }],
        ENTERPRISE: { "division": "V", "employeeNumber": "17", "department": "D" },
    });
    assert_eq!(after(&before, &operations), expected);
}

#[test]
fn entra_replaces_what_is_not_there() {
    let row = |path: &str, value: Value, after: Value| {
        (json!({}), json!([{ "op": "Replace", "path": path, "value": value }]), after)
    };
    check_table(
        "entra_id_azure_ad",
        &[
            row("emails[type eq \"work\"].value", json!("a"), json!({ "emails": [{ "type": "work", "value": "a" }] })),
            row(
                "phoneNumbers[type eq mobile].value",
                json!("1"),
                json!({ "phoneNumbers": [{ "type": "mobile", "value": "1" }] }),
            ),
            row(
                "roles[primary eq \"True\"].value",
                json!("Admin"),
                json!({ "roles": [{ "primary": true, "value": "Admin" }] }),
            ),
            row("emails[type eq \"work\"].value", json!(null), json!({})),
        ],
    );
}

#[test]
fn entra_removes_a_manager() {
    let before = json!({ ENTERPRISE: { "department": "D", "manager": { "value": "m" } } });
    let path = format!("{ENTERPRISE}:manager");
    let rest = json!({ ENTERPRISE: { "department": "D" } });
    check_table(
        "entra_id_azure_ad",
        &[
            (before.clone(), json!([{ "op": "Replace", "path": path, "value": "" }]), rest.clone()),
            (before.clone(), json!([{ "op": "Replace", "path": path, "value": null }]), rest.clone()),
            (before.clone(), json!([{ "op": "Remove", "path": path }]), rest.clone()),
            (before.clone(), json!([{ "op": "Replace", "value": { path.clone(): "" } }]), rest.clone()),
            (
                before,
                json!([{ "op": "Replace", "path": path, "value": "" }, { "op": "Replace", "path": path, "value": null }]),
                rest,
            ),
        ],
    );
}

#[test]
fn entra_roles() {
    let role = json!([{ "value": "Admin", "display": "Admin" }]);
    let encoded = r#"{"id":"1","value":"Admin","display":"Admin"}"#;
    check_table(
        "entra_id_azure_ad",
        &[
            (json!({}), json!([{ "op": "Add", "path": "roles", "value": encoded }]), json!({ "roles": role })),
            (json!({}), json!([{ "op": "Add", "path": "roles", "value": [encoded] }]), json!({ "roles": role })),
            (
                json!({ "roles": [{ "value": "a", "primary": true }, { "value": "b", "primary": false }] }),
                json!([{ "op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "c" }]),
                json!({ "roles": [{ "value": "c", "primary": true }, { "value": "b", "primary": false }] }),
            ),
        ],
    );
}

#[test]
fn entra_removes_an_email_with_a_value_beside_the_path() {
    check_table(
        "entra_id_azure_ad",
        &[(
            json!({ "emails": [{ "value": "a", "type": "work" }, { "value": "b" }] }),
            json!([{ "op": "Remove", "path": "emails[type eq \"work\"].value", "value": "whatever" }]),
            json!({ "emails": [{ "value": "b" }] }),
        )],
    );
}

#[test]
fn members_are_removed_by_a_list() {
    for provider in ["entra_id_azure_ad", "jumpcloud", "custom_scim_v2"] {
        let operations =
            json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": "a" }, { "value": "b" }] }]);
        let patched = patched_by(provider, "Group", &json!({ "displayName": "E" }), &operations).unwrap();
        assert_eq!(patched.members, [values(&["a", "b"])]);
    }
}
