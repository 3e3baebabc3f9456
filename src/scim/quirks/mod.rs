//! What identity providers send although the RFCs say otherwise: one small file for each deviation.
//!
//! A quirk of *shape* is understood from everybody, because what is meant is beyond doubt. A quirk of *outcome* makes
//! the server do something else than the RFC says and holds for the providers that need it alone, never for
//! `custom_scim_v2`. What needs no code has no file: `$ref: null` is a value that is not there, an `id` inside a value
//! an attribute nobody knows, and what `schemas` says is tolerated whatever it is.

mod draft_enterprise;
mod encoded_elements;
mod object_for_array;
mod operation_case;
mod plain_reference;
mod replace_creates;
mod sub_attribute_filter;
mod text_booleans;
mod unquoted_values;

use scim_filter_parser::Options;

pub use draft_enterprise::{name, sub_attribute};
pub use encoded_elements::decoded;
pub use object_for_array::elements;
pub use operation_case::operation;
pub use plain_reference::object;
pub use text_booleans::boolean;

use super::limits;

/// The outcomes that differ for a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// A PATCH `replace` whose value path selects nothing creates the element instead of failing.
    pub replace_creates: bool,
    /// Filter values may lack their quotes.
    pub unquoted_values: bool,
}

impl Quirks {
    /// The quirks of a provider, named by its code; an unknown one has none.
    pub fn for_provider(code: &str) -> Self {
        Self {
            replace_creates: replace_creates::PROVIDERS.contains(&code),
            unquoted_values: unquoted_values::PROVIDERS.contains(&code),
        }
    }

    /// How filters and paths of this provider are read.
    pub fn filter_options(&self) -> Options {
        let options = Options::new().limits(limits::FILTER).unquoted_values(self.unquoted_values);
        sub_attribute_filter::accept(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_differ_for_entra_alone() {
        let strict = Quirks::default();
        for code in [
            "okta",
            "google_workspace",
            "custom_scim_v2",
            "cyberark",
            "jumpcloud",
            "onelogin",
            "pingfederate",
            "rippling",
            "",
            "x",
        ] {
            assert_eq!(Quirks::for_provider(code), strict, "{code}");
        }
        assert_eq!(Quirks::for_provider("entra_id_azure_ad"), Quirks { replace_creates: true, unquoted_values: true });
    }

    #[test]
    fn entra_filters_parse() {
        let entra = Quirks::for_provider("entra_id_azure_ad").filter_options();
        let other = Quirks::default().filter_options();
        let sub = r#"emails[type eq "work"].value eq "ana@acme.test""#;
        assert!(scim_filter_parser::Filter::parse_with(sub, &other).is_ok());
        assert!(scim_filter_parser::Filter::parse_with("externalId eq jyoung", &entra).is_ok());
        assert!(scim_filter_parser::Filter::parse_with("externalId eq jyoung", &other).is_err());
    }
}
