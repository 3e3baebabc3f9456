//! What a server is told at start: flags and environment, one struct.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use ipnet::IpNet;

/// How the server listens, and what it calls itself.
#[derive(Clone, Debug, Args)]
pub struct ServeConfig {
    /// Address of the SCIM and management API
    #[arg(long, env = "ANTEROOM_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// URL under which clients reach this server; every link is made from it [default: http(s)://LISTEN]
    #[arg(long, env = "ANTEROOM_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Address of the Prometheus metrics; off if not given
    #[arg(long, env = "ANTEROOM_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,

    /// PEM file with the certificate chain; serves HTTPS
    #[arg(long, env = "ANTEROOM_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// PEM file with the private key
    #[arg(long, env = "ANTEROOM_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Allow plain HTTP beyond loopback: a proxy in front ends TLS
    #[arg(long, env = "ANTEROOM_BEHIND_PROXY")]
    pub behind_proxy: bool,

    /// Worker threads [default: one a core]
    #[arg(long, env = "ANTEROOM_WORKERS", value_parser = count::<usize>())]
    pub workers: Option<usize>,

    /// Database connections for reading
    #[arg(long, env = "ANTEROOM_READERS", value_parser = count::<u32>(), default_value_t = 8)]
    pub readers: u32,

    /// Database connections for writing (PostgreSQL; SQLite has one writer)
    #[arg(long, env = "ANTEROOM_WRITERS", value_parser = count::<u32>(), default_value_t = 8)]
    pub writers: u32,

    /// SCIM requests a second that each connection may make; 0 is no limit
    #[arg(long, env = "ANTEROOM_RATE_LIMIT", value_parser = RangedU64ValueParser::<u32>::new().range(0..=RATE_MAX), default_value_t = 200)]
    pub rate_limit: u32,

    /// SCIM requests a connection may make at once after a pause [default: twice the rate limit]
    #[arg(long, env = "ANTEROOM_RATE_BURST", value_parser = RangedU64ValueParser::<u32>::new().range(1..=RATE_MAX))]
    pub rate_burst: Option<u32>,

    /// Where calls to the outside may go.
    #[command(flatten)]
    pub outbound: Outbound,

    /// Who is asked about domains.
    #[command(flatten)]
    pub dns: Dns,
}

/// Who is asked about names.
#[derive(Clone, Debug, Default, Args)]
pub struct Dns {
    /// DNS server that is asked for the TXT records that prove domains [default: those of the system]
    #[arg(long, env = "ANTEROOM_DNS_SERVER", value_name = "IP:PORT")]
    pub dns_server: Option<SocketAddr>,
}

/// How the outside is called.
#[derive(Clone, Debug, Default, Args)]
pub struct Outbound {
    /// Network in which identity providers may be called though it is not public, such as 10.1.0.0/16; plain HTTP is
    /// accepted there. May be given more than once
    #[arg(long, env = "ANTEROOM_ALLOW_IDP_NETWORK", value_name = "NETWORK", value_delimiter = ',')]
    pub allow_idp_network: Vec<IpNet>,
}

/// More requests a second than any server answers.
const RATE_MAX: u64 = 1_000_000;

/// Reads a number of threads or connections: at least one, and no more than any machine or database serves well.
fn count<T: TryFrom<u64> + Clone + Send + Sync + 'static>() -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(1..=1024)
}

impl Default for ServeConfig {
    /// A free loopback port, everything else as on the command line.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            metrics_listen: None,
            tls_cert: None,
            tls_key: None,
            behind_proxy: false,
            workers: None,
            readers: 8,
            writers: 8,
            rate_limit: 200,
            rate_burst: None,
            outbound: Outbound::default(),
            dns: Dns::default(),
        }
    }
}

impl ServeConfig {
    /// How many requests a connection may make at once after a pause.
    pub fn burst(&self) -> u32 {
        self.rate_burst.unwrap_or_else(|| self.rate_limit.saturating_mul(2))
    }

    /// Refuses what would be unsafe or cannot work.
    ///
    /// # Errors
    /// A sentence that names the flag.
    pub fn check(&self) -> Result<(), String> {
        if self.tls_cert.is_none() && !self.listen.ip().is_loopback() && !self.behind_proxy {
            return Err(
                "plain HTTP beyond loopback would send bearer tokens in the clear: give --tls-cert and --tls-key, \
                        or --behind-proxy if a proxy in front ends TLS"
                    .into(),
            );
        }
        match &self.public_url {
            Some(url) if !(url.starts_with("http://") || url.starts_with("https://")) => {
                Err("--public-url must begin with http:// or https://".into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_beyond_loopback_needs_the_flag() {
        let open = ServeConfig { listen: SocketAddr::from(([0, 0, 0, 0], 80)), ..ServeConfig::default() };
        assert!(open.check().is_err_and(|why| why.contains("--behind-proxy")));
        assert_eq!(ServeConfig { behind_proxy: true, ..open }.check(), Ok(()));
        assert_eq!(ServeConfig::default().check(), Ok(()));
    }

    #[test]
    fn a_public_url_without_a_scheme_is_refused() {
        assert!(ServeConfig { public_url: Some("anteroom.test".into()), ..ServeConfig::default() }.check().is_err());
    }
}
