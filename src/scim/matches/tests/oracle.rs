//! Random filters over random people, against the plain meaning of the RFC's words.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{holds, parse};

const OPERATORS: [&str; 9] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

#[derive(Clone, Debug)]
enum Question {
    Single { path: &'static str, op: &'static str, text: String },
    Any { sub: &'static str, op: &'static str, text: String },
    Present(&'static str),
    Element(Vec<(bool, &'static str, &'static str, String)>),
    Not(Box<Question>),
    And(Vec<Question>),
    Or(Vec<Question>),
}

fn word() -> impl Strategy<Value = String> {
    "[aAbBß]{0,2}"
}

fn question() -> impl Strategy<Value = Question> {
    let op = || prop::sample::select(OPERATORS.to_vec());
    let sub = || prop::sample::select(vec!["value", "type", "display"]);
    let single = prop::sample::select(vec!["title", "nickName", "name.givenName", "externalId", "userName"]);
    let term = (any::<bool>(), sub(), op(), word());
    let leaf = prop_oneof![
        (single, op(), word()).prop_map(|(path, op, text)| Question::Single { path, op, text }),
        (sub(), op(), word()).prop_map(|(sub, op, text)| Question::Any { sub, op, text }),
        prop::sample::select(vec!["title", "name", "name.givenName", "emails", "emails.type", "userName"])
            .prop_map(Question::Present),
        vec(term, 1..4).prop_map(Question::Element),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|question| Question::Not(Box::new(question))),
            vec(inner.clone(), 2..4).prop_map(Question::And),
            vec(inner, 2..4).prop_map(Question::Or),
        ]
    })
}

fn person() -> impl Strategy<Value = Value> {
    let maybe = || proptest::option::of(word());
    let email = (maybe(), maybe(), maybe()).prop_map(|parts| {
        let parts: [Option<String>; 3] = parts.into();
        let named = ["value", "type", "display"].into_iter().zip(parts);
        Value::Object(named.filter_map(|(name, part)| Some((name.to_owned(), part?.into()))).collect())
    });
    (word(), maybe(), maybe(), maybe(), maybe(), vec(email, 0..3)).prop_map(
        |(user_name, title, nick, given, external, emails)| {
            let mut person = Map::from_iter([("userName".to_owned(), Value::String(user_name))]);
            person.extend(title.map(|title| ("title".to_owned(), title.into())));
            person.extend(nick.map(|nick| ("nickName".to_owned(), nick.into())));
            person.extend(given.map(|given| ("name".to_owned(), json!({ "givenName": given }))));
            person.extend(external.map(|external| ("externalId".to_owned(), external.into())));
            let emails: Vec<Value> =
                emails.into_iter().filter(|email| email.as_object().is_some_and(|email| !email.is_empty())).collect();
            person.extend((!emails.is_empty()).then(|| ("emails".to_owned(), emails.into())));
            Value::Object(person)
        },
    )
}

fn print(question: &Question, out: &mut String) {
    let joined = |questions: &[Question], word: &str, out: &mut String| {
        for (index, question) in questions.iter().enumerate() {
            out.push_str(if index == 0 { "(" } else { word });
            print(question, out);
        }
        out.push(')');
    };
    match question {
        Question::Single { path, op, text } => write!(out, "{path} {op} {text:?}").unwrap(),
        Question::Any { sub, op, text } => write!(out, "emails.{sub} {op} {text:?}").unwrap(),
        Question::Present(path) => write!(out, "{path} pr").unwrap(),
        Question::Element(terms) => {
            let term = |(is_negated, sub, op, text): &(bool, &str, &str, String)| {
                if *is_negated { format!("not ({sub} {op} {text:?})") } else { format!("{sub} {op} {text:?}") }
            };
            write!(out, "emails[{}]", terms.iter().map(term).collect::<Vec<_>>().join(" and ")).unwrap();
        }
        Question::Not(inner) => {
            out.push_str("not (");
            print(inner, out);
            out.push(')');
        }
        Question::And(questions) => joined(questions, " and ", out),
        Question::Or(questions) => joined(questions, " or ", out),
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss")
}

fn compare(value: &str, op: &str, wanted: &str) -> bool {
    match op {
        "eq" => value == wanted,
        "ne" => value != wanted,
        "co" => value.contains(wanted),
        "sw" => value.starts_with(wanted),
        "ew" => value.ends_with(wanted),
        "gt" => value > wanted,
        "ge" => value >= wanted,
        "lt" => value < wanted,
        "le" => value <= wanted,
        other => panic!("{other}"),
    }
}

/// What one value that may be absent answers: `ne` is the negation of `eq`.
fn single(value: Option<&Value>, op: &str, text: &str, is_exact: bool) -> bool {
    let key = |text: &str| if is_exact { text.to_owned() } else { folded(text) };
    match value.and_then(Value::as_str) {
        Some(value) => compare(&key(value), op, &key(text)),
        None => op == "ne",
    }
}

fn answer(person: &Value, question: &Question) -> bool {
    let at = |path: &str| person.pointer(&format!("/{}", path.replace('.', "/")));
    let emails = || person.get("emails").and_then(Value::as_array).into_iter().flatten();
    match question {
        Question::Single { path, op, text } => single(at(path), op, text, *path == "externalId"),
        Question::Any { sub, op, text } => {
            emails().any(|email| email.get(sub).is_some() && single(email.get(sub), op, text, false))
        }
        Question::Present("emails.type") => emails().any(|email| email.get("type").is_some_and(|kind| kind != "")),
        Question::Present(path) => at(path).is_some_and(|value| value != ""),
        Question::Element(terms) => emails().any(|email| {
            terms.iter().all(|(is_negated, sub, op, text)| single(email.get(sub), op, text, false) != *is_negated)
        }),
        Question::Not(inner) => !answer(person, inner),
        Question::And(questions) => questions.iter().all(|question| answer(person, question)),
        Question::Or(questions) => questions.iter().any(|question| answer(person, question)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_means_what_the_filter_says(person in person(), question in question()) {
        let mut filter = String::new();
        print(&question, &mut filter);
        parse(&filter);
        prop_assert_eq!(holds("User", &person, &filter), answer(&person, &question), "{}", filter);
    }
}
