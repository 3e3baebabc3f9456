//! Asking for a page, and the page (RFC 7644 section 3.4.2).

use scim_filter_parser::Filter;
use serde_json::{Value, json};

use super::error::Error;
use super::limits;
use super::project::Projection;
use super::quirks::Quirks;

/// What a list request asks for.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// The filter.
    pub filter: Option<Filter>,
    /// Index of the first resource, from 1.
    pub start_index: i64,
    /// How many resources at most.
    pub count: i64,
    /// What is shown of each.
    pub projection: Projection,
}

impl ListQuery {
    /// Reads the query; parameters nobody knows are left aside (Entra's `aadOptscim062020` comes on every request).
    ///
    /// # Errors
    /// 400 `invalidValue` for numbers that are none and parameters given twice, `invalidFilter`.
    pub fn parse(parameters: &[(String, String)], quirks: Quirks) -> Result<Self, Error> {
        let start_index = number(parameters, "startIndex")?.unwrap_or(1).max(1);
        let count = number(parameters, "count")?.unwrap_or(limits::DEFAULT_PAGE).clamp(0, limits::MAX_PAGE);
        let filter = find(parameters, "filter")?
            .filter(|text| !text.trim().is_empty())
            .map(|text| filter(text, quirks))
            .transpose()?;
        Ok(Self { filter, start_index, count, projection: Projection::parse(parameters)? })
    }
}

fn filter(text: &str, quirks: Quirks) -> Result<Filter, Error> {
    Filter::parse_with(text, &quirks.parser_options())
        .map_err(|error| Error::invalid_filter(format!("the filter cannot be read: {error}")))
}

fn find<'a>(parameters: &'a [(String, String)], wanted: &str) -> Result<Option<&'a str>, Error> {
    let mut found = parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(Error::invalid_value(format!("{wanted} is given twice"))),
        (first, None) => Ok(first.map(|(_, value)| value.as_str())),
    }
}

fn number(parameters: &[(String, String)], name: &str) -> Result<Option<i64>, Error> {
    let parse =
        |text: &str| text.trim().parse().map_err(|_| Error::invalid_value(format!("{name} must be a whole number")));
    find(parameters, name)?.filter(|text| !text.is_empty()).map(parse).transpose()
}

/// A `ListResponse`: `itemsPerPage` is what is on this page.
pub fn list_response(total: i64, start_index: i64, resources: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &[(&str, &str)]) -> Result<ListQuery, Error> {
        let pairs: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        ListQuery::parse(&pairs, Quirks::default())
    }

    #[test]
    fn numbers_out_of_range_are_brought_into_it() {
        for (given, start, count) in [("0", 1, 0), ("-5", 1, 0), ("7", 7, 7), ("501", 501, 500), ("", 1, 100)] {
            let query = parse(&[("startIndex", given), ("count", given)]).unwrap();
            assert_eq!((query.start_index, query.count), (start, count), "{given}");
        }
    }

    #[test]
    fn what_is_no_number_or_given_twice_is_refused() {
        assert!(parse(&[("count", "ten")]).is_err());
        assert!(parse(&[("count", "1.5")]).is_err());
        assert!(parse(&[("count", "99999999999999999999")]).is_err());
        assert!(parse(&[("filter", "a pr"), ("Filter", "a pr")]).is_err());
        assert!(parse(&[("aadOptscim062020", ""), ("x", "1"), ("x", "2")]).is_ok());
    }

    #[test]
    fn a_page_counts_what_is_on_it() {
        let page = list_response(7, 3, &[json!({}), json!({})]);
        assert_eq!(
            (&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]),
            (&json!(7), &json!(3), &json!(2))
        );
        assert_eq!(list_response(0, 1, &[])["Resources"], json!([]));
    }
}
