//! Filter values without quotes: `externalId eq jyoung`, `meta.lastModified gt 2011-05-13T04:42:34Z`.
//!
//! Found in Microsoft's tutorial for SCIM endpoints and in the request collection of AzureAD/SCIMReferenceCode.

/// The providers from which they are understood.
pub(super) const PROVIDERS: &[&str] = &["entra_id_azure_ad"];
