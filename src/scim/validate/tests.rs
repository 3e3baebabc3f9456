//! Bodies that are taken, and bodies that are refused.

use serde_json::json;

use super::*;
use crate::scim::ScimType;
use crate::scim::schema::Definitions;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn read(kind: &str, body: Value) -> Result<Validated, Error> {
    let catalogue = Catalogue::core();
    document(&catalogue, catalogue.resource_type(kind).unwrap(), body)
}

fn stored(body: Value) -> Value {
    Value::Object(read("User", body).unwrap().document.as_map().clone())
}

fn refusal(kind: &str, body: Value) -> (ScimType, String) {
    let error = read(kind, body).unwrap_err();
    (error.scim_type.unwrap(), error.detail)
}

#[test]
fn what_okta_posts() {
    let validated = read(
        "User",
        json!({
            "schemas": [CORE, ENTERPRISE],
            "userName": "ana@acme.test",
            "name": { "givenName": "Ana", "familyName": "Ortiz" },
            "emails": [{ "primary": true, "value": "ana@acme.test", "type": "work" }],
            "displayName": "Ana Ortiz", "locale": "en-US", "externalId": "00uexample0000000001",
            "groups": [], "password": "x7Kq2mPz", "active": true,
            ENTERPRISE: { "department": "R&D" },
        }),
    )
    .unwrap();
    assert_eq!(validated.ignored, ["groups"]);
    assert!(validated.active_given);
    assert_eq!(
        Value::Object(validated.document.as_map().clone()),
        json!({
            "userName": "ana@acme.test",
            "name": { "givenName": "Ana", "familyName": "Ortiz" },
            "emails": [{ "primary": true, "value": "ana@acme.test", "type": "work" }],
            "displayName": "Ana Ortiz", "locale": "en-US", "externalId": "00uexample0000000001",
            "active": true,
            ENTERPRISE: { "department": "R&D" },
        })
    );
}

#[test]
fn what_entra_posts() {
    let found = stored(json!({
        "schemas": [CORE, ENTERPRISE],
        "externalId": "ana", "userName": "ana@acme.test", "active": "True",
        "emails": [{ "primary": true, "type": "work", "value": "ana@acme.test" }],
        "meta": { "resourceType": "User" }, "roles": [],
        ENTERPRISE: { "department": "R&D", "manager": "26118915" },
    }));
    assert_eq!(found["active"], json!(true));
    assert_eq!(found[ENTERPRISE], json!({ "department": "R&D", "manager": { "value": "26118915" } }));
    assert_eq!(found.get("roles"), None);
}

#[test]
fn what_onelogin_posts() {
    let found = stored(json!({
        "schemas": ["urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:2.0"],
        "id": null, "active": "true", "userName": "ana@acme.test", "externalId": "104",
        "name": { "givenName": "Ana", "familyName": "Ortiz" },
        "emails": { "value": "ana@acme.test", "type": "work", "primary": "true" },
        "manager": { "managerId": "7" },
    }));
    assert_eq!(found["emails"], json!([{ "value": "ana@acme.test", "type": "work", "primary": true }]));
    assert_eq!(found["active"], json!(true));
}

#[test]
fn an_element_that_is_given_twice_counts_once() {
    let work = json!({ "value": "ana@acme.test", "type": "work" });
    let home = json!({ "value": "ana@acme.test", "type": "home" });
    let found = stored(json!({ "userName": "ana@acme.test", "emails": [work, home, work] }));
    assert_eq!(found["emails"], json!([work, home]));
}

#[test]
fn shapes_that_mean_the_same() {
    let plain = stored(json!({ "userName": "a", "name": { "givenName": "A" }, ENTERPRISE: { "department": "D" } }));
    for body in [
        json!({ "USERNAME": "a", "Name": { "GIVENNAME": "A" }, ENTERPRISE.to_lowercase(): { "Department": "D" } }),
        json!({ "userName": "a", "name.givenName": "A", format!("{ENTERPRISE}:department"): "D" }),
        json!({ format!("{CORE}:userName"): "a", "name": { "givenName": "A", "familyName": null }, ENTERPRISE: { "department": "D", "manager": "" } }),
        json!({ "userName": "a", "name": { "givenName": "A" }, ENTERPRISE: { "department": "D" }, "nickName": null, "emails": [], "ims": [null, {}], "addresses": {} }),
    ] {
        assert_eq!(stored(body.clone()), plain, "{body}");
    }
}

