//! The public keys of other issuers (JWK sets, RFC 7517), read by URL and kept for a while.
//!
//! A key that is not in what was kept is asked for once more, because issuers rotate; but no URL is asked more often than
//! once a minute, whatever comes of it, because anybody may name a key that does not exist.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::http::Fetcher;

/// Microseconds that a set is kept.
const KEPT: i64 = 600_000_000;
/// Microseconds before a URL is asked again, because a key is missing or nothing came.
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

/// What came of a URL. Times are microseconds since the epoch.
#[derive(Clone, Debug)]
struct Kept {
    /// When it was asked last.
    asked: i64,
    /// The last set that came, and when.
    set: Option<(i64, Arc<Value>)>,
}

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
        let kept = self.kept(url);
        let set = kept.as_ref().and_then(|kept| kept.set.clone());
        let unreadable = |cause: String| Unreadable { url: url.to_owned(), cause };
        // While it is read again, and if that fails, an old set is good for as long again.
        let fallback = set.clone().filter(|(read, _)| now - read < 2 * KEPT).map(|(_, set)| set);
        match (&kept, &set) {
            (_, Some((read, set))) if now - read < KEPT && has_key(set) => return Ok(set.clone()),
            (Some(kept), _) if now - kept.asked < PATIENCE => {
                return fallback.ok_or_else(|| unreadable("nothing came less than a minute ago".to_owned()));
            }
            _ => {}
        }
        self.keep(url, Kept { asked: now, set });
        match read(fetcher, url).await {
            Ok(read) => {
                self.keep(url, Kept { asked: now, set: Some((now, read.clone())) });
                Ok(read)
            }
            Err(cause) => fallback.ok_or_else(|| unreadable(cause)),
        }
    }

    fn kept(&self, url: &str) -> Option<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    fn keep(&self, url: &str, kept: Kept) {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.len() >= SETS {
            sets.clear();
        }
        sets.insert(url.to_owned(), kept);
    }
}

async fn read(fetcher: &Fetcher, url: &str) -> Result<Arc<Value>, String> {
    let answer = fetcher.get(url).await.map_err(|failure| failure.to_string())?;
    if answer.status != 200 {
        return Err(format!("HTTP status {}", answer.status));
    }
    serde_json::from_slice(&answer.body).map(Arc::new).map_err(|_| "it is no JSON".to_owned())
}
