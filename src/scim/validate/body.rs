//! A POST or PUT body (RFC 7644 sections 3.3 and 3.5.1).

use std::collections::HashSet;

use scim_filter_parser::AttributePath;
use serde_json::{Map, Value};

use super::{Validated, members, value, whole};
use crate::scim::error::{Error, excerpt};
use crate::scim::path::{Place, Resolved, resolve};
use crate::scim::quirks::Quirks;
use crate::scim::resource::Document;
use crate::scim::schema::{Catalogue, Mutability, ResourceType};

/// Checks a body; `schemas` may be missing or name URNs nobody knows, since the endpoint says the type.
///
/// # Errors
/// 400 `invalidSyntax` for what is no resource at all, 400 `invalidValue` naming the attribute at fault.
pub fn document(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    body: Value,
    _: Quirks,
) -> Result<Validated, Error> {
    let Value::Object(object) = body else {
        return Err(Error::invalid_syntax("the body must be a JSON object"));
    };
    let validated =
        Validated { document: Document::default(), members: None, active_given: false, ignored: Vec::new() };
    let mut reader = Reader { catalogue, resource_type, validated, seen: HashSet::new() };
    reader.object(object)?;
    let validated = reader.validated;
    whole(catalogue, resource_type, &validated.document)?;
    Ok(validated)
}

struct Reader<'a> {
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
    validated: Validated,
    seen: HashSet<String>,
}

impl Reader<'_> {
    fn object(&mut self, object: Map<String, Value>) -> Result<(), Error> {
        for (name, value) in object {
            self.entry(&name, value)?;
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, value: Value) -> Result<(), Error> {
        if name.eq_ignore_ascii_case("schemas") {
            return check_schemas(&value);
        }
        if let (true, Value::Object(object)) = (name.eq_ignore_ascii_case(&self.resource_type.schema), &value) {
            return self.object(object.clone());
        }
        let (catalogue, resource_type) = (self.catalogue, self.resource_type);
        let Ok(path) = AttributePath::parse(name) else {
            self.ignore(name);
            return Ok(());
        };
        match resolve(catalogue, resource_type, &path) {
            Resolved::Attribute(place) => self.attribute(name, &place, value),
            Resolved::Extension(schema) => match value {
                Value::Object(object) => {
                    object.into_iter().try_for_each(|(name, value)| self.entry(&format!("{}:{name}", schema.id), value))
                }
                Value::Null => Ok(()),
                _ => Err(Error::invalid_value(format!("{} must be an object", schema.id))),
            },
            Resolved::Elsewhere | Resolved::Unknown => {
                self.ignore(name);
                Ok(())
            }
        }
    }

    fn ignore(&mut self, name: &str) {
        self.validated.ignored.push(excerpt(name));
    }

    fn attribute(&mut self, name: &str, place: &Place<'_>, given: Value) -> Result<(), Error> {
        if !self.seen.insert(place.stored_path()) {
            return Err(Error::invalid_syntax(format!("{} is given twice", excerpt(name))));
        }
        if place.attribute.is_read_only() || place.leaf().is_read_only() {
            self.ignore(name);
            return Ok(());
        }
        if place.leaf().mutability == Mutability::WriteOnly {
            return Ok(());
        }
        if self.resource_type.name == "Group" && place.extension.is_none() && place.attribute.name == "members" {
            self.validated.members = Some(members(given)?);
            return Ok(());
        }
        let given = value(place.leaf(), given, &mut self.validated.ignored)?;
        self.validated.active_given |= place.extension.is_none() && place.attribute.name == "active" && given.is_some();
        if let Some(given) = given {
            self.validated.document.put(place, given);
        }
        Ok(())
    }
}

fn check_schemas(value: &Value) -> Result<(), Error> {
    let is_list = match value {
        Value::Array(items) => items.iter().all(Value::is_string),
        Value::Null | Value::String(_) => true,
        _ => false,
    };
    if is_list { Ok(()) } else { Err(Error::invalid_value("schemas must be a list of URNs")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn user(body: Value) -> Result<Validated, Error> {
        let catalogue = Catalogue::core();
        document(&catalogue, catalogue.resource_type("User").unwrap(), body, Quirks::default())
    }

    #[test]
    fn names_are_put_into_the_schema_s_spelling_and_extras_are_counted() {
        let checked = user(json!({
            "schemas": ["urn:scim:schemas:core:1.0"], "id": null, "USERNAME": "ana", "Name": {"GivenName": "Ana", "x": 1},
            "groups": [], "password": "secret", "favouriteColour": "blue", "active": "True",
            "emails": {"value": "ana@acme.test", "Primary": "true"},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user": {"department": "R&D", "manager": "26118915"},
        }))
        .unwrap();
        let stored: Value = serde_json::from_str(&checked.document.to_stored()).unwrap();
        assert_eq!(
            stored,
            json!({
                "userName": "ana", "name": {"givenName": "Ana"}, "active": true,
                "emails": [{"value": "ana@acme.test", "primary": true}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D", "manager": {"value": "26118915"}},
            })
        );
        assert!(checked.active_given);
        assert_eq!(checked.ignored, ["id", "name.x", "groups", "favouriteColour"]);
    }

    #[test]
    fn dotted_and_qualified_names_mean_the_same() {
        let flat = user(json!({"userName": "a", "name.givenName": "Ana", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "R"})).unwrap();
        let nested = user(json!({"userName": "a", "name": {"givenName": "Ana"}, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R"}})).unwrap();
        assert_eq!(flat.document, nested.document);
    }

    #[test]
    fn wrong_values_name_the_attribute() {
        for (body, word) in [
            (json!({}), "userName"),
            (json!({"userName": ""}), "userName"),
            (json!({"userName": 5}), "userName"),
            (json!({"userName": ["a"]}), "userName"),
            (json!({"userName": "a".repeat(257)}), "userName"),
            (json!({"userName": "\u{FDFA}".repeat(200)}), "userName"),
            (json!({"userName": "a", "active": "maybe"}), "active"),
            (json!({"userName": "a", "name": "Ana"}), "name"),
            (json!({"userName": "a", "emails": [5]}), "emails"),
            (
                json!({"userName": "a", "emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]}),
                "emails",
            ),
            (json!({"userName": "a", "emails": vec![json!({"value": "x"}); 101]}), "emails"),
            (json!({"userName": "a", "title": "x".repeat(4097)}), "title"),
            (json!({"userName": "a", "schemas": 5}), "schemas"),
        ] {
            let error = user(body).unwrap_err();
            assert_eq!((error.status, error.detail.contains(word)), (400, true), "{error:?}");
        }
        assert!(user(json!({"userName": "a".repeat(256), "title": "x".repeat(4096)})).is_ok());
    }
}
