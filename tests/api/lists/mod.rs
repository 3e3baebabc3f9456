//! Lists: sorted, searched, walked by index and by cursor, over one type and over all.

mod cursors;
mod root;
mod searching;
mod sorting;
mod walks;

use serde_json::{Value, json};

use crate::support::{Answer, Directory};

/// A GET with query parameters.
async fn get(directory: &Directory, path: &str, parameters: &[(&str, &str)]) -> Answer {
    Answer::of(directory.request(reqwest::Method::GET, path).query(parameters)).await
}

/// A search in a body.
async fn search(directory: &Directory, path: &str, mut body: Value) -> Answer {
    body["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]);
    directory.post(&format!("{path}/.search"), &body).await
}

/// A cursor of a page; empty where there is none.
fn cursor(page: &Answer, name: &str) -> String {
    page.body[name].as_str().unwrap_or_default().to_owned()
}

/// What a page shows of its resources at a JSON pointer.
#[track_caller]
fn shown(page: &Answer, pointer: &str) -> Vec<String> {
    let resources = page.body["Resources"].as_array().unwrap_or_else(|| panic!("{}", page.text));
    assert_eq!(page.body["itemsPerPage"], json!(resources.len()));
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    resources.iter().map(|resource| text(resource.pointer(pointer))).collect()
}
