//! The values that attributes are compared with: the scalars of JSON (RFC 8259).
//!
//! Numbers keep their text, so that the caller decides what an integer, a
//! decimal or a value beyond 64 bits means for the attribute at hand. Strings
//! are decoded here, with the rules of JSON and two more: no NUL and no
//! half of a surrogate pair, since neither can be stored as text.

use crate::cursor::Cursor;
use crate::error::{ErrorKind, ParseError};

/// A value on the right of a comparison. Printing it gives JSON.
///
/// ```
/// use scim_filter_parser::{Filter, Literal};
///
/// let Filter::Compare { value, .. } = Filter::parse(r#"displayName eq "A \"B\"""#)? else { unreachable!() };
/// assert_eq!(value, Literal::String("A \"B\"".to_owned()));
/// assert_eq!(value.to_string(), r#""A \"B\"""#);
/// # Ok::<(), scim_filter_parser::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    /// A string, with its escapes resolved.
    String(String),
    /// A number, as written.
    Number(Number),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

/// The text of a JSON number. Equality is that of the text: `1` and `1.0` differ.
///
/// ```
/// use scim_filter_parser::Number;
///
/// assert_eq!(Number::parse("1.50").map(|n| n.to_string()).as_deref(), Some("1.50"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(String);

impl Number {
    /// Takes text that is a JSON number and nothing else.
    ///
    /// ```
    /// use scim_filter_parser::Number;
    ///
    /// assert!(Number::parse("-1.5e+3").is_some());
    /// assert!(Number::parse("01").is_none());
    /// assert!(Number::parse("NaN").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        is_json_number(text).then(|| Self(text.to_owned()))
    }

    /// The number as it was written.
    ///
    /// ```
    /// use scim_filter_parser::Number;
    ///
    /// let id = "123456789012345678901234567890";
    /// assert_eq!(Number::parse(id).unwrap().as_str(), id);
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest floating-point number; infinite when the number is out of range.
    ///
    /// ```
    /// use scim_filter_parser::Number;
    ///
    /// assert_eq!(Number::parse("1.5e3").unwrap().as_f64(), 1500.0);
    /// ```
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The number as an integer, if it is written as one and fits.
    ///
    /// ```
    /// use scim_filter_parser::Number;
    ///
    /// assert_eq!(Number::parse("-42").unwrap().as_i64(), Some(-42));
    /// assert_eq!(Number::parse("42.0").unwrap().as_i64(), None);
    /// ```
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|text| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Takes a value from the input and checks that it ends where a value may end.
pub(crate) fn literal(cursor: &mut Cursor<'_>, unquoted: bool) -> Result<Literal, ParseError> {
    let value = if cursor.peek() == Some(b'"') { Literal::String(quoted(cursor)?) } else { bare(cursor, unquoted)? };
    cursor.require_boundary()?;
    Ok(value)
}

fn bare(cursor: &mut Cursor<'_>, unquoted: bool) -> Result<Literal, ParseError> {
    let start = cursor.position();
    let word = cursor.word();
    match word {
        "" => return Err(cursor.unexpected()),
        "true" => return Ok(Literal::Bool(true)),
        "false" => return Ok(Literal::Bool(false)),
        "null" => return Ok(Literal::Null),
        _ => {}
    }
    if let Some(number) = Number::parse(word) {
        return Ok(Literal::Number(number));
    }
    if unquoted {
        return Ok(Literal::String(word.to_owned()));
    }
    let numeric = word.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    let kind = if numeric { ErrorKind::InvalidNumber } else { ErrorKind::InvalidValue };
    Err(cursor.error(kind, start))
}

fn quoted(cursor: &mut Cursor<'_>) -> Result<String, ParseError> {
    let mut text = String::new();
    cursor.bump();
    loop {
        text.push_str(cursor.take_while(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\'));
        match cursor.peek() {
            Some(b'"') => break,
            Some(b'\\') => text.push(escape(cursor)?),
            Some(_) => return Err(cursor.error(ErrorKind::InvalidString, cursor.position())),
            None => return Err(cursor.unexpected()),
        }
    }
    cursor.bump();
    Ok(text)
}

fn escape(cursor: &mut Cursor<'_>) -> Result<char, ParseError> {
    let start = cursor.position();
    cursor.bump();
    let escaped = match cursor.peek() {
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(cursor, start),
        Some(_) => return Err(cursor.error(ErrorKind::InvalidString, start)),
        None => return Err(cursor.unexpected()),
    };
    cursor.bump();
    Ok(escaped)
}

fn unicode_escape(cursor: &mut Cursor<'_>, start: usize) -> Result<char, ParseError> {
    let mut code = code_unit(cursor, start)?;
    if (0xD800..=0xDBFF).contains(&code) && cursor.eat(b'\\') {
        let low = code_unit(cursor, start)?;
        if (0xDC00..=0xDFFF).contains(&low) {
            code = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    char::from_u32(code).filter(|decoded| *decoded != '\0').ok_or_else(|| cursor.error(ErrorKind::InvalidString, start))
}

/// Takes `uXXXX`, the part of an escape behind its backslash.
fn code_unit(cursor: &mut Cursor<'_>, start: usize) -> Result<u32, ParseError> {
    let invalid = cursor.error(ErrorKind::InvalidString, start);
    if !cursor.eat(b'u') {
        return Err(invalid);
    }
    let mut code = 0;
    for _ in 0..4 {
        let byte = cursor.peek().ok_or_else(|| cursor.unexpected())?;
        let digit = char::from(byte).to_digit(16).ok_or_else(|| invalid.clone())?;
        code = code * 16 + digit;
        cursor.bump();
    }
    Ok(code)
}
