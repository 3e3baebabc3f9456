//! POST and PUT bodies: from JSON to a document the schemas allow (RFC 7644 sections 3.3 and 3.5.1).
//!
//! Unknown and read-only attributes are ignored and named, because templates of identity providers send them. `schemas`
//! says nothing that the endpoint does not say better, so its URNs are tolerated whatever they are.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Error;
use super::canonical::canonical;
use super::draft::Draft;
use super::elements::Mode;
use super::limits;
use super::members::MemberChange;
pub use super::members::MemberInput;
use super::message;
use super::quirks;
use super::resource::{Document, is_primary};
use super::schema::{Attribute, Catalogue, Mutability, ResourceType, Top, Uniqueness};

#[cfg(test)]
mod tests;

/// What a body asks for.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The document.
    pub document: Document,
    /// The members of a group, where the body names any; they are not in the document.
    pub members: Option<Vec<MemberInput>>,
    /// Whether the body says if the person is active.
    pub active_given: bool,
    /// Names that were given and not taken.
    pub ignored: Vec<String>,
}

/// Reads a POST or PUT body.
///
/// # Errors
/// 400 `invalidSyntax` for what is no object or gives an attribute twice, 400 `invalidValue` for a value that is
/// missing, of the wrong type or too large.
pub fn document(catalogue: &Catalogue, resource_type: &ResourceType, body: Value) -> Result<Validated, Error> {
    let Value::Object(mut body) = body else {
        return Err(Error::invalid_syntax("the body must be a JSON object"));
    };
    check_schemas(message::take(&mut body, "schemas"))?;
    let mut draft = Draft::new(catalogue, resource_type, &Document::default());
    draft.merge(body, Mode::Replace)?;
    let document = draft.document();
    check(resource_type, &document)?;
    Ok(Validated {
        active_given: document.active().is_some(),
        document,
        members: members(draft.members),
        ignored: draft.ignored.into_names(),
    })
}

fn members(changes: Vec<MemberChange>) -> Option<Vec<MemberInput>> {
    changes.into_iter().find_map(|change| match change {
        MemberChange::Replace(inputs) => Some(inputs),
        MemberChange::Add(_) | MemberChange::Remove(_) => None,
    })
}

fn check_schemas(given: Option<Value>) -> Result<(), Error> {
    if quirks::elements(given.unwrap_or_default()).iter().all(Value::is_string) {
        return Ok(());
    }
    Err(Error::invalid_value("schemas must be an array of strings"))
}

/// Whether a document is complete and within bounds.
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub fn check(resource_type: &ResourceType, document: &Document) -> Result<(), Error> {
    check_bounds(resource_type, document)?;
    missing(resource_type, document).into_iter().next().map_or(Ok(()), |(path, _)| Err(required(&path)))
}

/// Whether what a PATCH makes is within bounds and lacks nothing required that the document had. What it lacked already,
/// because the schema came to require it later, must not keep anybody from being deactivated.
///
/// # Errors
/// 400 `invalidValue` naming the attribute.
pub fn check_change(resource_type: &ResourceType, old: &Document, new: &Document) -> Result<(), Error> {
    check_bounds(resource_type, new)?;
    let before: HashMap<_, _> = missing(resource_type, old).into_iter().collect();
    let mut now = missing(resource_type, new).into_iter();
    let worse = now.find(|(path, count)| *count > before.get(path).copied().unwrap_or_default());
    worse.map_or(Ok(()), |(path, _)| Err(required(&path)))
}

fn required(path: &str) -> Error {
    Error::invalid_value(format!("{path} is required and must not be empty"))
}

/// What is required and not there, and how often: of several values each may lack a part.
fn missing(resource_type: &ResourceType, document: &Document) -> Vec<(String, usize)> {
    let mut missing = Vec::new();
    for top in resource_type.stored() {
        let path = top.path();
        let value = document.get(top);
        // A required attribute of an optional extension is required once the extension is used.
        let is_used = top.urn.is_none_or(|urn| document.as_map().contains_key(urn));
        if top.attribute.required && is_used && value.is_none_or(is_blank) {
            missing.push((path.clone(), 1));
        }
        let elements = value.map_or(&[][..], elements);
        for sub in top.attribute.sub_attributes.iter().filter(|sub| sub.required) {
            let lacking = elements.iter().filter(|element| element.get(&sub.name).is_none_or(is_blank));
            missing.push((format!("{path}.{}", sub.name), lacking.count()));
        }
    }
    let extensions = resource_type.extensions.iter().filter(|extension| extension.required);
    let unused = extensions.filter(|extension| !document.as_map().contains_key(&extension.schema.id));
    missing.extend(unused.map(|extension| (extension.schema.id.clone(), 1)));
    missing.retain(|(_, count)| *count > 0);
    missing
}

