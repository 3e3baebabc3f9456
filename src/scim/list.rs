//! Lists: what a query asks for and the envelope of the answer (RFC 7644 section 3.4.2).

use scim_filter_parser::Filter;
use serde_json::{Map, Value};

use super::Error;
use super::error::excerpt;
use super::limits;
use super::project::{Projection, parameter};
use super::quirks::Quirks;
use super::sort::Sort;

const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// What a query asks for.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which resources.
    pub filter: Option<Filter>,
    /// In which order.
    pub sort: Option<Sort>,
    /// From where on.
    pub paging: Paging,
    /// How many on a page, from 0 to [`limits::PAGE_MAX`], if the client says so.
    pub count: Option<i64>,
    /// Which attributes.
    pub projection: Projection,
}

/// How a client walks over a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paging {
    /// By the number of the first resource, counted from 1.
    Index(i64),
    /// By cursors (RFC 9865); `None` for the first page.
    Cursor(Option<String>),
}

/// What a query says, in parameters or in a body.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub struct Words<'a> {
    pub filter: Option<&'a str>,
    pub sort_by: Option<&'a str>,
    pub sort_order: Option<&'a str>,
    pub start_index: Option<i64>,
    pub count: Option<i64>,
    pub cursor: Option<&'a str>,
}

impl ListQuery {
    /// Reads query parameters, names in any letter case; what is not known is ignored.
    ///
    /// # Errors
    /// 400 `invalidFilter`, `invalidCount` for a count that is no number beside a cursor (RFC 9865 section 2.1), and
    /// `invalidValue` for another number that is none, for a parameter given twice and for what [`Sort::parse`] and
    /// [`ListQuery::of`] refuse.
    pub fn parse(parameters: &[(String, String)], quirks: &Quirks) -> Result<Self, Error> {
        let cursor = parameter(parameters, "cursor")?;
        let words = Words {
            filter: parameter(parameters, "filter")?,
            sort_by: parameter(parameters, "sortBy")?,
            sort_order: parameter(parameters, "sortOrder")?,
            start_index: integer(parameters, "startIndex", Error::invalid_value)?,
            count: integer(parameters, "count", wrong_count(cursor))?,
            cursor,
        };
        Self::of(&words, Projection::parse(parameters)?, quirks)
    }

    /// Gives words their meaning.
    ///
    /// # Errors
    /// As [`ListQuery::parse`]; 400 `invalidValue` for an index beside a cursor.
    pub fn of(words: &Words<'_>, projection: Projection, quirks: &Quirks) -> Result<Self, Error> {
        let paging = match (words.cursor, words.start_index) {
            (Some(_), Some(_)) => return Err(Error::invalid_value("startIndex and cursor exclude each other")),
            (Some(cursor), None) => Paging::Cursor(Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty())),
            (None, start) => Paging::Index(start.unwrap_or(1).max(1)),
        };
        Ok(Self {
            filter: words.filter.map(|text| filter(text, quirks)).transpose()?,
            sort: Sort::parse(words.sort_by, words.sort_order)?,
            paging,
            count: words.count.map(|count| count.clamp(0, limits::PAGE_MAX)),
            projection,
        })
    }
}

/// How a count that is no number is refused: beside a cursor, as RFC 9865 section 2.1 has it.
pub(super) fn wrong_count(cursor: Option<&str>) -> fn(String) -> Error {
    if cursor.is_some() { Error::invalid_count } else { Error::invalid_value }
}

/// Reads a filter as a provider writes it.
///
/// # Errors
/// 400 `invalidFilter` with the position of the fault.
pub fn filter(text: &str, quirks: &Quirks) -> Result<Filter, Error> {
    Filter::parse_with(text, &quirks.filter_options())
        .map_err(|error| Error::invalid_filter(format!("filter: {error}")))
}

fn integer(parameters: &[(String, String)], name: &str, wrong: fn(String) -> Error) -> Result<Option<i64>, Error> {
    let Some(text) = parameter(parameters, name)? else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| wrong(format!("{name} must be an integer, not {}", excerpt(text))))
}

/// Where a page stands in its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The number of its first resource, counted from 1.
    Index(i64),
    /// Between other pages.
    Between {
        /// The cursor of the page before.
        previous: Option<String>,
        /// The cursor of the page after.
        next: Option<String>,
    },
}

/// The answer: one page of `total` resources.
pub fn list_response(total: i64, place: Place, resources: Vec<Value>) -> Value {
    let mut envelope = Map::new();
    envelope.insert("schemas".to_owned(), vec![LIST_URN].into());
    envelope.insert("totalResults".to_owned(), total.into());
    if let Place::Index(start) = place {
        envelope.insert("startIndex".to_owned(), start.into());
    }
    envelope.insert("itemsPerPage".to_owned(), resources.len().into());
    if let Place::Between { previous, next } = place {
        envelope.extend(previous.map(|cursor| ("previousCursor".to_owned(), cursor.into())));
        envelope.extend(next.map(|cursor| ("nextCursor".to_owned(), cursor.into())));
    }
    envelope.insert("Resources".to_owned(), resources.into());
    Value::Object(envelope)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(query: &[(&str, &str)]) -> Result<ListQuery, Error> {
        let parameters: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        ListQuery::parse(&parameters, &Quirks::default())
    }

    #[test]
    fn numbers() {
        for (start, count, expected) in [
            ("1", "10", Some((1, 10))),
            ("0", "0", Some((1, 0))),
            ("-5", "-1", Some((1, 0))),
            ("7", "100000", Some((7, limits::PAGE_MAX))),
            ("x", "1", None),
            ("1", "1.5", None),
            ("", "1", None),
            ("1", "99999999999999999999", None),
        ] {
            let found = parse(&[("startIndex", start), ("count", count)]).ok().map(|query| (query.paging, query.count));
            let expected = expected.map(|(start, count)| (Paging::Index(start), Some(count)));
            assert_eq!(found, expected, "{start} {count}");
        }
        let bare = parse(&[("aadOptscim062020", "")]).unwrap();
        assert_eq!((bare.paging, bare.count, bare.filter), (Paging::Index(1), None, None));
    }

    #[test]
    fn parameters_in_any_case_and_once() {
        assert!(parse(&[("FILTER", "userName pr")]).unwrap().filter.is_some());
        assert!(parse(&[("filter", "userName pr"), ("Filter", "id pr")]).is_err());
        assert_eq!(parse(&[("filter", "")]).unwrap_err().scim_type, Some(crate::scim::ScimType::InvalidFilter));
        assert!(parse(&[("unknown", "1"), ("unknown", "2")]).is_ok());
    }

    #[test]
    fn the_envelope() {
        assert_eq!(
            list_response(12, Place::Index(11), vec![json!(1), json!(2)]).to_string(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":12,"startIndex":11,"itemsPerPage":2,"Resources":[1,2]}"#
        );
        let place = Place::Between { previous: None, next: Some("c".into()) };
        assert_eq!(
            list_response(12, place, vec![json!(1)]).to_string(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":12,"itemsPerPage":1,"nextCursor":"c","Resources":[1]}"#
        );
    }

    #[test]
    fn a_walk_is_by_index_or_by_cursor() {
        assert_eq!(parse(&[("cursor", "")]).unwrap().paging, Paging::Cursor(None));
        assert_eq!(parse(&[("CURSOR", "abc")]).unwrap().paging, Paging::Cursor(Some("abc".to_owned())));
        assert!(parse(&[("cursor", ""), ("startIndex", "1")]).is_err());
    }
}
