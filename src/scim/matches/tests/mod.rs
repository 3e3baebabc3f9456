//! What filters find, what they may not ask, and the plans they become.

mod oracle;

use scim_filter_parser::{Filter, Options};
use serde_json::{Value, json};

use super::*;
use crate::scim::ScimType;
use crate::scim::project::{MemberRef, View};
use crate::scim::resource::Document;
use crate::scim::schema::Catalogue;
use crate::scim::values::rows;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn parse(text: &str) -> Filter {
    Filter::parse_with(text, &Options::new().value_path_sub_attribute(true)).unwrap()
}

fn ana() -> Value {
    json!({
        "userName": "Ana@Acme.test", "externalId": "Ext-1", "active": true, "title": "Straße", "nickName": "",
        "name": { "familyName": "O'Malley", "givenName": "Ana" },
        "emails": [
            { "value": "ana@acme.test", "type": "work", "primary": true },
            { "value": "ANA@home.test", "type": "home" },
        ],
        "roles": [{ "value": "Admin", "primary": false }, { "value": "x".repeat(600) }],
        "x509Certificates": [{ "value": "AAAA" }],
        ENTERPRISE: { "department": "R&D", "manager": { "value": "M1" } },
    })
}

fn member(id: &str, kind: &str, display: &str) -> MemberRef {
    MemberRef {
        value: id.into(),
        display: Some(display.into()),
        reference: format!("https://x/{id}"),
        kind: kind.into(),
    }
}

fn holds(kind: &str, document: &Value, filter: &str) -> bool {
    let document = Document::from_stored(&document.to_string()).unwrap();
    let view = View {
        id: "0199-ab",
        document: &document,
        created: 1_305_261_754_123_456,
        modified: 1_305_261_755_000_000,
        version: 3,
        location: "https://x/1".into(),
        groups: if kind == "User" {
            vec![member("g1", "direct", "All People"), member("g2", "indirect", "Everybody")]
        } else {
            Vec::new()
        },
        members: if kind == "Group" {
            vec![member("m1", "User", "Ana"), member("m2", "User", "Ben")]
        } else {
            Vec::new()
        },
        manager: None,
    };
    let catalogue = Catalogue::core();
    let resource_type = catalogue.resource_type(kind).unwrap();
    let plan = check(&catalogue, resource_type, &parse(filter)).unwrap();
    resource(&plan, &view, &rows(resource_type, view.document))
}

