//! PATCH paths beyond the examples of the RFC.

use scim_filter_parser::{ErrorKind, Filter, Options, PatchPath};

#[test]
fn shapes_that_providers_send() {
    for input in [
        r#"emails[type eq "work"].value"#,
        r#"roles[primary eq "True"].value"#,
        r#"members[value eq "f648f8d5"]"#,
        "members",
        "name.familyName",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:x:2.0:User:things[a eq 1 or not (b pr)].$ref",
    ] {
        let path = PatchPath::parse(input).unwrap();
        assert_eq!(path.to_string(), input);
        assert_eq!(input.parse::<PatchPath>(), Ok(path));
    }
}

#[test]
fn spaces_around_tokens() {
    let path = PatchPath::parse(" emails [ type  EQ \"work\" ].value ").unwrap();
    assert_eq!(path.to_string(), r#"emails[type eq "work"].value"#);
    assert_eq!(path.filter, Some(Filter::parse(r#"type eq "work""#).unwrap()));
}

#[test]
fn refused() {
    use ErrorKind::{InvalidAttribute, InvalidOperator, NestedValuePath, UnexpectedCharacter, UnexpectedEnd};
    let table = [
        ("", UnexpectedEnd, 0),
        ("a b", UnexpectedCharacter, 2),
        ("a pr", UnexpectedCharacter, 2),
        ("(a)", UnexpectedCharacter, 0),
        ("a.b.c", InvalidAttribute, 0),
        ("a[]", UnexpectedCharacter, 2),
        ("a[b]", UnexpectedCharacter, 3),
        ("a[b pr", UnexpectedEnd, 6),
        ("a[b pr)", UnexpectedCharacter, 6),
        ("a[b pr]]", UnexpectedCharacter, 7),
        ("a[b pr] .c", UnexpectedCharacter, 8),
        ("a[b pr]c", UnexpectedCharacter, 7),
        ("a[b pr].", UnexpectedEnd, 8),
        ("a[b pr].c.d", InvalidAttribute, 8),
        ("a[b pr].urn:c", InvalidAttribute, 8),
        ("a[b pr].c[d pr]", UnexpectedCharacter, 9),
        ("a[b pr] and c pr", UnexpectedCharacter, 8),
        ("a[b pr c pr]", InvalidOperator, 7),
        ("a[b[c pr]]", NestedValuePath, 3),
        ("/a/b", InvalidAttribute, 0),
    ];
    for (input, kind, offset) in table {
        let error = PatchPath::parse(input).expect_err(input);
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{input}");
    }
}

#[test]
fn unquoted_values_end_at_the_bracket() {
    let options = Options::new().unquoted_values(true);
    let path = PatchPath::parse_with("emails[type eq work].value", &options).unwrap();
    assert_eq!(path.to_string(), r#"emails[type eq "work"].value"#);
}
