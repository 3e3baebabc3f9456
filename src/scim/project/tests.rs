//! What is shown.

use super::*;
use crate::scim::schema::Catalogue;

fn shown(query: &[(&str, &str)]) -> Value {
    let document = Document::from_stored(
        &json!({
            "userName": "ana",
            "externalId": "e1",
            "name": { "givenName": "Ana", "familyName": "Ortiz" },
            "emails": [{ "value": "ana@acme.test", "type": "work" }, { "value": "a@home.test" }],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
                { "department": "R&D", "manager": { "value": "m1" } },
        })
        .to_string(),
    )
    .unwrap();
    let group = MemberRef {
        value: "g1".into(),
        display: Some("All".into()),
        reference: "https://x/Groups/g1".into(),
        kind: "direct".into(),
    };
    let view = View {
        id: "u1",
        document: &document,
        created: 1_700_000_000_123_456,
        modified: 1_700_000_001_000_000,
        version: 3,
        location: "https://x/Users/u1".into(),
        groups: vec![group],
        members: Vec::new(),
        manager: None,
    };
    let catalogue = Catalogue::core();
    let parameters: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    render(catalogue.resource_type("User").unwrap(), &Projection::parse(&parameters).unwrap(), &view)
}

#[test]
fn everything_in_the_order_of_the_schema() {
    assert_eq!(
        shown(&[]).to_string(),
        concat!(
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"#,
            r#""id":"u1","externalId":"e1","userName":"ana","name":{"givenName":"Ana","familyName":"Ortiz"},"#,
            r#""emails":[{"value":"ana@acme.test","type":"work"},{"value":"a@home.test"}],"#,
            r#""groups":[{"value":"g1","$ref":"https://x/Groups/g1","display":"All","type":"direct"}],"#,
            r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D","manager":{"value":"m1"}},"#,
            r#""meta":{"resourceType":"User","created":"2023-11-14T22:13:20.123Z","lastModified":"2023-11-14T22:13:21.000Z","#,
            r#""location":"https://x/Users/u1","version":"W/\"3\""}}"#
        )
    );
}

#[test]
fn what_is_asked_for() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    for (attributes, expected) in [
        ("userName", json!({ "userName": "ana" })),
        ("USERNAME, nope,,", json!({ "userName": "ana" })),
        ("name.givenName", json!({ "name": { "givenName": "Ana" } })),
        ("name.givenName,name", json!({ "name": { "givenName": "Ana", "familyName": "Ortiz" } })),
        ("emails.type", json!({ "emails": [{ "type": "work" }] })),
        ("meta.version", json!({ "meta": { "version": "W/\"3\"" } })),
        ("nope", json!({})),
        ("[", json!({})),
        ("password", json!({})),
        (&format!("{core}:userName"), json!({ "userName": "ana" })),
        (&format!("{urn}:department"), json!({ urn: { "department": "R&D" } })),
        (&format!("{urn}:manager.value"), json!({ urn: { "manager": { "value": "m1" } } })),
        (urn, json!({ urn: { "department": "R&D", "manager": { "value": "m1" } } })),
        ("department", json!({})),
    ] {
        let mut expected = expected;
        expected["schemas"] = json!([core, urn]);
        expected["id"] = json!("u1");
        assert_eq!(shown(&[("Attributes", attributes)]), expected, "{attributes}");
    }
}

#[test]
fn what_is_excluded() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let all = shown(&[]);
    for (excluded, pointers) in
        [("id,schemas", &[][..]), ("emails,groups,meta", &["emails", "groups", "meta"]), (urn, &[urn]), ("nope", &[])]
    {
        let mut expected = all.clone();
        for name in pointers {
            expected.as_object_mut().unwrap().shift_remove(*name);
        }
        assert_eq!(shown(&[("excludedAttributes", excluded)]), expected, "{excluded}");
    }
    assert_eq!(shown(&[("excludedAttributes", "name.familyName")])["name"], json!({ "givenName": "Ana" }));
    assert_eq!(shown(&[("excludedAttributes", "emails.value")])["emails"], json!([{ "type": "work" }]));
    assert_eq!(shown(&[("excludedAttributes", &format!("{urn}:manager"))])[urn], json!({ "department": "R&D" }));
}

#[test]
fn choices_that_contradict() {
    let parse = |query: &[(&str, &str)]| {
        let parameters: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Projection::parse(&parameters)
    };
    assert!(parse(&[("attributes", "a"), ("excludedAttributes", "b")]).is_err());
    assert!(parse(&[("attributes", "a"), ("ATTRIBUTES", "b")]).is_err());
    assert!(!parse(&[("attributes", "")]).unwrap().is_explicit());
    let catalogue = Catalogue::core();
    let group = catalogue.resource_type("Group").unwrap();
    assert!(Projection::default().wants(group, "members"));
    assert!(!parse(&[("excludedAttributes", "Members")]).unwrap().wants(group, "members"));
    assert!(parse(&[("excludedAttributes", "members.display")]).unwrap().wants(group, "members"));
    assert!(!parse(&[("attributes", "displayName")]).unwrap().wants(group, "members"));
    assert!(parse(&[("attributes", "members.value")]).unwrap().wants(group, "members"));
}
