//! The operations of every endpoint: parameters, bodies, answers.

use serde_json::{Map, Value, json};

use super::reference;
use crate::scim::MEDIA_TYPE;
use crate::scim::limits;
use crate::scim::schema::{Catalogue, ResourceType};

/// Refusals that every request with a token may meet.
const REFUSALS: &[u16] = &[400, 401, 404, 405, 429, 503];
/// Refusals of a request with a body.
const BODY_REFUSALS: &[u16] = &[408, 413, 415];

/// All paths below the base URL of a directory.
pub(super) fn paths(catalogue: &Catalogue) -> Value {
    let mut paths = Map::new();
    discovery(&mut paths);
    for resource_type in catalogue.resource_types() {
        resources(resource_type, &mut paths);
    }
    let search = operation("searchEverything", "Search all resource types", 200, "ResourceList");
    paths.insert("/.search".to_owned(), json!({ "post": with_body(search, "SearchRequest") }));
    let bulk = operation("bulk", "Carry out several operations", 200, "BulkResponse");
    paths.insert("/Bulk".to_owned(), json!({ "post": with_body(bulk, "BulkRequest") }));
    let mut me = operation("me", "Read the resource of the person the bearer stands for", 200, "User");
    answer(&mut me, 304, unchanged());
    refuse(&mut me, &[412, 501]);
    set(&mut me, "parameters", conditioned());
    paths.insert("/Me".to_owned(), json!({ "get": me }));
    Value::Object(paths)
}

fn unchanged() -> Value {
    json!({ "description": "The version is among those of If-None-Match" })
}

fn discovery(paths: &mut Map<String, Value>) {
    for (path, name, schema) in [
        ("/ServiceProviderConfig", "serviceProviderConfig", "ServiceProviderConfig"),
        ("/ResourceTypes", "resourceTypes", "ResourceTypes"),
        ("/ResourceTypes/{id}", "resourceType", "ResourceType"),
        ("/Schemas", "schemas", "Schemas"),
        ("/Schemas/{id}", "schema", "Schema"),
    ] {
        let mut get = operation(name, "What the server offers", 200, schema);
        set(&mut get, "security", json!([{}, { "bearer": [] }]));
        refuse(&mut get, &[403]);
        paths.insert(path.to_owned(), path_item(path, json!({ "get": get })));
    }
}

fn resources(resource_type: &ResourceType, paths: &mut Map<String, Value>) {
    let (name, endpoint) = (&resource_type.name, &resource_type.endpoint);
    let list = format!("{name}List");
    let mut get = operation(&format!("list{name}"), "A page of resources", 200, &list);
    set(&mut get, "parameters", query(&[PROJECTION, PAGE].concat()));
    let mut post =
        with_body(operation(&format!("create{name}"), "Make a resource", 201, name), &format!("{name}Request"));
    set(&mut post, "parameters", query(PROJECTION));
    refuse(&mut post, &[409]);
    link_to_one(&mut post, name);
    paths.insert(endpoint.clone(), json!({ "get": get, "post": post }));
    let search = operation(&format!("search{name}"), "A page of resources", 200, &list);
    paths.insert(format!("{endpoint}/.search"), json!({ "post": with_body(search, "SearchRequest") }));
    let path = format!("{endpoint}/{{id}}");
    paths.insert(path.clone(), path_item(&path, one(name)));
}

/// The operations on one resource.
fn one(name: &str) -> Value {
    let mut get = operation(&format!("get{name}"), "Read a resource", 200, name);
    set(&mut get, "parameters", conditioned());
    answer(&mut get, 304, unchanged());
    refuse(&mut get, &[412]);
    let mut put =
        with_body(operation(&format!("replace{name}"), "Replace a resource", 200, name), &format!("{name}Request"));
    let mut patch = with_body(operation(&format!("patch{name}"), "Change a resource", 200, name), "PatchRequest");
    answer(
        &mut patch,
        204,
        json!({ "description": "Done; a group of this size is shown when attributes are asked for" }),
    );
    for write in [&mut put, &mut patch] {
        set(write, "parameters", conditioned());
        refuse(write, &[409, 412]);
    }
    let mut delete = bare(&format!("delete{name}"), "Delete a resource");
    answer(&mut delete, 204, json!({ "description": "Gone" }));
    set(&mut delete, "parameters", headers().into());
    refuse(&mut delete, &[412]);
    json!({ "get": get, "put": put, "patch": patch, "delete": delete })
}

