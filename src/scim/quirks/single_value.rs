//! One object where a list belongs: OneLogin's templates write `"emails": {..}`.

use serde_json::Value;

/// The elements of a multi-valued attribute's value.
pub(in crate::scim) fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        single => vec![single],
    }
}
