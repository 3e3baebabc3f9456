//! Operations on those elements of a multi-valued attribute that satisfy a filter.

use scim_filter_parser::{CompareOp, Filter, Literal};
use serde_json::{Map, Value};

use super::Op;
use super::attribute::{check_count, drop_empty, elements_at, unset_primary};
use crate::scim::error::{Error, excerpt};
use crate::scim::matches::{self, Plan};
use crate::scim::path::Place;
use crate::scim::quirks::Quirks;
use crate::scim::resource::{Document, is_primary};
use crate::scim::schema::Attribute;
use crate::scim::validate;

/// Which elements are meant, and which part of them.
#[derive(Debug)]
pub(super) struct Target<'a> {
    place: &'a Place<'a>,
    path: String,
    filter: &'a Filter,
    plan: Plan,
    sub: Option<&'a Attribute>,
    replace_creates: bool,
}

impl<'a> Target<'a> {
    /// Checks the filter and the part.
    ///
    /// # Errors
    /// 400 `invalidPath` where the attribute has no elements or no such part, `invalidFilter`.
    pub(super) fn new(
        place: &'a Place<'a>,
        filter: &'a Filter,
        sub: Option<&str>,
        quirks: Quirks,
    ) -> Result<Self, Error> {
        if place.sub.is_some() || !place.attribute.multi_valued || !place.attribute.is_complex() {
            return Err(Error::invalid_path(format!("{} has no elements to choose from", place.attribute.name)));
        }
        let part = |name: &str| {
            place
                .attribute
                .sub(name)
                .ok_or_else(|| Error::invalid_path(format!("{} has no {}", place.attribute.name, excerpt(name))))
        };
        let path = place.attribute_path();
        Ok(Self {
            plan: matches::check_element(&path, place.attribute, filter)?,
            sub: sub.map(part).transpose()?,
            replace_creates: quirks.replace_creates,
            place,
            path,
            filter,
        })
    }

    fn matches(&self, element: &Value) -> bool {
        matches::element(&self.path, self.place.attribute, element, &self.plan)
    }
}

/// Applies one operation to the elements that match.
pub(super) fn apply(
    document: &mut Document,
    op: Op,
    target: &Target<'_>,
    value: Option<Value>,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    let elements = elements_at(document.container(target.place), target.place.attribute);
    let result = match op {
        Op::Remove => {
            remove(elements, target);
            Ok(())
        }
        Op::Add | Op::Replace => write(elements, op, target, value.unwrap_or_default(), ignored),
    };
    document.tidy(target.place);
    result
}

/// Removes the elements, or their part; a value beside the path is left aside.
fn remove(elements: &mut Vec<Value>, target: &Target<'_>) {
    let Some(sub) = target.sub else {
        return elements.retain(|element| !target.matches(element));
    };
    for element in elements.iter_mut().filter(|element| target.matches(element)) {
        if let Some(object) = element.as_object_mut() {
            object.remove(&sub.name);
        }
    }
    drop_empty(elements, Some(sub));
}

fn write(
    elements: &mut Vec<Value>,
    op: Op,
    target: &Target<'_>,
    value: Value,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    let Some(written) = checked(target, value, ignored)? else {
        remove(elements, target);
        return Ok(());
    };
    let chosen: Vec<usize> =
        elements.iter().enumerate().filter(|(_, element)| target.matches(element)).map(|(index, _)| index).collect();
    if chosen.is_empty() {
        return create(elements, op, target, written);
    }
    if is_primary(&Value::Object(written.clone())) {
        unset_primary(elements);
    }
    for (_, element) in elements.iter_mut().enumerate().filter(|(index, _)| chosen.contains(index)) {
        match element {
            Value::Object(object) if op == Op::Add || target.sub.is_some() => object.extend(written.clone()),
            other => *other = Value::Object(written.clone()),
        }
    }
    if chosen.len() > 1 && is_primary(&Value::Object(written)) {
        return Err(Error::invalid_value(format!(
            "{} would have more than one primary value",
            target.place.attribute.name
        )));
    }
    Ok(())
}

/// What is to be written into each element; `None` where the value means "unassigned".
fn checked(target: &Target<'_>, value: Value, ignored: &mut Vec<String>) -> Result<Option<Map<String, Value>>, Error> {
    let Some(sub) = target.sub else {
        return Ok(match validate::one(target.place.attribute, value, ignored)? {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        });
    };
    let part = validate::value(sub, value, ignored)?;
    Ok(part.map(|part| Map::from_iter([(sub.name.clone(), part)])))
}

/// Makes the element that the filter describes, where an operation may.
fn create(elements: &mut Vec<Value>, op: Op, target: &Target<'_>, written: Map<String, Value>) -> Result<(), Error> {
    let described = described(target.filter, target.place.attribute);
    let (true, Some(mut element)) = (op == Op::Add || target.replace_creates, described) else {
        return Err(Error::no_target(format!("no value of {} matches the filter", target.place.attribute.name)));
    };
    element.extend(written);
    let element = Value::Object(element);
    if is_primary(&element) {
        unset_primary(elements);
    }
    elements.push(element);
    check_count(target.place.attribute, elements)
}

/// The parts a filter's `eq` terms give to a new element; `None` where the filter leaves a choice.
fn described(filter: &Filter, attribute: &Attribute) -> Option<Map<String, Value>> {
    match filter {
        Filter::And(terms) => terms.iter().try_fold(Map::new(), |mut parts, term| {
            parts.extend(described(term, attribute)?);
            Some(parts)
        }),
        Filter::Compare { path, op: CompareOp::Eq, value } => {
            let sub = attribute.sub(&path.name)?;
            let given = match value {
                Literal::String(text) => Value::String(text.clone()),
                Literal::Bool(value) => Value::Bool(*value),
                Literal::Number(number) => serde_json::from_str(number.as_str()).ok()?,
                Literal::Null => return Some(Map::new()),
            };
            let checked = validate::value(sub, given, &mut Vec::new()).ok()??;
            Some(Map::from_iter([(sub.name.clone(), checked)]))
        }
        Filter::Or(_) | Filter::Compare { .. } => None,
        Filter::Not(_) | Filter::Present(_) | Filter::ValuePath { .. } => Some(Map::new()),
    }
}
