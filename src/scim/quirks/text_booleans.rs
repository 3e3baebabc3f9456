//! Booleans as text: Microsoft Entra ID sends `"active": "False"` and filters by `roles[primary eq "True"]`, templates
//! of OneLogin send `"true"`.
//!
//! Microsoft, "Known issues and resolutions with SCIM 2.0 protocol compliance"; OneLogin's templates put macros between
//! quotes.

/// The boolean a text stands for.
pub fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find_map(|(name, value)| name.eq_ignore_ascii_case(text).then_some(value))
}
