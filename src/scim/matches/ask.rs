//! What one term asks, and the plans that answer it.

use scim_filter_parser::{CompareOp, Literal};

use super::{Field, Plan, Term, Test};
use crate::scim::Error;
use crate::scim::schema::{Attribute, AttributeType};
use crate::scim::values::{instant, micros};

/// The precision of times as they are shown; a filter compares what a client can see.
const SHOWN_MICROS: i64 = 1_000;

/// What a term asks of an attribute.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    Present,
    Compare(CompareOp, &'a Literal),
}

/// The plan of a question about single values: `field` may be asked with any test.
pub(super) fn ask(
    question: Question<'_>,
    attribute: &Attribute,
    path: &str,
    field: &Field,
    is_multi: bool,
) -> Result<Plan, Error> {
    let term = |test| Plan::Term(Term { field: field.clone(), test });
    let negated = |plan| Plan::Not(Box::new(plan));
    // `pr` means a non-empty value (RFC 7644 table 3), so an empty text is none.
    let is_text = matches!(attribute.kind, AttributeType::String | AttributeType::Reference);
    let present = || if is_text { Test::Ne(String::new()) } else { Test::Present };
    let (op, value) = match question {
        Question::Present | Question::Compare(CompareOp::Ne, Literal::Null) => return Ok(term(present())),
        Question::Compare(CompareOp::Eq, Literal::Null) => return Ok(negated(term(present()))),
        Question::Compare(op, value) => (op, value),
    };
    if op == CompareOp::Ne && !is_multi {
        return Test::of(attribute, path, CompareOp::Eq, value).map(|test| negated(term(test)));
    }
    Test::of(attribute, path, op, value).map(term)
}

/// The plan of a term over values that are known beforehand.
pub(super) fn constant(plan: &Plan, values: &[&str]) -> Plan {
    let holds = match plan {
        Plan::Not(inner) => {
            return if constant(inner, values) == Plan::Everything { Plan::Nothing } else { Plan::Everything };
        }
        Plan::Term(term) => values.iter().any(|value| term.test.passes(value)),
        _ => false,
    };
    if holds { Plan::Everything } else { Plan::Nothing }
}

/// The plan of a question about what always has a value, where that answers it.
pub(super) fn of_some_value(question: Question<'_>) -> Option<Plan> {
    match question {
        Question::Present | Question::Compare(CompareOp::Ne, Literal::Null) => Some(Plan::Everything),
        Question::Compare(CompareOp::Eq, Literal::Null) => Some(Plan::Nothing),
        Question::Compare(..) => None,
    }
}

/// The plan of a question about what never has a value.
pub(super) fn of_no_value(question: Question<'_>, multi_valued: bool) -> Plan {
    match question {
        Question::Compare(CompareOp::Eq, Literal::Null) => Plan::Everything,
        Question::Compare(CompareOp::Ne, value) if *value != Literal::Null && !multi_valued => Plan::Everything,
        Question::Present | Question::Compare(..) => Plan::Nothing,
    }
}

/// A comparison with a time of the resource, which is kept more precisely than it is shown.
pub(super) fn time(question: Question<'_>, attribute: &Attribute, path: &str, field: &Field) -> Result<Plan, Error> {
    let Question::Compare(op, value) = question else {
        return Ok(Plan::Everything);
    };
    Test::of(attribute, path, op, value)?;
    let at = match value {
        Literal::String(text) => instant(text).map(micros).unwrap_or_default(),
        _ => 0,
    };
    let shown = at - at.rem_euclid(SHOWN_MICROS);
    let next = shown + SHOWN_MICROS;
    let from = |micros: i64| Plan::Term(Term { field: field.clone(), test: Test::Ge(micros.to_string()) });
    let before = |micros: i64| Plan::Term(Term { field: field.clone(), test: Test::Lt(micros.to_string()) });
    Ok(match op {
        CompareOp::Eq => Plan::All(vec![from(shown), before(next)]),
        CompareOp::Ne => Plan::Not(Box::new(Plan::All(vec![from(shown), before(next)]))),
        CompareOp::Ge => from(shown),
        CompareOp::Lt => before(shown),
        CompareOp::Le => before(next),
        _ => from(next),
    })
}
