//! The members a request names. They never become part of a document.

use serde_json::Value;

use crate::scim::error::Error;
use crate::scim::limits;
use crate::scim::quirks::as_list;

/// A member as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInput {
    /// The id.
    pub value: String,
    /// Its type, where given; advisory.
    pub kind: Option<String>,
}

/// Reads a list of members; `$ref` and `display` are computed here and ignored there.
///
/// # Errors
/// 400 `invalidValue` for an entry without an id, 400 `tooMany`.
pub fn members(value: Value) -> Result<Vec<MemberInput>, Error> {
    let items = as_list(value);
    if items.len() > limits::MEMBERS {
        return Err(Error::too_many(format!("one request may name at most {} members", limits::MEMBERS)));
    }
    items.into_iter().map(member).collect()
}

fn member(item: Value) -> Result<MemberInput, Error> {
    let missing = || Error::invalid_value("each member needs its id as value");
    let (value, kind) = match item {
        Value::String(id) => (id, None),
        Value::Object(object) => {
            let find = |wanted: &str| {
                object.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).and_then(|(_, value)| value.as_str())
            };
            (find("value").ok_or_else(missing)?.to_owned(), find("type").map(str::to_owned))
        }
        _ => return Err(missing()),
    };
    if value.is_empty() { Err(missing()) } else { Ok(MemberInput { value, kind }) }
}
