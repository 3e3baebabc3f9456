//! One attribute's value: its type, its parts, how many.

use serde_json::{Map, Value};

use crate::scim::error::Error;
use crate::scim::limits;
use crate::scim::quirks::{as_list, boolean_text, json_text, text_for_complex};
use crate::scim::resource::is_primary;
use crate::scim::schema::{Attribute, AttributeType};
use crate::scim::values::time_key;

/// A value in the schema's spelling; `None` where it means "unassigned".
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub(in crate::scim) fn value(
    attribute: &Attribute,
    value: Value,
    ignored: &mut Vec<String>,
) -> Result<Option<Value>, Error> {
    if !attribute.multi_valued {
        return one(attribute, value, ignored);
    }
    let elements = elements(attribute, value, ignored)?;
    Ok(if elements.is_empty() { None } else { Some(Value::Array(elements)) })
}

/// The elements of a multi-valued attribute, unassigned ones left out.
///
/// # Errors
/// 400 `invalidValue` for a wrong type, too many elements, or several primary ones.
pub(in crate::scim) fn elements(
    attribute: &Attribute,
    value: Value,
    ignored: &mut Vec<String>,
) -> Result<Vec<Value>, Error> {
    let mut elements = Vec::new();
    for item in as_list(value) {
        elements.extend(one(attribute, item, ignored)?);
    }
    if elements.len() > limits::VALUES {
        return Err(Error::invalid_value(format!("{} has more than {} values", attribute.name, limits::VALUES)));
    }
    if elements.iter().filter(|element| is_primary(element)).count() > 1 {
        return Err(Error::invalid_value(format!("{} has more than one primary value", attribute.name)));
    }
    Ok(elements)
}

/// One value, or one element of several.
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub(in crate::scim) fn one(
    attribute: &Attribute,
    value: Value,
    ignored: &mut Vec<String>,
) -> Result<Option<Value>, Error> {
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (AttributeType::Complex, Value::Object(object)) => complex(attribute, object, ignored),
        (AttributeType::Complex, Value::String(text)) => {
            let object = json_text(&text).or_else(|| text_for_complex(attribute, &text));
            match object {
                Some(Value::Object(object)) => complex(attribute, object, ignored),
                _ => Err(wrong(attribute, "an object")),
            }
        }
        (AttributeType::Complex, _) => Err(wrong(attribute, "an object")),
        (AttributeType::Boolean, Value::Bool(value)) => Ok(Some(Value::Bool(value))),
        (AttributeType::Boolean, Value::String(text)) if text.is_empty() => Ok(None),
        (AttributeType::Boolean, Value::String(text)) => {
            boolean_text(&text).map(|value| Some(Value::Bool(value))).ok_or_else(|| wrong(attribute, "true or false"))
        }
        (AttributeType::Boolean, _) => Err(wrong(attribute, "true or false")),
        (AttributeType::Integer, Value::Number(number)) if !number.is_f64() => Ok(Some(Value::Number(number))),
        (AttributeType::Integer, _) => Err(wrong(attribute, "a whole number")),
        (AttributeType::Decimal, Value::Number(number)) => Ok(Some(Value::Number(number))),
        (AttributeType::Decimal, _) => Err(wrong(attribute, "a number")),
        (_, Value::String(text)) => self::text(attribute, text),
        _ => Err(wrong(attribute, "text")),
    }
}

fn text(attribute: &Attribute, text: String) -> Result<Option<Value>, Error> {
    // An empty text is no value: `pr` is about non-empty ones (RFC 7644 table 3).
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > limits::STRING_BYTES && attribute.kind != AttributeType::Binary {
        return Err(Error::invalid_value(format!("{} is longer than {} bytes", attribute.name, limits::STRING_BYTES)));
    }
    if attribute.kind == AttributeType::DateTime && time_key(&text).is_none() {
        return Err(wrong(attribute, "a date and time (RFC 3339)"));
    }
    Ok(Some(Value::String(text)))
}

fn complex(
    attribute: &Attribute,
    object: Map<String, Value>,
    ignored: &mut Vec<String>,
) -> Result<Option<Value>, Error> {
    let mut checked = Map::new();
    for (name, part) in object {
        match attribute.sub(&name) {
            Some(sub) if !sub.is_read_only() => {
                if let Some(part) = value(sub, part, ignored)? {
                    checked.insert(sub.name.clone(), part);
                }
            }
            _ => ignored.push(format!("{}.{}", attribute.name, crate::scim::error::excerpt(&name))),
        }
    }
    Ok(if checked.is_empty() { None } else { Some(Value::Object(checked)) })
}

fn wrong(attribute: &Attribute, wanted: &str) -> Error {
    Error::invalid_value(format!("{} must be {wanted}", attribute.name))
}
