//! What the store indexes of a document, and the keys under which it does.
//!
//! A key is text that compares like the value: canonical text, numbers and times in a form whose order is that of the
//! bytes. A key is cut to [`KEY_BYTES`], because databases limit index entries; what was cut has the whole in `rest`.
//! An element's number comes from its content, so that inserting or reordering elements changes no other's rows.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use scim_filter_parser::Literal;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::canonical::canonical;
use super::number;
use super::quirks;
use super::resource::{Document, is_primary};
use super::schema::{Attribute, AttributeType, ResourceType, Top};

#[cfg(test)]
mod tests;

/// Bytes of a value from which on its key is cut.
pub const KEY_BYTES: usize = 512;

/// One indexed value, or the presence of a complex or binary one (with an empty key).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueRow {
    /// The stored path, such as `emails.value`.
    pub path: String,
    /// 0 for what has one value; else a positive number that depends on the element's content.
    pub element: i64,
    /// The key, cut.
    pub key: String,
    /// The whole key, where it was cut.
    pub rest: Option<String>,
    /// Whether it belongs to the value that sorting goes by.
    pub is_sort: bool,
}

/// Cuts a key to [`KEY_BYTES`]; says whether it was longer.
///
/// Where the cut comes early, because a character would not fit, the greatest character stands in for it: cut keys then
/// sort as the whole ones do, until they are equal.
pub fn cut(key: &str) -> (Cow<'_, str>, bool) {
    let start = cut_to(key, KEY_BYTES);
    let is_cut = start.len() < key.len();
    if is_cut && start.len() < KEY_BYTES {
        return (format!("{start}{}", char::MAX).into(), true);
    }
    (start.into(), is_cut)
}

/// Cuts text to a number of bytes, at the character boundary before.
pub fn cut_to(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// The rows of a document.
pub fn rows(resource_type: &ResourceType, document: &Document) -> BTreeSet<ValueRow> {
    let mut rows = BTreeSet::new();
    for top in resource_type.stored().filter(|top| !resource_type.is_user_name(*top)) {
        match document.get(top) {
            Some(Value::Array(elements)) if top.attribute.multi_valued => multi_rows(top, elements, &mut rows),
            Some(value) => element_rows(top, value, 0, true, &mut rows),
            None => {}
        }
    }
    rows
}

/// A value that no other resource of its type may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueValue {
    /// The stored path.
    pub path: String,
    /// The value as it is compared, whole.
    pub key: String,
}

/// The values of a document that must be unique, apart from the one that [`Document::unique_key`] is.
pub fn unique(resource_type: &ResourceType, document: &Document) -> BTreeSet<UniqueValue> {
    let mut unique = BTreeSet::new();
    for (top, sub) in resource_type.unique() {
        let elements = document.get(top).map_or(&[][..], one_or_many);
        let values = elements.iter().flat_map(|element| match sub {
            Some(sub) => element.get(&sub.name).map_or(&[][..], one_or_many),
            None => std::slice::from_ref(element),
        });
        let attribute = sub.unwrap_or(top.attribute);
        let path = sub.map_or_else(|| top.path(), |sub| format!("{}.{}", top.path(), sub.name));
        unique.extend(
            values.filter_map(|value| Some(UniqueValue { path: path.clone(), key: key_of(attribute, value)? })),
        );
    }
    unique
}

fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

fn multi_rows(top: Top<'_>, elements: &[Value], rows: &mut BTreeSet<ValueRow>) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let sort = elements.iter().position(is_primary).unwrap_or(0);
    for (position, element) in elements.iter().enumerate() {
        let content = element.to_string();
        let occurrence = seen.entry(content.clone()).or_default();
        element_rows(top, element, element_number(&content, *occurrence), position == sort, rows);
        *occurrence += 1;
    }
}

