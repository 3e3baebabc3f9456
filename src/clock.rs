//! The only caller of `now()`.
//!
//! Every use case takes a [`Clock`], so that tests decide what time it is.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// From when on the machine's clock counts what has passed.
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Where the time comes from; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `micros` until it is moved.
    pub fn fixed(micros: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(micros))))
    }

    /// Microseconds since the Unix epoch, in whole milliseconds: times are shown to the millisecond, and a client that
    /// filters by a time it was shown must find what it was shown.
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(fixed) => fixed.load(Ordering::SeqCst),
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            None => jiff::Timestamp::now().as_millisecond() * 1_000,
        }
    }

    /// What has passed since some moment. It never goes back, also when the machine's clock is set: what has to wait for
    /// a time to pass must not wait for an hour that is gone.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Some(fixed) => Duration::from_micros(u64::try_from(fixed.load(Ordering::SeqCst)).unwrap_or(0)),
            None => STARTED.elapsed(),
        }
    }

    /// Moves a fixed clock forward; the machine's clock ignores it.
    pub fn advance(&self, by: Duration) {
        if let Some(fixed) = &self.0 {
            fixed.fetch_add(micros(by), Ordering::SeqCst);
        }
    }
}

/// A duration in the store's unit.
pub fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Microseconds as RFC 3339 in UTC, to the millisecond.
pub fn rfc3339(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map_or_else(|_| String::from("1970-01-01T00:00:00.000Z"), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_was_shown_is_the_time_that_is_kept() {
        for _ in 0..50 {
            let now = Clock::system().now();
            let shown: jiff::Timestamp = rfc3339(now).parse().unwrap();
            assert_eq!(shown.as_microsecond(), now);
            std::thread::sleep(Duration::from_micros(130));
        }
    }
}
