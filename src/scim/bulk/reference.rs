//! References to what a Bulk request creates (RFC 7644 section 3.7.1).
//!
//! A string that is `bulkId:` and an identifier stands for the id of a resource, wherever in the data it is; the text of a
//! PATCH path is not looked into. While that resource is not made yet, what refers to it can be left out: the element of a
//! multi-valued attribute, or the attribute.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The identifier a text refers to.
pub fn referred(text: &str) -> Option<&str> {
    text.strip_prefix("bulkId:")
}

/// Every identifier that a value refers to.
pub fn all(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(referred(text).map(str::to_owned)),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, found)),
        Value::Object(object) => object.values().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}

/// The value with ids in place of references; those without an id stay as they are.
pub fn resolved<'a>(value: &Value, id_of: &impl Fn(&str) -> Option<&'a str>) -> Value {
    match value {
        Value::String(text) => text_of(text, id_of).unwrap_or_else(|| value.clone()),
        Value::Array(elements) => elements.iter().map(|element| resolved(element, id_of)).collect(),
        Value::Object(object) => object.iter().map(|(key, inner)| (key.clone(), resolved(inner, id_of))).collect(),
        other => other.clone(),
    }
}

/// The same for the body of a resource, without elements and attributes that refer to what has no id.
pub fn reduced<'a>(body: &Value, id_of: &impl Fn(&str) -> Option<&'a str>) -> Value {
    match body {
        Value::Object(object) => object
            .iter()
            .filter_map(|(key, value)| {
                // An extension holds attributes of its own; any other object is one complex attribute.
                let is_extension = key.contains(':') && value.is_object();
                let kept = if is_extension { Some(reduced(value, id_of)) } else { part(value, id_of) };
                Some((key.clone(), kept?))
            })
            .collect(),
        other => resolved(other, id_of),
    }
}

fn part<'a>(value: &Value, id_of: &impl Fn(&str) -> Option<&'a str>) -> Option<Value> {
    match value {
        Value::String(text) => text_of(text, id_of),
        Value::Array(elements) => Some(elements.iter().filter_map(|element| part(element, id_of)).collect()),
        Value::Object(object) => {
            let whole = object.iter().map(|(key, inner)| Some((key.clone(), part(inner, id_of)?)));
            whole.collect::<Option<Map<String, Value>>>().map(Value::Object)
        }
        other => Some(other.clone()),
    }
}

/// The text as it is, or the id it refers to; `None` when that is not known.
fn text_of<'a>(text: &str, id_of: &impl Fn(&str) -> Option<&'a str>) -> Option<Value> {
    referred(text).map_or_else(|| Some(text.into()), |bulk_id| id_of(bulk_id).map(Value::from))
}
