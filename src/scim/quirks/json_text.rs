//! A JSON object inside a text: Entra's `SingleAppRoleAssignment` adds a role as `"{\"value\":\"Admin\",..}"`.

use serde_json::Value;

/// The object a text holds.
pub(in crate::scim) fn json_text(text: &str) -> Option<Value> {
    let trimmed = text.trim_start();
    if !trimmed.starts_with('{') {
        return None;
    }
    crate::scim::json::parse(trimmed.as_bytes()).ok().filter(Value::is_object)
}