/// Name, schema and meaning of a query parameter.
type Parameter = (&'static str, &'static str, &'static str);

const PROJECTION: &[Parameter] = &[
    ("attributes", "string", "Names of the attributes to show, separated by commas"),
    ("excludedAttributes", "string", "Names of attributes to leave out; not together with attributes"),
];

const PAGE: &[Parameter] = &[
    ("filter", "string", "RFC 7644 section 3.4.2.2"),
    ("sortBy", "string", "RFC 7644 section 3.4.2.3"),
    ("sortOrder", "string", "ascending or descending"),
    ("startIndex", "integer", "The first resource of the page, counted from 1"),
    ("count", "integer", "Resources on the page"),
    ("cursor", "string", "RFC 9865; empty for the first page"),
];

fn query(parameters: &[Parameter]) -> Value {
    let shown = parameters.iter().map(|(name, kind, description)| {
        let schema = match *name {
            "count" => json!({ "type": kind, "default": limits::PAGE_DEFAULT }),
            _ => json!({ "type": kind }),
        };
        json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
    });
    shown.collect()
}

/// The parameters of a request about one resource that answers with it.
fn conditioned() -> Value {
    let mut parameters = headers();
    parameters.extend(query(PROJECTION).as_array().cloned().unwrap_or_default());
    parameters.into()
}

fn headers() -> Vec<Value> {
    let header = |name: &str| {
        let schema = json!({ "type": "string", "examples": ["*", "W/\"3\""] });
        json!({ "name": name, "in": "header", "required": false, "description": "Entity tags", "schema": schema })
    };
    vec![header("If-Match"), header("If-None-Match")]
}

fn path_item(path: &str, mut item: Value) -> Value {
    if path.ends_with("{id}") {
        let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
        set(&mut item, "parameters", json!([id]));
    }
    item
}

/// An operation that answers with a message.
fn operation(id: &str, summary: &str, status: u16, schema: &str) -> Value {
    let mut operation = bare(id, summary);
    let mut done = json!({ "description": "Done", "content": { MEDIA_TYPE: { "schema": reference(schema) } } });
    if matches!(schema, "User" | "Group") || status == 201 {
        let header = json!({ "schema": { "type": "string" }, "required": true });
        set(&mut done, "headers", json!({ "ETag": header, "Location": header }));
    }
    answer(&mut operation, status, done);
    operation
}

fn bare(id: &str, summary: &str) -> Value {
    let mut operation = json!({ "operationId": id, "summary": summary, "responses": {} });
    refuse(&mut operation, REFUSALS);
    operation
}

fn with_body(mut operation: Value, schema: &str) -> Value {
    let content = json!({ "schema": reference(schema) });
    let body = json!({ "required": true, "content": { MEDIA_TYPE: content, "application/json": content } });
    set(&mut operation, "requestBody", body);
    refuse(&mut operation, BODY_REFUSALS);
    operation
}

fn refuse(operation: &mut Value, statuses: &[u16]) {
    for status in statuses {
        let content = json!({ MEDIA_TYPE: { "schema": reference("Error") } });
        answer(operation, *status, json!({ "description": "Refused", "content": content }));
    }
}

/// Says that what a POST made can be read, changed and deleted.
fn link_to_one(post: &mut Value, name: &str) {
    let links: Map<String, Value> = ["get", "replace", "patch", "delete"]
        .into_iter()
        .map(|word| {
            let operation = format!("{word}{name}");
            (word.to_owned(), json!({ "operationId": operation, "parameters": { "id": "$response.body#/id" } }))
        })
        .collect();
    if let Some(made) = post.pointer_mut("/responses/201") {
        set(made, "links", Value::Object(links));
    }
}

fn answer(operation: &mut Value, status: u16, response: Value) {
    if let Some(responses) = operation.get_mut("responses") {
        set(responses, &status.to_string(), response);
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}
