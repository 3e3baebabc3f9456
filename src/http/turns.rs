//! Turns at what costs much memory: some at once in a process, the others wait as futures and are then told to come back.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ScimError;

/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(5);

/// A number of turns; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<Semaphore>);

impl Turns {
    /// So many at once.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// A turn, which ends when it is dropped.
    ///
    /// # Errors
    /// 503 after [`WAIT`].
    pub(super) async fn take(&self) -> Result<OwnedSemaphorePermit, ScimError> {
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.0).acquire_owned()).await;
        let busy = || ScimError::unavailable("too many requests of this kind are being answered; try again");
        turn.map_err(|_| busy())?.map_err(|_| busy())
    }
}
