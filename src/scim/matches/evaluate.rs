//! Evaluating a plan in memory: over the rows that the store would index.

use std::collections::BTreeSet;

use scim_filter_parser::Filter;
use serde_json::Value;

use super::check::element_plan;
use super::{Field, Plan, RelatedField, RelatedSide, Term, Test};
use crate::scim::Error;
use crate::scim::canonical::canonical;
use crate::scim::etag::etag;
use crate::scim::project::{MemberRef, View};
use crate::scim::schema::{Attribute, Top};
use crate::scim::values::{self, ValueRow};

/// Whether a resource with these indexed values satisfies a plan.
///
/// No request asks this, the database does it for whole directories; it is what tests hold plans and rows against.
pub fn resource(plan: &Plan, view: &View<'_>, rows: &BTreeSet<ValueRow>) -> bool {
    let user_name = view.document.user_name().map(canonical);
    Facts { rows, view: Some(view), user_name }.holds(plan, None, None)
}

/// The elements of an attribute that satisfy the filter of a value path.
///
/// # Errors
/// As [`super::check`].
pub fn select<'a>(
    attribute: &Attribute,
    elements: impl Iterator<Item = &'a Value>,
    filter: &Filter,
) -> Result<Vec<Value>, Error> {
    let plan = element_plan(attribute, filter)?;
    let satisfies = |element: &&Value| {
        let mut rows = BTreeSet::new();
        values::element_rows(Top { urn: None, attribute }, element, 0, false, &mut rows);
        Facts { rows: &rows, view: None, user_name: None }.holds(&plan, Some(0), None)
    };
    Ok(elements.filter(satisfies).cloned().collect())
}

struct Facts<'a> {
    rows: &'a BTreeSet<ValueRow>,
    view: Option<&'a View<'a>>,
    user_name: Option<String>,
}

impl Facts<'_> {
    /// Whether a plan holds: of the resource, of one of its elements, or of something related to it.
    fn holds(&self, plan: &Plan, element: Option<i64>, related: Option<&MemberRef>) -> bool {
        match plan {
            Plan::All(plans) => plans.iter().all(|plan| self.holds(plan, element, related)),
            Plan::Any(plans) => plans.iter().any(|plan| self.holds(plan, element, related)),
            Plan::Not(plan) => !self.holds(plan, element, related),
            Plan::Term(term) => self.term(term, element, related),
            Plan::Nothing => false,
            Plan::Everything => true,
            Plan::Element { path, plan } => {
                let elements: BTreeSet<i64> =
                    self.rows.iter().filter(|row| row.path == *path).map(|row| row.element).collect();
                elements.into_iter().any(|element| self.holds(plan, Some(element), None))
            }
            Plan::Related { side, plan } => self.related(*side).iter().any(|other| self.holds(plan, None, Some(other))),
        }
    }

    fn related(&self, side: RelatedSide) -> &[MemberRef] {
        match (self.view, side) {
            (Some(view), RelatedSide::Members) => &view.members,
            (Some(view), RelatedSide::Groups) => &view.groups,
            (None, _) => &[],
        }
    }

    fn term(&self, term: &Term, element: Option<i64>, related: Option<&MemberRef>) -> bool {
        let test = &term.test;
        match (&term.field, self.view) {
            (Field::Stored(path), _) => {
                let here = |row: &&ValueRow| row.path == *path && element.is_none_or(|element| row.element == element);
                self.rows.iter().filter(here).any(|row| test.passes(row.rest.as_ref().unwrap_or(&row.key)))
            }
            (Field::UserName, _) => self.user_name.as_deref().is_some_and(|name| test.passes(name)),
            (Field::Id, Some(view)) => test.passes(view.id),
            (Field::Version, Some(view)) => test.passes(&etag(view.version)),
            (Field::Created, Some(view)) => time_passes(test, view.created),
            (Field::LastModified, Some(view)) => time_passes(test, view.modified),
            (Field::Related(field), _) => related.is_some_and(|other| match field {
                RelatedField::Value => test.passes(&other.value),
                RelatedField::Kind => test.passes(&canonical(&other.kind)),
                RelatedField::Display => other.display.as_deref().is_some_and(|name| test.passes(&canonical(name))),
            }),
            (Field::Id | Field::Version | Field::Created | Field::LastModified, None) => false,
        }
    }
}

/// Times are compared as numbers, since their decimal text does not sort.
fn time_passes(test: &Test, micros: i64) -> bool {
    match test {
        Test::Ge(bound) => bound.parse().is_ok_and(|bound: i64| micros >= bound),
        Test::Lt(bound) => bound.parse().is_ok_and(|bound: i64| micros < bound),
        _ => false,
    }
}
