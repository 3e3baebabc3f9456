//! What filters and sorts see of a document: one row a simple value, one a complex element.
//!
//! Rows are a pure function of the document, so an update writes the difference of two sets. An element's number comes
//! from its content, so that reordering or adding elements leaves the rows of the others as they are. Values are keys
//! whose order as bytes is the order of the values; long ones are cut at 512 bytes, because PostgreSQL's indexes hold
//! no more than about 2,700, and then the whole value stands beside the key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::canonical::canonical;
use super::resource::{Document, is_primary};
use super::schema::{Attribute, AttributeType, Catalogue, ResourceType};

/// Longest key, in bytes.
pub const KEY_BYTES: usize = 512;

/// One row of the index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueRow {
    /// Stored path, such as `emails.value`.
    pub path: String,
    /// Which element of a multi-valued attribute; 0 for a single value.
    pub element: i64,
    /// The value as it is compared, cut.
    pub key: String,
    /// The whole value, where the key is cut.
    pub rest: Option<String>,
    /// Whether it is the value to sort by: of the primary element, else of the first.
    pub is_sort: bool,
}

/// The rows of a document.
pub fn rows(catalogue: &Catalogue, resource_type: &ResourceType, document: &Document) -> BTreeSet<ValueRow> {
    let mut rows = BTreeSet::new();
    let own = catalogue.common().iter().chain(catalogue.core_attributes(resource_type));
    for attribute in own {
        // userName is a column of its own.
        if resource_type.name == "User" && attribute.name == "userName" {
            continue;
        }
        if let Some(value) = document.get(&attribute.name) {
            attribute_rows(&mut rows, &attribute.name, attribute, value);
        }
    }
    for extension in catalogue.extensions(resource_type) {
        let Some(values) = document.get(&extension.id) else {
            continue;
        };
        for attribute in &extension.attributes {
            if let Some(value) = values.get(&attribute.name) {
                attribute_rows(&mut rows, &format!("{}:{}", extension.id, attribute.name), attribute, value);
            }
        }
    }
    rows
}

fn attribute_rows(rows: &mut BTreeSet<ValueRow>, path: &str, attribute: &Attribute, value: &Value) {
    if !attribute.is_visible() {
        return;
    }
    let Value::Array(elements) = value else {
        return value_rows(rows, path, attribute, value, 0, true);
    };
    let sort = elements.iter().position(is_primary).unwrap_or(0);
    let mut seen = BTreeMap::new();
    for (index, element) in elements.iter().enumerate() {
        let text = element.to_string();
        let occurrence = seen.entry(text.clone()).and_modify(|count| *count += 1).or_insert(0_u64);
        value_rows(rows, path, attribute, element, element_number(&text, *occurrence), index == sort);
    }
}

fn value_rows(
    rows: &mut BTreeSet<ValueRow>,
    path: &str,
    attribute: &Attribute,
    value: &Value,
    element: i64,
    is_sort: bool,
) {
    if let (true, Value::Object(object)) = (attribute.is_complex(), value) {
        rows.insert(ValueRow { path: path.to_owned(), element, key: String::new(), rest: None, is_sort });
        return sub_rows(rows, path, attribute, object, element, is_sort);
    }
    let Some(whole) =
        (if attribute.kind == AttributeType::Binary { Some(String::new()) } else { key_of(attribute, value) })
    else {
        return;
    };
    let (key, is_cut) = cut(&whole);
    rows.insert(ValueRow {
        path: path.to_owned(),
        element,
        key: key.to_owned(),
        rest: is_cut.then(|| whole.clone()),
        is_sort,
    });
}

fn sub_rows(
    rows: &mut BTreeSet<ValueRow>,
    path: &str,
    attribute: &Attribute,
    object: &Map<String, Value>,
    element: i64,
    is_sort: bool,
) {
    for (name, value) in object {
        if let Some(sub) = attribute.sub(name).filter(|sub| sub.is_visible()) {
            value_rows(rows, &format!("{path}.{}", sub.name), sub, value, element, is_sort);
        }
    }
}

/// The rows of one element alone, for filters evaluated in memory.
pub(super) fn element_rows(path: &str, attribute: &Attribute, element: &Value) -> BTreeSet<ValueRow> {
    let mut rows = BTreeSet::new();
    value_rows(&mut rows, path, attribute, element, 0, false);
    rows
}

