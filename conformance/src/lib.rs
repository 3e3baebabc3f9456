//! A black-box conformance suite for SCIM 2.0 servers.
//!
//! It knows a base URL and a token. It plays cases - RFC 7643, 7644 and 9865, and what identity providers really send -
//! and reports which of them the server passes, with what was asked and answered. Everything it creates, it removes.
//!
//! Cases are data under `cases/` ([`case`], [`catalogue`]) and, where data cannot say it, code ([`code`]).

pub mod case;
pub mod catalogue;
pub mod code;
pub mod coded;
pub mod command;
pub mod exchange;
pub mod expected;
pub mod report;
pub mod run;
pub mod secrets;
pub mod session;
pub mod simulate;
pub mod standard;
pub mod target;
pub mod verdict;
