//! From a stored resource to what a client is shown (RFC 7644 section 3.9).
//!
//! `attributes` and `excludedAttributes` choose; the schema's `returned` has the last word: `always` survives, `never`
//! never comes, `request` comes when it is asked for. Names nobody knows choose nothing.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use scim_filter_parser::AttributePath;
use serde_json::{Map, Value, json};

use super::Error;
use super::etag::etag;
use super::resource::Document;
use super::schema::{Attribute, ENTERPRISE_URN, RelatedSide, ResourceType, Returned, Top};

#[cfg(test)]
mod tests;

/// What a client wants to see.
#[derive(Clone, Debug, Default)]
pub struct Projection(Choice);

#[derive(Clone, Debug, Default)]
enum Choice {
    #[default]
    Default,
    Only(Vec<AttributePath>),
    Except(Vec<AttributePath>),
}

/// A resource and what is known about it besides its document.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// SCIM id.
    pub id: &'a str,
    /// What it holds.
    pub document: &'a Document,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Microseconds since the epoch.
    pub modified: i64,
    /// Its version.
    pub version: i64,
    /// Its URL.
    pub location: String,
    /// The groups of a person, each once.
    pub groups: Vec<MemberRef>,
    /// The members of a group.
    pub members: Vec<MemberRef>,
    /// The manager, where the id that was given is one of this directory.
    pub manager: Option<MemberRef>,
}

/// A member of a group, or a group of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRef {
    /// SCIM id.
    pub value: String,
    /// Its displayName.
    pub display: Option<String>,
    /// Its URL.
    pub reference: String,
    /// Of a member or manager, the name of its resource type; of a group, `direct` or `indirect`.
    pub kind: String,
}

impl Projection {
    /// Reads `attributes` and `excludedAttributes`, names in any letter case, from query parameters.
    ///
    /// # Errors
    /// 400 `invalidValue` when both are given or one is given twice.
    pub fn parse(parameters: &[(String, String)]) -> Result<Self, Error> {
        let given = |name| parameter(parameters, name).map(|list| list.map(names).unwrap_or_default());
        Self::of(&given("attributes")?, &given("excludedAttributes")?)
    }

    /// Reads the names of attributes that are wanted, and of those that are not.
    ///
    /// # Errors
    /// 400 `invalidValue` when there are both.
    pub fn of(only: &[&str], except: &[&str]) -> Result<Self, Error> {
        match (only, except) {
            ([], []) => Ok(Self::default()),
            (only, []) => Ok(Self(Choice::Only(paths(only)))),
            ([], except) => Ok(Self(Choice::Except(paths(except)))),
            _ => Err(Error::invalid_value("attributes and excludedAttributes exclude each other")),
        }
    }

    /// Whether the client chose.
    pub fn is_explicit(&self) -> bool {
        !matches!(self.0, Choice::Default)
    }

    /// Whether an attribute of the core schema will be shown, so that what is not need not be loaded.
    pub fn wants(&self, resource_type: &ResourceType, name: &str) -> bool {
        let attribute = resource_type.core_attribute(name);
        attribute.is_some_and(|attribute| self.shows(resource_type, Top { urn: None, attribute }))
    }

    fn shows(&self, resource_type: &ResourceType, top: Top<'_>) -> bool {
        let named = |path: &AttributePath| is_about(path, resource_type, top);
        match (top.attribute.returned, &self.0) {
            (Returned::Never, _) | (Returned::Request, Choice::Default | Choice::Except(_)) => false,
            (Returned::Always, _) | (Returned::Default, Choice::Default) => true,
            (Returned::Default | Returned::Request, Choice::Only(paths)) => paths.iter().any(named),
            (Returned::Default, Choice::Except(paths)) => !paths.iter().any(|path| is_whole(path, top) && named(path)),
        }
    }

    fn shows_sub(&self, resource_type: &ResourceType, top: Top<'_>, sub: &Attribute) -> bool {
        let named = |path: &AttributePath| {
            let is_sub = path.sub.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&sub.name));
            is_sub && is_about(path, resource_type, top)
        };
        let whole = |path: &AttributePath| is_whole(path, top) && is_about(path, resource_type, top);
        match (sub.returned, &self.0) {
            (Returned::Never, _) | (Returned::Request, Choice::Default | Choice::Except(_)) => false,
            (Returned::Always, _) | (Returned::Default, Choice::Default) => true,
            (Returned::Request, Choice::Only(paths)) => paths.iter().any(named),
            (Returned::Default, Choice::Only(paths)) => paths.iter().any(|path| whole(path) || named(path)),
            (Returned::Default, Choice::Except(paths)) => !paths.iter().any(named),
        }
    }

    /// The value of an attribute without the parts that are not shown; `None` when nothing remains.
    fn part(&self, resource_type: &ResourceType, top: Top<'_>, value: Value) -> Option<Value> {
        if !self.shows(resource_type, top) {
            return None;
        }
        let reduce = |value: Value| match value {
            Value::Object(mut object) => {
                object.retain(|name, _| {
                    top.attribute.sub(name).is_some_and(|sub| self.shows_sub(resource_type, top, sub))
                });
                Some(Value::Object(object)).filter(|value| value.as_object().is_some_and(|object| !object.is_empty()))
            }
            simple => Some(simple),
        };
        match value {
            Value::Array(elements) => {
                let shown: Vec<Value> = elements.into_iter().filter_map(reduce).collect();
                if shown.is_empty() { None } else { Some(Value::Array(shown)) }
            }
            one => reduce(one),
        }
    }
}

