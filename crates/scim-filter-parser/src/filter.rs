//! The syntax tree of a filter, RFC 7644 section 3.4.2.2.
//!
//! The tree says what was asked and nothing about how: letter case, types and
//! the meaning of a comparison belong to whoever knows the schema. Brackets
//! that change nothing are gone, and `and` and `or` hold all their terms in one list.

use crate::attribute::AttributePath;
use crate::literal::Literal;

/// A comparison operator (RFC 7644 table 3). It is parsed in any letter case and printed in lower case.
///
/// ```
/// use scim_filter_parser::{CompareOp, Filter};
///
/// let Filter::Compare { op, .. } = Filter::parse("userName Eq \"ana\"")? else { unreachable!() };
/// assert_eq!(op, CompareOp::Eq);
/// # Ok::<(), scim_filter_parser::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `eq`: equal.
    Eq,
    /// `ne`: not equal.
    Ne,
    /// `co`: contains.
    Co,
    /// `sw`: starts with.
    Sw,
    /// `ew`: ends with.
    Ew,
    /// `gt`: greater than.
    Gt,
    /// `ge`: greater than or equal.
    Ge,
    /// `lt`: less than.
    Lt,
    /// `le`: less than or equal.
    Le,
}

impl CompareOp {
    const ALL: [Self; 9] = [Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    /// The operator as the RFC writes it.
    ///
    /// ```
    /// use scim_filter_parser::CompareOp;
    ///
    /// assert_eq!(CompareOp::Sw.as_str(), "sw");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.as_str().eq_ignore_ascii_case(word))
    }
}

/// A filter expression.
///
/// Parsed filters nest no deeper than [`Limits::max_depth`](crate::Limits::max_depth)
/// allows. Filters built by hand are not checked: keep them shallow, names valid
/// and lists at two terms or more. Printing gives text that parses to an equal
/// filter wherever the limits admit it; it may be a few bytes longer than the input.
///
/// ```
/// use scim_filter_parser::{AttributePath, Filter};
///
/// let filter = Filter::parse("title pr and (nickName pr or displayName pr)")?;
/// let present = |name| Filter::Present(AttributePath::new(name));
/// assert_eq!(filter, Filter::And(vec![
///     present("title"),
///     Filter::Or(vec![present("nickName"), present("displayName")]),
/// ]));
/// # Ok::<(), scim_filter_parser::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All terms hold. At least two, none of them an `And`.
    And(Vec<Filter>),
    /// At least one term holds. At least two, none of them an `Or`.
    Or(Vec<Filter>),
    /// The term does not hold.
    Not(Box<Filter>),
    /// `userName eq "ana"`.
    Compare {
        /// The attribute to look at.
        path: AttributePath,
        /// How to compare.
        op: CompareOp,
        /// What to compare with.
        value: Literal,
    },
    /// `title pr`: the attribute has a value.
    Present(AttributePath),
    /// `emails[type eq "work"]`: an element of the attribute satisfies the filter.
    ValuePath {
        /// The multi-valued attribute.
        path: AttributePath,
        /// What one element must satisfy; paths in it are relative to the element. Holds no `ValuePath`.
        filter: Box<Filter>,
    },
}
