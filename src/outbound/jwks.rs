//! The public keys of other issuers (JWK sets, RFC 7517), read by URL and kept for a while.
//!
//! A key that is not in what was kept is asked for once more, because issuers rotate; not more often than once a minute
//! though, because anybody may name a key that does not exist.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::http::Fetcher;

/// Microseconds that a set is kept.
const KEPT: i64 = 600_000_000;
/// Microseconds before a set is read again because a key is missing.
const PATIENCE: i64 = 60_000_000;
/// Sets that are kept at most; beyond that all are forgotten.
const SETS: usize = 1_000;

/// The keys cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys at {url} cannot be read: {cause}")]
pub struct Unreadable {
    url: String,
    cause: String,
}

/// Key sets by URL.
#[derive(Clone, Debug, Default)]
pub struct Cache(Arc<Mutex<HashMap<String, Kept>>>);

/// A key set, with the time it was read.
type Kept = (i64, Arc<Value>);

impl Cache {
    /// The set at a URL; read again if it is old, or if it lacks the wanted key. `now` is in microseconds.
    ///
    /// # Errors
    /// [`Unreadable`] when there is none to be had.
    pub async fn get(
        &self,
        fetcher: &Fetcher,
        url: &str,
        now: i64,
        has_key: impl Fn(&Value) -> bool,
    ) -> Result<Arc<Value>, Unreadable> {
        if let Some((read, set)) = self.kept(url)
            && now - read < KEPT
            && (has_key(&set) || now - read < PATIENCE)
        {
            return Ok(set);
        }
        let unreadable = |cause: String| Unreadable { url: url.to_owned(), cause };
        let answer = fetcher.get(url).await.map_err(|failure| unreadable(failure.to_string()))?;
        if answer.status != 200 {
            return Err(unreadable(format!("HTTP status {}", answer.status)));
        }
        let set: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable("it is no JSON".to_owned()))?;
        let set = Arc::new(set);
        self.keep(url, now, &set);
        Ok(set)
    }

    fn kept(&self, url: &str) -> Option<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    fn keep(&self, url: &str, now: i64, set: &Arc<Value>) {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.len() >= SETS {
            sets.clear();
        }
        sets.insert(url.to_owned(), (now, set.clone()));
    }
}
