//! Plans evaluated in memory, over the rows the store would index.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Field, Plan, Term, Test};
use crate::scim::schema::Attribute;
use crate::scim::values::{ValueRow, element_rows};

/// Whether one element of the attribute stored at `path` satisfies a plan of [`super::check_element`].
pub fn element(path: &str, attribute: &Attribute, value: &Value, plan: &Plan) -> bool {
    evaluate(plan, &element_rows(path, attribute, value))
}

fn evaluate(plan: &Plan, rows: &BTreeSet<ValueRow>) -> bool {
    match plan {
        Plan::All(plans) => plans.iter().all(|plan| evaluate(plan, rows)),
        Plan::Any(plans) => plans.iter().any(|plan| evaluate(plan, rows)),
        Plan::Not(inner) => !evaluate(inner, rows),
        Plan::Term(Term { field: Field::Stored(path), test }) => {
            rows.iter().filter(|row| row.path == *path).any(|row| holds(test, row.rest.as_deref().unwrap_or(&row.key)))
        }
        Plan::Everything => true,
        Plan::Nothing | Plan::Term(_) | Plan::Element { .. } | Plan::Related { .. } => false,
    }
}

/// Whether a value satisfies a test; both are keys.
pub fn holds(test: &Test, value: &str) -> bool {
    match test {
        Test::Present => true,
        Test::Eq(key) => value == key,
        Test::Ne(key) => value != key,
        Test::Co(key) => value.contains(key.as_str()),
        Test::Sw(key) => value.starts_with(key.as_str()),
        Test::Ew(key) => value.ends_with(key.as_str()),
        Test::Gt(key) => value > key.as_str(),
        Test::Ge(key) => value >= key.as_str(),
        Test::Lt(key) => value < key.as_str(),
        Test::Le(key) => value <= key.as_str(),
    }
}
