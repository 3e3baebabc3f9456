//! What commands print: facts to standard output, failures to standard error.

use std::io::Write;

use serde_json::Value;

/// Prints an object as JSON.
pub(super) fn json(value: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    Ok(writeln!(out)?)
}

/// Prints lines of text.
pub(super) fn lines(lines: &[String]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Prints a failure with its causes.
pub(super) fn failure(error: &anyhow::Error) {
    // Nothing is left to be told if standard error is closed.
    drop(writeln!(std::io::stderr(), "error: {error:#}"));
}
