//! The management API as Kinde's clients call it: names, envelopes, both styles of paging.

mod connections;
mod directories;
mod identities;
mod members;
mod oauth;
mod openapi;
mod organizations;
mod paging;
mod properties;
mod roles;
mod users;

use reqwest::Method;
use serde_json::Value;

use crate::support::{Answer, Sql, TestApp};

/// Fails unless it is a refusal with this status and code.
#[track_caller]
fn refused(answer: Answer, status: u16, code: &str) {
    let answer = answer.expect(status);
    assert_eq!(answer.body["errors"][0]["code"], code, "{}", answer.text);
}

/// What is found at a path.
async fn get(app: &TestApp, path: &str) -> Value {
    app.api(Method::GET, &format!("/api/v1{path}"), None).await.expect(200).body
}

/// A call with the token of a client that is bound to an organization.
async fn as_bound(app: &TestApp, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = app.client.request(method, format!("{}/api/v1{path}", app.url)).bearer_auth(token);
    Answer::of(if let Some(body) = body { request.json(&body) } else { request }).await
}

/// One field of every item of a list.
fn each(list: &Value, field: &str) -> Vec<Value> {
    list.as_array().expect("a list").iter().map(|item| item[field].clone()).collect()
}

/// The data of the events of a kind that tell of a user, in order.
fn told_of_user(app: &TestApp, user: &str, kind: &str) -> Vec<Value> {
    let query = format!("SELECT data AS value FROM events WHERE user_id = '{user}' AND kind = '{kind}' ORDER BY key");
    Sql::connect(&app.database.url).texts(&query).iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}
