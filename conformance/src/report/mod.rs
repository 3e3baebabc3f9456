//! A run told: on a terminal, as JSON, as JUnit XML, and as one page for people.

mod html;
mod junit;
mod terminal;

pub use html::html;
pub use junit::junit;
pub use terminal::{listing, summary};

use crate::run::Report;

/// The whole report as JSON.
///
/// # Errors
/// It cannot be written as JSON, which would be a fault of this program.
pub fn json(report: &Report) -> Result<String, String> {
    serde_json::to_string_pretty(report).map_err(|error| error.to_string())
}