fn check_bounds(resource_type: &ResourceType, document: &Document) -> Result<(), Error> {
    for top in resource_type.stored() {
        if let Some(value) = document.get(top) {
            check_value(top.attribute, &top.path(), value)?;
        }
    }
    if document.to_stored().len() > limits::DOCUMENT_BYTES {
        return Err(Error::invalid_value(format!("the resource is larger than {} bytes", limits::DOCUMENT_BYTES)));
    }
    Ok(())
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn check_value(attribute: &Attribute, path: &str, value: &Value) -> Result<(), Error> {
    let elements = elements(value);
    for element in elements {
        check_length(attribute, path, element)?;
        for sub in &attribute.sub_attributes {
            let part = element.get(&sub.name);
            let mut parts = part.map_or(&[][..], self::elements).iter();
            parts.try_for_each(|part| check_length(sub, &format!("{path}.{}", sub.name), part))?;
        }
    }
    if elements.iter().filter(|element| is_primary(element)).count() > 1 {
        return Err(Error::invalid_value(format!("{path} has more than one primary value")));
    }
    Ok(())
}

/// The databases' index entries are bounded.
fn check_length(attribute: &Attribute, path: &str, value: &Value) -> Result<(), Error> {
    let is_long =
        |text: &str| text.chars().count() > limits::UNIQUE_CHARS || canonical(text).len() > limits::UNIQUE_KEY_BYTES;
    if attribute.uniqueness != Uniqueness::None && value.as_str().is_some_and(is_long) {
        return Err(Error::invalid_value(format!("{path} is longer than {} characters", limits::UNIQUE_CHARS)));
    }
    Ok(())
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The document that a PUT, or a POST of somebody who is here, puts in the place of another: what is immutable keeps its value when it is left out.
///
/// # Errors
/// As [`succession`].
pub fn successor(resource_type: &ResourceType, old: &Document, new: &Document) -> Result<Document, Error> {
    let mut next = new.clone();
    for top in resource_type.stored() {
        let Some(was) = old.get(top) else {
            continue;
        };
        if top.attribute.mutability == Mutability::Immutable {
            next.keep(top, was);
        }
        for sub in top.attribute.sub_attributes.iter().filter(|_| !top.attribute.multi_valued) {
            if let (Mutability::Immutable, Some(part)) = (sub.mutability, was.get(&sub.name)) {
                next.keep(top, &Value::Object(Map::from_iter([(sub.name.clone(), part.clone())])));
            }
        }
    }
    succession(resource_type, old, &next)?;
    Ok(next)
}

/// Whether a document may follow another: what is immutable and has a value keeps it.
///
/// # Errors
/// 400 `mutability` naming the attribute.
pub fn succession(resource_type: &ResourceType, old: &Document, new: &Document) -> Result<(), Error> {
    for top in resource_type.stored() {
        if let Some(path) = changed(top, old.get(top), new.get(top)) {
            return Err(Error::mutability(format!("{path} cannot be changed once it has a value")));
        }
    }
    Ok(())
}

fn changed(top: Top<'_>, old: Option<&Value>, new: Option<&Value>) -> Option<String> {
    let is_immutable = |attribute: &Attribute| attribute.mutability == Mutability::Immutable;
    if is_immutable(top.attribute) && old.is_some() && old != new {
        return Some(top.path());
    }
    let is_single = !top.attribute.multi_valued;
    let subs = top.attribute.sub_attributes.iter().filter(|sub| is_single && is_immutable(sub));
    let part = |value: Option<&Value>, name: &str| value.and_then(|value| value.get(name)).cloned();
    let mut subs = subs.filter(|sub| part(old, &sub.name).is_some_and(|was| part(new, &sub.name) != Some(was)));
    subs.next().map(|sub| format!("{}.{}", top.path(), sub.name))
}
