//! The OpenAPI 3.1 document.

use serde_json::{Map, Value, json};

use super::shapes::{self, SHAPES};
use super::{Operation, operations};
use crate::http::management::{BASE, ROWS};

/// Every failure has this shape.
const FAILURES: [(&str, &str); 6] = [
    ("400", "Something of the request does not fit"),
    ("401", "No valid access token"),
    ("403", "The access token lacks the scope, or the client belongs to one organization"),
    ("404", "There is no such object, or it is out of reach"),
    ("409", "It collides with another object"),
    ("503", "Not available at the moment"),
];

/// The document of a server at this URL.
pub(super) fn document(public_url: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(methods) = path.as_object_mut() {
            methods.insert(operation.method.to_lowercase(), described(&operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Anteroom management API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Kinde's names and shapes, and what is Anteroom's own beside them. Every failure is {\"errors\": [{code, message}]}.",
        },
        "servers": [{ "url": format!("{public_url}{BASE}") }],
        "security": [{ "oauth2": [] }],
        "paths": paths,
        "components": { "securitySchemes": { "oauth2": security(public_url) }, "schemas": schemas() },
    })
}

fn security(public_url: &str) -> Value {
    let scopes: Map<String, Value> =
        crate::identity::scopes::SCOPES.iter().map(|scope| ((*scope).to_owned(), "".into())).collect();
    let flow = json!({ "tokenUrl": format!("{public_url}/oauth2/token"), "scopes": scopes });
    json!({ "type": "oauth2", "flows": { "clientCredentials": flow } })
}

fn schemas() -> Map<String, Value> {
    SHAPES.iter().map(|(name, shape)| ((*name).to_owned(), shapes::object(shape))).collect()
}

fn described(operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation_id(operation),
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": [{ "oauth2": scope(operation).into_iter().collect::<Vec<_>>() }],
        "parameters": parameters(operation),
        "responses": responses(operation),
    });
    if let (Some(body), Some(members)) = (body(operation), described.as_object_mut()) {
        members.insert("requestBody".to_owned(), body);
    }
    described
}

/// Such as `patch_connections_id`.
fn operation_id(operation: &Operation) -> String {
    let words = operation.path.split(['/', '{', '}']).filter(|word| !word.is_empty());
    std::iter::once(operation.method.to_lowercase()).chain(words.map(str::to_owned)).collect::<Vec<_>>().join("_")
}

/// The scope that the route table asks for.
pub(super) fn scope(operation: &Operation) -> Option<&'static str> {
    let row = ROWS.iter().find(|row| row.method.as_str() == operation.method && row.path == operation.path);
    row.and_then(|row| row.scope)
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let in_path = operation
        .path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = operation.query.split_whitespace().map(|word| {
        let name = word.trim_end_matches('!');
        json!({ "name": name, "in": "query", "required": name != word, "schema": query_schema(name) })
    });
    in_path.chain(in_query).collect()
}

fn query_schema(name: &str) -> Value {
    match name {
        "page_size" => json!({ "type": "integer", "minimum": 1, "maximum": 500 }),
        "has_organization" | "dry_run" | "offline" | "is_delete_profile" => json!({ "type": "boolean" }),
        "active_since" => json!({ "type": "string", "format": "date-time" }),
        "sort" => json!({ "type": "string", "enum": ["name_asc", "name_desc", "email_asc", "email_desc"] }),
        _ => json!({ "type": "string" }),
    }
}

fn body(operation: &Operation) -> Option<Value> {
    if operation.body == "csv" {
        let schema = json!({ "type": "string" });
        let file = json!({ "schema": schema, "example": operation.example.replace("\\n", "\n") });
        return Some(
            json!({ "required": true, "content": { "text/csv": file, "application/x-ndjson": { "schema": schema } } }),
        );
    }
    let example: Value = serde_json::from_str(operation.example).ok()?;
    let schema = match operation.body {
        // One definition, an array of them, or a ListResponse.
        "definitions" => json!({ "type": ["array", "object"] }),
        shape => shapes::object(shape),
    };
    Some(json!({ "required": true, "content": { "application/json": { "schema": schema, "example": example } } }))
}

fn responses(operation: &Operation) -> Map<String, Value> {
    let shape = match operation.answer.strip_prefix('=') {
        Some(bare) => bare.to_owned(),
        None => format!("message:string code:string {}", operation.answer),
    };
    let schema = match shape.strip_prefix('$') {
        Some(name) => shapes::reference(name),
        None => shapes::object(&shape),
    };
    let answer = |description: &str, schema: &Value| json!({ "description": description, "content": { "application/json": { "schema": schema } } });
    let mut responses = Map::new();
    responses.insert(operation.status.to_string(), answer("Success", &schema));
    let error = shapes::reference("Error");
    let takes_body = !operation.example.is_empty();
    let of_bodies =
        [("408", "The body came too slowly"), ("413", "The body is too large"), ("415", "Another media type")];
    let more = of_bodies.into_iter().filter(|_| takes_body);
    for (status, description) in FAILURES.into_iter().chain(more) {
        responses.insert(status.to_owned(), answer(description, &error));
    }
    responses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::openapi::tests::references;

    #[test]
    fn every_reference_leads_somewhere_every_example_is_json_and_every_id_is_its_own() {
        let document = document("https://a.test");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100);
        for reference in found {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        let mut ids: Vec<String> = operations().map(|operation| operation_id(&operation)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), operations().count());
        for operation in operations() {
            assert_eq!(body(&operation).is_some(), !operation.example.is_empty(), "{operation:?}");
            assert!(scope(&operation).is_some(), "{operation:?}");
        }
    }
}
