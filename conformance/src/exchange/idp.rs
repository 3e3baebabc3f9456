//! Who speaks, and the headers they are known to send.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const SCIM: &str = "application/scim+json";

/// Who speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idp {
    /// Okta, custom app of the App Integration Wizard: full PUT.
    OktaAiw,
    /// Okta, app of its catalogue: PATCH.
    OktaOin,
    /// Microsoft Entra ID, default dialect.
    Entra,
    /// Microsoft Entra ID with `?aadOptscim062020`.
    EntraAadoptscim,
    /// OneLogin, whose bodies are templates that administrators write.
    Onelogin,
    /// JumpCloud.
    Jumpcloud,
    /// Google Workspace.
    Google,
    /// PingFederate and PingOne.
    Ping,
    /// Rippling.
    Rippling,
    /// CyberArk Identity.
    Cyberark,
    /// A client that keeps to the RFCs.
    #[default]
    Rfc,
}

impl Idp {
    /// The headers an identity provider sends with every request.
    ///
    /// Okta's, OneLogin's and Google's as captured on the wire. Nobody else sends a `Content-Type` without a body; of those
    /// whose headers are not known, the standard's.
    pub fn usual_headers(self, has_body: bool) -> BTreeMap<String, String> {
        let headers: &[(&str, &str)] = match self {
            Self::OktaAiw | Self::OktaOin => &[
                ("accept", SCIM),
                ("user-agent", "Okta SCIM Client 1.0.0"),
                ("accept-charset", "utf-8"),
                ("content-type", "application/scim+json; charset=utf-8"),
            ],
            Self::Onelogin => &[("user-agent", ""), ("content-type", "application/json")],
            Self::Google => &[("user-agent", "Google-Auto-Provisioning"), ("content-type", "application/json")],
            _ if has_body => &[("accept", SCIM), ("content-type", "application/scim+json; charset=utf-8")],
            _ => &[("accept", SCIM)],
        };
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}
