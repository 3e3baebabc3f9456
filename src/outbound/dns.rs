//! TXT records of names that others chose: bounded in time and size, and asked for anew each time.
//!
//! Nothing is kept between two looks, so that a record an administrator has just published is found at the next one.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::config::Dns;

/// How long a look may take in all.
const TOTAL: Duration = Duration::from_secs(5);
/// How long one server may take; it is asked twice.
const ONCE: Duration = Duration::from_secs(2);
/// Records of an answer that are read.
const RECORDS: usize = 100;
/// Bytes of one record that are read.
const SIZE: usize = 4096;

/// The DNS cannot say: the name may or may not have such a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS gives no answer: {0}")]
pub struct NoAnswer(pub String);

/// What asks the DNS.
#[derive(Clone, Debug, Default)]
pub struct Resolver {
    server: Option<SocketAddr>,
}

impl Resolver {
    /// What asks the server the operator names, or those of the system.
    pub fn new(config: &Dns) -> Self {
        Self { server: config.dns_server }
    }

    /// The TXT records of a name without a dot at its end, the strings of each joined; none when the DNS says so.
    ///
    /// # Errors
    /// [`NoAnswer`] when no server says whether there are any.
    pub async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let asked = tokio::time::timeout(TOTAL, self.ask(name)).await;
        match asked.map_err(|_| NoAnswer(format!("no answer within {} s", TOTAL.as_secs())))? {
            Err(NetError::Dns(DnsError::NoRecordsFound(_))) => Ok(Vec::new()),
            Err(cause) => Err(NoAnswer(cause.to_string())),
            found => found.map_err(|cause| NoAnswer(cause.to_string())),
        }
    }

    async fn ask(&self, name: &str) -> Result<Vec<String>, NetError> {
        let name = Name::from_ascii(format!("{name}."))?;
        let found = self.resolver()?.lookup(name, RecordType::TXT).await?;
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        let texts = texts.take(RECORDS).filter(|text| text.len() <= SIZE);
        Ok(texts.filter_map(|text| String::from_utf8(text).ok()).collect())
    }

    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let provider = TokioRuntimeProvider::default();
        let mut builder = match self.server {
            None => TokioResolver::builder(provider)?,
            Some(server) => TokioResolver::builder_with_config(only(server), provider),
        };
        let options: &mut ResolverOpts = builder.options_mut();
        (options.timeout, options.attempts, options.cache_size) = (ONCE, 2, 0);
        builder.build()
    }
}

/// A configuration with this one server, over UDP, and over TCP for what UDP cannot carry.
fn only(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}
