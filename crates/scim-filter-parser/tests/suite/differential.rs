//! Comparison with the filter parser of the crate `scim_v2`, which is generated
//! from a grammar and so shares no technique with this one.
//!
//! Where both may be right the difference is listed in [`differences`] with its
//! reason; everywhere else they must agree on acceptance and on the tree.

use proptest::prelude::*;
use scim_filter_parser::{AttributePath, CompareOp, Filter, Literal, Number, PatchPath};
use scim_v2::filter as theirs;

fn attribute(path: theirs::AttrPath) -> AttributePath {
    AttributePath { urn: path.uri, name: path.name, sub: path.sub_attr }
}

fn operator(op: &theirs::CompareOp) -> CompareOp {
    match op {
        theirs::CompareOp::Eq => CompareOp::Eq,
        theirs::CompareOp::Ne => CompareOp::Ne,
        theirs::CompareOp::Co => CompareOp::Co,
        theirs::CompareOp::Sw => CompareOp::Sw,
        theirs::CompareOp::Ew => CompareOp::Ew,
        theirs::CompareOp::Gt => CompareOp::Gt,
        theirs::CompareOp::Ge => CompareOp::Ge,
        theirs::CompareOp::Lt => CompareOp::Lt,
        theirs::CompareOp::Le => CompareOp::Le,
    }
}

fn test(test: theirs::AttrExp) -> Filter {
    match test {
        theirs::AttrExp::Present(path) => Filter::Present(attribute(path)),
        theirs::AttrExp::Comparison(path, op, value) => Filter::Compare {
            path: attribute(path),
            op: operator(&op),
            value: match value {
                theirs::CompValue::True => Literal::Bool(true),
                theirs::CompValue::False => Literal::Bool(false),
                theirs::CompValue::Null => Literal::Null,
                theirs::CompValue::Str(string) => Literal::String(string),
                theirs::CompValue::Number(number) => Literal::Number(Number::parse(&number.to_string()).unwrap()),
            },
        },
    }
}

fn filter(tree: theirs::Filter) -> Filter {
    match tree {
        theirs::Filter::Attr(attr) => test(attr),
        theirs::Filter::Not(term) => Filter::Not(Box::new(filter(*term))),
        theirs::Filter::And(terms) => Filter::And(terms.into_iter().map(filter).collect()),
        theirs::Filter::Or(terms) => Filter::Or(terms.into_iter().map(filter).collect()),
        theirs::Filter::ValuePath(path) => {
            Filter::ValuePath { path: attribute(path.attr), filter: Box::new(element_filter(*path.filter)) }
        }
    }
}

fn element_filter(tree: theirs::ValFilter) -> Filter {
    match tree {
        theirs::ValFilter::Attr(attr) => test(attr),
        theirs::ValFilter::Not(term) => Filter::Not(Box::new(element_filter(*term))),
        theirs::ValFilter::And(terms) => Filter::And(terms.into_iter().map(element_filter).collect()),
        theirs::ValFilter::Or(terms) => Filter::Or(terms.into_iter().map(element_filter).collect()),
    }
}

fn patch_path(path: theirs::PatchPath) -> PatchPath {
    match path {
        theirs::PatchPath::Attr(path) => PatchPath { attribute: attribute(path), filter: None, sub: None },
        theirs::PatchPath::Value(path) => {
            PatchPath { attribute: attribute(path.attr), filter: Some(element_filter(path.filter)), sub: path.sub_attr }
        }
    }
}

/// Whether a word with a meaning of its own stands for an attribute, which only this crate accepts.
fn names_a_keyword(tree: &Filter) -> bool {
    const KEYWORDS: [&str; 8] = ["and", "or", "not", "pr", "eq", "co", "true", "false"];
    let keyword = |path: &AttributePath| KEYWORDS.iter().any(|word| path.name.eq_ignore_ascii_case(word));
    match tree {
        Filter::And(terms) | Filter::Or(terms) => terms.iter().any(names_a_keyword),
        Filter::Not(term) => names_a_keyword(term),
        Filter::Present(path) | Filter::Compare { path, .. } => keyword(path),
        Filter::ValuePath { path, filter } => keyword(path) || names_a_keyword(filter),
    }
}

fn assert_same_filter(input: &str) {
    let own = Filter::parse(input).ok();
    if !own.as_ref().is_some_and(names_a_keyword) {
        let other = input.parse::<theirs::Filter>().ok().map(filter);
        assert_eq!(own, other, "{input:?}");
    }
}

fn assert_same_path(input: &str) {
    let own = PatchPath::parse(input).ok();
    let filter = own.as_ref().and_then(|path| path.filter.as_ref());
    if !filter.is_some_and(names_a_keyword) {
        let other = input.parse::<theirs::PatchPath>().ok().map(patch_path);
        assert_eq!(own, other, "{input:?}");
    }
}

