//! What a parse may accept: the limits and the two dialect switches.
//!
//! The default is RFC 7644 to the letter with limits that fit a server. The
//! switches cover shapes that identity providers send although the grammar has
//! no place for them; each is off until asked for.

/// Bounds on one filter or path, enforced while it is parsed.
///
/// ```
/// use scim_filter_parser::{ErrorKind, Filter, Limits, Options};
///
/// let limits = Limits { max_terms: 1, ..Limits::default() };
/// let options = Options::new().limits(limits);
/// let error = Filter::parse_with("title pr and active pr", &options).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::TooManyTerms);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest input, in bytes (default 4096).
    pub max_length: usize,
    /// How many of `(`, `not (` and `[` may be open at once (default 40).
    /// More than [`Limits::DEPTH_CEILING`] has the effect of that ceiling.
    pub max_depth: usize,
    /// How many comparisons and presence tests there may be (default 100).
    pub max_terms: usize,
}

impl Limits {
    /// The deepest nesting that any setting allows.
    ///
    /// Dropping, printing, cloning and comparing a [`Filter`](crate::Filter)
    /// recurse with its depth. This constant makes sure that a stack of
    /// 256 KiB suffices for all of that, even in a build without optimisation.
    ///
    /// ```
    /// use scim_filter_parser::Limits;
    ///
    /// assert!(Limits::default().max_depth <= Limits::DEPTH_CEILING);
    /// ```
    pub const DEPTH_CEILING: usize = 48;

    const DEFAULT: Self = Self { max_length: 4096, max_depth: 40, max_terms: 100 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What to accept besides the grammar of RFC 7644, and how much of it.
///
/// ```
/// use scim_filter_parser::{Filter, Options};
///
/// let input = r#"emails[type eq "work"].value eq "ana@acme.test""#;
/// assert!(Filter::parse(input).is_err());
/// let options = Options::new().value_path_sub_attribute(true);
/// assert!(Filter::parse_with(input, &options).is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) limits: Limits,
    pub(crate) value_path_sub_attribute: bool,
    pub(crate) unquoted_values: bool,
}

impl Options {
    /// RFC 7644 as written, with the default limits.
    ///
    /// ```
    /// use scim_filter_parser::{Filter, Options};
    ///
    /// assert!(Filter::parse_with("title pr", &Options::new()).is_ok());
    /// ```
    pub const fn new() -> Self {
        Self { limits: Limits::DEFAULT, value_path_sub_attribute: false, unquoted_values: false }
    }

    /// Replaces the limits.
    ///
    /// ```
    /// use scim_filter_parser::{Filter, Limits, Options};
    ///
    /// let options = Options::new().limits(Limits { max_length: 8, ..Limits::default() });
    /// assert!(Filter::parse_with("title pr", &options).is_ok());
    /// assert!(Filter::parse_with("title pr ", &options).is_err());
    /// ```
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Accepts a sub-attribute test behind a value path in a filter, as
    /// Microsoft Entra ID sends it. It becomes one more condition on the element.
    ///
    /// ```
    /// use scim_filter_parser::{Filter, Options};
    ///
    /// let options = Options::new().value_path_sub_attribute(true);
    /// let filter = Filter::parse_with(r#"emails[type eq "work"].value sw "ana""#, &options)?;
    /// assert_eq!(filter.to_string(), r#"emails[type eq "work" and value sw "ana"]"#);
    /// # Ok::<(), scim_filter_parser::ParseError>(())
    /// ```
    #[must_use]
    pub const fn value_path_sub_attribute(mut self, accept: bool) -> Self {
        self.value_path_sub_attribute = accept;
        self
    }

    /// Accepts strings without quotes: a word up to a space, `)` or `]` that is
    /// not `true`, `false`, `null` or a JSON number.
    ///
    /// ```
    /// use scim_filter_parser::{Filter, Options};
    ///
    /// let options = Options::new().unquoted_values(true);
    /// let filter = Filter::parse_with("externalId eq jyoung and active eq true", &options)?;
    /// assert_eq!(filter.to_string(), r#"externalId eq "jyoung" and active eq true"#);
    /// # Ok::<(), scim_filter_parser::ParseError>(())
    /// ```
    #[must_use]
    pub const fn unquoted_values(mut self, accept: bool) -> Self {
        self.unquoted_values = accept;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
