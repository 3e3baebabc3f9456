//! Comparing an answer with the part of it that was expected.
//!
//! Objects: each expected member must match, others may be there. Arrays: same length, element by element. Strings that
//! begin with `$` are kinds of values; objects with one member that begins with `$` are the other rules.

use serde_json::{Map, Value};

/// The first place where an answer is not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// JSON pointer into the answer.
    pub at: String,
    /// What was expected there.
    pub expected: Value,
    /// What is there, if anything.
    pub got: Option<Value>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = if self.at.is_empty() { "the whole body" } else { &self.at };
        write!(formatter, "at {at}: expected {}, got ", self.expected)?;
        match &self.got {
            Some(got) => write!(formatter, "{got}"),
            None => formatter.write_str("nothing"),
        }
    }
}

/// Compares an answer with what was expected of it.
///
/// | expected | matches |
/// | --- | --- |
/// | `"$any"` `"$string"` `"$number"` `"$boolean"` `"$array"` `"$object"` | any value, or one of this kind |
/// | `"$integer"` | a whole number |
/// | `"$uuid"` `"$time"` | a string in the form of a UUID; an `xsd:dateTime` with a zone |
/// | `"$unreserved"` | a string that needs no escaping in a URL (RFC 3986 section 2.3) |
/// | `{"$not": x}` | what does not match `x`, or is not there |
/// | `{"$optional": x}` | what matches `x`, or is not there |
/// | `{"$has": "text"}` | a string with this in it |
/// | `{"$begins": "text"}` `{"$ends": "text"}` | a string that begins, or ends, with this |
/// | `{"$like": "text"}` | this string, in any letter case |
/// | `{"$in": [x, y]}` | what matches `x` or `y` |
/// | `{"$least": 2}` `{"$most": 5}` | a number of at least 2, or at most 5 |
/// | `{"$length": 2}` | an array of this length |
/// | `{"$each": x}` | an array, each element of which matches `x` |
/// | `{"$contains": [x, y]}` | an array with elements that match `x` and `y` |
/// | `{"$unordered": [x, y]}` | an array of this length whose elements match in some order |
/// | an object | an object whose members of these names match |
/// | an array | an array of this length whose elements match |
/// | anything else | the same value |
pub fn difference(expected: &Value, got: &Value) -> Option<Difference> {
    compare(expected, got, "")
}

fn compare(expected: &Value, got: &Value, at: &str) -> Option<Difference> {
    let is_equal = match expected {
        Value::String(text) if text.starts_with('$') => is_kind(text, got),
        Value::Object(object) => match rule(object) {
            Some((name, argument)) => satisfies(name, argument, got),
            None => return compare_members(object, expected, got, at),
        },
        Value::Array(items) => return compare_elements(items, expected, got, at),
        other => other == got,
    };
    (!is_equal).then(|| differs(at, expected, Some(got)))
}

fn differs(at: &str, expected: &Value, got: Option<&Value>) -> Difference {
    Difference { at: at.to_owned(), expected: expected.clone(), got: got.cloned() }
}

fn is_kind(kind: &str, got: &Value) -> bool {
    match kind {
        "$any" => true,
        "$string" => got.is_string(),
        "$number" => got.is_number(),
        "$integer" => got.is_i64() || got.is_u64(),
        "$boolean" => got.is_boolean(),
        "$array" => got.is_array(),
        "$object" => got.is_object(),
        "$uuid" => got.as_str().is_some_and(is_uuid),
        "$time" => got.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        "$unreserved" => got.as_str().is_some_and(|text| text.chars().all(is_unreserved)),
        _ => false,
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|char| char.is_ascii_hexdigit() || char == '-')
}

fn is_unreserved(char: char) -> bool {
    char.is_ascii_alphanumeric() || ['-', '.', '_', '~'].contains(&char)
}

/// The rule an object stands for, with its argument.
fn rule(object: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = object.iter().next()?;
    (object.len() == 1 && name.starts_with('$')).then_some((name.as_str(), argument))
}

fn satisfies(rule: &str, argument: &Value, got: &Value) -> bool {
    match (rule, argument, got) {
        ("$not", _, _) => compare(argument, got, "").is_some(),
        ("$optional", _, _) => compare(argument, got, "").is_none(),
        ("$has", Value::String(part), Value::String(whole)) => whole.contains(part),
        ("$begins", Value::String(part), Value::String(whole)) => whole.starts_with(part),
        ("$ends", Value::String(part), Value::String(whole)) => whole.ends_with(part),
        ("$like", Value::String(wanted), Value::String(got)) => wanted.to_lowercase() == got.to_lowercase(),
        ("$in", Value::Array(choices), _) => choices.iter().any(|choice| compare(choice, got, "").is_none()),
        ("$least", Value::Number(least), Value::Number(got)) => got.as_f64() >= least.as_f64(),
        ("$most", Value::Number(most), Value::Number(got)) => got.as_f64() <= most.as_f64(),
        ("$length", Value::Number(length), Value::Array(items)) => length.as_u64() == u64::try_from(items.len()).ok(),
        ("$each", _, Value::Array(items)) => items.iter().all(|item| compare(argument, item, "").is_none()),
        ("$contains", Value::Array(wanted), Value::Array(items)) => {
            wanted.iter().all(|wanted| items.iter().any(|item| compare(wanted, item, "").is_none()))
        }
        ("$unordered", Value::Array(wanted), Value::Array(items)) => {
            wanted.len() == items.len() && is_permutation(wanted, items)
        }
        _ => false,
    }
}

