//! Attribute paths: `[URI ":"] ATTRNAME ["." ATTRNAME]`, RFC 7644 figure 1.
//!
//! The last colon ends the URN, because a URN itself holds colons; the dot that
//! begins a sub-attribute counts only behind it, because a URN holds dots too
//! (`urn:ietf:params:scim:schemas:core:2.0:User:name.familyName`).

use std::fmt;

use crate::cursor::Cursor;
use crate::error::{ErrorKind, ParseError};

/// An attribute as written: optional schema URN, name, optional sub-attribute.
///
/// Letter case is kept; comparing names without regard to it is up to the
/// caller. A bare schema URN has the shape of an attribute too, its last
/// segment being the name: [`full`](Self::full) gives it back whole.
///
/// ```
/// use scim_filter_parser::AttributePath;
///
/// let path = AttributePath::parse("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName")?;
/// assert_eq!(path.urn.as_deref(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
/// assert_eq!(path.name, "name");
/// assert_eq!(path.sub.as_deref(), Some("familyName"));
/// # Ok::<(), scim_filter_parser::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttributePath {
    /// Everything before the last colon, e.g. `urn:ietf:params:scim:schemas:core:2.0:User`.
    pub urn: Option<String>,
    /// The attribute name, e.g. `emails`.
    pub name: String,
    /// The sub-attribute name, e.g. `value` of `emails.value`.
    pub sub: Option<String>,
}

impl AttributePath {
    /// An attribute without URN and sub-attribute. The name is not checked.
    ///
    /// ```
    /// use scim_filter_parser::AttributePath;
    ///
    /// assert_eq!(AttributePath::new("userName").to_string(), "userName");
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        Self { urn: None, name: name.into(), sub: None }
    }

    /// A sub-attribute of an attribute, without URN. The names are not checked.
    ///
    /// ```
    /// use scim_filter_parser::AttributePath;
    ///
    /// assert_eq!(AttributePath::with_sub("name", "familyName").to_string(), "name.familyName");
    /// ```
    pub fn with_sub(name: impl Into<String>, sub: impl Into<String>) -> Self {
        Self { urn: None, name: name.into(), sub: Some(sub.into()) }
    }

    /// The whole path as text: URN, name and sub-attribute, the same as `Display`.
    ///
    /// ```
    /// use scim_filter_parser::AttributePath;
    ///
    /// let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    /// assert_eq!(AttributePath::parse(urn)?.full(), urn);
    /// # Ok::<(), scim_filter_parser::ParseError>(())
    /// ```
    pub fn full(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// Takes an attribute path from the input.
pub(crate) fn attribute(cursor: &mut Cursor<'_>) -> Result<AttributePath, ParseError> {
    let start = cursor.position();
    let text = cursor.take_while(is_uri_byte);
    if text.is_empty() {
        return Err(cursor.unexpected());
    }
    let (urn, local) = match text.rsplit_once(':') {
        Some((urn, local)) => (Some(urn), local),
        None => (None, text),
    };
    let (name, sub) = match local.split_once('.') {
        Some((name, sub)) => (name, Some(sub)),
        None => (local, None),
    };
    if !(urn.is_none_or(is_urn) && is_name(name) && sub.is_none_or(is_name)) {
        return Err(cursor.error(ErrorKind::InvalidAttribute, start));
    }
    Ok(AttributePath { urn: urn.map(str::to_owned), name: name.to_owned(), sub: sub.map(str::to_owned) })
}

/// Takes the `.name` that may follow a value path.
pub(crate) fn sub_attribute(cursor: &mut Cursor<'_>) -> Result<Option<String>, ParseError> {
    if !cursor.eat(b'.') {
        return Ok(None);
    }
    let start = cursor.position();
    let name = cursor.take_while(is_uri_byte);
    if name.is_empty() {
        return Err(cursor.unexpected());
    }
    if !is_name(name) {
        return Err(cursor.error(ErrorKind::InvalidAttribute, start));
    }
    Ok(Some(name.to_owned()))
}

/// `ALPHA *(nameChar)`, with the dollar sign of `$ref` allowed in front.
fn is_name(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn is_urn(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The characters of a URI (RFC 3986) without the brackets, which mean something else here.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'*+,;=%".contains(&byte)
}
