//! The path of a PATCH operation, RFC 7644 section 3.5.2 figure 7:
//! `PATH = attrPath / valuePath [subAttr]`.

use std::str::FromStr;

use crate::attribute::AttributePath;
use crate::error::ParseError;
use crate::filter::Filter;
use crate::options::Options;
use crate::parser;

/// What a PATCH operation is aimed at.
///
/// The sub-attribute of a plain path belongs to `attribute`; `sub` is set only
/// behind a filter.
///
/// ```
/// use scim_filter_parser::{AttributePath, PatchPath};
///
/// let path = PatchPath::parse(r#"addresses[type eq "work"].streetAddress"#)?;
/// assert_eq!(path.attribute, AttributePath::new("addresses"));
/// assert!(path.filter.is_some());
/// assert_eq!(path.sub.as_deref(), Some("streetAddress"));
///
/// let path = PatchPath::parse("name.familyName")?;
/// assert_eq!(path.attribute, AttributePath::with_sub("name", "familyName"));
/// assert_eq!((path.filter, path.sub), (None, None));
/// # Ok::<(), scim_filter_parser::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PatchPath {
    /// The attribute, with its own sub-attribute if there is no filter.
    pub attribute: AttributePath,
    /// Which elements of the attribute are meant; holds no [`Filter::ValuePath`].
    pub filter: Option<Filter>,
    /// The sub-attribute of those elements.
    pub sub: Option<String>,
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
