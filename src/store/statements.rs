//! Counts the statements a store runs, so that tests can say "GET needs three, whatever the directory's size".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A shared counter of statements; transaction control is not counted.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<AtomicU64>);

impl Statements {
    /// How many statements have run since the store was opened.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn record(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
