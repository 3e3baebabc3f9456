//! Collects the terms between two brackets into `and` and `or`.
//!
//! `and` binds tighter than `or`, so a run of terms is a list of alternatives
//! each of which is a list of conditions. Both are flat: a bracket that
//! only repeats the operator around it leaves no trace.

use std::mem;

use crate::filter::Filter;

#[derive(Default)]
pub(crate) struct Junction {
    alternatives: Vec<Filter>,
    conditions: Vec<Filter>,
}

impl Junction {
    /// Adds a term that `and` follows.
    pub(crate) fn and(&mut self, term: Filter) {
        match term {
            Filter::And(terms) => self.conditions.extend(terms),
            other => self.conditions.push(other),
        }
    }

    /// Adds a term that `or` follows.
    pub(crate) fn or(&mut self, term: Filter) {
        self.and(term);
        match collapse(mem::take(&mut self.conditions), Filter::And) {
            Filter::Or(terms) => self.alternatives.extend(terms),
            other => self.alternatives.push(other),
        }
    }

    /// Adds the last term.
    pub(crate) fn finish(mut self, term: Filter) -> Filter {
        self.or(term);
        collapse(self.alternatives, Filter::Or)
    }
}

/// A single term stands for itself.
fn collapse(mut terms: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match terms.pop() {
        Some(only) if terms.is_empty() => return only,
        last => terms.extend(last),
    }
    join(terms)
}