#[test]
fn filters_that_find_ana() {
    let long = "x".repeat(600);
    for filter in [
        r#"userName eq "ana@acme.TEST""#,
        r#"USERNAME Eq "ANA@ACME.TEST""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ANA""#,
        r#"userName co "acme""#,
        r#"userName ew ".test""#,
        r#"userName gt "an""#,
        r#"externalId eq "Ext-1""#,
        r#"externalId ne "ext-1""#,
        r#"id eq "0199-ab""#,
        r#"title eq "STRASSE""#,
        r#"name.familyName co "o'malley""#,
        "name pr",
        "title pr and not (displayName pr)",
        r#"displayName ne "x""#,
        "displayName eq null",
        "title ne null",
        "active eq true",
        r#"active eq "True""#,
        "active ne false",
        r#"emails eq "ana@home.test""#,
        r#"emails co "HOME""#,
        r#"emails.value ne "ana@acme.test""#,
        r#"emails.type eq "WORK" and emails.value ew "home.test""#,
        r#"emails[type eq "work" and value co "@acme.test"]"#,
        r#"emails[type eq "work"].value eq "ANA@acme.test""#,
        "emails[not (primary eq true)]",
        "emails[primary ne true]",
        r#"emails[primary eq "True"]"#,
        "emails[type pr]",
        "x509Certificates pr",
        "x509Certificates.value pr",
        "ims eq null",
        r#"nickName eq """#,
        &format!(r#"roles.value eq "{long}""#),
        &format!(r#"roles.value ew "{long}""#),
        &format!(r#"{ENTERPRISE}:department eq "r&d""#),
        &format!(r#"{ENTERPRISE}:manager.value eq "M1""#),
        &format!("{ENTERPRISE} pr"),
        &format!(r#"schemas eq "{ENTERPRISE}""#),
        r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:user""#,
        "schemas pr",
        "meta pr",
        r#"meta.resourceType eq "User""#,
        r#"meta.version eq "W/\"3\"""#,
        r#"meta.created eq "2011-05-13T04:42:34.123Z""#,
        r#"meta.created ge "2011-05-13T06:42:34.123+02:00""#,
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"meta.lastModified le "2011-05-13T04:42:35.000Z""#,
        r#"meta.lastModified lt "2011-05-13T04:42:36""#,
        "groups pr",
        r#"groups eq "g1""#,
        r#"groups[type eq "direct" and display sw "all"]"#,
        r#"groups.type eq "Direct""#,
        r#"groups.value eq "g2""#,
        r#"groups[type eq "indirect" and value eq "g2"]"#,
        r#"userType eq "x" or title pr"#,
        "members eq null",
        "members.value ne null or id pr",
    ] {
        assert!(holds("User", &ana(), filter), "{filter}");
    }
}

#[test]
fn filters_that_do_not_find_ana() {
    for filter in [
        r#"userName eq "ana""#,
        r#"userName ne "ana@acme.test""#,
        r#"externalId eq "ext-1""#,
        r#"displayName eq "x""#,
        r#"displayName gt """#,
        r#"emails[type eq "work" and value co "home"]"#,
        r#"emails[type eq "other"]"#,
        "active eq false",
        "title eq null",
        "emails eq null",
        r#"ims ne "x""#,
        r#"ims.value ne "x""#,
        r#"roles.value eq "xxxx""#,
        r#"meta.resourceType ne "User""#,
        r#"meta.version eq "3""#,
        r#"meta.created gt "2011-05-13T04:42:34.123Z""#,
        r#"meta.created ne "2011-05-13T04:42:34.123Z""#,
        "meta.created eq null",
        r#"schemas eq "urn:x""#,
        "members pr",
        r#"members[value eq "m1"]"#,
        r#"groups eq "G1""#,
        r#"groups[type eq "direct" and value eq "g2"]"#,
        r#"groups[type eq "indirect" and value eq "g1"]"#,
        "not (userName pr)",
    ] {
        assert!(!holds("User", &ana(), filter), "{filter}");
    }
}

#[test]
fn filters_over_groups() {
    let group = json!({ "displayName": "Engineering" });
    for (filter, expected) in [
        (r#"displayName eq "ENGINEERING""#, true),
        (r#"members eq "m1""#, true),
        (r#"members.value eq "m3""#, false),
        (r#"members[value eq "m1" and display eq "BEN"]"#, false),
        (r#"members[value eq "m2" and display eq "BEN"]"#, true),
        (r#"members.type eq "user""#, true),
        (r#"members[type eq "Group"]"#, false),
        (r#"members.value ne "m1""#, true),
        ("members pr", true),
        ("members eq null", false),
        (r#"userName eq "x""#, false),
        (r#"userName ne "x""#, true),
        ("userName pr", false),
    ] {
        assert_eq!(holds("Group", &group, filter), expected, "{filter}");
    }
}

#[test]
fn what_may_not_be_asked() {
    let catalogue = Catalogue::core();
    let user = catalogue.resource_type("User").unwrap();
    for filter in [
        "nope pr",
        "password pr",
        r#"password sw "a""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:password eq "a""#,
        r#"name eq "x""#,
        r#"addresses eq "x""#,
        "userName eq 1",
        "userName eq true",
        "active eq 1",
        r#"active eq "yes""#,
        "active gt true",
        r#"active co "t""#,
        "emails.primary ge true",
        r#"x509Certificates eq "AAAA""#,
        r#"x509Certificates.value co "A""#,
        r#"meta.created eq "yesterday""#,
        r#"meta.created co "2011""#,
        "meta.created gt 1",
        "meta.created gt null",
        "userName co null",
        r#"meta eq "x""#,
        r#"meta.location eq "x""#,
        r#"meta[version eq "x"]"#,
        r#"schemas[value eq "x"]"#,
        r#"userName[value eq "x"]"#,
        r#"emails[nope eq "x"]"#,
        r#"emails[emails.value eq "x"]"#,
        r#"emails.value[value eq "x"]"#,
        r#"groups.$ref eq "x""#,
        r#"groups[$ref eq "x"]"#,
        &format!(r#"{ENTERPRISE}:manager.displayName eq "x""#),
        &format!(r#"{ENTERPRISE} eq "x""#),
        "department pr",
        r#"userName pr or nope eq "x""#,
    ] {
        let error = check(&catalogue, user, &parse(filter)).unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidFilter)), "{filter}");
    }
}

#[test]
fn plans_the_store_compiles() {
    let catalogue = Catalogue::core();
    let user = catalogue.resource_type("User").unwrap();
    let plan = |filter: &str| check(&catalogue, user, &parse(filter)).unwrap();
    let term = |field: Field, test: Test| Plan::Term(Term { field, test });
    let value = || Field::Stored("emails.value".to_owned());
    assert_eq!(plan(r#"userName eq "ANA""#), term(Field::UserName, Test::Eq("ana".into())));
    assert_eq!(plan(r#"emails ne "A""#), term(value(), Test::Ne("a".into())));
    assert_eq!(plan(r#"title ne "A""#), Plan::Not(Box::new(term(Field::Stored("title".into()), Test::Eq("a".into())))));
    assert_eq!(
        plan(r#"emails[value ne "A"]"#),
        Plan::Element {
            path: "emails".into(),
            plan: Box::new(Plan::Not(Box::new(term(value(), Test::Eq("a".into())))))
        }
    );
    assert_eq!(
        plan(r#"groups eq "G""#),
        Plan::Related {
            side: RelatedSide::Groups,
            plan: Box::new(term(Field::Related(RelatedField::Value), Test::Eq("G".into())))
        }
    );
    assert_eq!(plan(r#"meta.created gt "1970-01-01T00:00:00.0015Z""#), term(Field::Created, Test::Ge("2000".into())));
    let group = catalogue.resource_type("Group").unwrap();
    assert_eq!(
        members(group, &parse(r#"type eq "USER""#)).unwrap(),
        term(Field::Related(RelatedField::Kind), Test::Eq("user".into()))
    );
    assert!(members(user, &parse("value pr")).is_err());
}

#[test]
fn a_plan_that_holds_of_all_or_of_none_says_so() {
    let catalogue = Catalogue::core();
    let user = catalogue.resource_type("User").unwrap();
    for (filter, expected) in [
        (r#"meta.resourceType eq "User""#, Some(true)),
        (r#"meta.resourceType eq "Group""#, Some(false)),
        (r#"title pr and meta.resourceType eq "Group""#, Some(false)),
        (r#"title pr or meta.resourceType eq "User""#, Some(true)),
        ("not (members pr)", Some(true)),
        ("meta pr and not (members pr)", Some(true)),
        ("title pr", None),
        (r#"title pr or meta.resourceType eq "Group""#, None),
    ] {
        assert_eq!(check(&catalogue, user, &parse(filter)).unwrap().constant(), expected, "{filter}");
    }
}

#[test]
fn elements_of_value_paths() {
    let catalogue = Catalogue::core();
    let emails = catalogue.resource_type("User").unwrap().core_attribute("emails").unwrap();
    let work = json!({ "value": "a@x", "type": "Work" });
    for (filter, expected) in [
        (r#"type eq "work""#, true),
        (r#"type ne "work""#, false),
        ("primary pr", false),
        ("primary ne true", true),
        (r#"not (value co "b") and display eq null"#, true),
    ] {
        let found = select(emails, std::iter::once(&work), &parse(filter)).unwrap();
        assert_eq!(found.len() == 1, expected, "{filter}");
    }
}
