//! HTTP to addresses that others chose: bounded in time and size, and nowhere that only this server can reach.
//!
//! A name is looked up once, every address it has must be allowed, and the call goes to one of those addresses, so that
//! a name cannot mean something else between the look and the call. Redirects are not followed and proxies not used.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use url::{Host, Url};

use super::guard;
use crate::config::Outbound;

/// How long a look-up, and a connection, may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a call may take in all.
const TOTAL: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const SIZE: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The URL is none that is called.
    #[error("{0}")]
    Url(&'static str),
    /// The host stands where others may not send this server.
    #[error("{host} has the address {address}, which is not a public one")]
    Address {
        /// The host of the URL.
        host: String,
        /// The first address that is not allowed.
        address: IpAddr,
    },
    /// Nobody answers, or not as HTTP.
    #[error("{host} cannot be reached: {cause}")]
    Unreachable {
        /// The host of the URL.
        host: String,
        /// What the network said.
        cause: String,
    },
    /// The answer is larger than 1 MiB.
    #[error("{0} answers with more than 1 MiB")]
    TooLarge(String),
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// HTTP status.
    pub status: u16,
    /// At most 1 MiB.
    pub body: Vec<u8>,
}

/// What makes calls.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    networks: Vec<IpNet>,
}

/// The credentials of an OAuth client, in the header (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug)]
pub struct Basic<'a> {
    /// User.
    pub user: &'a str,
    /// Password.
    pub password: &'a secrecy::SecretString,
}

impl Fetcher {
    /// What calls as the operator allows.
    pub fn new(config: &Outbound) -> Self {
        Self { networks: config.allow_idp_network.clone() }
    }

    /// GETs a document.
    ///
    /// # Errors
    /// See [`Failure`]; an answer with a status other than 200 is an answer.
    pub async fn get(&self, url: &str) -> Result<Fetched, Failure> {
        let (url, client) = self.client(url).await?;
        answer(&url, client.get(url.clone())).await
    }

    /// POSTs a form.
    ///
    /// # Errors
    /// See [`Failure`]; an answer with a status other than 200 is an answer.
    pub async fn post(&self, url: &str, form: &[(&str, &str)], basic: Option<Basic<'_>>) -> Result<Fetched, Failure> {
        use secrecy::ExposeSecret;
        let (url, client) = self.client(url).await?;
        let request = client.post(url.clone()).form(form);
        let request = match basic {
            Some(Basic { user, password }) => request.basic_auth(user, Some(password.expose_secret())),
            None => request,
        };
        answer(&url, request).await
    }

    /// A client that can call this URL's host, at the addresses that were looked at.
    async fn client(&self, url: &str) -> Result<(Url, Client), Failure> {
        let url = Url::parse(url).map_err(|_| Failure::Url("it is not a URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::Url("a URL with a user name or a password is not called"));
        }
        let addresses = self.addresses(&url).await?;
        let is_own = addresses.iter().all(|address| is_in(address.ip(), &self.networks));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_own) {
            return Err(Failure::Url("only https is called"));
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
            .build()
            .map_err(|cause| unreachable(&url, &cause))?;
        Ok((url, client))
    }

    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Failure> {
        let port = url.port_or_known_default().unwrap_or(443);
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::from((address, port))],
            Some(Host::Ipv6(address)) => vec![SocketAddr::from((address, port))],
            Some(Host::Domain(name)) => look_up(url, name, port).await?,
            None => return Err(Failure::Url("the URL has no host")),
        };
        match addresses.iter().find(|address| !guard::is_allowed(address.ip(), &self.networks)) {
            Some(refused) => Err(Failure::Address { host: host(url), address: refused.ip() }),
            None => Ok(addresses),
        }
    }
}

fn is_in(address: IpAddr, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| network.contains(&address.to_canonical()))
}

async fn look_up(url: &Url, name: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
    let failed = |cause: String| Failure::Unreachable { host: host(url), cause };
    let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((name, port))).await;
    let found = found.map_err(|_| failed("its name was not resolved in time".to_owned()))?;
    let found: Vec<_> = found.map_err(|_| failed("its name does not resolve".to_owned()))?.collect();
    if found.is_empty() { Err(failed("its name has no address".to_owned())) } else { Ok(found) }
}

async fn answer(url: &Url, request: RequestBuilder) -> Result<Fetched, Failure> {
    let mut response = request.send().await.map_err(|cause| unreachable(url, &cause))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = next(url, &mut response).await? {
        if body.len() + chunk.len() > SIZE {
            return Err(Failure::TooLarge(host(url)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched { status, body })
}

async fn next(
    url: &Url,
    response: &mut Response,
) -> Result<Option<impl AsRef<[u8]> + std::ops::Deref<Target = [u8]>>, Failure> {
    response.chunk().await.map_err(|cause| unreachable(url, &cause))
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// The innermost cause says it best, and holds nothing of the request.
fn unreachable(url: &Url, error: &reqwest::Error) -> Failure {
    let cause = if error.is_timeout() {
        format!("no answer within {} s", TOTAL.as_secs())
    } else {
        let mut innermost: &dyn std::error::Error = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        if innermost.is::<reqwest::Error>() { "the call failed".to_owned() } else { innermost.to_string() }
    };
    Failure::Unreachable { host: host(url), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn no_way_of_writing_a_private_address_leads_to_it() {
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://localhost/",
            "HTTPS://LOCALHOST/",
            "https://0/",
        ] {
            let refused = Fetcher::default().get(url).await.unwrap_err();
            assert!(matches!(refused, Failure::Address { .. }), "{url}: {refused}");
        }
    }

    #[actix_web::test]
    async fn only_https_without_a_user_is_called() {
        for url in ["http://1.1.1.1/", "HTTP://1.1.1.1/", "https://user@1.1.1.1/", "https://:x@1.1.1.1/"] {
            assert!(matches!(Fetcher::default().get(url).await, Err(Failure::Url(_))), "{url}");
        }
        for url in [
            "https://localhost./",
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "gopher://127.0.0.1/",
            "/etc/passwd",
            "https://",
            "",
        ] {
            assert!(Fetcher::default().get(url).await.is_err(), "{url}");
        }
    }
}
