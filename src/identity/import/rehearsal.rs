//! What the rows of a rehearsal would have come to: its batches are undone one by one, so later ones do not meet the earlier.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::row::Row;
use super::{Outcome, Record, Told};
use crate::identity::local::Local;

/// Who was met in the batches of a rehearsal.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    /// What the rows would have come to if the batches before had stayed.
    pub(super) fn rehearsed(&mut self, batch: &[Record], mut done: Vec<Told>) -> Vec<Told> {
        for (record, told) in batch.iter().zip(&mut done) {
            let (Ok(row), Outcome::Created) = (&record.row, told.outcome) else { continue };
            told.user_id = None;
            let keys = keys(row);
            if keys.iter().any(|key| self.0.contains(key)) {
                told.outcome = Outcome::Completed;
            }
            self.0.extend(keys);
        }
        done
    }
}

fn keys(row: &Row) -> Vec<u64> {
    let hash = |kind: &str, value: &str| {
        let mut hasher = DefaultHasher::new();
        (kind, value).hash(&mut hasher);
        hasher.finish()
    };
    let locals = row.given.iter().filter_map(|given| Local::parse(&given.kind, Some(&given.value)).ok());
    let mut keys: Vec<u64> = locals.map(|local| hash(local.kind, &local.key)).collect();
    keys.extend(row.id.as_deref().map(|id| hash("id", id)));
    keys
}