/// The value of a query parameter, its name in any letter case.
///
/// # Errors
/// 400 `invalidValue` when it is given twice.
pub(super) fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Error> {
    let mut given =
        parameters.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    let first = given.next();
    if given.next().is_some() {
        return Err(Error::invalid_value(format!("{name} is given twice")));
    }
    Ok(first)
}

/// The names of a list in a query.
pub(super) fn names(list: &str) -> Vec<&str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// The paths of names; one that cannot be read chooses as little as one nobody knows.
fn paths(names: &[&str]) -> Vec<AttributePath> {
    names.iter().map(|name| AttributePath::parse(name).unwrap_or_else(|_| AttributePath::new(""))).collect()
}

/// Whether a path is about an attribute, the whole of it or a part.
fn is_about(path: &AttributePath, resource_type: &ResourceType, top: Top<'_>) -> bool {
    let is_name = path.name.eq_ignore_ascii_case(&top.attribute.name);
    match (path.urn.as_deref(), top.urn) {
        (None, None) => is_name,
        (Some(urn), None) => is_name && urn.eq_ignore_ascii_case(&resource_type.schema.id),
        (None, Some(_)) => false,
        (Some(urn), Some(own)) => (is_name && urn.eq_ignore_ascii_case(own)) || path.full().eq_ignore_ascii_case(own),
    }
}

/// Whether a path that is about an attribute means all of it.
fn is_whole(path: &AttributePath, top: Top<'_>) -> bool {
    path.sub.is_none() || top.urn.is_some_and(|urn| path.full().eq_ignore_ascii_case(urn))
}

/// A resource as it is shown: `schemas`, `id`, `externalId`, the attributes in the order of the schema, extensions,
/// `meta`.
pub fn render(resource_type: &ResourceType, projection: &Projection, view: &View<'_>) -> Value {
    let mut shown = Map::new();
    let mut meta = None;
    for top in resource_type.attributes() {
        let Some(value) = value_of(resource_type, top, view) else {
            continue;
        };
        let Some(part) = projection.part(resource_type, top, value) else {
            continue;
        };
        match top.urn {
            None if top.attribute.name == "meta" => meta = Some(part),
            None => {
                shown.insert(top.attribute.name.clone(), part);
            }
            Some(urn) => {
                let extension = shown.entry(urn).or_insert_with(|| Value::Object(Map::new()));
                if let Some(extension) = extension.as_object_mut() {
                    extension.insert(top.attribute.name.clone(), part);
                }
            }
        }
    }
    shown.extend(meta.map(|meta| ("meta".to_owned(), meta)));
    Value::Object(shown)
}

fn value_of(resource_type: &ResourceType, top: Top<'_>, view: &View<'_>) -> Option<Value> {
    match resource_type.related_side(top) {
        Some(RelatedSide::Members) => return references(&view.members),
        Some(RelatedSide::Groups) => return references(&view.groups),
        None => {}
    }
    match (top.urn, top.attribute.name.as_str()) {
        (None, "schemas") => Some(view.document.schemas(resource_type).into()),
        (None, "id") => Some(view.id.into()),
        (None, "meta") => Some(json!({
            "resourceType": resource_type.name,
            "created": time(view.created),
            "lastModified": time(view.modified),
            "location": view.location,
            "version": etag(view.version),
        })),
        (Some(ENTERPRISE_URN), "manager") => {
            view.document.get(top).cloned().map(|manager| known_manager(manager, view.manager.as_ref()))
        }
        _ => view.document.get(top).cloned(),
    }
}

/// A manager as given, with the parts that only a manager of this directory has.
fn known_manager(mut manager: Value, known: Option<&MemberRef>) -> Value {
    if let (Some(object), Some(known)) = (manager.as_object_mut(), known) {
        object.insert("$ref".to_owned(), known.reference.as_str().into());
        object.extend(known.display.as_ref().map(|display| ("displayName".to_owned(), display.as_str().into())));
    }
    manager
}

fn references(related: &[MemberRef]) -> Option<Value> {
    if related.is_empty() {
        return None;
    }
    let shown = related.iter().map(|other| {
        let mut object = Map::new();
        object.insert("value".to_owned(), other.value.as_str().into());
        object.insert("$ref".to_owned(), other.reference.as_str().into());
        object.extend(other.display.as_ref().map(|display| ("display".to_owned(), display.as_str().into())));
        object.insert("type".to_owned(), other.kind.as_str().into());
        Value::Object(object)
    });
    Some(shown.collect())
}

/// RFC 3339 in UTC with milliseconds.
fn time(micros: i64) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    PRINTER.timestamp_to_string(&Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH))
}
