//! Sending one request the way an identity provider does.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde_json::Value;

use super::Idp;

/// Okta's limit for an answer; nobody waits longer.
const PATIENCE: Duration = Duration::from_mins(1);

const SCIM: &str = "application/scim+json";

/// A request ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// The method.
    pub(super) method: String,
    /// The whole URL.
    pub(super) url: String,
    /// Every header.
    pub(super) headers: BTreeMap<String, String>,
    /// The body.
    pub(super) body: Option<Value>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// The headers.
    pub(super) headers: HeaderMap,
    /// The body; `null` when there is none, a string when it is not JSON.
    pub(super) body: Value,
}

/// Below the keep-alive of the server, which would else close a connection at the moment it is used again.
const IDLE: Duration = Duration::from_secs(2);

/// A client that follows no redirects and does not wait for ever.
pub(super) fn client() -> Result<Client, String> {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.timeout(PATIENCE).pool_idle_timeout(IDLE).build().map_err(|error| describe(&error))
}

/// The headers an identity provider sends with every request.
///
/// Okta's, OneLogin's and Google's as captured on the wire. Nobody else sends a `Content-Type` without a body; of those
/// whose headers are not known, the standard's.
pub(super) fn usual_headers(idp: Idp, has_body: bool) -> BTreeMap<String, String> {
    let headers: &[(&str, &str)] = match idp {
        Idp::OktaAiw | Idp::OktaOin => &[
            ("accept", SCIM),
            ("user-agent", "Okta SCIM Client 1.0.0"),
            ("accept-charset", "utf-8"),
            ("content-type", "application/scim+json; charset=utf-8"),
        ],
        Idp::Onelogin => &[("user-agent", ""), ("content-type", "application/json")],
        Idp::Google => &[("user-agent", "Google-Auto-Provisioning"), ("content-type", "application/json")],
        _ if has_body => &[("accept", SCIM), ("content-type", "application/scim+json; charset=utf-8")],
        _ => &[("accept", SCIM)],
    };
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Sends a request and reads the whole answer.
pub(super) async fn send(client: &Client, sent: &Sent) -> Result<Answer, String> {
    let method = Method::from_bytes(sent.method.as_bytes()).map_err(|error| error.to_string())?;
    let mut request = client.request(method, &sent.url).headers(headers(&sent.headers)?);
    if let Some(body) = &sent.body {
        request = request.body(body.to_string());
    }
    let response = request.send().await.map_err(|error| describe(&error))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.map_err(|error| describe(&error))?;
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Ok(Answer { status, headers, body })
}

fn headers(written: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    written
        .iter()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
            Ok((name, HeaderValue::from_str(value).map_err(|error| error.to_string())?))
        })
        .collect()
}

/// The error with its causes.
fn describe(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
