//! `/Groups`: members as deltas, groups within groups.

mod members;
mod nesting;
mod pending;

use serde_json::{Value, json};

use crate::support::Directory;

async fn group(directory: &Directory, name: &str, members: &[&str]) -> String {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    directory.post("/Groups", &json!({"displayName": name, "members": members})).await.expect(201).id()
}

async fn members(directory: &Directory, group: &str) -> Vec<String> {
    let body = directory.get(&format!("/Groups/{group}")).await.expect(200).body;
    let list = body["members"].as_array().cloned().unwrap_or_default();
    list.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
}

/// A PATCH that makes these members.
fn add(members: &[&str]) -> Value {
    json!([{"op": "add", "path": "members", "value": members.iter().map(|id| json!({"value": id})).collect::<Vec<_>>()}])
}
