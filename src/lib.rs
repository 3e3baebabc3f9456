//! Anteroom: a self-hosted SCIM 2.0 directory-sync server.
//!
//! A module may use what stands to its right, and nothing else; `tests/architecture.rs` holds it to that:
//!
//! ```text
//! cli -> server -> http -> provisioning -> identity -> store -> scim -> scim-filter-parser
//! server -> jobs;   jobs -> identity, store;   cli -> dialogue;   dialogue uses nothing of ours
//! clock, id, config: used by all, use nothing
//! ```

pub mod cli;
pub mod clock;
pub mod config;
pub mod dialogue;
pub mod http;
pub mod id;
pub mod identity;
pub mod jobs;
pub mod outbound;
pub mod provisioning;
pub mod scim;
pub mod server;
pub mod store;
