//! Calls to the outside: everything this server asks of machines that others chose.
//!
//! Addresses come from the options of connections, so from people who are not trusted with the network this server
//! stands in. [`http`] reaches public addresses only, unless the operator allows a network by name; [`dns`] asks the
//! system's servers, or the one the operator names.

pub mod dns;
mod guard;
pub mod http;
pub mod jwks;

/// What calls the outside.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// HTTP.
    pub fetcher: http::Fetcher,
    /// DNS.
    pub resolver: dns::Resolver,
    /// Keys of other issuers, as they were read last.
    pub jwks: jwks::Cache,
}
