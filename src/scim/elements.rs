//! Changing the elements of a multi-valued attribute.
//!
//! An element that is there already is not added again, so that repeating a request changes nothing; elements that become
//! equal are one (RFC 7643 section 2.4). When a change
//! makes an element the primary one, the others cease to be (RFC 7644 section 3.5.2). An element of which nothing but
//! its label remains is dropped.

use serde_json::{Map, Value};

use super::Error;
use super::coerce::check_count;
use super::resource::is_primary;
use super::schema::Attribute;

/// Sub-attributes that say something about an element and are worth nothing alone.
const LABELS: [&str; 3] = ["type", "primary", "display"];

/// Whether values are added to those of a multi-valued attribute or take their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Added.
    Add,
    /// Replaced.
    Replace,
}

/// The elements of one attribute, and which of them a change has touched.
#[derive(Debug)]
pub struct Elements<'a> {
    attribute: &'a Attribute,
    values: Vec<(Value, bool)>,
}

impl<'a> Elements<'a> {
    /// Begins with what is stored.
    pub fn new(attribute: &'a Attribute, values: Vec<Value>) -> Self {
        Self { attribute, values: values.into_iter().map(|value| (value, false)).collect() }
    }

    /// Adds elements or puts them in place of all others.
    pub fn write(&mut self, given: Vec<Value>, mode: Mode) {
        if mode == Mode::Replace {
            self.values = given.into_iter().map(|value| (value, true)).collect();
            return;
        }
        for value in given {
            self.add(value);
        }
    }

    fn add(&mut self, value: Value) {
        if let Some((_, is_touched)) = self.values.iter_mut().find(|(present, _)| is_part_of(&value, present)) {
            *is_touched |= is_primary(&value);
            return;
        }
        match self.values.iter_mut().find(|(present, _)| is_same(&value, present)) {
            Some((present, is_touched)) => {
                overlay(present, value);
                *is_touched = true;
            }
            None => self.values.push((value, true)),
        }
    }

    /// Gives every element a sub-attribute; makes one element where there is none.
    pub fn set_everywhere(&mut self, sub: &Attribute, value: Option<Value>) {
        if self.values.is_empty() {
            self.values.extend(complete(None, sub, value).map(|element| (element, true)));
            return;
        }
        self.change(|_| true, |element| complete(Some(element), sub, value.clone()));
    }

    /// Changes the elements that are selected; `None` drops one. Returns how many were selected.
    pub fn change(&mut self, is_selected: impl Fn(&Value) -> bool, change: impl Fn(Value) -> Option<Value>) -> usize {
        let mut selected = 0;
        let values = std::mem::take(&mut self.values);
        for (value, is_touched) in values {
            if is_selected(&value) {
                selected += 1;
                self.values.extend(change(value).map(|changed| (changed, true)));
            } else {
                self.values.push((value, is_touched));
            }
        }
        selected
    }

    /// Adds an element that a value path describes.
    pub fn push(&mut self, value: Value) {
        self.values.push((value, true));
    }

    /// Removes the elements that hold all of one of those given.
    pub fn remove(&mut self, given: &[Value]) {
        self.values.retain(|(present, _)| !given.iter().any(|value| is_part_of(value, present)));
    }

    /// Each element as it is now.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().map(|(value, _)| value)
    }

    /// What is to be stored, with one primary element at most unless the change itself named two.
    ///
    /// # Errors
    /// 400 `invalidValue` for too many elements.
    pub fn finish(mut self, path: &str) -> Result<Option<Value>, Error> {
        check_count(path, self.values.len())?;
        if self.attribute.sub("primary").is_some()
            && self.values.iter().any(|(value, is_touched)| *is_touched && is_primary(value))
        {
            for (value, _) in self.values.iter_mut().filter(|(value, is_touched)| !is_touched && is_primary(value)) {
                overlay(value, Value::Object(Map::from_iter([("primary".to_owned(), Value::Bool(false))])));
            }
        }
        let mut values: Vec<Value> = Vec::with_capacity(self.values.len());
        for (value, _) in self.values {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(if values.is_empty() { None } else { Some(Value::Array(values)) })
    }
}

/// A complex value with a sub-attribute set or removed; `None` when nothing worth keeping remains.
pub fn complete(element: Option<Value>, sub: &Attribute, value: Option<Value>) -> Option<Value> {
    let mut object = match element {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let is_removal = value.is_none();
    match value {
        Some(value) => object.insert(sub.name.clone(), value),
        None => object.shift_remove(&sub.name),
    };
    let is_worthless = object.is_empty() || (is_removal && object.keys().all(|name| LABELS.contains(&name.as_str())));
    if is_worthless { None } else { Some(Value::Object(object)) }
}

/// Writes the sub-attributes of one complex value over those of another.
pub fn overlay(target: &mut Value, value: Value) {
    match (target, value) {
        (Value::Object(target), Value::Object(value)) => target.extend(value),
        (target, value) => *target = value,
    }
}

/// Whether all that `value` says, `present` says too.
fn is_part_of(value: &Value, present: &Value) -> bool {
    match (value, present) {
        (Value::Object(value), Value::Object(present)) => {
            value.iter().all(|(name, part)| present.get(name) == Some(part))
        }
        (value, present) => value == present,
    }
}

/// Whether two elements are the same one: equal `value` and equal `type`.
fn is_same(one: &Value, other: &Value) -> bool {
    one.get("value").is_some() && ["value", "type"].iter().all(|name| one.get(name) == other.get(name))
}
