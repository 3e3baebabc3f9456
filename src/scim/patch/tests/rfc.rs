//! The operations of RFC 7644 section 3.5.2.

use serde_json::json;

use super::{ENTERPRISE, after, check_table, document_of, patched_by};
use crate::scim::members::{MemberChange, MemberFilter, MemberInput};

fn address() -> serde_json::Value {
    json!({ "type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood" })
}

#[test]
fn add() {
    let home = json!({ "value": "babs@home.test", "type": "home" });
    let work = json!({ "value": "b@work.test", "type": "work" });
    check_table(
        "custom_scim_v2",
        &[
            (
                json!({}),
                json!([{ "op": "add", "value": { "emails": [home], "nickName": "Babs" } }]),
                json!({ "emails": [home], "nickName": "Babs" }),
            ),
            (
                json!({ "emails": [work] }),
                json!([{ "op": "add", "path": "emails", "value": [home] }]),
                json!({ "emails": [work, home] }),
            ),
            (
                json!({ "emails": [work] }),
                json!([{ "op": "add", "path": "emails", "value": home }]),
                json!({ "emails": [work, home] }),
            ),
            (
                json!({ "emails": [work] }),
                json!([{ "op": "add", "path": "emails", "value": [work, { "value": "b@work.test" }] }]),
                json!({ "emails": [work] }),
            ),
            (
                json!({ "emails": [work] }),
                json!([{ "op": "add", "path": "emails", "value": [{ "value": "b@work.test", "type": "work", "display": "B" }] }]),
                json!({ "emails": [{ "value": "b@work.test", "type": "work", "display": "B" }] }),
            ),
            (json!({ "title": "a" }), json!([{ "op": "add", "path": "title", "value": "b" }]), json!({ "title": "b" })),
            (
                json!({ "name": { "givenName": "A" } }),
                json!([{ "op": "add", "path": "name", "value": { "familyName": "B" } }]),
                json!({ "name": { "givenName": "A", "familyName": "B" } }),
            ),
            (
                json!({}),
                json!([{ "op": "add", "path": "name.givenName", "value": "A" }]),
                json!({ "name": { "givenName": "A" } }),
            ),
            (
                json!({ "emails": [work] }),
                json!([{ "op": "add", "path": "emails[type eq \"home\"].value", "value": "babs@home.test" }]),
                json!({ "emails": [work, home] }),
            ),
            (
                json!({}),
                json!([{ "op": "add", "path": "emails[type eq \"work\" and primary eq true]", "value": { "value": "x" } }]),
                json!({ "emails": [{ "type": "work", "primary": true, "value": "x" }] }),
            ),
        ],
    );
}

#[test]
fn one_primary_value_at_most() {
    check_table(
        "custom_scim_v2",
        &[
            (
                json!({ "emails": [{ "value": "a", "primary": true }] }),
                json!([{ "op": "add", "path": "emails", "value": [{ "value": "b", "primary": true }] }]),
                json!({ "emails": [{ "value": "a", "primary": false }, { "value": "b", "primary": true }] }),
            ),
            (
                json!({ "emails": [{ "value": "a", "primary": true }, { "value": "b" }] }),
                json!([{ "op": "replace", "path": "emails[value eq \"b\"].primary", "value": true }]),
                json!({ "emails": [{ "value": "a", "primary": false }, { "value": "b", "primary": true }] }),
            ),
            (
                json!({ "emails": [{ "value": "a", "primary": true }, { "value": "b" }] }),
                json!([{ "op": "add", "value": { "emails": [{ "value": "b", "primary": true }] } }]),
                json!({ "emails": [{ "value": "a", "primary": false }, { "value": "b", "primary": true }] }),
            ),
        ],
    );
}

