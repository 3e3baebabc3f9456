//! Properties over trees and texts that a generator makes up and shrinks.

use proptest::prelude::*;
use scim_filter_parser::{AttributePath, CompareOp, Filter, Limits, Literal, Number, Options, PatchPath};

fn roomy() -> Options {
    Options::new().limits(Limits { max_length: usize::MAX, max_depth: usize::MAX, max_terms: usize::MAX })
}

fn attribute() -> impl Strategy<Value = AttributePath> {
    let name = || prop_oneof!["[$]?[A-Za-z][A-Za-z0-9_-]{0,8}", "not|and|or|pr|eq|true|null"];
    let urn = "[A-Za-z][A-Za-z0-9._~:/?#@!$&'*+,;=%-]{0,24}";
    (prop::option::of(urn), name(), prop::option::of(name())).prop_map(|(urn, name, sub)| AttributePath {
        urn,
        name,
        sub,
    })
}

fn literal() -> impl Strategy<Value = Literal> {
    let text = prop::collection::vec(any::<char>(), 0..12)
        .prop_map(|chars| chars.into_iter().filter(|c| *c != '\0').collect());
    let number =
        "-?(0|[1-9][0-9]{0,20})([.][0-9]{1,9})?([eE][+-]?[0-9]{1,3})?".prop_map(|text| Number::parse(&text).unwrap());
    prop_oneof![
        text.prop_map(Literal::String),
        number.prop_map(Literal::Number),
        any::<bool>().prop_map(Literal::Bool),
        Just(Literal::Null),
    ]
}

fn operator() -> impl Strategy<Value = CompareOp> {
    use CompareOp::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    prop::sample::select(vec![Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le])
}

fn test() -> impl Strategy<Value = Filter> {
    prop_oneof![
        attribute().prop_map(Filter::Present),
        (attribute(), operator(), literal()).prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
    ]
}

/// Joins terms as the parser does: a list in a list of the same kind is one list.
fn flat(terms: Vec<Filter>, all: bool) -> Filter {
    let mut joined = Vec::new();
    for term in terms {
        match term {
            Filter::And(inner) if all => joined.extend(inner),
            Filter::Or(inner) if !all => joined.extend(inner),
            other => joined.push(other),
        }
    }
    if all { Filter::And(joined) } else { Filter::Or(joined) }
}

fn expression(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    leaf.prop_recursive(6, 48, 4, |inner| {
        let terms = prop::collection::vec(inner.clone(), 2..5);
        prop_oneof![
            (terms, any::<bool>()).prop_map(|(terms, all)| flat(terms, all)),
            inner.prop_map(|term| Filter::Not(Box::new(term))),
        ]
    })
    .boxed()
}

fn element_filter() -> BoxedStrategy<Filter> {
    expression(test().boxed())
}

fn filter() -> BoxedStrategy<Filter> {
    let value_path =
        (attribute(), element_filter()).prop_map(|(path, filter)| Filter::ValuePath { path, filter: Box::new(filter) });
    expression(prop_oneof![3 => test(), 1 => value_path].boxed())
}

fn patch_path() -> impl Strategy<Value = PatchPath> {
    let sub = prop::option::of("[$]?[A-Za-z][A-Za-z0-9_-]{0,8}");
    (attribute(), prop::option::of((element_filter(), sub))).prop_map(|(attribute, behind)| {
        let (filter, sub) = behind.map_or((None, None), |(filter, sub)| (Some(filter), sub));
        PatchPath { attribute, filter, sub }
    })
}

/// Text that comes close to being a filter.
fn near_miss() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        "[ \t]{1,3}",
        "[a-zA-Z.:$]{1,6}",
        prop::sample::select(vec!["not", "and", "or", "pr", "eq", "(", ")", "[", "]", "\"", "\\u"])
            .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        literal().prop_map(|literal| literal.to_string()),
        filter().prop_map(|filter| filter.to_string()),
    ];
    prop::collection::vec(token, 0..16).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_filter_parses_to_itself(filter in filter()) {
        let printed = filter.to_string();
        prop_assert_eq!(Filter::parse_with(&printed, &roomy()), Ok(filter), "{}", printed);
    }

    #[test]
    fn a_printed_filter_parses_to_itself_in_every_dialect(filter in filter()) {
        let options = roomy().unquoted_values(true).value_path_sub_attribute(true);
        let printed = filter.to_string();
        prop_assert_eq!(Filter::parse_with(&printed, &options), Ok(filter), "{}", printed);
    }

    #[test]
    fn a_printed_path_parses_to_itself(path in patch_path()) {
        let printed = path.to_string();
        prop_assert_eq!(PatchPath::parse_with(&printed, &roomy()), Ok(path), "{}", printed);
    }

    #[test]
    fn a_printed_attribute_parses_to_itself(path in attribute()) {
        prop_assert_eq!(AttributePath::parse(&path.full()), Ok(path));
    }

    #[test]
    fn operators_and_keywords_ignore_letter_case(filter in filter(), upper in any::<bool>()) {
        let swap = |word: &str| if upper { word.to_uppercase() } else { word.to_owned() };
        let printed = format!("not (a eq 1) and {} pr", "b").replace("not", &swap("not"))
            .replace("eq", &swap("eq")).replace("and", &swap("and")).replace("pr", &swap("pr"));
        let both = format!("{printed} {} ({filter})", swap("or"));
        let plain = format!("not (a eq 1) and b pr or ({filter})");
        prop_assert_eq!(Filter::parse_with(&both, &roomy()), Filter::parse_with(&plain, &roomy()));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), near in near_miss()) {
        for text in [text, near] {
            for switches in *b"0123" {
                let mut data = vec![switches];
                data.extend_from_slice(text.as_bytes());
                crate::fuzz::fuzz(&data);
            }
        }
    }
}
