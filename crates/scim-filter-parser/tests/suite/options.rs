//! The two dialect switches.

use scim_filter_parser::{ErrorKind, Filter, Limits, Options};

fn printed(input: &str, options: &Options) -> Result<String, ErrorKind> {
    Filter::parse_with(input, options).map(|filter| filter.to_string()).map_err(|error| error.kind())
}

#[test]
fn a_sub_attribute_behind_a_value_path_is_one_more_condition() {
    let options = Options::default().value_path_sub_attribute(true);
    let table = [
        (
            r#"emails[type eq "work"].value eq "ana@acme.test""#,
            r#"emails[type eq "work" and value eq "ana@acme.test"]"#,
        ),
        ("e[a pr and b pr].c pr", "e[a pr and b pr and c pr]"),
        ("e[a pr or b pr].c pr", "e[(a pr or b pr) and c pr]"),
        ("e[not (a pr)].c ne 1 or d pr", "e[not (a pr) and c ne 1] or d pr"),
        ("not (e[a pr].b pr) and (f[a pr].b pr)", "not (e[a pr and b pr]) and f[a pr and b pr]"),
        ("e[a pr]", "e[a pr]"),
    ];
    for (input, expected) in table {
        assert_eq!(printed(input, &options).as_deref(), Ok(expected), "{input}");
    }
}

#[test]
fn what_may_not_follow_a_value_path() {
    let options = Options::new().value_path_sub_attribute(true);
    for (input, kind) in [
        ("e[a pr].", ErrorKind::UnexpectedEnd),
        ("e[a pr]. b pr", ErrorKind::UnexpectedCharacter),
        ("e[a pr].b", ErrorKind::UnexpectedEnd),
        ("e[a pr].b.c pr", ErrorKind::InvalidAttribute),
        ("e[a pr].b[c pr]", ErrorKind::UnexpectedCharacter),
        ("e[a pr].b eq", ErrorKind::UnexpectedEnd),
        ("e[a pr] .b pr", ErrorKind::InvalidOperator),
    ] {
        assert_eq!(printed(input, &options), Err(kind), "{input}");
    }
    assert_eq!(printed("e[a pr].b pr", &Options::new()), Err(ErrorKind::UnexpectedCharacter));
}

#[test]
fn the_brackets_that_printing_adds_count_as_depth() {
    let options = |max_depth| {
        let limits = Limits { max_depth, ..Limits::default() };
        Options::new().value_path_sub_attribute(true).limits(limits)
    };
    let input = "e[a pr or not (b pr)].c pr";
    assert_eq!(printed(input, &options(2)), Err(ErrorKind::TooDeep));
    let printed = printed(input, &options(3)).unwrap();
    assert!(Filter::parse_with(&printed, &options(3)).is_ok());
    assert!(Filter::parse_with("e[a pr and not (b pr)].c pr", &options(2)).is_ok());
}

#[test]
fn unquoted_values() {
    let options = Options::new().unquoted_values(true);
    let table = [
        ("externalId eq jyoung", r#"externalId eq "jyoung""#),
        ("meta.lastModified gt 2011-05-13T04:42:34Z", r#"meta.lastModified gt "2011-05-13T04:42:34Z""#),
        ("(a eq x) and b eq y", r#"a eq "x" and b eq "y""#),
        ("e[a eq x]", r#"e[a eq "x"]"#),
        ("a eq \u{e9}t\u{e9}", "a eq \"\u{e9}t\u{e9}\""),
        (r"a eq dom\user", r#"a eq "dom\\user""#),
        ("a eq ana@acme.test", r#"a eq "ana@acme.test""#),
        ("a eq and", r#"a eq "and""#),
        ("a eq True", r#"a eq "True""#),
        ("a eq true and b eq null or c eq false", "a eq true and b eq null or c eq false"),
        ("a eq 1.50", "a eq 1.50"),
        ("a eq 01", r#"a eq "01""#),
        (r#"a eq "x y""#, r#"a eq "x y""#),
    ];
    for (input, expected) in table {
        assert_eq!(printed(input, &options).as_deref(), Ok(expected), "{input}");
    }
    for (input, kind) in [
        ("a eq ", ErrorKind::UnexpectedEnd),
        ("a eq )", ErrorKind::UnexpectedCharacter),
        ("a eq x(y)", ErrorKind::UnexpectedCharacter),
        ("a eq x[y]", ErrorKind::UnexpectedCharacter),
        ("a eq x\"y", ErrorKind::UnexpectedCharacter),
        ("a eq x\u{1}", ErrorKind::UnexpectedCharacter),
        ("a eq x y", ErrorKind::InvalidOperator),
    ] {
        assert_eq!(printed(input, &options), Err(kind), "{input:?}");
    }
}
