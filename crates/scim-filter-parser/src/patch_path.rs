//! The path of a PATCH operation, RFC 7644 section 3.5.2 figure 7:
//! `PATH = attrPath / valuePath [subAttr]`.

use crate::attribute::AttributePath;
use crate::filter::Filter;

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
