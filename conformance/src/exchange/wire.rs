//! Sending one request and reading a bounded answer in bounded time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Certificate, Method};
use serde_json::Value;

/// A request ready to be sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Every header.
    pub headers: BTreeMap<String, String>,
    /// The body, as it is on the wire.
    pub body: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `null` when there is none, a string when it is not JSON.
    pub body: Value,
    /// The body as it was on the wire.
    pub text: String,
    /// Until the last byte was here.
    pub took: Duration,
}

impl Answer {
    /// A header, if there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body is a web page.
    pub fn is_html(&self) -> bool {
        let starts =
            |text: &str, with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        let text = self.text.trim_start();
        self.header("content-type").is_some_and(|kind| starts(kind, "text/html"))
            || starts(text, "<html")
            || starts(text, "<!doctype html")
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection, by refusal, name or route.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// A connection, but no trusted one.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Not answered in time.
    #[error("no complete answer within {0:?}")]
    TooSlow(Duration),
    /// An answer without end, or nearly.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The connection broke, or what came is no HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// It cannot be written down as an HTTP request.
    #[error("the request cannot be sent: {0}")]
    NotSent(String),
}

/// What one exchange may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Until the last byte of an answer.
    pub timeout: Duration,
    /// Bytes of an answer.
    pub size: usize,
    /// A certificate authority beside the usual ones, PEM.
    pub authority: Option<Vec<u8>>,
}

impl Default for Limits {
    /// A minute, Okta's limit, and 32 MiB.
    fn default() -> Self {
        Self { timeout: Duration::from_mins(1), size: 32 << 20, authority: None }
    }
}

/// Below the keep-alive of servers, which would else close a connection at the moment it is used again.
const IDLE: Duration = Duration::from_secs(2);

/// An HTTP client that follows no redirects, uses no proxy, reads no answer without end and does not wait for ever.
#[derive(Clone, Debug)]
pub struct Client {
    client: reqwest::Client,
    limits: Limits,
}

impl Client {
    /// A client with these limits.
    ///
    /// # Errors
    /// The certificate authority is none.
    pub fn new(limits: Limits) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        if let Some(pem) = &limits.authority {
            let authority = Certificate::from_pem(pem).map_err(|error| describe(&error))?;
            builder = builder.tls_certs_merge([authority]);
        }
        let client = builder.pool_idle_timeout(IDLE).build().map_err(|error| describe(&error))?;
        Ok(Self { client, limits })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Why there is no whole answer.
    pub async fn send(&self, sent: &Sent) -> Result<Answer, Trouble> {
        self.within_time(self.exchange(sent, sent.body.clone().map(Body::from))).await
    }

    /// As [`Client::send`], with a body that arrives in pieces with pauses between them.
    ///
    /// # Errors
    /// Why there is no whole answer.
    pub async fn send_slowly(&self, sent: &Sent, pieces: usize, pause: Duration) -> Result<Answer, Trouble> {
        let bytes = sent.body.clone().unwrap_or_default().into_bytes();
        // With its length said before: whether a server takes chunks of HTTP is another question.
        let mut sent = sent.clone();
        sent.headers.insert("content-length".to_owned(), bytes.len().to_string());
        let size = bytes.len().div_ceil(pieces.max(1)).max(1);
        let chunks: Vec<Vec<u8>> = bytes.chunks(size).map(<[u8]>::to_vec).collect();
        let slow = stream::iter(chunks).then(move |chunk| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::convert::Infallible>(chunk)
        });
        self.within_time(self.exchange(&sent, Some(Body::wrap_stream(slow)))).await
    }

    async fn within_time(&self, exchange: impl Future<Output = Result<Answer, Trouble>>) -> Result<Answer, Trouble> {
        let timeout = self.limits.timeout;
        tokio::time::timeout(timeout, exchange).await.unwrap_or(Err(Trouble::TooSlow(timeout)))
    }

    async fn exchange(&self, sent: &Sent, body: Option<Body>) -> Result<Answer, Trouble> {
        let began = Instant::now();
        let method = Method::from_bytes(sent.method.as_bytes()).map_err(not_sent)?;
        let mut request = self.client.request(method, &sent.url).headers(headers(&sent.headers)?);
        if let Some(body) = body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|error| trouble(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Trouble::Broken(describe(&error)))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > self.limits.size {
                return Err(Trouble::TooLarge(self.limits.size));
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = match text.as_str() {
            "" => Value::Null,
            _ => serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone())),
        };
        Ok(Answer { status, headers, body, text, took: began.elapsed() })
    }
}

fn headers(written: &BTreeMap<String, String>) -> Result<HeaderMap, Trouble> {
    let header = |(name, value): (&String, &String)| {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(not_sent)?;
        Ok((name, HeaderValue::from_str(value).map_err(not_sent)?))
    };
    written.iter().map(header).collect()
}

fn not_sent(error: impl std::fmt::Display) -> Trouble {
    Trouble::NotSent(error.to_string())
}

fn trouble(error: &reqwest::Error) -> Trouble {
    let text = describe(error);
    match () {
        () if error.is_builder() => Trouble::NotSent(text),
        () if is_of_tls(error) => Trouble::Tls(text),
        () if error.is_connect() => Trouble::Unreachable(text),
        () => Trouble::Broken(text),
    }
}

/// Whether an error is one of TLS, or is caused by one, or is an I/O error that wraps one.
fn is_of_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|wrapped| is_of_tls(wrapped))
        || error.source().is_some_and(is_of_tls)
}

/// The error's causes; its own words repeat the URL.
fn describe(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    if causes.is_empty() { error.to_string() } else { causes.join(": ") }
}
