//! Where a value path starts, and what no index serves.

use crate::scim::limits;
use crate::scim::matches::{Field, Plan, RelatedField, RelatedSide, Term, Test};

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
    match (test, is_coarse(path)) {
        (Test::Eq(_), false) => Some(0),
        (Test::Sw(prefix), false) if !prefix.is_empty() => Some(1),
        (Test::Gt(_) | Test::Ge(_) | Test::Lt(_) | Test::Le(_), false) => Some(2),
        (Test::Eq(_), true) => Some(3),
        (Test::Co(_) | Test::Ew(_), false) => Some(4),
        _ => None,
    }
}

/// How many comparisons of a plan must pass over every value or resource: no index narrows them down.
pub(in crate::store) fn unindexed_terms(plan: &Plan) -> i64 {
    match plan {
        Plan::All(plans) if plans.iter().any(is_selective) => 0,
        Plan::All(plans) | Plan::Any(plans) => plans.iter().map(unindexed_terms).sum(),
        Plan::Not(inner) => unindexed_terms(inner).max(1),
        Plan::Nothing | Plan::Everything => 0,
        Plan::Related { side, plan } => {
            let passes = unindexed_terms(plan).max(i64::from(!is_selective(plan)));
            // Each group is looked for at each level above a person.
            let levels = if *side == RelatedSide::Groups && asks_type(plan) { limits::GROUP_DEPTH } else { 1 };
            passes.saturating_mul(levels)
        }
        Plan::Element { .. } | Plan::Term(_) => i64::from(!is_selective(plan)),
    }
}

/// Whether an index leaves few resources of a plan: equality or a prefix of a value that tells people apart.
fn is_selective(plan: &Plan) -> bool {
    match plan {
        Plan::Nothing => true,
        Plan::All(plans) => plans.iter().any(is_selective),
        Plan::Any(plans) => plans.iter().all(is_selective),
        Plan::Related { plan, .. } | Plan::Element { plan, .. } => is_selective(plan),
        Plan::Term(Term { field: Field::Stored(path), test }) => is_narrow(test) && !is_coarse(path),
        Plan::Term(Term { field: Field::Id | Field::UserName | Field::Related(RelatedField::Value), test }) => {
            is_narrow(test)
        }
        Plan::Term(_) | Plan::Not(_) | Plan::Everything => false,
    }
}

/// Whether a plan about groups depends on how a person is in them.
pub(super) fn asks_type(plan: &Plan) -> bool {
    match plan {
        Plan::All(plans) | Plan::Any(plans) => plans.iter().any(asks_type),
        Plan::Not(inner) => asks_type(inner),
        Plan::Term(term) => term.field == Field::Related(RelatedField::Kind),
        Plan::Nothing | Plan::Everything | Plan::Element { .. } | Plan::Related { .. } => false,
    }
}

/// Equality, or a prefix; the empty one is everybody's.
fn is_narrow(test: &Test) -> bool {
    matches!(test, Test::Eq(_)) || matches!(test, Test::Sw(prefix) if !prefix.is_empty())
}

/// Values that many resources share.
fn is_coarse(path: &str) -> bool {
    path == "active" || [".type", ".primary"].iter().any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::matches;
    use crate::scim::schema::Catalogue;

    fn cost(kind: &str, filter: &str) -> i64 {
        let catalogue = Catalogue::core();
        let filter = scim_filter_parser::Filter::parse(filter).unwrap();
        unindexed_terms(&matches::check(&catalogue, catalogue.resource_type(kind).unwrap(), &filter).unwrap())
    }

    #[test]
    fn what_no_index_narrows_down_costs_a_pass() {
        for (filter, passes) in [
            ("userName eq \"a\"", 0),
            ("emails[type eq \"work\" and value eq \"a\"]", 0),
            ("userName eq \"a\" and title co \"x\"", 0),
            ("groups.value eq \"g\"", 0),
            ("title co \"x\" or title ew \"y\"", 2),
            ("id pr and (title co \"x\" or title co \"y\")", 3),
            ("active eq true and title co \"x\"", 2),
            ("emails[value co \"x\"]", 1),
            ("emails[type eq \"work\"]", 1),
            ("not (userName eq \"a\")", 1),
            ("meta.created gt \"2026-01-01T00:00:00Z\"", 1),
            ("groups.display co \"x\"", 1),
            ("groups.type eq \"indirect\"", 32),
            ("groups[type eq \"indirect\" and value eq \"g\"]", 0),
            ("nickName pr", 1),
            ("userName sw \"\"", 1),
            ("title sw \"\" and title co \"x\"", 2),
        ] {
            assert_eq!(cost("User", filter), passes, "{filter}");
        }
    }
}
