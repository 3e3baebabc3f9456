//! In which order the operations of a Bulk request are carried out (RFC 7644 section 3.7.1).
//!
//! In the order of the request, but an operation waits for those it refers to. Operations that refer to each other in a
//! circle make one unit: each of them needs all the others, so they are carried out together or not at all.

use std::collections::{BTreeMap, BTreeSet};

/// Groups operations into units and puts these in order; `references` has, by operation, the ones it refers to.
///
/// Every operation is in one unit. A unit refers to nothing but itself and those before it.
pub fn units(references: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let units = circles(references);
    let mut waits = between(&units, references);
    let waiters = reversed(&waits);
    let mut ready: BTreeSet<usize> =
        waits.iter().enumerate().filter(|(_, others)| others.is_empty()).map(|(unit, _)| unit).collect();
    let mut order = Vec::with_capacity(units.len());
    while let Some(unit) = ready.pop_first() {
        order.extend(units.get(unit).cloned());
        for waiter in waiters.get(unit).into_iter().flatten() {
            if waits.get_mut(*waiter).is_some_and(|others| others.remove(&unit) && others.is_empty()) {
                ready.insert(*waiter);
            }
        }
    }
    order
}

/// Operations that can reach each other (strongly connected components, by Kosaraju's two walks), in request order.
fn circles(references: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let (mut left, mut seen) = (Vec::with_capacity(references.len()), BTreeSet::new());
    for operation in 0..references.len() {
        walk(references, operation, &mut seen, &mut left);
    }
    let (referrers, mut seen) = (reversed(references), BTreeSet::new());
    let mut circles = Vec::new();
    for operation in left.into_iter().rev() {
        let mut circle = Vec::new();
        walk(&referrers, operation, &mut seen, &mut circle);
        circle.sort_unstable();
        circles.push(circle);
    }
    circles.retain(|circle| !circle.is_empty());
    circles.sort_unstable();
    circles
}

/// Everything that can be reached from `node` and was not seen, each when it is left. As deep as there are operations.
fn walk(edges: &[BTreeSet<usize>], node: usize, seen: &mut BTreeSet<usize>, left: &mut Vec<usize>) {
    if !seen.insert(node) {
        return;
    }
    for next in edges.get(node).into_iter().flatten() {
        walk(edges, *next, seen, left);
    }
    left.push(node);
}

fn reversed(edges: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let mut reversed = vec![BTreeSet::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for to in targets {
            if let Some(sources) = reversed.get_mut(*to) {
                sources.insert(from);
            }
        }
    }
    reversed
}

/// By unit, the other units it refers to.
fn between(units: &[Vec<usize>], references: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let numbered = || units.iter().enumerate();
    let unit_of: BTreeMap<usize, usize> =
        numbered().flat_map(|(unit, operations)| operations.iter().map(move |operation| (*operation, unit))).collect();
    let others = |unit: usize, operations: &[usize]| {
        let targets = operations.iter().filter_map(|operation| references.get(*operation)).flatten();
        targets.filter_map(|target| unit_of.get(target).copied()).filter(|other| *other != unit).collect()
    };
    numbered().map(|(unit, operations)| others(unit, operations)).collect()
}
