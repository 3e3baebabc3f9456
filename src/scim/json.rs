//! JSON within bounds: what `serde_json` lets pass and a SCIM server must not.
//!
//! Depth is counted while parsing. Two keys of one object that differ in nothing but letter case are refused, because
//! attribute names are case-insensitive (RFC 7643 section 2.1) and keeping either would let two readers of one body
//! see two things. NUL is refused because PostgreSQL stores none.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::limits;

/// Parses one JSON value and nothing after it.
///
/// # Errors
/// A sentence for the client, which repeats none of the input.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value =
        Bounded { depth: limits::JSON_DEPTH }.deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Bounded {
    depth: usize,
}

impl Bounded {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("the JSON is nested too deeply"))?;
        Ok(Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        without_nul(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut elements = Vec::new();
        while let Some(element) = access.next_element_seed(inner)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut seen = HashSet::new();
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let key = without_nul(key)?;
            if !seen.insert(key.to_ascii_lowercase()) {
                return Err(A::Error::custom("an object has the same key twice, letter case aside"));
            }
            let value = access.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

fn without_nul<E: serde::de::Error>(text: String) -> Result<String, E> {
    if text.contains('\0') { Err(E::custom("a string holds a NUL character")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_json_is_what_serde_makes_of_it() {
        let text = r#"{"b":[1,-2,2.5,"x\n\u00e9",true,null,{}],"a":{"c":18446744073709551615}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn keys_that_differ_in_case_are_the_same_key() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"userName":"a","UserName":"b"}"#, r#"[{"x":{"Y":1,"y":1}}]"#] {
            assert!(parse(text.as_bytes()).unwrap_err().contains("twice"), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(limits::JSON_DEPTH).as_bytes()).is_ok());
        assert!(parse(nested(limits::JSON_DEPTH + 1).as_bytes()).unwrap_err().contains("deeply"));
        assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
    }

    #[test]
    fn what_is_not_one_json_value_is_refused() {
        for text in
            ["", "{", "{} x", "{}{}", "nul", r#""a\u0000""#, r#"{"\u0000":1}"#, "1e999", "\u{feff}{}", "[1,]", "'a'"]
        {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(parse(b"\"\xff\"").is_err());
        assert!(parse(br#""\ud800""#).is_err());
    }
}
