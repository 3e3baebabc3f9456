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
    /// The first of them, counted from 1.
    pub start_index: i64,
    /// How many at most, from 0 to [`limits::PAGE_MAX`].
    pub count: i64,
    /// In which order.
    pub sort: Option<Sort>,
    /// Which attributes.
    pub projection: Projection,
}

impl ListQuery {
    /// Reads query parameters, names in any letter case; what is not known is ignored.
    ///
    /// # Errors
    /// 400 `invalidFilter`, and 400 `invalidValue` for a number that is none and for a parameter given twice.
    pub fn parse(parameters: &[(String, String)], quirks: &Quirks) -> Result<Self, Error> {
        let filter = parameter(parameters, "filter")?.map(|text| filter(text, quirks)).transpose()?;
        let start_index = integer(parameters, "startIndex")?.unwrap_or(1).max(1);
        let count = integer(parameters, "count")?.unwrap_or(limits::PAGE_DEFAULT).clamp(0, limits::PAGE_MAX);
        let sort = Sort::parse(parameter(parameters, "sortBy")?, parameter(parameters, "sortOrder")?)?;
        Ok(Self { filter, start_index, count, sort, projection: Projection::parse(parameters)? })
    }
}

/// Reads a filter as a provider writes it.
///
/// # Errors
/// 400 `invalidFilter` with the position of the fault.
pub fn filter(text: &str, quirks: &Quirks) -> Result<Filter, Error> {
    Filter::parse_with(text, &quirks.filter_options())
        .map_err(|error| Error::invalid_filter(format!("filter: {error}")))
}

fn integer(parameters: &[(String, String)], name: &str) -> Result<Option<i64>, Error> {
    let Some(text) = parameter(parameters, name)? else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|_| Error::invalid_value(format!("{name} must be an integer, not {}", excerpt(text))))
}

/// The answer: one page of `total` resources.
pub fn list_response(total: i64, start_index: i64, resources: Vec<Value>) -> Value {
    let mut envelope = Map::new();
    envelope.insert("schemas".to_owned(), vec![LIST_URN].into());
    envelope.insert("totalResults".to_owned(), total.into());
    envelope.insert("startIndex".to_owned(), start_index.into());
    envelope.insert("itemsPerPage".to_owned(), resources.len().into());
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
            let found =
                parse(&[("startIndex", start), ("count", count)]).ok().map(|query| (query.start_index, query.count));
            assert_eq!(found, expected, "{start} {count}");
        }
        let bare = parse(&[("aadOptscim062020", "")]).unwrap();
        assert_eq!((bare.start_index, bare.count, bare.filter), (1, limits::PAGE_DEFAULT, None));
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
            list_response(12, 11, vec![json!(1), json!(2)]).to_string(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":12,"startIndex":11,"itemsPerPage":2,"Resources":[1,2]}"#
        );
    }
}
