//! The examples of RFC 7644: filters of section 3.4.2.2 (figure 2), paths of section 3.5.2.

use scim_filter_parser::{AttributePath, CompareOp, Filter, Literal, PatchPath};

fn attribute(text: &str) -> AttributePath {
    AttributePath::parse(text).unwrap()
}

fn compare(path: &str, op: CompareOp, value: &str) -> Filter {
    Filter::Compare { path: attribute(path), op, value: Literal::String(value.to_owned()) }
}

fn present(path: &str) -> Filter {
    Filter::Present(attribute(path))
}

fn element(path: &str, terms: Vec<Filter>) -> Filter {
    Filter::ValuePath { path: attribute(path), filter: Box::new(Filter::And(terms)) }
}

use CompareOp::{Co, Eq, Ge, Gt, Le, Lt, Ne, Sw};

#[test]
fn single_tests() {
    let table = [
        (r#"userName eq "bjensen""#, compare("userName", Eq, "bjensen")),
        (r#"userName Eq "john""#, compare("userName", Eq, "john")),
        (r#"Username eq "john""#, compare("Username", Eq, "john")),
        (r#"name.familyName co "O'Malley""#, compare("name.familyName", Co, "O'Malley")),
        (r#"userName sw "J""#, compare("userName", Sw, "J")),
        (
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
            compare("urn:ietf:params:scim:schemas:core:2.0:User:userName", Sw, "J"),
        ),
        ("title pr", present("title")),
        (r#"meta.lastModified gt "2011-05-13T04:42:34Z""#, compare("meta.lastModified", Gt, "2011-05-13T04:42:34Z")),
        (r#"meta.lastModified ge "2011-05-13T04:42:34Z""#, compare("meta.lastModified", Ge, "2011-05-13T04:42:34Z")),
        (r#"meta.lastModified lt "2011-05-13T04:42:34Z""#, compare("meta.lastModified", Lt, "2011-05-13T04:42:34Z")),
        (r#"meta.lastModified le "2011-05-13T04:42:34Z""#, compare("meta.lastModified", Le, "2011-05-13T04:42:34Z")),
        (
            r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
            compare("schemas", Eq, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
        ),
    ];
    for (input, expected) in table {
        assert_eq!(Filter::parse(input), Ok(expected), "{input}");
    }
}

#[test]
fn combinations() {
    let employee = || compare("userType", Eq, "Employee");
    let either = || Filter::Or(vec![compare("emails", Co, "example.com"), compare("emails.value", Co, "example.org")]);
    let work = || vec![compare("type", Eq, "work"), compare("value", Co, "@example.com")];
    let xmpp = vec![compare("type", Eq, "xmpp"), compare("value", Co, "@foo.com")];
    let table = [
        (r#"title pr and userType eq "Employee""#, Filter::And(vec![present("title"), employee()])),
        (r#"title pr or userType eq "Intern""#, Filter::Or(vec![present("title"), compare("userType", Eq, "Intern")])),
        (
            r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
            Filter::And(vec![employee(), either()]),
        ),
        (
            r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
            Filter::And(vec![compare("userType", Ne, "Employee"), Filter::Not(Box::new(either()))]),
        ),
        (
            r#"userType eq "Employee" and (emails.type eq "work")"#,
            Filter::And(vec![employee(), compare("emails.type", Eq, "work")]),
        ),
        (
            r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
            Filter::And(vec![employee(), element("emails", work())]),
        ),
        (
            r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
            Filter::Or(vec![element("emails", work()), element("ims", xmpp)]),
        ),
    ];
    for (input, expected) in table {
        assert_eq!(Filter::parse(input), Ok(expected), "{input}");
    }
}

#[test]
fn patch_paths() {
    let plain = |attribute| PatchPath { attribute, filter: None, sub: None };
    let filtered = |name, filter, sub: Option<&str>| PatchPath {
        attribute: AttributePath::new(name),
        filter: Some(filter),
        sub: sub.map(str::to_owned),
    };
    let id = "2819c223-7f76-453a-919d-413861904646";
    let table = [
        ("members", plain(AttributePath::new("members"))),
        ("name.familyName", plain(AttributePath::with_sub("name", "familyName"))),
        (r#"addresses[type eq "work"]"#, filtered("addresses", compare("type", Eq, "work"), None)),
        (
            r#"members[value eq "2819c223-7f76-453a-919d-413861904646"]"#,
            filtered("members", compare("value", Eq, id), None),
        ),
        (
            r#"members[value eq "2819c223-7f76-453a-919d-413861904646"].displayName"#,
            filtered("members", compare("value", Eq, id), Some("displayName")),
        ),
        (
            r#"emails[type eq "work" and value ew "example.com"]"#,
            filtered(
                "emails",
                Filter::And(vec![compare("type", Eq, "work"), compare("value", CompareOp::Ew, "example.com")]),
                None,
            ),
        ),
        (
            r#"addresses[type eq "work"].streetAddress"#,
            filtered("addresses", compare("type", Eq, "work"), Some("streetAddress")),
        ),
    ];
    for (input, expected) in table {
        assert_eq!(PatchPath::parse(input), Ok(expected), "{input}");
    }
}
