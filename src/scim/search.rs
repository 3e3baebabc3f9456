//! The `SearchRequest` message (RFC 7644 section 3.4.3): a query in a body, where no log of URIs sees it.

use serde_json::{Map, Value};

use super::Error;
use super::list::{ListQuery, Words, wrong_count};
use super::message::{self, field};
use super::project::{Projection, names};
use super::quirks::Quirks;

const SEARCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Reads the body of a POST to `/.search`; what is not known is ignored, and null is as nothing.
///
/// # Errors
/// 400 `invalidSyntax` for another message, `invalidValue` for a member of the wrong type, and as [`ListQuery::parse`].
pub fn parse(body: &Value, quirks: &Quirks) -> Result<ListQuery, Error> {
    let body = message::open(body, SEARCH_URN)?;
    let cursor = text(body, "cursor")?;
    let words = Words {
        filter: text(body, "filter")?,
        sort_by: text(body, "sortBy")?,
        sort_order: text(body, "sortOrder")?,
        start_index: integer(body, "startIndex", Error::invalid_value)?,
        count: integer(body, "count", wrong_count(cursor))?,
        cursor,
    };
    let projection = Projection::of(&list(body, "attributes")?, &list(body, "excludedAttributes")?)?;
    ListQuery::of(&words, projection, quirks)
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Error> {
    match field(body, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid_value(format!("{name} must be a string"))),
    }
}

fn integer(body: &Map<String, Value>, name: &str, wrong: fn(String) -> Error) -> Result<Option<i64>, Error> {
    match field(body, name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong(format!("{name} must be an integer"))),
    }
}

/// Names in an array, or in one string as a query has them.
fn list<'a>(body: &'a Map<String, Value>, name: &str) -> Result<Vec<&'a str>, Error> {
    let wrong = || Error::invalid_value(format!("{name} must be an array of strings"));
    match field(body, name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(list)) => Ok(names(list)),
        Some(Value::Array(list)) => list.iter().map(|name| name.as_str().ok_or_else(wrong)).collect(),
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::ScimType;
    use crate::scim::list::Paging;

    fn read(mut body: Value) -> Result<ListQuery, Error> {
        body["schemas"] = json!([SEARCH_URN]);
        parse(&body, &Quirks::default())
    }

    #[test]
    fn a_search_says_what_a_query_says() {
        let query = read(
            json!({"FILTER": "userName pr", "sortBy": "id", "sortOrder": "descending", "startIndex": 3, "count": 7,
            "attributes": ["userName", "name.familyName"], "excludedAttributes": null}),
        )
        .unwrap();
        assert!(query.filter.is_some() && query.sort.unwrap().is_descending && query.projection.is_explicit());
        assert_eq!((query.paging, query.count), (Paging::Index(3), Some(7)));
        assert!(read(json!({"attributes": "userName, id"})).unwrap().projection.is_explicit());
        assert_eq!(read(json!({"cursor": ""})).unwrap().paging, Paging::Cursor(None));
        assert!(!read(json!({"attributes": []})).unwrap().projection.is_explicit());
    }

    #[test]
    fn other_types_and_other_messages_are_refused() {
        for wrong in [
            json!({"filter": 1}),
            json!({"sortBy": ["id"]}),
            json!({"sortOrder": true}),
            json!({"startIndex": "1"}),
            json!({"count": 1.5}),
            json!({"cursor": 5}),
            json!({"attributes": [1]}),
            json!({"attributes": {"a": 1}}),
            json!({"attributes": ["id"], "excludedAttributes": ["id"]}),
            json!({"cursor": "", "startIndex": 1}),
        ] {
            assert_eq!(read(wrong.clone()).unwrap_err().scim_type, Some(ScimType::InvalidValue), "{wrong}");
        }
        let count = read(json!({"cursor": "", "count": "7"})).unwrap_err();
        assert_eq!(count.scim_type, Some(ScimType::InvalidCount));
        for wrong in [json!([]), json!({}), json!({"schemas": ["urn:x"]}), json!("x"), Value::Null] {
            let error = parse(&wrong, &Quirks::default()).unwrap_err();
            assert_eq!(error.scim_type, Some(ScimType::InvalidSyntax), "{wrong}");
        }
    }
}