/// A positive number that equal content always has, and other content practically never.
fn element_number(text: &str, occurrence: u64) -> i64 {
    let mut hasher = Sha256::new();
    hasher.update(occurrence.to_be_bytes());
    hasher.update(text);
    let digest = hasher.finalize();
    let number = digest.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    (number & i64::MAX).max(1)
}

/// A value as it is compared; `None` where it does not fit the attribute's type.
pub fn key_of(attribute: &Attribute, value: &Value) -> Option<String> {
    match (attribute.kind, value) {
        (AttributeType::String | AttributeType::Reference, Value::String(text)) => Some(text_key(attribute, text)),
        (AttributeType::Boolean, Value::Bool(value)) => Some(value.to_string()),
        (AttributeType::Integer | AttributeType::Decimal, Value::Number(number)) => number_key(&number.to_string()),
        (AttributeType::DateTime, Value::String(text)) => time_key(text),
        _ => None,
    }
}

/// Text as it is compared: folded, unless letter case tells values apart.
pub fn text_key(attribute: &Attribute, text: &str) -> String {
    if attribute.is_case_exact() { text.to_owned() } else { canonical(text) }
}

/// A decimal number of any size as text in the order of numbers: sign, exponent, digits. 1, 1.0 and 10e-1 are equal.
pub fn number_key(text: &str) -> Option<String> {
    let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let leading = digits.bytes().take_while(|byte| *byte == b'0').count();
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some("1".into());
    }
    let magnitude =
        i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(leading).ok()?)?.checked_add(exponent)?;
    let shifted = magnitude.checked_add(500_000).filter(|shifted| (0..1_000_000).contains(shifted))?;
    if !is_negative {
        return Some(format!("2{shifted:06}{significant}"));
    }
    // Greater digits are smaller numbers here: each is replaced by its complement, and the end by more than any digit.
    let complement: String =
        format!("{shifted:06}{significant}").bytes().map(|byte| char::from(b'9' - (byte - b'0'))).collect();
    Some(format!("0{complement}~"))
}

/// An instant as text of fixed width in UTC.
pub fn time_key(text: &str) -> Option<String> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    Some(format!("{instant:.9}"))
}

/// The part of a value that is its key, and whether that is less than the whole.
pub fn cut(text: &str) -> (&str, bool) {
    let head = cut_to(text, KEY_BYTES);
    (head, head.len() < text.len())
}

/// At most `bytes` bytes from the front, ending between two characters.
pub fn cut_to(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_as_numbers_and_equal_in_every_spelling() {
        let ordered = [
            "-1e100",
            "-20",
            "-3.5",
            "-3",
            "-0.5",
            "-0.05",
            "0",
            "0.001",
            "0.5",
            "1",
            "1.5",
            "2",
            "10",
            "123456789012345678901",
            "1e100",
        ];
        let keys: Vec<String> = ordered.iter().map(|text| number_key(text).unwrap()).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        for (a, b) in [("1", "1.0"), ("10", "1e1"), ("-0", "0"), ("0.10", "0.1"), ("1200", "1.2E3")] {
            assert_eq!(number_key(a), number_key(b), "{a} {b}");
        }
        for wrong in ["", "-", "e1", "1e999999999", "x"] {
            assert_eq!(number_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn instants_are_compared_in_utc() {
        assert_eq!(time_key("2026-11-01T10:00:00Z"), time_key("2026-11-01T12:00:00+02:00"));
        assert!(time_key("2026-11-01T10:00:00Z") < time_key("2026-11-01T10:00:00.5Z"));
        assert_eq!(time_key("yesterday"), None);
    }

    #[test]
    fn a_cut_ends_between_characters() {
        let text = "ä".repeat(300);
        let (key, is_cut) = cut(&text);
        assert!(is_cut && key.len() == 512);
        let odd = format!("x{text}");
        assert_eq!(cut(&odd).0.len(), 511);
        assert_eq!(cut("x"), ("x", false));
    }

    #[test]
    fn an_element_keeps_its_number_when_others_come_and_go() {
        let catalogue = Catalogue::core();
        let user = catalogue.resource_type("User").unwrap();
        let document = |emails: Value| {
            Document(serde_json::json!({ "userName": "a", "emails": emails }).as_object().unwrap().clone())
        };
        let one = rows(&catalogue, user, &document(serde_json::json!([{"value": "a@x.test", "primary": true}])));
        let two = rows(
            &catalogue,
            user,
            &document(serde_json::json!([{"value": "b@x.test"}, {"value": "a@x.test", "primary": true}])),
        );
        assert!(one.is_subset(&two));
        assert_eq!(two.len() - one.len(), 2);
    }
}
