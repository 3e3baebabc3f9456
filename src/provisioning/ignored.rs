//! What a client sent that no schema has, or that is the server's alone: left aside, counted, and told to operators.

/// Counts the names and writes one line.
pub(super) fn tell(names: &[String]) {
    if names.is_empty() {
        return;
    }
    metrics::counter!("anteroom_ignored_attributes_total").increment(u64::try_from(names.len()).unwrap_or(u64::MAX));
    tracing::info!(attributes = names.join(", "), "attributes were left aside");
}
