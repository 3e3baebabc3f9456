//! Query strings: pairs of names and values (RFC 7644 sections 3.4.2 and 3.9).

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::error::ScimError;
use crate::scim;

/// The parameters of a request, in the order in which they came, decoded.
///
/// # Errors
/// 400 `invalidValue` for what is no query or not UTF-8.
pub(super) fn parameters(request: &HttpRequest) -> Result<Vec<(String, String)>, ScimError> {
    let all = pairs(request.query_string());
    all.ok_or_else(|| scim::Error::invalid_value("the query string cannot be read").into())
}

/// The names and values of a query string, decoded; none when it is no query or not UTF-8.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    // The framework would put another character for what is not UTF-8, and the client would be told of another name.
    let query = if is_utf8(text) { Query::<Vec<(String, String)>>::from_query(text).ok() } else { None };
    query.map(Query::into_inner)
}

/// Whether the bytes that stand behind percent signs make UTF-8.
fn is_utf8(query: &str) -> bool {
    let mut parts = query.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        bytes.extend(part.bytes().skip(if byte.is_some() { 2 } else { 0 }));
    }
    std::str::from_utf8(&bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_percent_signs_stand_for_is_utf8_or_not() {
        for query in ["", "a=b", "a=%C3%A9", "a=%c3%a9b", "%F0%9F%92%A9", "%", "%2", "%zz", "%%41", "a=\u{e9}", "%00"] {
            assert!(is_utf8(query), "{query}");
        }
        for query in ["%ff", "%C3", "%C3a", "%C3%", "%C0%80", "%ED%A0%80", "%F0%9F%92", "a=%A9"] {
            assert!(!is_utf8(query), "{query}");
        }
    }
}
