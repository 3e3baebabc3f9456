//! What the envelopes of SCIM messages have in common (RFC 7644 section 3.1): names in any letter case, and the URN that
//! says which message it is.

use serde_json::{Map, Value};

use super::Error;
use super::quirks;

/// The member of that name, in any letter case.
pub(super) fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Takes the member of that name, in any letter case, out of an object.
pub(super) fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned()?;
    object.shift_remove(&key)
}

/// The members of a message.
///
/// # Errors
/// 400 `invalidSyntax` unless the body is an object whose `schemas` holds the URN of the message.
pub(super) fn open<'a>(body: &'a Value, urn: &str) -> Result<&'a Map<String, Value>, Error> {
    let body = body.as_object().ok_or_else(|| Error::invalid_syntax("the body must be a JSON object"))?;
    let urns = quirks::elements(field(body, "schemas").cloned().unwrap_or_default());
    if urns.iter().filter_map(Value::as_str).any(|given| given.eq_ignore_ascii_case(urn)) {
        return Ok(body);
    }
    Err(Error::invalid_syntax(format!("schemas must hold {urn}")))
}
