//! A plain text where a complex value belongs: Microsoft Entra ID sends `"manager": "26118915"`, and removes the
//! manager with an empty text. OneLogin's template leaves an empty text inside the object of somebody without a manager.
//!
//! Microsoft, "Tutorial: Develop and plan provisioning for a SCIM endpoint", shows the text in PATCH requests; its
//! POSTs are seen in Captain-P-Goldfish/SCIM-SDK#686.

use serde_json::{Map, Value};

use super::draft_enterprise::sub_attribute;
use crate::scim::schema::Attribute;

/// The object that is meant: the text as `value`, nothing for an empty text. Other values stay as they are.
pub fn object(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) if attribute.sub("value").is_some() => {
            Value::Object(Map::from_iter([("value".to_owned(), Value::String(text))]))
        }
        Value::Object(object) if is_nobody(attribute, &object) => Value::Null,
        other => other,
    }
}

/// Whether a manager is nobody, and nothing else is said.
fn is_nobody(attribute: &Attribute, object: &Map<String, Value>) -> bool {
    let mut given = object.iter().filter_map(|(name, value)| {
        let sub = sub_attribute(attribute, name).filter(|sub| sub.is_writable())?;
        Some((sub, value))
    });
    attribute.name == "manager"
        && given.next().is_some_and(|(sub, value)| sub.name == "value" && value == "")
        && given.next().is_none()
}
