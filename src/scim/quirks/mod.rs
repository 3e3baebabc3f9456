//! What identity providers do differently, one small file a deviation.
//!
//! A quirk either accepts a *shape* the RFC does not have, without changing what a correct request means: those are on
//! for everyone. Or it changes an *outcome*: those are on only for the provider that needs them.

mod boolean_text;
mod json_text;
mod single_value;
mod text_for_complex;

pub use boolean_text::boolean_text;
pub(super) use json_text::json_text;
pub(super) use single_value::as_list;
pub(super) use text_for_complex::text_for_complex;

/// The outcomes that depend on the provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// Entra: `replace` at a value path that matches nothing creates the element, where RFC 7644 3.5.2.3 says `noTarget`.
    /// Its provisioning service replaces `emails[type eq "work"].value` of people who have none.
    pub replace_creates: bool,
    /// Entra: filter values without quotes, as in its own samples (`externalId eq jyoung`).
    pub unquoted_values: bool,
}

impl Quirks {
    /// The quirks of Kinde's provider code.
    pub fn for_provider(provider: &str) -> Self {
        let is_entra = provider == "entra_id_azure_ad";
        Self { replace_creates: is_entra, unquoted_values: is_entra }
    }

    /// How filters and PATCH paths of this provider are parsed.
    pub fn parser_options(self) -> scim_filter_parser::Options {
        scim_filter_parser::Options::new().value_path_sub_attribute(true).unquoted_values(self.unquoted_values)
    }
}
