//! Operations on an attribute or a sub-attribute, without a value filter.

use serde_json::{Map, Value};

use super::Op;
use crate::scim::error::Error;
use crate::scim::limits;
use crate::scim::path::Place;
use crate::scim::resource::{Document, is_primary};
use crate::scim::schema::{Attribute, Mutability};
use crate::scim::validate;

/// Applies one operation at a place.
pub(super) fn apply(
    document: &mut Document,
    op: Op,
    place: &Place<'_>,
    value: Option<Value>,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    let container = document.container(place);
    let result = match place.sub {
        None => whole(container, op, place.attribute, value, ignored),
        Some(sub) if place.attribute.multi_valued => {
            every_element(container, op, place.attribute, sub, value.as_ref(), ignored)
        }
        Some(sub) => part(container, op, place.attribute, sub, value, ignored),
    };
    document.tidy(place);
    result
}

fn whole(
    container: &mut Map<String, Value>,
    op: Op,
    attribute: &Attribute,
    value: Option<Value>,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    match op {
        Op::Remove => remove(container, attribute, value, ignored),
        Op::Add if attribute.multi_valued => add_elements(container, attribute, value.unwrap_or_default(), ignored),
        Op::Add | Op::Replace => {
            let checked = validate::value(attribute, value.unwrap_or_default(), ignored)?;
            match checked {
                None if op == Op::Add => Ok(()),
                None => clear(container, attribute),
                Some(Value::Object(parts)) => merge(container, attribute, parts),
                Some(checked) => set(container, attribute, checked),
            }
        }
    }
}

/// Sets a single value, or all values at once.
fn set(container: &mut Map<String, Value>, attribute: &Attribute, value: Value) -> Result<(), Error> {
    let is_change = container.get(&attribute.name).is_some_and(|before| *before != value);
    if attribute.mutability == Mutability::Immutable && is_change {
        return Err(Error::mutability(format!("{} cannot be changed", attribute.name)));
    }
    container.insert(attribute.name.clone(), value);
    Ok(())
}

/// The parts given of a complex attribute replace those it has; the others stay.
fn merge(container: &mut Map<String, Value>, attribute: &Attribute, parts: Map<String, Value>) -> Result<(), Error> {
    let object = crate::scim::resource::object_at(container, &attribute.name);
    for (name, value) in parts {
        if let Some(sub) = attribute.sub(&name) {
            set(object, sub, value)?;
        }
    }
    Ok(())
}

fn clear(container: &mut Map<String, Value>, attribute: &Attribute) -> Result<(), Error> {
    if attribute.required {
        return Err(Error::mutability(format!("{} is required", attribute.name)));
    }
    container.remove(&attribute.name);
    Ok(())
}

/// Removes an attribute; of a multi-valued one with a list of values, those only.
fn remove(
    container: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Option<Value>,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    let listed = value.filter(|value| attribute.multi_valued && !value.is_null());
    let Some(listed) = listed else {
        return clear(container, attribute);
    };
    let gone = validate::elements(attribute, listed, ignored)?;
    if let Some(Value::Array(elements)) = container.get_mut(&attribute.name) {
        elements.retain(|element| !gone.iter().any(|gone| names(gone, element)));
    }
    Ok(())
}

/// Whether a value of a removal names an element: all the parts it gives are the element's.
fn names(gone: &Value, element: &Value) -> bool {
    match (gone, element) {
        (Value::Object(gone), Value::Object(element)) => {
            gone.iter().all(|(name, value)| element.get(name) == Some(value))
        }
        _ => gone == element,
    }
}

/// Appends those elements that are not there yet; a new primary one takes the place of the old.
fn add_elements(
    container: &mut Map<String, Value>,
    attribute: &Attribute,
    value: Value,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    let new = validate::elements(attribute, value, ignored)?;
    let elements = elements_at(container, attribute);
    for element in new {
        if elements.contains(&element) {
            continue;
        }
        if is_primary(&element) {
            unset_primary(elements);
        }
        elements.push(element);
    }
    check_count(attribute, elements)
}

/// A part of a single-valued complex attribute.
fn part(
    container: &mut Map<String, Value>,
    op: Op,
    attribute: &Attribute,
    sub: &Attribute,
    value: Option<Value>,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    if op == Op::Remove && !container.contains_key(&attribute.name) {
        return Ok(());
    }
    whole(crate::scim::resource::object_at(container, &attribute.name), op, sub, value, ignored)
}

/// A part of every element; where there is none, `add` and `replace` make one.
fn every_element(
    container: &mut Map<String, Value>,
    op: Op,
    attribute: &Attribute,
    sub: &Attribute,
    value: Option<&Value>,
    ignored: &mut Vec<String>,
) -> Result<(), Error> {
    let elements = elements_at(container, attribute);
    if elements.is_empty() && op != Op::Remove {
        elements.push(Value::Object(Map::new()));
    }
    for element in elements.iter_mut().filter_map(Value::as_object_mut) {
        whole(element, op, sub, value.cloned(), ignored)?;
    }
    drop_empty(elements, if op == Op::Remove { Some(sub) } else { None });
    check_primary(attribute, elements)
}

/// The elements of a multi-valued attribute.
pub(super) fn elements_at<'a>(container: &'a mut Map<String, Value>, attribute: &Attribute) -> &'a mut Vec<Value> {
    let value = container.entry(attribute.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    match value {
        Value::Array(elements) => elements,
        _ => unreachable!("made a list above"),
    }
}

/// Drops elements with nothing left in them, and those that lost their `value`.
pub(super) fn drop_empty(elements: &mut Vec<Value>, removed: Option<&Attribute>) {
    let lost_value = removed.is_some_and(|sub| sub.name == "value");
    elements.retain(|element| match element {
        Value::Object(object) => !(object.is_empty() || (lost_value && !object.contains_key("value"))),
        _ => true,
    });
}

/// No element is the preferred one any more.
pub(super) fn unset_primary(elements: &mut [Value]) {
    for element in elements.iter_mut().filter(|element| is_primary(element)).filter_map(Value::as_object_mut) {
        element.insert("primary".into(), Value::Bool(false));
    }
}

/// At most so many elements.
pub(super) fn check_count(attribute: &Attribute, elements: &[Value]) -> Result<(), Error> {
    if elements.len() > limits::VALUES {
        return Err(Error::invalid_value(format!("{} has more than {} values", attribute.name, limits::VALUES)));
    }
    Ok(())
}

fn check_primary(attribute: &Attribute, elements: &[Value]) -> Result<(), Error> {
    if elements.iter().filter(|element| is_primary(element)).count() > 1 {
        return Err(Error::invalid_value(format!("{} has more than one primary value", attribute.name)));
    }
    Ok(())
}
