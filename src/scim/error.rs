//! What a SCIM client may see of a failure (RFC 7644 section 3.12).
//!
//! A detail is written for the administrator who reads it in the IdP's log. It repeats at most [`ECHOED`] characters
//! of what the client sent and no control characters, and never says anything about other connections.

use serde_json::{Value, json};

/// Characters of client input that a detail may repeat.
pub const ECHOED: usize = 64;

const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A refusal: HTTP status, the SCIM keyword if there is one, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    /// HTTP status code.
    pub status: u16,
    /// The keyword of RFC 7644 table 9 or RFC 9865.
    pub scim_type: Option<ScimType>,
    /// For people.
    pub detail: String,
}

/// The keywords of RFC 7644 table 9, and those of RFC 9865 about cursors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter cannot be read or asks for what is not allowed.
    InvalidFilter,
    /// More results or work than the server will do.
    TooMany,
    /// A value is taken.
    Uniqueness,
    /// The attribute cannot be changed like this.
    Mutability,
    /// The body has the wrong structure.
    InvalidSyntax,
    /// The PATCH path cannot be read or names nothing.
    InvalidPath,
    /// The PATCH path selects nothing.
    NoTarget,
    /// A value is missing or has the wrong type.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The cursor is none that the server gave for this question.
    InvalidCursor,
    /// The cursor is too old.
    ExpiredCursor,
    /// The number of resources on a page changed during a walk.
    InvalidCount,
    /// The request holds sensitive information in its URI.
    Sensitive,
}

impl ScimType {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::InvalidFilter,
        Self::TooMany,
        Self::Uniqueness,
        Self::Mutability,
        Self::InvalidSyntax,
        Self::InvalidPath,
        Self::NoTarget,
        Self::InvalidValue,
        Self::InvalidVers,
        Self::InvalidCursor,
        Self::ExpiredCursor,
        Self::InvalidCount,
        Self::Sensitive,
    ];

    /// The keyword as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
            Self::Sensitive => "sensitive",
        }
    }
}

impl Error {
    /// An error without a keyword.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    fn typed(status: u16, scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// 400 `invalidFilter`.
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidFilter, detail)
    }

    /// 400 `invalidValue`.
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidValue, detail)
    }

    /// 400 `invalidPath`.
    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidPath, detail)
    }

    /// 400 `invalidSyntax`.
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidSyntax, detail)
    }

    /// 400 `noTarget`.
    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::NoTarget, detail)
    }

    /// 400 `mutability`.
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::Mutability, detail)
    }

    /// 400 `tooMany`.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::TooMany, detail)
    }

    /// 400 `invalidCursor`.
    pub fn invalid_cursor(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidCursor, detail)
    }

    /// 400 `expiredCursor`.
    pub fn expired_cursor(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::ExpiredCursor, detail)
    }

    /// 400 `invalidCount`.
    pub fn invalid_count(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidCount, detail)
    }

    /// 409 `uniqueness`.
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self::typed(409, ScimType::Uniqueness, detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, detail)
    }

    /// 412: `If-Match` does not hold.
    pub fn precondition_failed(detail: impl Into<String>) -> Self {
        Self::new(412, detail)
    }

    /// The error body; `status` is a string, as the RFC has it.
    pub fn to_json(&self) -> Value {
        let mut body = json!({ "schemas": [ERROR_URN], "status": self.status.to_string() });
        if let Some(object) = body.as_object_mut() {
            if let Some(scim_type) = self.scim_type {
                object.insert("scimType".to_owned(), scim_type.as_str().into());
            }
            object.insert("detail".to_owned(), self.detail.as_str().into());
        }
        body
    }
}

/// Client input as a detail may repeat it: short, and without characters that disturb a log or a terminal.
pub fn excerpt(text: &str) -> String {
    excerpt_of(text, ECHOED)
}

/// [`excerpt`] with another number of characters, for what stays on the server.
pub fn excerpt_of(text: &str, characters: usize) -> String {
    let clean = |c: char| if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() { c } else { '?' };
    let mut short: String = text.chars().take(characters).map(clean).collect();
    if text.chars().nth(characters).is_some() {
        short.push_str("..");
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_the_one_of_the_rfc() {
        let body = Error::mutability("id cannot be changed").to_json();
        assert_eq!(
            body.to_string(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"mutability","detail":"id cannot be changed"}"#
        );
        assert_eq!(Error::not_found("gone").to_json().get("scimType"), None);
        assert_eq!(Error::uniqueness("taken").status, 409);
    }

    #[test]
    fn an_excerpt_is_short_and_clean() {
        assert_eq!(excerpt("a\u{0}b\u{202e}c\n"), "a?b?c?");
        assert_eq!(excerpt(&"x".repeat(65)), format!("{}..", "x".repeat(64)));
        assert_eq!(excerpt(&"é".repeat(64)), "é".repeat(64));
    }
}
