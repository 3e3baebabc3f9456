//! Elements as JSON inside a text: Microsoft Entra ID's `SingleAppRoleAssignment` sends a role as
//! `"{\"id\":\"..\",\"value\":\"Admin\",\"displayName\":\"Admin\"}"`.
//!
//! Microsoft, "Customize user provisioning attribute-mappings", section on roles.

use serde_json::Value;

use crate::scim::json;
use crate::scim::schema::Attribute;

/// The value a text stands for, where a multi-valued complex attribute gets a text that holds a JSON object or array.
pub fn decoded(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::String(text) if attribute.is_complex() && text.trim_start().starts_with(['{', '[']) => {
            json::parse(text.as_bytes()).unwrap_or(Value::String(text))
        }
        other => other,
    }
}
