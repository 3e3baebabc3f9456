//! Bulk (RFC 7644 section 3.7): many operations in one request, each as the single request would be.

mod faults;
mod limits;
mod operations;
mod references;
mod refusals;

use serde_json::{Value, json};

use crate::support::{Answer, Directory};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Sends operations.
async fn send(directory: &Directory, operations: Value) -> Answer {
    directory.post("/Bulk", &request(operations)).await
}

/// Sends operations and returns the answers to them.
async fn bulk(directory: &Directory, operations: Value) -> Vec<Value> {
    let answer = send(directory, operations).await.expect(200);
    assert_eq!(answer.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    assert_eq!(answer.header("content-type"), "application/scim+json");
    answer.body["Operations"].as_array().expect("Operations").clone()
}

fn request(operations: Value) -> Value {
    message("urn:ietf:params:scim:api:messages:2.0:BulkRequest", operations)
}

fn message(urn: &str, operations: Value) -> Value {
    with(json!({"schemas": [urn]}), "Operations", operations)
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

fn post(bulk_id: &str, path: &str, data: Value) -> Value {
    with(json!({"method": "POST", "bulkId": bulk_id, "path": path}), "data", data)
}

/// A person without anything else.
fn person(name: &str) -> Value {
    json!({"userName": name})
}

/// A person with a manager.
fn managed(name: &str, manager: &str) -> Value {
    json!({"userName": name, "title": "t", ENTERPRISE: {"department": "d", "manager": {"value": manager}}})
}

fn group(name: &str, members: &[&str]) -> Value {
    json!({"displayName": name, "members": members.iter().map(|id| json!({"value": id})).collect::<Vec<_>>()})
}

fn patch(path: &str, operations: Value) -> Value {
    let data = message("urn:ietf:params:scim:api:messages:2.0:PatchOp", operations);
    with(json!({"method": "PATCH", "path": path}), "data", data)
}

fn statuses(answers: &[Value]) -> Vec<&str> {
    answers.iter().map(|answer| answer["status"].as_str().expect("a status")).collect()
}

/// The id at the end of an answer's location.
fn id(answer: &Value) -> &str {
    answer["location"].as_str().expect("a location").rsplit('/').next().expect("an id")
}

#[track_caller]
fn assert_refused(answer: &Value, status: &str, scim_type: &str) {
    assert_eq!(answer["status"], status, "{answer}");
    assert_eq!(answer["response"]["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{answer}");
    assert_eq!(answer["response"]["status"], status, "{answer}");
    assert_eq!(answer["response"]["scimType"].as_str().unwrap_or_default(), scim_type, "{answer}");
    assert!(answer["response"]["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{answer}");
    assert_eq!(answer.get("version"), None, "{answer}");
}

/// Everything of a directory, as text.
async fn everything(directory: &Directory) -> String {
    let users = directory.get("/Users?count=500").await.expect(200).text;
    users + &directory.get("/Groups?count=500").await.expect(200).text
}
