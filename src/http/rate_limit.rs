//! How fast one connection may ask: a bucket of tokens for each, one token a request.
//!
//! The bucket is keyed by the connection, not by the token or the address: several tokens of one directory share it, and
//! no other tenant's requests empty it. It is charged after authentication, so a wrong token costs nobody anything. Each
//! server process counts for itself. A refusal is 429 with `Retry-After` (RFC 6585 section 4), a log line and a count:
//! a limit that acts unseen is an outage that nobody can explain.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::error::ScimError;
use crate::clock::Clock;
use crate::store::ConnectionKey;
use crate::store::connections::Connection;

/// The counter of refusals.
const REFUSED: &str = "anteroom_rate_limited_total";

/// The limit of every connection, and what each has left.
#[derive(Debug, Default)]
pub struct RateLimit(Option<Buckets<ConnectionKey>>);

/// A bucket for each key that asked lately, measured with our clock.
#[derive(Debug)]
struct Buckets<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, Clock, NoOpMiddleware<Duration>>,
    burst: NonZeroU32,
    clock: Clock,
}

impl governor::clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.elapsed()
    }
}

impl RateLimit {
    /// So many requests a second for each connection, and so many at once after a pause; 0 a second is no limit.
    pub fn new(per_second: u32, burst: u32, clock: &Clock) -> Self {
        Self(Buckets::new(per_second, burst, clock))
    }

    /// Takes the token of a request; or those of its operations, if it has many, beside the request's own. More than a
    /// full bucket has left after the request's own are not asked for: what is allowed at all is allowed after a pause.
    ///
    /// # Errors
    /// 429 with the seconds until there are as many.
    pub(super) fn charge(&self, connection: &Connection, tokens: usize) -> Result<(), ScimError> {
        let Self(Some(buckets)) = self else {
            return Ok(());
        };
        buckets.take(&connection.key, tokens).map_err(|wait| {
            metrics::counter!(REFUSED).increment(1);
            tracing::warn!(connection = connection.id, "refused: the connection is over its rate limit");
            ScimError::too_many_requests(seconds(wait))
        })
    }

    /// Forgets the buckets that are full again: what stays are the connections that asked in the last seconds.
    pub fn forget_idle(&self) {
        if let Self(Some(buckets)) = self {
            buckets.limiter.retain_recent();
            buckets.limiter.shrink_to_fit();
        }
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn new(per_second: u32, burst: u32, clock: &Clock) -> Option<Self> {
        let (per_second, burst) = (NonZeroU32::new(per_second)?, NonZeroU32::new(burst)?);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let limiter = RateLimiter::hashmap_with_clock(quota, clock.clone());
        Some(Self { limiter, burst, clock: clock.clone() })
    }

    /// Takes tokens, or none of them and says how long to wait.
    fn take(&self, key: &K, tokens: usize) -> Result<(), Duration> {
        let most = self.burst.get().saturating_sub(1).max(1);
        let tokens = u32::try_from(tokens).unwrap_or(most).min(most);
        let Some(tokens) = NonZeroU32::new(tokens) else {
            return Ok(());
        };
        match self.limiter.check_key_n(key, tokens) {
            Ok(Err(refused)) => Err(refused.wait_time_from(self.clock.elapsed())),
            _ => Ok(()),
        }
    }
}

/// Whole seconds, rounded up: a client that waits as told is served.
fn seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(per_second: u32, burst: u32) -> (Buckets<char>, Clock) {
        let clock = Clock::fixed(1_793_527_200_000_000);
        (Buckets::new(per_second, burst, &clock).unwrap(), clock)
    }

    #[test]
    fn a_bucket_holds_the_burst_and_fills_at_the_rate() {
        let (buckets, clock) = buckets(10, 20);
        assert!((0..20).all(|_| buckets.take(&'a', 1).is_ok()));
        let wait = buckets.take(&'a', 1).unwrap_err();
        assert_eq!((wait, seconds(wait)), (Duration::from_millis(100), 1));
        clock.advance(Duration::from_micros(99_999));
        assert!(buckets.take(&'a', 1).is_err());
        clock.advance(Duration::from_micros(1));
        assert!(buckets.take(&'a', 1).is_ok() && buckets.take(&'a', 1).is_err());
        clock.advance(Duration::from_hours(1));
        assert!((0..20).all(|_| buckets.take(&'a', 1).is_ok()));
        assert!(buckets.take(&'a', 1).is_err());
    }

    #[test]
    fn a_request_of_many_operations_costs_as_many_but_can_always_be_sent_after_a_pause() {
        let (buckets, clock) = buckets(10, 100);
        let bulk = |operations: usize| buckets.take(&'a', 1).and_then(|()| buckets.take(&'a', operations - 1));
        assert!(bulk(60).is_ok());
        let wait = bulk(60).unwrap_err();
        assert_eq!(wait, Duration::from_secs(2), "39 of 59 are left");
        clock.advance(wait);
        assert!(buckets.take(&'a', 59).is_ok(), "the wait that was told is enough");
        clock.advance(Duration::from_hours(1));
        assert!(bulk(1_000).is_ok());
        assert!(buckets.take(&'a', 1).is_err());
        assert!(buckets.take(&'a', 0).is_ok());
    }

    #[test]
    fn a_connection_that_is_idle_costs_no_memory_and_one_that_is_not_keeps_its_bucket() {
        let (buckets, clock) = buckets(10, 20);
        assert!(('a'..='z').all(|key| buckets.take(&key, 19).is_ok()));
        clock.advance(Duration::from_secs(1));
        assert!(buckets.take(&'a', 5).is_ok());
        clock.advance(Duration::from_secs(1));
        buckets.limiter.retain_recent();
        assert_eq!(buckets.limiter.len(), 1);
        clock.advance(Duration::from_hours(1));
        buckets.limiter.retain_recent();
        assert!(buckets.limiter.is_empty());
    }

    #[test]
    fn seconds_are_rounded_up_and_never_none() {
        let rounded = [0, 1, 999, 1_000, 1_001, 60_000].map(|millis| seconds(Duration::from_millis(millis)));
        assert_eq!(rounded, [1, 1, 1, 1, 2, 60]);
    }

    #[test]
    fn a_rate_of_none_is_no_limit() {
        assert!(Buckets::<char>::new(0, 400, &Clock::system()).is_none());
    }
}
