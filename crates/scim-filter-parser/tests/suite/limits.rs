//! Every limit at its value and one above it.

use scim_filter_parser::{AttributePath, ErrorKind, Filter, Limits, Options, PatchPath};

const DEFAULT: Limits = Limits { max_length: 4096, max_depth: 40, max_terms: 100 };

fn nested(open: &str, depth: usize) -> String {
    format!("{}a pr{}", open.repeat(depth), ")".repeat(depth))
}

#[test]
fn defaults() {
    assert_eq!(Limits::default(), DEFAULT);
}

#[test]
fn length_counts_bytes() {
    let filter = |length: usize| format!("a eq \"{}\"", "x".repeat(length - 7));
    assert!(Filter::parse(&filter(4096)).is_ok());
    let error = Filter::parse(&filter(4097)).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::TooLong, 4096));

    let wide = format!("a eq {}", "\u{1f600}".repeat(1100));
    let error = Filter::parse(&wide).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::TooLong, 4093));

    let name = "a".repeat(4097);
    assert_eq!(PatchPath::parse(&name).unwrap_err().kind(), ErrorKind::TooLong);
    assert_eq!(AttributePath::parse(&name).unwrap_err().kind(), ErrorKind::TooLong);
    assert!(AttributePath::parse(&"a".repeat(4096)).is_ok());
}

#[test]
fn depth_counts_open_brackets() {
    for open in ["(", "not (", "not("] {
        assert!(Filter::parse(&nested(open, 40)).is_ok(), "{open}");
        let error = Filter::parse(&nested(open, 41)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooDeep);
        assert_eq!(error.offset(), open.len() * 41 - 1);
    }
    assert!(Filter::parse(&format!("e[{}]", nested("(", 39))).is_ok());
    assert!(Filter::parse(&format!("e[{}]", nested("(", 40))).is_err());
    assert!(PatchPath::parse(&format!("e[{}]", nested("(", 39))).is_ok());
    assert!(PatchPath::parse(&format!("e[{}]", nested("(", 40))).is_err());
}

#[test]
fn depth_is_given_back_when_a_bracket_closes() {
    let group = nested("not (", 40);
    assert!(Filter::parse(&format!("{group} and {group} or {group}")).is_ok());
}

#[test]
fn terms_count_tests() {
    for test in ["a pr", "a eq 1", "e[a pr]"] {
        let filter = |terms: usize| vec![test; terms].join(" or ");
        assert!(Filter::parse(&filter(100)).is_ok(), "{test}");
        let error = Filter::parse(&filter(101)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooManyTerms);
    }
    let inside = vec!["a pr"; 101].join(" and ");
    let error = PatchPath::parse(&format!("e[{inside}]")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyTerms);
}

#[test]
fn a_sub_attribute_behind_a_value_path_is_a_term() {
    let options = |max_terms| {
        let limits = Limits { max_terms, ..DEFAULT };
        Options::new().value_path_sub_attribute(true).limits(limits)
    };
    assert!(Filter::parse_with("e[a pr].b pr", &options(2)).is_ok());
    assert!(Filter::parse_with("e[a pr].b pr", &options(1)).is_err());
}

#[test]
fn zero_is_a_limit_too() {
    let parse = |input, limits| Filter::parse_with(input, &Options::new().limits(limits));
    let kind = |input, limits| parse(input, limits).unwrap_err().kind();
    assert_eq!(kind("a pr", Limits { max_length: 0, ..DEFAULT }), ErrorKind::TooLong);
    assert_eq!(kind("a pr", Limits { max_terms: 0, ..DEFAULT }), ErrorKind::TooManyTerms);
    assert_eq!(kind("(a pr)", Limits { max_depth: 0, ..DEFAULT }), ErrorKind::TooDeep);
    assert!(parse("a pr", Limits { max_depth: 0, ..DEFAULT }).is_ok());
}

#[test]
fn no_setting_goes_deeper_than_the_ceiling() {
    let limits = Limits { max_depth: usize::MAX, ..DEFAULT };
    let options = Options::new().limits(limits);
    assert!(Filter::parse_with(&nested("not(", Limits::DEPTH_CEILING), &options).is_ok());
    let error = Filter::parse_with(&nested("not(", Limits::DEPTH_CEILING + 1), &options);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::TooDeep);
}
