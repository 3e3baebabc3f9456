//! The one error of this crate: what was wrong and at which byte.
//!
//! An error is safe to send to the client that caused it: it repeats at most
//! [`ECHOED`] characters of the input, only of attribute names, operators and
//! single stray characters, never of values, and never a control character.

use std::fmt;

/// The number of characters of the input that an error may repeat.
const ECHOED: usize = 32;

/// The reason why a filter or a path was refused.
///
/// ```
/// use scim_filter_parser::{ErrorKind, Filter};
///
/// let error = Filter::parse("userName regex \"b.*\"").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidOperator);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input has more bytes than [`Limits::max_length`](crate::Limits::max_length).
    TooLong,
    /// Brackets nest deeper than [`Limits::max_depth`](crate::Limits::max_depth).
    TooDeep,
    /// There are more tests than [`Limits::max_terms`](crate::Limits::max_terms).
    TooManyTerms,
    /// The input stops where something must follow.
    UnexpectedEnd,
    /// A character stands where the grammar does not allow it.
    UnexpectedCharacter,
    /// An attribute name, sub-attribute name or schema URN is malformed.
    InvalidAttribute,
    /// A word is neither a comparison operator nor `pr`, `and` or `or`.
    InvalidOperator,
    /// A quoted string has a bad escape, a lone surrogate, a NUL or a raw control character.
    InvalidString,
    /// A value begins like a number but is not a JSON number.
    InvalidNumber,
    /// A value is not a JSON string, number, `true`, `false` or `null`.
    InvalidValue,
    /// A value path (`[...]`) stands inside another one.
    NestedValuePath,
}

impl ErrorKind {
    fn message(self) -> &'static str {
        match self {
            Self::TooLong => "longer than the length limit",
            Self::TooDeep => "nested deeper than the depth limit",
            Self::TooManyTerms => "more tests than the limit",
            Self::UnexpectedEnd => "unexpected end",
            Self::UnexpectedCharacter => "unexpected character",
            Self::InvalidAttribute => "invalid attribute",
            Self::InvalidOperator => "unknown operator",
            Self::InvalidString => "invalid string",
            Self::InvalidNumber => "invalid number",
            Self::InvalidValue => "value is not a JSON string, number, true, false or null",
            Self::NestedValuePath => "value path inside a value path",
        }
    }

    fn echoed(self, rest: &str) -> String {
        match self {
            Self::UnexpectedCharacter => printable(rest.chars().take(1)),
            Self::InvalidAttribute | Self::InvalidOperator => {
                printable(rest.chars().take_while(|c| !" \t()[]\"".contains(*c)).take(ECHOED))
            }
            _ => String::new(),
        }
    }
}

/// Replaces what could disturb a terminal or a log, such as control and bidirectional characters.
fn printable(chars: impl Iterator<Item = char>) -> String {
    chars.map(|c| if c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric() { c } else { '?' }).collect()
}

/// Why and where a filter or a path was refused.
///
/// ```
/// use scim_filter_parser::{ErrorKind, Filter};
///
/// let error = Filter::parse("userName regex \"b.*\"").unwrap_err();
/// assert_eq!((error.kind(), error.offset()), (ErrorKind::InvalidOperator, 9));
/// assert_eq!(error.to_string(), "unknown operator `regex` at byte 9");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    kind: ErrorKind,
    offset: usize,
    found: Box<str>,
}

impl ParseError {
    pub(crate) fn new(kind: ErrorKind, input: &str, offset: usize) -> Self {
        let rest = input.get(offset..).unwrap_or_default();
        let found = kind.echoed(rest).into_boxed_str();
        Self { kind, offset, found }
    }

    /// The reason, to be matched on.
    ///
    /// ```
    /// use scim_filter_parser::{ErrorKind, Filter};
    ///
    /// assert_eq!(Filter::parse("").unwrap_err().kind(), ErrorKind::UnexpectedEnd);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte of the input at which the refused part begins; the length of
    /// the input when it ended too early. Always on a character boundary.
    ///
    /// ```
    /// use scim_filter_parser::Filter;
    ///
    /// assert_eq!(Filter::parse("title pr)").unwrap_err().offset(), 8);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.message())?;
        if !self.found.is_empty() {
            write!(f, " `{}`", self.found)?;
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl std::error::Error for ParseError {}
