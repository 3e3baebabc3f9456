//! How many of what all tenants share one of them may hold at once: readers, turns at Bulk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::ConnectionKey;

/// One semaphore a connection, made when it first asks; it stays, since it is small and connections are few.
#[derive(Debug)]
pub struct Shares {
    size: usize,
    connections: Mutex<HashMap<ConnectionKey, Arc<Semaphore>>>,
}

impl Shares {
    /// Half of so many for each, and one at least.
    pub fn new(all: usize) -> Self {
        Self { size: (all / 2).max(1), connections: Mutex::default() }
    }

    /// The share of a connection.
    pub fn of(&self, connection: ConnectionKey) -> Arc<Semaphore> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(connections.entry(connection).or_insert_with(|| Arc::new(Semaphore::new(self.size))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_holds_at_most_half_and_the_others_keep_theirs() {
        let shares = Shares::new(4);
        let (busy, other) = (shares.of(ConnectionKey::for_test(1)), shares.of(ConnectionKey::for_test(2)));
        let _held = (busy.try_acquire().unwrap(), busy.try_acquire().unwrap());
        assert!(shares.of(ConnectionKey::for_test(1)).try_acquire().is_err());
        assert!(other.try_acquire().is_ok());
        assert!(Shares::new(1).of(ConnectionKey::for_test(1)).try_acquire().is_ok());
    }
}