/// The rows of one value or element of an attribute.
pub fn element_rows(top: Top<'_>, value: &Value, element: i64, is_sort: bool, rows: &mut BTreeSet<ValueRow>) {
    let path = top.path();
    let Value::Object(object) = value else {
        rows.extend(key_of(top.attribute, value).map(|key| row(path, element, &key, is_sort)));
        return;
    };
    rows.insert(row(path.clone(), element, "", is_sort));
    for sub in top.attribute.sub_attributes.iter().filter(|sub| sub.is_writable() && !sub.is_secret()) {
        let values = object.get(&sub.name).map_or(&[][..], one_or_many);
        let keys: Vec<String> = values.iter().filter_map(|value| key_of(sub, value)).collect();
        let is_first = |key: &String| is_sort && keys.first() == Some(key);
        rows.extend(keys.iter().map(|key| row(format!("{path}.{}", sub.name), element, key, is_first(key))));
    }
}

fn row(path: String, element: i64, key: &str, is_sort: bool) -> ValueRow {
    let (short, is_cut) = cut(key);
    ValueRow { path, element, key: short.into_owned(), rest: is_cut.then(|| key.to_owned()), is_sort }
}

fn element_number(content: &str, occurrence: u32) -> i64 {
    let digest = Sha256::new().chain_update(occurrence.to_be_bytes()).chain_update(content).finalize();
    let bytes = digest.first_chunk::<8>().copied().unwrap_or_default();
    i64::try_from(u64::from_be_bytes(bytes) >> 1).unwrap_or(i64::MAX).max(1)
}

/// The key of a stored value; `None` for a value that is not of the attribute's type.
pub fn key_of(attribute: &Attribute, value: &Value) -> Option<String> {
    match (attribute.kind, value) {
        (AttributeType::Binary, _) => Some(String::new()),
        (AttributeType::Boolean, Value::Bool(value)) => Some(value.to_string()),
        (AttributeType::Integer | AttributeType::Decimal, Value::Number(value)) => {
            Some(number::key(&value.to_string()))
        }
        (_, Value::String(text)) => text_key(attribute, text),
        _ => None,
    }
}

/// The key of a literal in a filter; `None` when it is not of the attribute's type.
pub fn key_of_literal(attribute: &Attribute, value: &Literal) -> Option<String> {
    match (attribute.kind, value) {
        (AttributeType::Boolean, Literal::Bool(value)) => Some(value.to_string()),
        (AttributeType::Boolean, Literal::String(text)) => quirks::boolean(text).map(|value| value.to_string()),
        (AttributeType::Integer | AttributeType::Decimal, Literal::Number(value)) => Some(number::key(value.as_str())),
        (_, Literal::String(text)) => text_key(attribute, text),
        _ => None,
    }
}

fn text_key(attribute: &Attribute, text: &str) -> Option<String> {
    match attribute.kind {
        AttributeType::String | AttributeType::Reference if attribute.case_exact => Some(text.to_owned()),
        AttributeType::String | AttributeType::Reference => Some(canonical(text)),
        AttributeType::DateTime => instant(text).map(time_key),
        _ => None,
    }
}

/// An `xsd:dateTime` of the years 0 to 9999; one without an offset is taken as UTC. The last days of the year 9999, which
/// say "never", are the latest time there is.
pub fn instant(text: &str) -> Option<Timestamp> {
    let is_shaped = text.starts_with(|first: char| first.is_ascii_digit()) && text.contains(['T', 't']);
    if !is_shaped || text.contains('[') {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let local = pieces.date().to_datetime(pieces.time()?);
    let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
    offset.to_timestamp(local).ok().or_else(|| (local.date() >= LAST_DAYS).then_some(Timestamp::MAX))
}

/// From here on an offset may lead beyond [`Timestamp::MAX`].
const LAST_DAYS: Date = Date::constant(9999, 12, 30);

/// Microseconds since the epoch, rounded down.
pub fn micros(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond().div_euclid(1_000);
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Nanoseconds since the year -9999 or so, with as many digits for every time.
fn time_key(at: Timestamp) -> String {
    let since = at.as_nanosecond() - Timestamp::MIN.as_nanosecond();
    format!("{since:021}")
}
