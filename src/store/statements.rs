//! Counts the statements a store runs, and keeps their text when asked to, so that tests can say "GET needs three,
//! whatever the directory's size" and look at the plan of each.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::DebugQuery;

/// A shared count of statements, transaction control included.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    count: AtomicU64,
    cached: AtomicU64,
    is_keeping: AtomicBool,
    kept: Mutex<Vec<String>>,
}

impl Statements {
    /// How many statements have run since the store was opened.
    pub fn count(&self) -> u64 {
        self.0.count.load(Ordering::Relaxed)
    }

    /// How many statements are kept prepared: those of the client's own making must not be among them.
    pub fn cached(&self) -> u64 {
        self.0.cached.load(Ordering::Relaxed)
    }

    /// Keeps the text and binds of each statement from now on.
    pub fn keep(&self) {
        self.0.is_keeping.store(true, Ordering::Relaxed);
    }

    /// The statements kept since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn record_cached(&self) {
        self.0.cached.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn record(&self, query: &dyn DebugQuery) {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        if self.0.is_keeping.load(Ordering::Relaxed) {
            self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
        }
    }
}
