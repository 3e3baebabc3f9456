//! Where a value path starts, and what no index serves.

use crate::scim::matches::{Field, Plan, Term, Test};

/// The term a value path starts from, and the conditions that remain.
pub(super) fn driver(plan: &Plan) -> (Option<(&str, &Test)>, Vec<&Plan>) {
    let terms: Vec<&Plan> = match plan {
        Plan::All(plans) => plans.iter().collect(),
        other => vec![other],
    };
    let best = terms.iter().enumerate().filter_map(|(index, plan)| Some((rank(plan)?, index))).min();
    let Some((_, chosen)) = best else {
        return (None, terms);
    };
    let mut driver = None;
    let mut others = Vec::new();
    for (index, plan) in terms.into_iter().enumerate() {
        match plan {
            Plan::Term(Term { field: Field::Stored(path), test, .. }) if index == chosen => {
                driver = Some((path.as_str(), test));
            }
            other => others.push(other),
        }
    }
    (driver, others)
}

/// How many rows a term may leave, as an order: `type` and booleans are worth little, equality much.
fn rank(plan: &Plan) -> Option<u8> {
    let Plan::Term(Term { field: Field::Stored(path), test, .. }) = plan else {
        return None;
    };
    let is_coarse = [".type", ".primary"].iter().any(|end| path.ends_with(end));
    match (test, is_coarse) {
        (Test::Eq(_), false) => Some(0),
        (Test::Sw(_), false) => Some(1),
        (Test::Gt(_) | Test::Ge(_) | Test::Lt(_) | Test::Le(_), false) => Some(2),
        (Test::Eq(_), true) => Some(3),
        (Test::Co(_) | Test::Ew(_), false) => Some(4),
        _ => None,
    }
}

/// How many comparisons of a plan no index serves: each costs a pass over every value.
pub(in crate::store) fn unindexed_terms(plan: &Plan) -> i64 {
    match plan {
        Plan::All(plans) if plans.iter().any(|plan| unindexed_terms(plan) == 0) => 0,
        Plan::All(plans) | Plan::Any(plans) => plans.iter().map(unindexed_terms).sum(),
        Plan::Not(inner) => unindexed_terms(inner).max(1),
        Plan::Element { plan, .. } => i64::from(driver(plan).0.is_none()),
        Plan::Related { .. } | Plan::Nothing | Plan::Everything => 0,
        Plan::Term(term) => i64::from(matches!(term.test, Test::Co(_) | Test::Ew(_) | Test::Ne(_))),
    }
}
