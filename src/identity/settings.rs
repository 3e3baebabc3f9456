//! A connection's options and settings, read from the JSON they are kept in.
//!
//! Kinde's option names are kept as they are; ours stand beside them. What is not listed here is kept and returned, but
//! decides nothing.

use serde::Deserialize;

/// Microseconds of a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// Where the subject of a sign-in is looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum SubjectSource {
    /// An immutable id, bound to the identity at the first sign-in.
    #[default]
    #[serde(rename = "bound")]
    Bound,
    /// The resource's userName, looked up each time.
    #[serde(rename = "userName")]
    UserName,
    /// The resource's externalId, looked up each time.
    #[serde(rename = "externalId")]
    ExternalId,
    /// The resource's matching email, looked up each time.
    #[serde(rename = "email")]
    Email,
}

/// How many of the roles that groups give somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GroupRoles {
    /// All.
    All,
    /// That of the rule with the lowest number.
    Highest,
}

/// The options that decide something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in Kinde's API")]
pub struct Settings {
    /// Trust email addresses the IdP provides (for proven domains of the owner).
    pub is_trusted: bool,
    /// Just-in-time creation at sign-in.
    pub is_create_missing_user: bool,
    /// Sign-in claims update the profile of people never pushed.
    pub is_sync_user_profile_on_login: bool,
    /// Entra's multi-tenant endpoint: its email claims are not vouched for.
    pub is_use_common_endpoint: bool,
    /// The tenant an Entra connection is pinned to.
    pub entra_id_domain: Option<String>,
    /// SAML NameID format; "Email address" means that the subject is the userName.
    pub name_id_format: Option<String>,
    subject_source: Option<SubjectSource>,
    /// Several groups may have one displayName.
    pub allow_duplicate_group_names: bool,
    relink_deleted: Option<bool>,
    departure_days: Option<u16>,
    pending_members: Option<bool>,
    group_roles: Option<GroupRoles>,
}

impl Settings {
    /// Reads the stored JSON; what does not fit counts as not set.
    pub fn parse(options: &str) -> Self {
        serde_json::from_str(options).unwrap_or_default()
    }

    /// Where the subject is looked up.
    pub fn subject_source(&self) -> SubjectSource {
        let by_name_id = self.name_id_format.as_deref() == Some("Email address");
        self.subject_source.unwrap_or(if by_name_id { SubjectSource::UserName } else { SubjectSource::Bound })
    }

    /// Whether a POST with the externalId of someone deleted means the same person (off for Entra by default).
    pub fn relinks_deleted(&self, provider: &str) -> bool {
        self.relink_deleted.unwrap_or(provider != "entra_id_azure_ad")
    }

    /// Whether members that are not here yet are kept until they come (on for Okta and OneLogin by default).
    pub fn keeps_pending_members(&self, provider: &str) -> bool {
        self.pending_members.unwrap_or(matches!(provider, "okta" | "onelogin"))
    }

    /// Whether only the rule with the lowest number gives a role.
    pub fn takes_highest_role(&self) -> bool {
        self.group_roles == Some(GroupRoles::Highest)
    }

    /// How long a departure is remembered, in microseconds.
    pub fn departure_micros(&self) -> i64 {
        i64::from(self.departure_days.unwrap_or(30)) * DAY
    }

    /// Whether the IdP vouches for the emails of its directory, so that no `email_verified` claim is required.
    pub fn vouches_for_email(&self, strategy: &str) -> bool {
        let pinned =
            self.entra_id_domain.as_deref().is_some_and(|tenant| !tenant.is_empty()) && !self.is_use_common_endpoint;
        strategy.starts_with("saml:") || strategy.starts_with("wsfed:") || (strategy == "oauth2:azure_ad" && pinned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_id_format_email_address_implies_user_name() {
        assert_eq!(Settings::parse("{}").subject_source(), SubjectSource::Bound);
        let by_format = Settings::parse(r#"{"name_id_format":"Email address"}"#);
        assert_eq!(by_format.subject_source(), SubjectSource::UserName);
        let explicit = Settings::parse(r#"{"name_id_format":"Email address","subject_source":"externalId"}"#);
        assert_eq!(explicit.subject_source(), SubjectSource::ExternalId);
    }

    #[test]
    fn only_directories_pinned_to_one_customer_vouch_for_email() {
        let none = Settings::default();
        let pinned = Settings::parse(r#"{"entra_id_domain":"acme.test"}"#);
        let common = Settings::parse(r#"{"entra_id_domain":"acme.test","is_use_common_endpoint":true}"#);
        assert!(none.vouches_for_email("saml:okta") && none.vouches_for_email("wsfed:azure_ad"));
        assert!(pinned.vouches_for_email("oauth2:azure_ad"));
        assert!(!none.vouches_for_email("oauth2:azure_ad") && !common.vouches_for_email("oauth2:azure_ad"));
        assert!(!pinned.vouches_for_email("oauth2:google"));
    }

    #[test]
    fn deleted_people_are_not_relinked_for_entra_unless_asked() {
        assert!(Settings::default().relinks_deleted("okta"));
        assert!(!Settings::default().relinks_deleted("entra_id_azure_ad"));
        assert!(Settings::parse(r#"{"relink_deleted":true}"#).relinks_deleted("entra_id_azure_ad"));
    }

    #[test]
    fn members_to_come_are_kept_for_okta_and_onelogin_unless_said_otherwise() {
        let (on, off) = (r#"{"pending_members":true}"#, r#"{"pending_members":false}"#);
        for (provider, is_default) in [("okta", true), ("onelogin", true), ("entra_id_azure_ad", false), ("", false)] {
            assert_eq!(Settings::default().keeps_pending_members(provider), is_default, "{provider}");
            assert!(Settings::parse(on).keeps_pending_members(provider));
            assert!(!Settings::parse(off).keeps_pending_members(provider));
        }
    }
}
