//! Client id and secret against the token endpoint: the client credentials grant authenticates the client and needs no
//! person (RFC 6749, sections 4.4 and 5.2; `OpenID` Connect Discovery 1.0, section 4).

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::{ENTRA, Outcome, Target, document, error, no_answer, unusable};
use crate::identity::diagnosis::{Finding, Severity};
use crate::outbound::http::{Basic, Fetched, Fetcher};

const DISCOVERY: &str = "oidc_discovery";
const CLIENT: &str = "client_secret";

/// What is read of the discovery document.
#[derive(Debug, Deserialize)]
struct Provider {
    token_endpoint: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// Entra names the host of Graph, which differs from cloud to cloud.
    msgraph_host: Option<String>,
}

pub(super) async fn check(fetcher: &Fetcher, target: &Target, outcome: &mut Outcome) {
    let Some(issuer) = issuer(target) else { return };
    let provider = match discover(fetcher, &issuer).await {
        Ok(provider) => provider,
        Err(finding) => return outcome.found(DISCOVERY, finding),
    };
    outcome.ok(DISCOVERY);
    let (Some(id), Some(secret)) = (&target.client_id, &target.client_secret) else { return };
    match authenticate(fetcher, &provider, id, secret).await {
        None => outcome.ok(CLIENT),
        Some(finding) => outcome.found(CLIENT, finding),
    }
}

/// Where the tenant's discovery document is. Nobody is asked for a connection that names neither tenant nor client.
fn issuer(target: &Target) -> Option<String> {
    if let Some(issuer) = &target.oidc_issuer {
        return Some(issuer.trim_end_matches('/').to_owned());
    }
    let tenant = target.tenant.as_deref().or_else(|| target.client_id.as_ref().map(|_| "organizations"))?;
    Some(format!("{ENTRA}/{tenant}/v2.0"))
}

async fn discover(fetcher: &Fetcher, issuer: &str) -> Result<Provider, Finding> {
    let answer = fetcher.get(&format!("{issuer}/.well-known/openid-configuration")).await;
    let body = document(answer, "the discovery document")?;
    serde_json::from_slice(&body).map_err(|_| unusable("the discovery document names no token endpoint"))
}

/// Asks for a token and throws it away; what is wrong with the credentials.
async fn authenticate(fetcher: &Fetcher, provider: &Provider, id: &str, secret: &SecretString) -> Option<Finding> {
    let scope = format!("https://{}/.default", provider.msgraph_host.as_deref().unwrap_or("graph.microsoft.com"));
    let mut form = vec![("grant_type", "client_credentials"), ("scope", &scope)];
    let methods = &provider.token_endpoint_auth_methods_supported;
    let is_in_body = methods.iter().any(|method| method == "client_secret_post");
    if is_in_body {
        form.extend([("client_id", id), ("client_secret", secret.expose_secret())]);
    }
    let basic = (!is_in_body).then_some(Basic { user: id, password: secret });
    match fetcher.post(&provider.token_endpoint, &form, basic).await {
        Ok(answer) => judge(&answer),
        Err(failure) => Some(no_answer(&failure, "the token endpoint")),
    }
}

fn judge(answer: &Fetched) -> Option<Finding> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status == 200 && body.get("access_token").is_some_and(Value::is_string) {
        return None;
    }
    let said = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (keyword, number) = (said("error"), entra_number(said("error_description")));
    Some(match (keyword, number) {
        ("invalid_client", Some(7_000_222)) => {
            refused("the IdP knows the client, but its secret has expired", "make a new secret at the IdP")
        }
        ("invalid_client", _) => refused(
            "the IdP refuses client id and secret (invalid_client)",
            "copy the client id and the value of the secret, not the secret's own id, from the IdP",
        ),
        ("unauthorized_client", Some(700_016)) => {
            let remedy = "copy the application (client) id from the IdP, and check that entra_id_domain is its tenant";
            error("client_unknown", "the IdP's tenant has no application with this client id", remedy)
        }
        _ => undecided(answer.status),
    })
}

fn refused(message: &str, remedy: &str) -> Finding {
    error("client_secret_refused", message, remedy)
}

fn undecided(status: u16) -> Finding {
    Finding {
        code: "client_check_undecided",
        severity: Severity::Warning,
        message: format!("the token endpoint neither accepts nor refuses the client: it answers with HTTP {status}"),
        remedy: "name the tenant in entra_id_domain, try again later, or look into the IdP's own sign-in log"
            .to_owned(),
    }
}

/// The number in Entra's `AADSTS7000215: ...`, which says more than the keyword.
fn entra_number(description: &str) -> Option<u32> {
    let digits = description.strip_prefix("AADSTS")?;
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