#[test]
fn remove() {
    let emails = json!([{ "value": "a", "type": "work" }, { "value": "b", "type": "home" }]);
    check_table(
        "custom_scim_v2",
        &[
            (json!({ "title": "a" }), json!([{ "op": "remove", "path": "title" }]), json!({})),
            (json!({}), json!([{ "op": "remove", "path": "title" }]), json!({})),
            (json!({ "emails": emails }), json!([{ "op": "remove", "path": "emails" }]), json!({})),
            (
                json!({ "emails": emails }),
                json!([{ "op": "remove", "path": "emails[type eq \"work\" and value ew \"a\"]" }]),
                json!({ "emails": [{ "value": "b", "type": "home" }] }),
            ),
            (
                json!({ "emails": emails }),
                json!([{ "op": "remove", "path": "emails[type eq \"other\"]" }]),
                json!({ "emails": emails }),
            ),
            (
                json!({ "emails": emails }),
                json!([{ "op": "remove", "path": "emails.type" }]),
                json!({ "emails": [{ "value": "a" }, { "value": "b" }] }),
            ),
            (
                json!({ "emails": emails }),
                json!([{ "op": "remove", "path": "emails[type eq \"work\"].value" }]),
                json!({ "emails": [{ "value": "b", "type": "home" }] }),
            ),
            (
                json!({ "emails": emails }),
                json!([{ "op": "remove", "path": "emails", "value": [{ "value": "b" }, { "value": "c" }] }]),
                json!({ "emails": [{ "value": "a", "type": "work" }] }),
            ),
            (json!({ "name": { "givenName": "A" } }), json!([{ "op": "remove", "path": "name.givenName" }]), json!({})),
            (
                json!({ ENTERPRISE: { "department": "D", "manager": { "value": "m" } } }),
                json!([{ "op": "remove", "path": format!("{ENTERPRISE}:department") }]),
                json!({ ENTERPRISE: { "manager": { "value": "m" } } }),
            ),
            (json!({ ENTERPRISE: { "department": "D" } }), json!([{ "op": "remove", "path": ENTERPRISE }]), json!({})),
            (
                json!({ ENTERPRISE: { "department": "D" } }),
                json!([{ "op": "remove", "path": format!("{ENTERPRISE}:department") }]),
                json!({}),
            ),
        ],
    );
}

