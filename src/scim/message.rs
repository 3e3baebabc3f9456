//! Reading the JSON messages of the protocol (RFC 7644 section 3): names in any letter case, and the URN that says which.

use serde_json::{Map, Value};

use super::Error;
use super::quirks;

/// The members of a message that says it is `urn`.
///
/// # Errors
/// 400 `invalidSyntax` for what is no object and for another message.
pub fn of<'a>(body: &'a Value, urn: &str) -> Result<&'a Map<String, Value>, Error> {
    let body = body.as_object().ok_or_else(|| Error::invalid_syntax("the body must be a JSON object"))?;
    let urns = quirks::elements(field(body, "schemas").cloned().unwrap_or_default());
    if urns.iter().filter_map(Value::as_str).any(|given| given.eq_ignore_ascii_case(urn)) {
        return Ok(body);
    }
    Err(Error::invalid_syntax(format!("schemas must hold {urn}")))
}

/// The member of that name.
pub fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
