//! Checks that several use cases share.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer};

use super::Error;
use crate::store;

/// Seconds that a secret or an overlap may last at most: ten years.
pub(super) const MAX_SECONDS: i64 = 315_360_000;

/// Characters in a name or value at most.
const MAX_CHARS: usize = 255;

/// A text of a partial change: left out, or to be this, or (null) to be none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given {
    /// It stays as it is.
    #[default]
    LeftOut,
    /// It becomes this.
    To(Option<String>),
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::To)
    }
}

impl Given {
    /// What it is after the change; what stays is not checked again.
    pub(super) fn apply(&self, before: Option<&String>, check: impl Fn(Option<&str>) -> Checked) -> Checked {
        match self {
            Self::LeftOut => Ok(before.cloned()),
            Self::To(value) => check(value.as_deref()),
        }
    }
}

/// A text that was checked, or none.
pub(super) type Checked = Result<Option<String>, Error>;

/// A text that must be there: not blank, not longer than 255 characters.
pub(super) fn required(value: Option<&str>, code: &'static str, field: &'static str) -> Result<String, Error> {
    let text = value.unwrap_or_default().trim();
    if text.is_empty() {
        return Err(Error::invalid(code, format!("{field} is required")).field(field));
    }
    bounded(text, field)
}

/// A text that may be left out; blank counts as left out.
pub(super) fn optional(value: Option<&str>, field: &'static str) -> Result<Option<String>, Error> {
    match value.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => bounded(text, field).map(Some),
    }
}

fn bounded(text: &str, field: &'static str) -> Result<String, Error> {
    if text.chars().count() > MAX_CHARS {
        return Err(Error::invalid("VALUE_TOO_LONG", format!("{field} may have {MAX_CHARS} characters")).field(field));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid("INVALID_VALUE", format!("{field} may not hold control characters")).field(field));
    }
    Ok(text.to_owned())
}

/// A number of seconds within a range.
pub(super) fn seconds(value: i64, range: RangeInclusive<i64>, field: &'static str) -> Result<i64, Error> {
    if range.contains(&value) {
        return Ok(value);
    }
    let message = format!("{field} is a number of seconds from {} to {}", range.start(), range.end());
    Err(Error::invalid("INVALID_EXPIRY", message).field(field))
}

/// Turns a unique violation of the statement at hand into a refusal.
pub(super) fn on_conflict(refusal: impl FnOnce() -> Error) -> impl FnOnce(store::Error) -> Error {
    move |cause| match cause {
        store::Error::Conflict => refusal(),
        other => other.into(),
    }
}

/// The refusal for an identity that does not exist or is out of reach.
pub(super) fn no_identity(id: &str) -> Error {
    Error::invalid("IDENTITY_NOT_FOUND", format!("There is no identity {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_long_and_control_characters_are_refused_by_name() {
        for (text, code) in [("", "X_REQUIRED"), (" \t", "X_REQUIRED"), ("a\u{0}b", "INVALID_VALUE")] {
            assert!(required(Some(text), "X_REQUIRED", "x").unwrap_err().to_string().contains(code), "{text:?}");
        }
        assert!(required(Some(&"a".repeat(256)), "X", "x").is_err());
        assert_eq!(required(Some(" Acme "), "X", "x").unwrap(), "Acme");
        assert_eq!(optional(Some(" "), "x").unwrap(), None);
    }
}
