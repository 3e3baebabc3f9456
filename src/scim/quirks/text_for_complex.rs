//! A text where an object with a `value` belongs: Entra sends `manager` as the manager's id, and clears it with `""`.

use serde_json::{Map, Value};

use crate::scim::schema::Attribute;

/// The object a text stands for; `None` where the attribute has no `value`, an empty object for an empty text.
pub(in crate::scim) fn text_for_complex(attribute: &Attribute, text: &str) -> Option<Value> {
    attribute.sub("value")?;
    let mut object = Map::new();
    if !text.is_empty() {
        object.insert("value".into(), text.into());
    }
    Some(Value::Object(object))
}
