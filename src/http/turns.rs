//! Turns at what costs much memory: some at once in a process, the others wait as futures and are then told to come back.
//!
//! One connection holds at most half of them, so that its slow requests leave the others theirs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::error::ScimError;
use crate::store::ConnectionKey;
use crate::store::shares::Shares;

/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(5);

/// A number of turns; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    all: Arc<Semaphore>,
    shares: Arc<Shares>,
}

/// A turn, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _share: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at once.
    pub(super) fn new(most: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(most)), shares: Arc::new(Shares::new(most)) }
    }

    /// A turn of a connection.
    ///
    /// # Errors
    /// 503 after [`WAIT`].
    pub(super) async fn take(&self, connection: ConnectionKey) -> Result<Turn, ScimError> {
        let turn = tokio::time::timeout(WAIT, self.acquire(connection)).await;
        let busy = || ScimError::unavailable("too many requests of this kind are being answered; try again");
        turn.map_err(|_| busy())?.map_err(|_| busy())
    }

    async fn acquire(&self, connection: ConnectionKey) -> Result<Turn, AcquireError> {
        // The share comes first: who waits for it must not hold, or queue for, what others could use.
        let share = self.shares.of(connection).acquire_owned().await?;
        let turn = Arc::clone(&self.all).acquire_owned().await?;
        Ok(Turn { _turn: turn, _share: share })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_connection_takes_half_of_the_turns_and_another_still_gets_one() {
        let turns = Turns::new(4);
        let (busy, other) = (ConnectionKey::for_test(1), ConnectionKey::for_test(2));
        let held = (turns.take(busy).await.unwrap(), turns.take(busy).await.unwrap());
        assert!(turns.take(busy).now_or_never().is_none());
        assert!(turns.take(other).now_or_never().unwrap().is_ok());
        drop(held);
        assert!(turns.take(busy).now_or_never().unwrap().is_ok());
    }
}