/// Inputs on which the two legitimately differ: the reason, then who accepts.
#[test]
fn differences() {
    let deep = format!("{}a pr{}", "(".repeat(50), ")".repeat(50));
    let wide = vec!["a pr"; 200].join(" or ");
    let table = [
        ("erratum 7319: a space behind `not` is optional", "not(a pr)", true, false),
        ("a bracket ends a term as well as a space does", "(a pr)and(b pr)", true, false),
        ("names are whatever the grammar calls a name, keywords too", "true pr", true, false),
        ("names are whatever the grammar calls a name, keywords too", "a pr and not pr", true, false),
        ("`$ref` is a name that RFC 7643 defines", "members.$ref pr", true, false),
        ("a URI may hold more than letters, dots and colons", "http://x/y:a pr", true, false),
        ("a prefix without colon is left to the schema to refuse", "User:a pr", true, false),
        ("spaces and tabs only: a line break is not part of a filter", "a\npr", false, true),
        ("a NUL cannot be stored as text", r#"a eq "\u0000""#, false, true),
        ("numbers have no range: the text is kept", "a eq 1e999", true, false),
        ("lower limit on depth", deep.as_str(), false, true),
        ("lower limit on terms", wide.as_str(), false, true),
    ];
    for (reason, input, ours, other) in table {
        assert_eq!(Filter::parse(input).is_ok(), ours, "{reason}: {input:?}");
        assert_eq!(input.parse::<theirs::Filter>().is_ok(), other, "{reason}: {input:?}");
    }
    let spaced = "a[b pr] . c";
    assert!(PatchPath::parse(spaced).is_err(), "no space inside an attribute path");
    assert!(spaced.parse::<theirs::PatchPath>().is_ok());
}

#[test]
fn hand_written_inputs() {
    for input in [
        "userName eq \"bjensen\"",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"",
        "a pr or b pr and c pr or not (d pr and (e pr or f pr))",
        "a pr and (b pr and c pr) or (d pr or e pr)",
        "e[a eq 1 or (b pr and not (c pr))] and f[g pr]",
        r#"a eq "\ud83d\ude00\"\\\/\b\f\n\r\t""#,
        r#"a eq "\ud83d""#,
        r#"a eq "\x""#,
        "a eq 01",
        "a eq 1.",
        "a EQ true AND b Pr",
        "a.b.c pr",
        "a[b[c pr]]",
        "a pr b pr",
        "a pr)",
        "",
    ] {
        assert_same_filter(input);
        assert_same_path(input);
    }
}

/// Tokens, to be joined with spaces, from the part of the language where the two must agree.
fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b.c",
        "urn:x:2.0:User:d",
        "a pr",
        "b eq 1",
        "c.d ne \"x\"",
        "and",
        "OR",
        "and",
        "or",
        "not (",
        "(",
        ")",
        "(",
        ")",
        "e[",
        "]",
        "pr",
        "eq",
        "co",
        "\"y\"",
        "-1.5",
        "1.",
        "false",
    ]);
    prop::collection::vec(token, 0..14).prop_map(|tokens| tokens.join(" "))
}

/// Mostly well-formed filters: tests joined at random with balanced brackets.
fn sentence() -> impl Strategy<Value = String> {
    let test = prop::sample::select(vec![
        "a pr",
        "b.c eq \"x y\"",
        "c lt 12",
        "d ne null",
        "e co \"\\u00e9\\n\"",
        "urn:x:y:f ge true",
        "g sw \"\\\"\"",
        "h EW 5",
    ]);
    test.prop_map(str::to_owned).prop_recursive(5, 32, 3, |inner| {
        let joined = prop::collection::vec((inner.clone(), prop::sample::select(vec!["and", "or", "AND"])), 1..4);
        prop_oneof![
            joined.prop_map(|terms| {
                let (texts, operators): (Vec<_>, Vec<_>) = terms.into_iter().unzip();
                let mut sentence = String::new();
                for (text, operator) in texts.iter().zip(operators) {
                    if !sentence.is_empty() {
                        sentence = format!("{sentence} {operator} ");
                    }
                    sentence.push_str(text);
                }
                sentence
            }),
            inner.clone().prop_map(|term| format!("({term})")),
            inner.clone().prop_map(|term| format!("not ({term})")),
            inner.prop_map(|term| format!("m[{term}]")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn token_soups(input in soup()) {
        assert_same_filter(&input);
        assert_same_path(&format!("p[{input}].q"));
    }

    #[test]
    fn sentences(input in sentence()) {
        assert_same_filter(&input);
        assert_same_path(&format!("p[{input}].q"));
    }
}
