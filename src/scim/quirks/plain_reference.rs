//! A plain text where a complex value belongs: Microsoft Entra ID sends `"manager": "26118915"`, and removes the
//! manager with an empty text.
//!
//! Microsoft, "Tutorial: Develop and plan provisioning for a SCIM endpoint", shows the text in PATCH requests; its
//! POSTs are seen in Captain-P-Goldfish/SCIM-SDK#686.

use serde_json::{Map, Value};

use crate::scim::schema::Attribute;

/// The object that is meant: the text as `value`, nothing for an empty text. Other values stay as they are.
pub fn object(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::String(text) if text.is_empty() => Value::Null,
        Value::String(text) if attribute.sub("value").is_some() => {
            Value::Object(Map::from_iter([("value".to_owned(), Value::String(text))]))
        }
        other => other,
    }
}
