//! A `replace` whose value path selects nothing, such as `emails[type eq "work"].value` for a person without one.
//!
//! Microsoft Entra ID sends it whenever it thinks the attribute exists and stops syncing the person on the `noTarget`
//! of RFC 7644 section 3.5.2.3; seen in wireapp/wire-server, ssoready and thomaspoignant/scim-patch#42.

/// The providers for which the element is created.
pub(super) const PROVIDERS: &[&str] = &["entra_id_azure_ad"];
