//! Putting kept values into what is sent and expected.
//!
//! `{name}` in a string stands for a kept value, as text. An object `{"$kept": "name", "$with": {..}}` stands for a kept
//! JSON value with changes merged in (RFC 7396): the way Okta writes back what it has just read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Values kept by name.
pub type Kept = BTreeMap<String, Value>;

/// Replaces every `{name}` in a text.
///
/// # Errors
/// The name nobody has kept. Braces around anything that is not a name are text.
pub fn text(template: &str, kept: &Kept) -> Result<String, String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some((name, tail)) = after.split_once('}').filter(|(name, _)| is_name(name)) {
            filled.push_str(&plain(kept.get(name).ok_or_else(|| name.to_owned())?));
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Replaces every `{name}` in the strings of a JSON value, and every `$kept` object.
///
/// # Errors
/// As for [`text`].
pub fn value(template: &Value, kept: &Kept) -> Result<Value, String> {
    Ok(match template {
        Value::String(string) => Value::String(text(string, kept)?),
        Value::Array(items) => Value::Array(items.iter().map(|item| value(item, kept)).collect::<Result<_, _>>()?),
        Value::Object(object) => match object.get("$kept") {
            Some(Value::String(name)) => merged(name, object, kept)?,
            _ => Value::Object(members(object, kept)?),
        },
        other => other.clone(),
    })
}

fn members(object: &Map<String, Value>, kept: &Kept) -> Result<Map<String, Value>, String> {
    object.iter().map(|(name, member)| Ok((name.clone(), value(member, kept)?))).collect()
}

fn merged(name: &str, object: &Map<String, Value>, kept: &Kept) -> Result<Value, String> {
    let mut whole = kept.get(name).cloned().ok_or_else(|| name.to_owned())?;
    if let Some(changes) = object.get("$with") {
        merge(&mut whole, &value(changes, kept)?);
    }
    Ok(whole)
}

/// JSON merge patch.
fn merge(target: &mut Value, changes: &Value) {
    let Value::Object(changes) = changes else {
        *target = changes.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            target.shift_remove(name);
        } else {
            merge(target.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// Names begin with a letter and hold letters, digits, dots, dashes and underscores.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_'))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept() -> Kept {
        [
            ("ana".into(), json!("17")),
            ("n".into(), json!(5)),
            ("ana.body".into(), json!({"a": {"b": 1, "c": 2}, "d": [1]})),
        ]
        .into()
    }

    #[test]
    fn names_are_replaced_and_other_braces_are_text() {
        assert_eq!(text("/Users/{ana}?x={n}", &kept()).unwrap(), "/Users/17?x=5");
        assert_eq!(text(r#"{"id":"{ana}"} {} {A} {"#, &kept()).unwrap(), r#"{"id":"17"} {} {A} {"#);
        assert_eq!(text("{ben}", &kept()), Err("ben".into()));
    }

    #[test]
    fn a_kept_body_is_merged_with_changes() {
        let template = json!({"$kept": "ana.body", "$with": {"a": {"b": "{ana}", "c": null}, "d": [], "e": {"f": 1}}});
        assert_eq!(value(&template, &kept()).unwrap(), json!({"a": {"b": "17"}, "d": [], "e": {"f": 1}}));
        assert_eq!(value(&json!({"$kept": "ben", "$with": {}}), &kept()), Err("ben".into()));
        assert_eq!(value(&json!([{"x": "{n}"}, null]), &kept()).unwrap(), json!([{"x": "5"}, null]));
    }
}
