//! The SCIM side as an OpenAPI 3.1 document.
//!
//! Resource types are data here, so their part of the document is made from the same definitions that validate requests,
//! and its numbers from [`super::limits`].

mod messages;
mod operations;
mod resources;

use serde_json::{Map, Value, json};

use super::schema::Catalogue;

/// The document for the resource types of a catalogue, served below `base`.
pub fn document(catalogue: &Catalogue, base: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Anteroom SCIM 2.0",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "RFC 7643, RFC 7644 and RFC 9865. Every failure is an Error message of RFC 7644 section 3.12.",
        },
        "servers": [{ "url": base, "variables": { "directory": { "default": "directory", "description": "Of the directory's base URL" } } }],
        "security": [{ "bearer": [] }],
        "paths": operations::paths(catalogue),
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "description": "A token of the directory" } },
            "schemas": schemas(catalogue),
        },
    })
}

fn schemas(catalogue: &Catalogue) -> Value {
    let mut schemas: Map<String, Value> =
        messages::all().into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let mut shown = Vec::new();
    for resource_type in catalogue.resource_types() {
        let name = &resource_type.name;
        schemas.insert(name.clone(), resources::response(resource_type));
        schemas.insert(format!("{name}Request"), resources::request(resource_type));
        schemas.insert(format!("{name}List"), messages::list(&reference(name)));
        shown.push(reference(name));
    }
    schemas.insert("ResourceList".to_owned(), messages::list(&json!({ "anyOf": shown })));
    Value::Object(schemas)
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Every `$ref` of a document.
    pub(crate) fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|inner| references(inner, found));
            }
            Value::Array(values) => values.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_secret_is_answered() {
        let document = document(&Catalogue::core(), "https://scim.test/scim/v2/d");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 50);
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        let user = &document["components"]["schemas"]["User"]["properties"];
        assert!(user.get("password").is_none() && user.get("userName").is_some());
        let request = &document["components"]["schemas"]["UserRequest"];
        assert_eq!(request["required"], json!(["userName"]));
        assert!(request["properties"].get("password").is_some() && request["properties"].get("groups").is_none());
    }
}
