//! A sub-attribute behind a value path in a filter: Microsoft Entra ID looks people up by
//! `emails[type eq "work"].value eq "ana@acme.test"`, for which the grammar of RFC 7644 has no place.
//!
//! Microsoft, "Tutorial: Develop and plan provisioning for a SCIM endpoint", section on filtering.

use scim_filter_parser::Options;

/// Reads such a filter as one more condition on the element.
pub(super) fn accept(options: Options) -> Options {
    options.value_path_sub_attribute(true)
}
