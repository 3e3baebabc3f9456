//! The IdP itself, asked: is it there, does it know this client, is its metadata usable?
//!
//! Only what the options name is asked, and nothing at the IdP is changed: discovery and metadata are read, and one
//! token is asked for and thrown away. What an IdP answers is never shown, only what it means.

mod metadata;
mod oidc;

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;

use super::{Finding, Severity};
use crate::outbound::http::{Failure, Fetched, Fetcher};
use crate::store::connections::Connection;

/// Entra's host for tenants of the worldwide cloud; `oidc_issuer` names another.
const ENTRA: &str = "https://login.microsoftonline.com";

/// One question to the IdP and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `oidc_discovery`, `client_secret` or `metadata`.
    pub check: &'static str,
    /// `ok`, or the code of the finding.
    pub result: &'static str,
}

/// What came out of the questions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Each question.
    pub checks: Vec<Check>,
    /// What cannot work.
    pub findings: Vec<Finding>,
}

/// The IdP of a connection, as far as its options say where it is. None of it is shown.
#[derive(Clone, Debug)]
pub(super) struct Target {
    strategy: String,
    /// The tenant that the connection is pinned to, in a form that can stand in a URL.
    tenant: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    oidc_issuer: Option<String>,
    metadata_url: Option<String>,
    metadata_xml: Option<String>,
    sign_in_url: Option<String>,
}

impl Target {
    /// The IdP of this connection.
    pub(super) fn of(connection: &Connection) -> Self {
        let options: Value = serde_json::from_str(&connection.options).unwrap_or_default();
        let given =
            |name: &str| options.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let is_common = options.get("is_use_common_endpoint") == Some(&Value::Bool(true));
        Self {
            strategy: connection.strategy.clone(),
            tenant: given("entra_id_domain").filter(|tenant| !is_common && can_stand_in_url(tenant)),
            client_id: given("client_id"),
            client_secret: given("client_secret").map(Into::into),
            oidc_issuer: given("oidc_issuer"),
            metadata_url: given("saml_idp_metadata_url"),
            metadata_xml: given("saml_idp_metadata_xml"),
            sign_in_url: given("saml_sign_in_url"),
        }
    }

    /// Asks the IdP what the options lead to.
    pub(super) async fn check(&self, fetcher: &Fetcher) -> Outcome {
        let mut outcome = Outcome::default();
        match self.strategy.as_str() {
            "oauth2:azure_ad" => oidc::check(fetcher, self, &mut outcome).await,
            strategy if strategy.starts_with("saml:") || strategy == "wsfed:azure_ad" => {
                metadata::check(fetcher, self, &mut outcome).await;
            }
            _ => {}
        }
        outcome
    }
}

fn can_stand_in_url(tenant: &str) -> bool {
    tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

impl Outcome {
    fn ok(&mut self, check: &'static str) {
        self.checks.push(Check { check, result: "ok" });
    }

    fn found(&mut self, check: &'static str, finding: Finding) {
        self.checks.push(Check { check, result: finding.code });
        self.findings.push(finding);
    }
}

fn error(code: &'static str, message: impl Into<String>, remedy: &str) -> Finding {
    Finding { code, severity: Severity::Error, message: message.into(), remedy: remedy.to_owned() }
}

/// The body of an answer with status 200; what else came is a finding about `what`.
fn document(answer: Result<Fetched, Failure>, what: &str) -> Result<Vec<u8>, Finding> {
    match answer {
        Ok(Fetched { status: 200, body }) => Ok(body),
        Ok(Fetched { status, .. }) => Err(unusable(&format!("{what} is answered with HTTP {status}"))),
        Err(failure) => Err(no_answer(&failure, what)),
    }
}

fn unusable(message: &str) -> Finding {
    let remedy = "compare the tenant and the URLs of the options with those that the IdP shows";
    error("idp_answer_unusable", message, remedy)
}

fn no_answer(failure: &Failure, what: &str) -> Finding {
    let message = format!("{what}: {failure}");
    match failure {
        Failure::Unreachable { .. } => {
            let remedy = "check the name in the options, and that this server may reach the IdP through its firewall";
            error("idp_unreachable", message, remedy)
        }
        Failure::Address { .. } | Failure::Url(_) => {
            let remedy = "name a public https address; for an IdP on your own network give the server --allow-idp-network NETWORK";
            error("idp_address_refused", message, remedy)
        }
        Failure::TooLarge(_) => unusable(&message),
    }
}
