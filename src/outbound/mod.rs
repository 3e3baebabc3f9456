//! Calls to the outside: everything this server asks of machines that others chose.
//!
//! Addresses come from the options of connections, so from people who are not trusted with the network this server
//! stands in. [`http`] reaches public addresses only, unless the operator allows a network by name.

mod guard;
pub mod http;
