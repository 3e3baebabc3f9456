//! Anteroom.
pub mod store;
