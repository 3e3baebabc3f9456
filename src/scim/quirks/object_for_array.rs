//! One value where an array belongs: OneLogin's templates send `"emails": {..}`, Entra's test collection a lone member.
//!
//! Seen in goauthentik/authentik#11249 and in the code of 15five/django-scim2.

use serde_json::Value;

/// The elements that are meant.
pub fn elements(value: Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}
