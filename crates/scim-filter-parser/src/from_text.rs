//! From text: the ways into the parser.

use std::str::FromStr;

use crate::attribute::AttributePath;
use crate::error::ParseError;
use crate::filter::Filter;
use crate::options::Options;
use crate::parser;
use crate::patch_path::PatchPath;

impl AttributePath {
    /// Parses one attribute path and nothing else, as the `attributes` query
    /// parameter and the keys of a PATCH without path hold them.
    ///
    /// ```
    /// use scim_filter_parser::AttributePath;
    ///
    /// assert_eq!(AttributePath::parse("name.familyName")?, AttributePath::with_sub("name", "familyName"));
    /// assert!(AttributePath::parse("name.familyName.first").is_err());
    /// # Ok::<(), scim_filter_parser::ParseError>(())
    /// ```
    pub fn parse(input: &str) -> Result<Self, ParseError> {
        parser::attribute_path(input, &Options::new())
    }
}

impl FromStr for AttributePath {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}

impl Filter {
    /// Parses a filter by the letter of RFC 7644 with the default limits.
    ///
    /// ```
    /// use scim_filter_parser::Filter;
    ///
    /// assert!(Filter::parse("emails[type eq \"work\" and value co \"@example.com\"]").is_ok());
    /// assert!(Filter::parse("emails[type eq \"work\"").is_err());
    /// ```
    pub fn parse(input: &str) -> Result<Self, ParseError> {
        Self::parse_with(input, &Options::new())
    }

    /// Parses a filter with other limits or in another dialect.
    ///
    /// ```
    /// use scim_filter_parser::{Filter, Options};
    ///
    /// let options = Options::new().unquoted_values(true);
    /// let filter = Filter::parse_with("meta.lastModified gt 2011-05-13T04:42:34Z", &options)?;
    /// assert_eq!(filter.to_string(), r#"meta.lastModified gt "2011-05-13T04:42:34Z""#);
    /// # Ok::<(), scim_filter_parser::ParseError>(())
    /// ```
    pub fn parse_with(input: &str, options: &Options) -> Result<Self, ParseError> {
        parser::filter(input, options)
    }
}

impl FromStr for Filter {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}

impl PatchPath {
    /// Parses a path with the default limits.
    ///
    /// ```
    /// use scim_filter_parser::PatchPath;
    ///
    /// assert!(PatchPath::parse("members[value eq \"2819c223\"]").is_ok());
    /// assert!(PatchPath::parse("members[]").is_err());
    /// ```
    pub fn parse(input: &str) -> Result<Self, ParseError> {
        Self::parse_with(input, &Options::new())
    }

    /// Parses a path with other limits or with values that lack their quotes.
    ///
    /// ```
    /// use scim_filter_parser::{Options, PatchPath};
    ///
    /// let options = Options::new().unquoted_values(true);
    /// let path = PatchPath::parse_with("emails[type eq work].value", &options)?;
    /// assert_eq!(path.to_string(), r#"emails[type eq "work"].value"#);
    /// # Ok::<(), scim_filter_parser::ParseError>(())
    /// ```
    pub fn parse_with(input: &str, options: &Options) -> Result<Self, ParseError> {
        parser::patch_path(input, options)
    }
}

impl FromStr for PatchPath {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}
