//! What a reference may point to (RFC 7643 sections 2.3.7 and 7, `referenceTypes`).
//!
//! Asked for attributes that administrators defined. Those of the RFC take any text, because mappings of identity
//! providers send names and free text there.

use std::collections::HashSet;

use serde_json::Value;

use super::Error;
use super::resource::Document;
use super::schema::{Attribute, AttributeType, Catalogue, ResourceType};

/// Checks the references of a document that were not in the one `before`; `base` is where the directory is. What was
/// stored under an older definition stays as it is.
///
/// # Errors
/// 400 `invalidValue` naming the attribute and what it may point to.
pub fn check(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    before: Option<&Document>,
    document: &Document,
    base: &str,
) -> Result<(), Error> {
    if catalogue.is_core() {
        return Ok(());
    }
    let known = before.map(|before| references(resource_type, before)).unwrap_or_default();
    let known: HashSet<(&str, &str)> = known.iter().map(|found| (found.path.as_str(), found.text)).collect();
    let given = references(resource_type, document);
    let mut given = given.iter().filter(|found| !known.contains(&(found.path.as_str(), found.text)));
    given.try_for_each(|found| one(catalogue, found, base))
}

/// A reference in a document.
struct Reference<'a> {
    attribute: &'a Attribute,
    path: String,
    text: &'a str,
}

fn references<'a>(resource_type: &'a ResourceType, document: &'a Document) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    let mut take = |attribute: &'a Attribute, path: String, value: &'a Value| {
        if let (AttributeType::Reference, Some(text)) = (attribute.kind, value.as_str()) {
            found.push(Reference { attribute, path, text });
        }
    };
    for top in resource_type.stored().filter(|top| resource_type.is_custom(*top)) {
        for element in document.get(top).map_or(&[][..], values) {
            take(top.attribute, top.path(), element);
            for sub in &top.attribute.sub_attributes {
                for part in element.get(&sub.name).map_or(&[][..], values) {
                    take(sub, format!("{}.{}", top.path(), sub.name), part);
                }
            }
        }
    }
    found
}

fn values(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

fn one(catalogue: &Catalogue, reference: &Reference<'_>, base: &str) -> Result<(), Error> {
    let Reference { attribute, path, text } = reference;
    let points_there = |target: &String| match target.as_str() {
        "external" | "uri" => is_uri(text),
        name => catalogue.resource_type(name).is_some_and(|found| is_resource(text, &found.endpoint, base)),
    };
    if attribute.reference_types.iter().any(points_there) {
        return Ok(());
    }
    Err(Error::invalid_value(format!("{path} must point to: {}", attribute.reference_types.join(", "))))
}

/// A scheme, a colon and something behind it, without white space (RFC 3986 section 3).
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme && !rest.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// `Users/ID`, `/Users/ID`, or the same below the directory's own URL.
fn is_resource(text: &str, endpoint: &str, base: &str) -> bool {
    let path = text.strip_prefix(base).unwrap_or(text);
    let path = path.strip_prefix('/').unwrap_or(path);
    let id =
        endpoint.strip_prefix('/').and_then(|name| path.strip_prefix(name)).and_then(|rest| rest.strip_prefix('/'));
    id.is_some_and(|id| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_a_scheme_and_no_white_space() {
        for good in ["https://a.test/x", "urn:x:y", "mailto:a@b"] {
            assert!(is_uri(good), "{good}");
        }
        for bad in ["", "a", "https:", "/Users/1", "1a:b", "https://a b", ":x", "https://a\n"] {
            assert!(!is_uri(bad), "{bad}");
        }
    }

    #[test]
    fn a_resource_is_below_its_endpoint_here() {
        let base = "https://a.test/scim/v2/x";
        for good in ["Users/1", "/Users/1", "https://a.test/scim/v2/x/Users/1"] {
            assert!(is_resource(good, "/Users", base), "{good}");
        }
        for bad in
            ["1", "Groups/1", "/Users", "/Users/", "/Users/1/2", "https://b.test/Users/1", "https://a.test/Users/1"]
        {
            assert!(!is_resource(bad, "/Users", base), "{bad}");
        }
    }
}