#[test]
fn replace() {
    check_table(
        "custom_scim_v2",
        &[
            (
                json!({ "emails": [{ "value": "a" }], "title": "t" }),
                json!([{ "op": "replace", "value": { "emails": [{ "value": "b" }], "nickName": "Babs" } }]),
                json!({ "emails": [{ "value": "b" }], "title": "t", "nickName": "Babs" }),
            ),
            (
                json!({ "addresses": [address(), { "type": "home", "locality": "x" }] }),
                json!([{ "op": "replace", "path": "addresses[type eq \"work\"]",
                    "value": { "type": "work", "streetAddress": "911 Universal City Plaza" } }]),
                json!({ "addresses": [{ "type": "work", "streetAddress": "911 Universal City Plaza" }, { "type": "home", "locality": "x" }] }),
            ),
            (
                json!({ "addresses": [address()] }),
                json!([{ "op": "replace", "path": "addresses[type eq \"work\"].streetAddress", "value": "1010 Broadway Ave" }]),
                json!({ "addresses": [{ "type": "work", "streetAddress": "1010 Broadway Ave", "locality": "Hollywood" }] }),
            ),
            (
                json!({ "name": { "givenName": "A", "familyName": "B" } }),
                json!([{ "op": "replace", "path": "name", "value": { "givenName": "C", "familyName": null } }]),
                json!({ "name": { "givenName": "C" } }),
            ),
            (json!({ "title": "a" }), json!([{ "op": "replace", "path": "title", "value": null }]), json!({})),
            (
                json!({ "emails": [{ "value": "a" }] }),
                json!([{ "op": "replace", "path": "emails", "value": [] }]),
                json!({}),
            ),
            (
                json!({ "emails": [{ "value": "a" }, { "value": "b", "type": "home" }] }),
                json!([{ "op": "replace", "path": "emails.type", "value": "work" }]),
                json!({ "emails": [{ "value": "a", "type": "work" }, { "value": "b", "type": "work" }] }),
            ),
            (
                json!({}),
                json!([{ "op": "replace", "path": "emails.value", "value": "a" }]),
                json!({ "emails": [{ "value": "a" }] }),
            ),
            (
                json!({ ENTERPRISE: { "department": "D", "division": "V" } }),
                json!([{ "op": "replace", "path": ENTERPRISE, "value": { "department": "E", "costCenter": "7" } }]),
                json!({ ENTERPRISE: { "department": "E", "division": "V", "costCenter": "7" } }),
            ),
            (
                json!({ "emails": [{ "value": "a", "type": "work" }] }),
                json!([{ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].value", "value": "b" }]),
                json!({ "emails": [{ "value": "b", "type": "work" }] }),
            ),
            (
                json!({ "title": "a" }),
                json!([{ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:TITLE", "value": "b" }]),
                json!({ "title": "b" }),
            ),
        ],
    );
}

#[test]
fn operations_follow_each_other() {
    let before = json!({ "userName": "ana", "title": "a" });
    let operations = json!([
        { "op": "remove", "path": "title" },
        { "op": "add", "path": "title", "value": "b" },
        { "op": "replace", "path": "userName", "value": "eve" },
        { "op": "add", "path": "emails", "value": [{ "value": "x", "type": "work" }] },
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "y" },
    ]);
    assert_eq!(
        after(&before, &operations),
        json!({ "userName": "eve", "title": "b", "emails": [{ "value": "y", "type": "work" }] })
    );
}

#[test]
fn members() {
    let before = json!({ "displayName": "Tour Guides" });
    let input = |value: &str| MemberInput::of_id(value);
    let values = |ids: &[&str]| {
        MemberChange::Remove(MemberFilter::Values(ids.iter().map(|id| MemberInput::of_id(*id)).collect()))
    };
    for (operation, expected) in [
        (
            json!({ "op": "add", "path": "members", "value": [{ "display": "Babs", "$ref": "x", "value": "a" }] }),
            MemberChange::Add(vec![input("a")]),
        ),
        (json!({ "op": "add", "path": "members", "value": { "value": "a" } }), MemberChange::Add(vec![input("a")])),
        (json!({ "op": "add", "path": "members", "value": "a" }), MemberChange::Add(vec![input("a")])),
        (
            json!({ "op": "add", "value": { "members": ["a", { "value": "b" }] } }),
            MemberChange::Add(vec![input("a"), input("b")]),
        ),
        (json!({ "op": "add", "path": "members[value eq \"a\"]", "value": {} }), MemberChange::Add(vec![input("a")])),
        (
            json!({ "op": "replace", "path": "members", "value": [{ "value": "a" }] }),
            MemberChange::Replace(vec![input("a")]),
        ),
        (json!({ "op": "replace", "path": "members", "value": [] }), MemberChange::Replace(Vec::new())),
        (
            json!({ "op": "replace", "value": { "Members": [{ "value": "a" }] } }),
            MemberChange::Replace(vec![input("a")]),
        ),
        (json!({ "op": "remove", "path": "members" }), MemberChange::Remove(MemberFilter::All)),
        (json!({ "op": "remove", "path": "members[value eq \"a\"]" }), values(&["a"])),
        (json!({ "op": "remove", "path": "members[Value Eq \"a\" or value eq \"b\"]" }), values(&["a", "b"])),
        (json!({ "op": "remove", "path": "members", "value": [{ "$ref": null, "value": "a" }] }), values(&["a"])),
        (json!({ "op": "remove", "path": "members", "value": [] }), values(&[])),
        (
            json!({ "op": "remove", "path": "members[display sw \"b\"]" }),
            MemberChange::Remove(MemberFilter::Matching("display sw \"b\"".parse().unwrap())),
        ),
    ] {
        let patched = patched_by("custom_scim_v2", "Group", &before, &json!([operation])).unwrap();
        assert_eq!(patched.members, [expected], "{operation}");
        assert_eq!(document_of(&patched), before);
    }
}