#[test]
fn what_is_ignored_is_named() {
    let body = json!({
        "userName": "a", "id": "mine", "meta": { "created": "x" }, "nope": 1, "emails": [{ "value": "x", "id": "1", "display": null }],
        "__proto__": { "x": 1 }, ENTERPRISE: { "nope": 1, "manager": { "value": "m", "displayName": "M", "$ref": null } }, "urn:other": {},
    });
    let ignored = read("User", body).unwrap().ignored;
    let [nope, display] = ["nope", "manager.displayName"].map(|name| format!("{ENTERPRISE}:{name}"));
    let reference = format!("{ENTERPRISE}:manager.$ref");
    assert_eq!(ignored, ["id", "meta", "nope", "emails.id", "__proto__", &nope, &display, &reference, "urn:other"]);
}

#[test]
fn what_is_refused() {
    use ScimType::{InvalidSyntax, InvalidValue};
    let long = "x".repeat(limits::STRING_BYTES + 1);
    let many: Vec<Value> = (0..=limits::ELEMENTS).map(|number| json!({ "value": number.to_string() })).collect();
    for (body, scim_type, naming) in [
        (json!([]), InvalidSyntax, "object"),
        (json!({}), InvalidValue, "userName"),
        (json!({ "userName": "" }), InvalidValue, "userName"),
        (json!({ "userName": " \t" }), InvalidValue, "userName"),
        (json!({ "userName": null }), InvalidValue, "userName"),
        (json!({ "userName": 1 }), InvalidValue, "userName"),
        (json!({ "userName": ["a"] }), InvalidValue, "userName"),
        (json!({ "userName": "a", "UserName": "b" }), InvalidSyntax, "UserName"),
        (json!({ "userName": "a", "name": { "givenName": "A", "GIVENNAME": "B" } }), InvalidSyntax, "givenName"),
        (
            json!({ "userName": "a", ENTERPRISE: { "department": "A" }, format!("{ENTERPRISE}:department"): "B" }),
            InvalidSyntax,
            "twice",
        ),
        (json!({ "userName": "a", "schemas": "x", "active": "yes" }), InvalidValue, "active"),
        (json!({ "userName": "a", "schemas": [1] }), InvalidValue, "schemas"),
        (json!({ "userName": "a", "schemas": {} }), InvalidValue, "schemas"),
        (json!({ "userName": "a", "active": 1 }), InvalidValue, "active"),
        (json!({ "userName": "a", "name": "Ana" }), InvalidValue, "name"),
        (json!({ "userName": "a", "name": 5 }), InvalidValue, "name"),
        (json!({ "userName": "a", "emails": [1] }), InvalidValue, "emails"),
        (json!({ "userName": "a", "emails": [["x"]] }), InvalidValue, "emails"),
        (json!({ "userName": "a", "emails": [{ "value": {} }] }), InvalidValue, "emails.value"),
        (
            json!({ "userName": "a", "emails": [{ "value": "1", "primary": true }, { "value": "2", "primary": "True" }] }),
            InvalidValue,
            "emails",
        ),
        (json!({ "userName": "a", "emails": many }), InvalidValue, "emails"),
        (
            json!({ "userName": "a", "x509Certificates": [{ "value": "no base64!" }] }),
            InvalidValue,
            "x509Certificates.value",
        ),
        (json!({ "userName": "a", "title": long }), InvalidValue, "title"),
        (json!({ "userName": "a".repeat(257) }), InvalidValue, "userName"),
        (json!({ "userName": "\u{fdfa}".repeat(256) }), InvalidValue, "userName"),
        (json!({ "userName": "a", ENTERPRISE: "x" }), InvalidValue, ENTERPRISE),
        (json!({ "userName": "a", "password": 1 }), InvalidValue, "password"),
    ] {
        let (found, detail) = refusal("User", body.clone());
        let short: String = body.to_string().chars().take(200).collect();
        assert_eq!(found, scim_type, "{short}");
        assert!(detail.contains(naming), "{detail} for {short}");
    }
    assert!(read("User", json!({ "userName": "é".repeat(256) })).is_ok());
}

