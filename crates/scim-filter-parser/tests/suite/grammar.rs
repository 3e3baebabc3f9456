//! Precedence, brackets, spaces, keywords and attribute paths.

use scim_filter_parser::{AttributePath, ErrorKind, Filter};

fn printed(input: &str) -> String {
    Filter::parse(input).map_or_else(|error| format!("{error}"), |filter| filter.to_string())
}

#[test]
fn inputs_and_their_canonical_text() {
    let table = [
        ("a pr or b pr and c pr", "a pr or b pr and c pr"),
        ("(a pr or b pr) and c pr", "(a pr or b pr) and c pr"),
        ("a pr and (b pr and (c pr and d pr))", "a pr and b pr and c pr and d pr"),
        ("(a pr or b pr) or (c pr or d pr and e pr)", "a pr or b pr or c pr or d pr and e pr"),
        ("((a pr))", "a pr"),
        ("not (a pr) and b pr", "not (a pr) and b pr"),
        ("not(a pr)", "not (a pr)"),
        ("NOT\t( a pr )", "not (a pr)"),
        ("not (not (a pr))", "not (not (a pr))"),
        ("not (e[a pr or b pr])", "not (e[a pr or b pr])"),
        ("e[(a pr or b pr) and not (c pr)]", "e[(a pr or b pr) and not (c pr)]"),
        ("  a \t EQ   1 \tAND\tb PR  ", "a eq 1 and b pr"),
        ("(a pr)and(b pr)or(c pr)", "a pr and b pr or c pr"),
        ("e [ a pr ] and b pr", "e[a pr] and b pr"),
        ("e[manager.displayName pr]", "e[manager.displayName pr]"),
        ("urn:x:2.0:User:e[a pr]", "urn:x:2.0:User:e[a pr]"),
        ("members.$ref pr", "members.$ref pr"),
        ("$ref eq null", "$ref eq null"),
    ];
    for (input, expected) in table {
        assert_eq!(printed(input), expected, "{input}");
    }
}

#[test]
fn and_binds_tighter_than_or() {
    let present = |name: &str| Filter::Present(AttributePath::new(name));
    let both = Filter::And(vec![present("b"), present("c")]);
    assert_eq!(Filter::parse("a pr or b pr and c pr or d pr"), Ok(Filter::Or(vec![present("a"), both, present("d")])));
}

#[test]
fn keywords_may_be_attribute_names() {
    for input in
        ["not pr", "not eq 1 and and pr or or pr", "pr pr", "eq eq 1", "true eq true", "not[not pr]", "not (not pr)"]
    {
        assert_eq!(printed(input), input);
    }
}

#[test]
fn refused() {
    use ErrorKind::{InvalidAttribute, InvalidOperator, NestedValuePath, UnexpectedCharacter, UnexpectedEnd};
    let table = [
        ("", UnexpectedEnd, 0),
        (" \t ", UnexpectedEnd, 3),
        ("a", UnexpectedEnd, 1),
        ("a ", UnexpectedEnd, 2),
        ("a eq", UnexpectedEnd, 4),
        ("a eq ", UnexpectedEnd, 5),
        ("a pr and", UnexpectedEnd, 8),
        ("a pr or ", UnexpectedEnd, 8),
        ("(a pr", UnexpectedEnd, 5),
        ("e[a pr", UnexpectedEnd, 6),
        ("not (", UnexpectedEnd, 5),
        ("not", UnexpectedEnd, 3),
        ("()", UnexpectedCharacter, 1),
        ("e[]", UnexpectedCharacter, 2),
        ("a pr)", UnexpectedCharacter, 4),
        ("a pr]", UnexpectedCharacter, 4),
        ("(a pr]", UnexpectedCharacter, 5),
        ("e[a pr)", UnexpectedCharacter, 6),
        ("e[(a pr])", UnexpectedCharacter, 7),
        ("a pr and(", UnexpectedEnd, 9),
        ("a pr and[", UnexpectedCharacter, 8),
        ("a eq\"x\"", UnexpectedCharacter, 4),
        ("a eq \"x\"and b pr", UnexpectedCharacter, 8),
        ("a\neq 1", UnexpectedCharacter, 1),
        ("a eq 1\n", UnexpectedCharacter, 6),
        ("a\u{a0}pr", UnexpectedCharacter, 1),
        ("\u{e9} pr", UnexpectedCharacter, 0),
        ("a pr\u{e9}", InvalidOperator, 2),
        ("e[a pr].b pr", UnexpectedCharacter, 7),
        ("a pr b pr", InvalidOperator, 5),
        ("a regex \"x\"", InvalidOperator, 2),
        ("a == 1", InvalidOperator, 2),
        ("a pr && b pr", InvalidOperator, 5),
        ("a pr xor b pr", InvalidOperator, 5),
        ("not a pr", InvalidOperator, 4),
        ("a not (b pr)", InvalidOperator, 2),
        ("1a pr", InvalidAttribute, 0),
        ("-a pr", InvalidAttribute, 0),
        ("a. pr", InvalidAttribute, 0),
        (".a pr", InvalidAttribute, 0),
        ("a.b.c pr", InvalidAttribute, 0),
        ("a.1 pr", InvalidAttribute, 0),
        ("a$ pr", InvalidAttribute, 0),
        ("$ pr", InvalidAttribute, 0),
        (":a pr", InvalidAttribute, 0),
        ("1:a pr", InvalidAttribute, 0),
        ("urn:x:2.0 pr", InvalidAttribute, 0),
        ("urn:x: pr", InvalidAttribute, 0),
        ("b pr and a% pr", InvalidAttribute, 9),
        ("a[b[c pr]]", NestedValuePath, 3),
        ("a[(b pr) and not (c[d pr])]", NestedValuePath, 19),
    ];
    for (input, kind, offset) in table {
        let error = Filter::parse(input).expect_err(input);
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{input:?}");
    }
}

#[test]
fn attribute_paths() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let table = [
        ("userName", None, "userName", None),
        ("a-b_c9.d-_1", None, "a-b_c9", Some("d-_1")),
        ("members.$ref", None, "members", Some("$ref")),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
            Some(enterprise),
            "manager",
            Some("displayName"),
        ),
        (enterprise, Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0"), "User", None),
        (
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group:x",
            Some("http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"),
            "x",
            None,
        ),
    ];
    for (input, urn, name, sub) in table {
        let path = AttributePath::parse(input).unwrap();
        assert_eq!((path.urn.as_deref(), path.name.as_str(), path.sub.as_deref()), (urn, name, sub), "{input}");
        assert_eq!(path.full(), input);
        assert_eq!(input.parse::<AttributePath>(), Ok(path));
    }
    for input in ["", "a b", "a[b pr]", "a.b.c", "(a)"] {
        assert!(AttributePath::parse(input).is_err(), "{input}");
    }
}
