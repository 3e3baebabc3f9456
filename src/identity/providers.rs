//! Kinde's codes: connection strategies and directory providers, and what the one says about the other.

/// Strategies of enterprise connections.
const ENTERPRISE: [&str; 7] = [
    "saml:custom",
    "saml:cloudflare",
    "saml:okta",
    "saml:microsoft",
    "saml:google",
    "oauth2:azure_ad",
    "wsfed:azure_ad",
];

/// Services of social connections, written `oauth2:SERVICE`.
const SOCIAL: [&str; 15] = [
    "apple",
    "bitbucket",
    "discord",
    "facebook",
    "github",
    "gitlab",
    "google",
    "linkedin",
    "microsoft",
    "patreon",
    "slack",
    "stripe",
    "twitch",
    "twitter",
    "xero",
];

/// Provider codes, each with a short name people type.
const PROVIDERS: [(&str, &str); 9] = [
    ("okta", "okta"),
    ("entra_id_azure_ad", "entra"),
    ("google_workspace", "google"),
    ("onelogin", "onelogin"),
    ("pingfederate", "ping"),
    ("jumpcloud", "jumpcloud"),
    ("rippling", "rippling"),
    ("cyberark", "cyberark"),
    ("custom_scim_v2", "custom"),
];

/// Whether connections of this strategy are enterprise connections.
pub fn is_enterprise(strategy: &str) -> bool {
    ENTERPRISE.contains(&strategy)
}

/// Whether connections of this strategy are social connections.
pub fn is_social(strategy: &str) -> bool {
    strategy.strip_prefix("oauth2:").is_some_and(|service| SOCIAL.contains(&service))
}

/// The provider code that a code or short name means (`azure` means `entra`).
pub fn find(text: &str) -> Option<&'static str> {
    let text = if text == "azure" { "entra" } else { text };
    PROVIDERS.iter().find(|(code, short)| text == *code || text == *short).map(|(code, _)| *code)
}

/// The codes Kinde has, short names not included.
pub fn is_code(text: &str) -> bool {
    PROVIDERS.iter().any(|(code, _)| *code == text)
}

/// Short names for help texts.
pub fn short_names() -> String {
    PROVIDERS.map(|(_, short)| short).join(", ")
}

/// The provider that a strategy leaves no doubt about.
pub fn of_strategy(strategy: &str) -> Option<&'static str> {
    match strategy {
        "saml:okta" => Some("okta"),
        "saml:google" => Some("google_workspace"),
        "saml:microsoft" | "oauth2:azure_ad" | "wsfed:azure_ad" => Some("entra_id_azure_ad"),
        _ => None,
    }
}

/// The strategy a connection gets when only the provider is known.
pub fn default_strategy(provider: &str) -> &'static str {
    match provider {
        "okta" => "saml:okta",
        "google_workspace" => "saml:google",
        "entra_id_azure_ad" => "saml:microsoft",
        _ => "saml:custom",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_and_codes_mean_the_same() {
        assert_eq!(find("entra"), Some("entra_id_azure_ad"));
        assert_eq!(find("azure"), find("entra_id_azure_ad"));
        assert_eq!(find("ping"), Some("pingfederate"));
        assert_eq!(find("nobody"), None);
    }

    #[test]
    fn a_default_strategy_is_an_enterprise_strategy_of_the_same_provider() {
        for (code, _) in PROVIDERS {
            let strategy = default_strategy(code);
            assert!(is_enterprise(strategy) && !is_social(strategy));
            assert!(of_strategy(strategy).is_none_or(|inferred| inferred == code));
        }
        assert!(is_social("oauth2:google") && !is_enterprise("oauth2:google") && !is_social("oauth2:azure_ad"));
    }
}
