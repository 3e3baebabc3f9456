//! What is answered, held against what the server says its schemas are.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::FutureExt;
use serde_json::{Value, json};

use crate::case::Level;
use crate::coded::{CodeCase, finding};
use crate::exchange::{Expect, Request};
use crate::session::Session;
use crate::verdict::Stop;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:user";
/// What every resource has (RFC 7643 section 3.1).
const COMMON: &[&str] = &["schemas", "id", "externalid", "meta"];

/// See the title.
pub(super) const ANSWERS_MATCH: CodeCase = CodeCase {
    id: "answers-match-the-schemas",
    group: "rfc7644-3.4.1-read",
    title: "A user has no attribute that /Schemas does not define",
    source: "RFC 7644 section 3.4",
    level: Level::Must,
    needs: &[],
    why: "",
    advice: "Define the attribute in /Schemas, under an extension of its own, or leave it out.",
    play: |session| answers_match(session).boxed(),
};

/// See the title.
pub(super) const NAMES: CodeCase = CodeCase {
    id: "discovery-names-are-names",
    group: "rfc7643-2-attributes",
    title: "Attributes in /Schemas have names of the right form, and their sub-attributes have none of their own",
    source: "RFC 7643 sections 2.1 and 2.3.8",
    level: Level::Must,
    needs: &[],
    why: "",
    advice: "Name attributes by a letter and letters, digits, $, - and _; nest them once.",
    play: |session| names(session).boxed(),
};

/// See the title.
pub(super) const TYPES: CodeCase = CodeCase {
    id: "discovery-types-name-schemas",
    group: "rfc7643-4-resources",
    title: "The schemas that resource types name are in /Schemas",
    source: "RFC 7643 section 6",
    level: Level::Must,
    needs: &[],
    why: "",
    advice: "Let schema and schemaExtensions name ids of /Schemas.",
    play: |session| types(session).boxed(),
};

fn resources(list: &Value) -> impl Iterator<Item = &Value> {
    list.get("Resources").and_then(Value::as_array).into_iter().flatten()
}

fn parts<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// `$ref` is the one name that begins with a dollar.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let is_first = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic());
    name == "$ref"
        || (is_first && letters.all(|letter| letter.is_ascii_alphanumeric() || ['$', '-', '_'].contains(&letter)))
}

async fn names(session: &mut Session<'_>) -> Result<(), Stop> {
    let list = session.expect("the schemas", &Request::new("GET", "/Schemas"), &Expect::status(200)).await?;
    for attribute in resources(&list.body).flat_map(|schema| parts(schema, "attributes")) {
        let name = text(attribute, "name");
        if !is_name(name) {
            return finding(format!("{name:?} is no name of an attribute"));
        }
        for part in parts(attribute, "subAttributes") {
            if !is_name(text(part, "name")) {
                return finding(format!("{name}.{:?} is no name of an attribute", text(part, "name")));
            }
            // The schema of schemas describes itself, and so nests further (RFC 7643 section 8.7.2).
            if parts(part, "subAttributes").next().is_some() && name != "attributes" {
                return finding(format!("{name}.{} has sub-attributes", text(part, "name")));
            }
        }
    }
    Ok(())
}

async fn types(session: &mut Session<'_>) -> Result<(), Stop> {
    let list = session.expect("the schemas", &Request::new("GET", "/Schemas"), &Expect::status(200)).await?;
    let known: BTreeSet<&str> = resources(&list.body).map(|schema| text(schema, "id")).collect();
    let types = session.expect("the types", &Request::new("GET", "/ResourceTypes"), &Expect::status(200)).await?;
    for kind in resources(&types.body) {
        let extensions = parts(kind, "schemaExtensions").map(|extension| text(extension, "schema"));
        if let Some(urn) = std::iter::once(text(kind, "schema")).chain(extensions).find(|urn| !known.contains(urn)) {
            return finding(format!("{} names {urn:?}, which is not in /Schemas", text(kind, "name")));
        }
    }
    Ok(())
}

/// Names of attributes by the URN of their schema, all in lower case; sub-attributes after a dot.
fn defined(list: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let of = |schema: &Value| {
        let mut names = BTreeSet::new();
        for attribute in parts(schema, "attributes") {
            let name = text(attribute, "name").to_lowercase();
            let subs = parts(attribute, "subAttributes");
            names.extend(subs.map(|part| format!("{name}.{}", text(part, "name").to_lowercase())));
            names.insert(name);
        }
        names
    };
    resources(list).map(|schema| (text(schema, "id").to_lowercase(), of(schema))).collect()
}

/// The first attribute of an object that is not defined; `whole` is the name of the attribute the object is a value of.
fn stranger(object: &Value, whole: &str, names: &BTreeSet<String>) -> Option<String> {
    object.as_object()?.iter().find_map(|(name, value)| {
        let path = if whole.is_empty() { name.to_lowercase() } else { format!("{whole}.{}", name.to_lowercase()) };
        if !names.contains(&path) {
            return Some(path);
        }
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        values.iter().filter(|_| whole.is_empty()).find_map(|value| stranger(value, &path, names))
    })
}

async fn answers_match(session: &mut Session<'_>) -> Result<(), Stop> {
    let id = session.give_user("ana", &json!({})).await?;
    let list = session.expect("the schemas", &Request::new("GET", "/Schemas"), &Expect::status(200)).await?;
    let mut schemas = defined(&list.body);
    let Some(mut core) = schemas.remove(USER) else { return finding("/Schemas has no schema of users") };
    core.extend(COMMON.iter().map(|name| (*name).to_owned()));
    let meta = ["resourcetype", "created", "lastmodified", "location", "version"];
    core.extend(meta.iter().map(|name| format!("meta.{name}")));
    let read = session.expect("a user", &Request::new("GET", format!("/Users/{id}")), &Expect::status(200)).await?;
    let (extensions, attributes): (serde_json::Map<_, _>, serde_json::Map<_, _>) =
        read.body.as_object().cloned().unwrap_or_default().into_iter().partition(|(name, _)| name.contains(':'));
    if let Some(path) = stranger(&Value::Object(attributes), "", &core) {
        return finding(format!("the user has {path}, which is in no schema"));
    }
    for (urn, value) in extensions {
        let Some(names) = schemas.get(&urn.to_lowercase()) else {
            return finding(format!("the user has {urn}, which is no schema of /Schemas"));
        };
        if let Some(path) = stranger(&value, "", names) {
            return finding(format!("the user has {urn}:{path}, which is not in that schema"));
        }
    }
    Ok(())
}
