//! Connections as a page lists them, and their options as they may be shown.

use serde_json::{Map, Value};

use crate::identity::reach::Reach;
use crate::identity::{Error, domains};
use crate::store::Tx;
use crate::store::connections::{self as rows, Connection};
use crate::store::window::Window;

/// Kinde's options that hold no secret, and our settings. Whatever else was given is kept and never shown: it may be one.
const SHOWN: &[&str] = &[
    "client_id",
    "is_use_custom_domain",
    "is_trusted",
    "home_realm_domains",
    "is_create_missing_user",
    "is_force_show_sso_button",
    "is_auto_join_organization_enabled",
    "entra_id_domain",
    "is_use_common_endpoint",
    "is_sync_user_profile_on_login",
    "is_retrieve_provider_user_groups",
    "is_extended_attributes_required",
    "saml_entity_id",
    "saml_idp_metadata_url",
    "saml_sign_in_url",
    "sign_request_algorithm",
    "protocol_binding",
    "name_id_format",
    "saml_email_key_attr",
    "saml_user_id_key_attr",
    "saml_first_name_key_attr",
    "saml_last_name_key_attr",
    "saml_signing_certificate",
    "subject_source",
    "allow_duplicate_group_names",
    "relink_deleted",
    "departure_days",
    "pending_members",
    "group_roles",
    "oidc_issuer",
];

/// A window of the connections that may be seen; of one domain alone, if it is given.
///
/// # Errors
/// 400 `INVALID_DOMAIN`.
pub fn list(
    tx: &mut Tx<'_>,
    reach: Reach,
    home_realm_domain: Option<&str>,
    window: &Window,
) -> Result<Vec<Connection>, Error> {
    let domain = home_realm_domain.map(domains::parse).transpose()?;
    Ok(rows::list_window(tx, reach.organization(), domain.as_deref(), window)?)
}

/// The options of a connection without whatever may be a secret.
pub fn shown_options(connection: &Connection) -> Map<String, Value> {
    let options: Map<String, Value> = serde_json::from_str(&connection.options).unwrap_or_default();
    options.into_iter().filter(|(name, _)| SHOWN.contains(&name.as_str())).collect()
}