/// Takes for each wanted element the first one left that matches.
fn is_permutation(wanted: &[Value], items: &[Value]) -> bool {
    let mut left: Vec<&Value> = items.iter().collect();
    wanted.iter().all(|wanted| {
        let found = left.iter().position(|item| compare(wanted, item, "").is_none());
        found.map(|place| left.swap_remove(place)).is_some()
    })
}

fn compare_members(object: &Map<String, Value>, expected: &Value, got: &Value, at: &str) -> Option<Difference> {
    let Value::Object(members) = got else { return Some(differs(at, expected, Some(got))) };
    object.iter().find_map(|(name, wanted)| {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        let Some(member) = members.get(name) else {
            let rule = wanted.as_object().and_then(rule);
            let may_be_absent = rule.is_some_and(|(name, _)| ["$not", "$optional"].contains(&name));
            return (!may_be_absent).then(|| differs(&at, wanted, None));
        };
        compare(wanted, member, &at)
    })
}

fn compare_elements(items: &[Value], expected: &Value, got: &Value, at: &str) -> Option<Difference> {
    let Some(elements) = got.as_array().filter(|elements| elements.len() == items.len()) else {
        return Some(differs(at, expected, Some(got)));
    };
    let mut pairs = items.iter().zip(elements).enumerate();
    pairs.find_map(|(place, (wanted, element))| compare(wanted, element, &format!("{at}/{place}")))
}

/// The JSON pointer of the first `null`.
pub fn first_null(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(place, item)| Some(format!("/{place}{}", first_null(item)?)))
        }
        Value::Object(members) => {
            members.iter().find_map(|(name, member)| Some(format!("/{name}{}", first_null(member)?)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(expected: &Value, got: &Value) -> bool {
        difference(expected, got).is_none()
    }

    #[test]
    fn objects_match_in_part_and_arrays_as_a_whole() {
        assert!(matches(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1, "c": 2}, "d": 3})));
        assert!(matches(&json!([{"a": 1}]), &json!([{"a": 1, "b": 2}])));
        assert!(!matches(&json!([{"a": 1}]), &json!([{"a": 1}, {"a": 2}])));
        assert!(!matches(&json!([]), &json!({})));
        assert!(!matches(&json!(1), &json!("1")));
        assert!(!matches(&json!({"a": null}), &json!({})));
    }

    #[test]
    fn kinds_and_rules() {
        let cases = [
            (json!("$any"), json!(null), true),
            (json!("$string"), json!(1), false),
            (json!("$number"), json!(1), true),
            (json!("$uuid"), json!("01890000-0000-7000-8000-00000000000f"), true),
            (json!("$uuid"), json!("01890000-0000-7000-8000"), false),
            (json!("$integer"), json!(1.5), false),
            (json!("$time"), json!("2026-11-01T10:00:00Z"), true),
            (json!("$time"), json!("2026-11-01"), false),
            (json!("$boolean"), json!("true"), false),
            (json!("$unreserved"), json!("aZ09-._~"), true),
            (json!("$unreserved"), json!("a+b"), false),
            (json!({"$optional": "$integer"}), json!(1), true),
            (json!({"$optional": "$integer"}), json!("1"), false),
            (json!({"$begins": "he"}), json!("hello"), true),
            (json!({"$ends": "he"}), json!("hello"), false),
            (json!({"$like": "ANA"}), json!("ana"), true),
            (json!({"$in": [1, 2]}), json!(2), true),
            (json!({"$in": [1, 2]}), json!(3), false),
            (json!({"$least": 2}), json!(1), false),
            (json!({"$most": 2}), json!(2), true),
            (json!({"$length": 1}), json!([2]), true),
            (json!({"$each": {"a": 1}}), json!([{"a": 1}, {"a": 2}]), false),
            (json!({"$each": "$string"}), json!("a"), false),
            (json!("$misspelt"), json!("$misspelt"), false),
            (json!({"$not": 1}), json!(2), true),
            (json!({"$not": 1}), json!(1), false),
            (json!({"$has": "ell"}), json!("hello"), true),
            (json!({"$contains": [{"a": 2}]}), json!([{"a": 1}, {"a": 2}]), true),
            (json!({"$contains": [{"a": 3}]}), json!([{"a": 1}]), false),
            (json!({"$unordered": [1, 2]}), json!([2, 1]), true),
            (json!({"$unordered": [1, 1]}), json!([2, 1]), false),
            (json!({"$unordered": [1]}), json!([2, 1]), false),
        ];
        for (expected, got, is_match) in cases {
            assert_eq!(matches(&expected, &got), is_match, "{expected} {got}");
        }
        assert!(matches(&json!({"a": {"$not": true}}), &json!({})));
        assert!(matches(&json!({"a": {"$optional": true}}), &json!({})));
    }

    #[test]
    fn a_difference_says_where() {
        let found = difference(&json!({"a": [{"b/c": 1}]}), &json!({"a": [{"b/c": 2}]})).unwrap();
        assert_eq!(found.to_string(), "at /a/0/b~1c: expected 1, got 2");
        let missing = difference(&json!({"a": 1}), &json!({})).unwrap();
        assert_eq!(missing.to_string(), "at /a: expected 1, got nothing");
    }

    #[test]
    fn the_first_null_is_found() {
        assert_eq!(first_null(&json!({"a": [1, {"b": null}]})).as_deref(), Some("/a/1/b"));
        assert_eq!(first_null(&json!({"a": [1, {}]})), None);
    }
}
