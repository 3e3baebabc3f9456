//! From what a client sent to what is stored: names in the schema's spelling, values of the schema's types.
//!
//! `null` and an empty array mean "no value" (RFC 7643 section 2.5). What no schema knows and what clients may not set
//! is left out and its name is kept, for administrators to see. Everything that is wrong is named by its path.

use serde_json::{Map, Number, Value};

use super::Error;
use super::error::excerpt_of;
use super::limits;
use super::quirks;
use super::schema::{Attribute, AttributeType};
use super::values::instant;

/// Names of attributes that were given and not taken.
#[derive(Clone, Debug, Default)]
pub struct Ignored(Vec<String>);

impl Ignored {
    /// Keeps a name once, and no more names than [`limits::IGNORED_NAMES`].
    pub fn note(&mut self, name: &str) {
        let name = excerpt_of(name, limits::IGNORED_CHARS);
        if self.0.len() < limits::IGNORED_NAMES && !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    /// The names, in the order in which they came.
    pub fn into_names(self) -> Vec<String> {
        self.0
    }
}

/// The whole value of an attribute, an array where it is multi-valued; `None` where there is no value.
///
/// # Errors
/// 400 `invalidValue` naming the path, 400 `invalidSyntax` for a name given twice.
pub fn whole(attribute: &Attribute, path: &str, value: Value, ignored: &mut Ignored) -> Result<Option<Value>, Error> {
    if !attribute.multi_valued {
        return single(attribute, path, value, ignored);
    }
    let elements = elements(attribute, path, value, ignored)?;
    Ok(if elements.is_empty() { None } else { Some(Value::Array(elements)) })
}

/// The elements of a multi-valued attribute; one that is given twice counts once (RFC 7643 section 2.4).
///
/// # Errors
/// As [`whole`]; also 400 `invalidValue` for more than [`limits::ELEMENTS`].
pub fn elements(attribute: &Attribute, path: &str, value: Value, ignored: &mut Ignored) -> Result<Vec<Value>, Error> {
    let given = quirks::elements(quirks::decoded(attribute, value));
    check_count(path, given.len())?;
    let mut elements = Vec::with_capacity(given.len());
    for element in given {
        let element = quirks::decoded(attribute, element);
        elements.extend(single(attribute, path, element, ignored)?.filter(|element| !elements.contains(element)));
    }
    Ok(elements)
}

/// Refuses more elements than [`limits::ELEMENTS`].
///
/// # Errors
/// 400 `invalidValue`.
pub fn check_count(path: &str, count: usize) -> Result<(), Error> {
    if count > limits::ELEMENTS {
        return Err(Error::invalid_value(format!("{path} has more than {} values", limits::ELEMENTS)));
    }
    Ok(())
}

/// One value of an attribute.
///
/// # Errors
/// As [`whole`].
pub fn single(attribute: &Attribute, path: &str, value: Value, ignored: &mut Ignored) -> Result<Option<Value>, Error> {
    if attribute.is_complex() {
        return match quirks::object(attribute, value) {
            Value::Null => Ok(None),
            Value::Object(object) => {
                let mut target = Map::new();
                merge(attribute, path, &mut target, object, ignored)?;
                Ok(if target.is_empty() { None } else { Some(Value::Object(target)) })
            }
            _ => Err(wrong(path, "an object")),
        };
    }
    if value.is_null() { Ok(None) } else { simple(attribute, path, value).map(Some) }
}

/// Writes the sub-attributes that an object gives into a complex value; `null` removes one, others stay.
///
/// # Errors
/// As [`whole`].
pub fn merge(
    attribute: &Attribute,
    path: &str,
    target: &mut Map<String, Value>,
    object: Map<String, Value>,
    ignored: &mut Ignored,
) -> Result<(), Error> {
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in object {
        let Some(sub) = quirks::sub_attribute(attribute, &name).filter(|sub| sub.is_writable()) else {
            ignored.note(&format!("{path}.{name}"));
            continue;
        };
        let path = format!("{path}.{}", sub.name);
        if seen.contains(&sub.name.as_str()) {
            return Err(Error::invalid_syntax(format!("{path} is given twice")));
        }
        seen.push(&sub.name);
        match whole(sub, &path, value, ignored)?.filter(|_| !sub.is_secret()) {
            Some(value) => target.insert(sub.name.clone(), value),
            None => target.shift_remove(&sub.name),
        };
    }
    Ok(())
}

fn simple(attribute: &Attribute, path: &str, value: Value) -> Result<Value, Error> {
    match (attribute.kind, value) {
        (AttributeType::String | AttributeType::Reference, Value::String(text)) => {
            text_within(path, text, limits::STRING_BYTES)
        }
        (AttributeType::Boolean, Value::Bool(value)) => Ok(Value::Bool(value)),
        (AttributeType::Boolean, Value::String(text)) => {
            quirks::boolean(&text).map(Value::Bool).ok_or_else(|| wrong(path, "true or false"))
        }
        (AttributeType::Integer, Value::Number(number)) if is_integer(&number) => Ok(Value::Number(number)),
        (AttributeType::Decimal, Value::Number(number)) => Ok(Value::Number(number)),
        (AttributeType::DateTime, Value::String(text)) if instant(&text).is_some() => Ok(Value::String(text)),
        (AttributeType::Binary, Value::String(text)) if is_base64(&text) => {
            text_within(path, text, limits::BINARY_BYTES)
        }
        (kind, _) => Err(wrong(path, expected(kind))),
    }
}

fn text_within(path: &str, text: String, bytes: usize) -> Result<Value, Error> {
    if text.len() > bytes {
        return Err(Error::invalid_value(format!("{path} is longer than {bytes} bytes")));
    }
    Ok(Value::String(text))
}

fn is_integer(number: &Number) -> bool {
    number.is_i64() || number.is_u64()
}

fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/-_=".contains(&byte))
}

fn expected(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String | AttributeType::Reference => "a string",
        AttributeType::Boolean => "true or false",
        AttributeType::Integer => "an integer",
        AttributeType::Decimal => "a number",
        AttributeType::DateTime => "a date and time such as 2026-11-24T09:30:00Z",
        AttributeType::Binary => "base64 text",
        AttributeType::Complex => "an object",
    }
}

fn wrong(path: &str, expected: &str) -> Error {
    Error::invalid_value(format!("{path} must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_names_are_kept_up_to_a_number_and_a_length() {
        let mut ignored = Ignored::default();
        ignored.note(&"x".repeat(limits::IGNORED_CHARS));
        ignored.note(&"y".repeat(limits::IGNORED_CHARS + 1));
        (0..limits::IGNORED_NAMES).for_each(|n| ignored.note(&format!("name{n}")));
        let names = ignored.into_names();
        assert_eq!(names.len(), limits::IGNORED_NAMES);
        assert_eq!(names[0], "x".repeat(limits::IGNORED_CHARS));
        assert!(names[1].starts_with(&"y".repeat(limits::IGNORED_CHARS)));
        assert!(!names[1].contains(&"y".repeat(limits::IGNORED_CHARS + 1)));
    }
}