#[test]
fn a_document_is_bounded_as_a_whole() {
    let photo = "x".repeat(limits::STRING_BYTES - 2);
    let photos: Vec<Value> = (10..80).map(|number| json!({ "value": format!("{photo}{number}") })).collect();
    assert!(refusal("User", json!({ "userName": "a", "photos": photos })).1.contains("larger"));
}

#[test]
fn members_are_split_off() {
    let extra = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    let members =
        json!([{ "VALUE": "a", "display": "Ana", "$ref": null }, "b", { "value": "c", "type": "Group" }, null]);
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", extra],
        "displayName": "Engineering",
        "Members": members,
    });
    let validated = read("Group", body).unwrap();
    assert_eq!(validated.members, Some(crate::scim::members::inputs(members).unwrap()));
    assert_eq!(validated.members.map(|members| members.len()), Some(3));
    assert_eq!(validated.document.to_stored(), r#"{"displayName":"Engineering"}"#);
    assert_eq!(read("Group", json!({ "displayName": "x" })).unwrap().members, None);
    assert_eq!(read("Group", json!({ "displayName": "x", "members": [] })).unwrap().members, Some(Vec::new()));
    for members in [json!([{}]), json!([1]), json!([{ "value": 1 }]), json!([{ "value": "" }])] {
        assert_eq!(refusal("Group", json!({ "displayName": "x", "members": members })).0, ScimType::InvalidValue);
    }
    assert_eq!(refusal("Group", json!({ "members": [] })).0, ScimType::InvalidValue);
}

#[test]
fn a_change_may_lack_only_what_was_lacking() {
    let definitions = json!([
        { "id": "urn:acme:Badge", "attributes": [
            { "name": "number", "required": true },
            { "name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                { "name": "value", "required": true }, { "name": "floor" }] },
        ] },
        { "name": "User", "endpoint": "/Users", "schema": CORE,
          "schemaExtensions": [{ "schema": "urn:acme:Badge", "required": true }] },
    ]);
    let catalogue = Catalogue::core().with(&Definitions::parse(definitions).unwrap()).unwrap();
    let resource_type = catalogue.resource_type("User").unwrap();
    let badge = |badge: Value| json!({ "userName": "a", "urn:acme:Badge": badge });
    let (bare, poor) = (json!({ "userName": "a" }), json!({ "doors": [{ "floor": "1" }] }));
    let rich = json!({ "number": "1", "doors": [{ "value": "A" }] });
    let two = json!({ "doors": [{ "floor": "1" }, { "floor": "2" }] });
    for (old, new, lacking) in [
        (bare.clone(), bare.clone(), None),
        (badge(poor.clone()), badge(poor.clone()), None),
        (badge(poor.clone()), badge(json!({ "doors": [{ "floor": "2" }] })), None),
        (badge(poor.clone()), json!({}), Some("userName")),
        (badge(poor.clone()), badge(two), Some("urn:acme:Badge:doors.value")),
        (bare.clone(), badge(json!({ "doors": [{ "value": "A" }] })), Some("urn:acme:Badge:number")),
        (badge(rich.clone()), badge(json!({ "number": "" })), Some("urn:acme:Badge:number")),
        (badge(rich.clone()), badge(json!({ "number": "1", "doors": [{ "floor": "1" }] })), Some("doors.value")),
        (badge(rich), bare, Some("urn:acme:Badge")),
    ] {
        let [before, after] = [&old, &new].map(|value| Document::from_stored(&value.to_string()).unwrap());
        let refusal = check_change(resource_type, &before, &after).err().map(|error| error.detail);
        assert_eq!(refusal.is_some(), lacking.is_some(), "{old} {new} {refusal:?}");
        assert!(refusal.unwrap_or_default().contains(lacking.unwrap_or_default()), "{old} {new}");
    }
}
