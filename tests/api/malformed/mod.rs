//! Malformed requests, as tables: each fault with the exact status and keyword it is answered with.
//!
//! A row is a name, a request and an answer. Requests go out as bytes, so that no client library mends them. After each
//! table the server lives and the directory is what it was. A new kind of request (a Bulk graph, a cursor) is one more file
//! of rows here.

mod bodies;
mod filters;
mod headers;
mod ids;
mod injection;
mod methods;
mod patches;
mod queries;
mod wire;

use serde_json::{Value, json};

use crate::support::{Directory, Raw, RawAnswer, Setup, TestApp, user};

/// What is sent. In the path and the body `{person}` and `{group}` are ids that exist; the path is one of the directory.
#[derive(Clone, Debug)]
pub struct Ask {
    method: &'static str,
    path: String,
    headers: String,
    body: Vec<u8>,
}

/// A name, a request, the status and the keyword; no keyword where it is no error or has none.
pub type Row = (String, Ask, u16, &'static str);

impl Ask {
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: String::new(), body: Vec::new() }
    }

    pub fn header(mut self, line: &str) -> Self {
        self.headers = format!("{}{line}\r\n", self.headers);
        self
    }

    /// A body as it is, in SCIM's media type.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        let mut ask = self.header("Content-Type: application/scim+json");
        ask.body = body.into();
        ask
    }

    /// A PATCH of the person with these operations.
    pub fn patch(path: &str, operations: &Value) -> Self {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        Self::new("PATCH", path).body(body.to_string())
    }
}

/// A directory with a person and a group in it, which no row may change. No quirks: the answers are the RFC's.
pub struct Stage<'a> {
    pub app: &'a TestApp,
    pub okta: Directory,
    /// The path of the directory.
    pub path: String,
    pub person: String,
    pub group: String,
    before: Vec<Value>,
}

impl<'a> Stage<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let okta = app.directory(Setup { provider: "custom_scim_v2", ..Setup::default() }).await;
        let path = okta.base_url.strip_prefix(&app.url).unwrap().to_owned();
        let mut ana = user("ana@acme.test");
        ana["name"]["middleName"] = json!("M");
        ana["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
            json!({"department": "D", "manager": {"value": "m"}});
        let person = okta.post("/Users", &ana).await.expect(201).id();
        let group =
            okta.post("/Groups", &json!({"displayName": "G", "members": [{"value": person}]})).await.expect(201).id();
        let mut stage = Self { app, okta, path, person, group, before: Vec::new() };
        stage.before = stage.content().await;
        stage
    }

    /// Sends a request in the directory, with its token.
    pub fn send(&self, ask: &Ask) -> Option<RawAnswer> {
        let token = format!("Authorization: Bearer {}\r\n", self.okta.token);
        let head = format!(
            "{} {}{} HTTP/1.1\r\nHost: a.test\r\n{token}{}",
            ask.method,
            self.path,
            self.named(&ask.path),
            ask.headers
        );
        let body = match std::str::from_utf8(&ask.body) {
            Ok(text) => self.named(text).into_bytes(),
            Err(_) => ask.body.clone(),
        };
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let mut raw = Raw::connect(&self.app.url);
        raw.send(format!("{head}{length}\r\n")).send(&body).answer_to(ask.method)
    }

    pub fn named(&self, text: &str) -> String {
        text.replace("{person}", &self.person).replace("{group}", &self.group)
    }

    /// Sends every row; all that are not answered as they should are told at once.
    pub async fn check(&self, rows: Vec<Row>) {
        assert!(!rows.is_empty());
        let wrong: Vec<String> = rows.iter().filter_map(|row| self.fault(row)).collect();
        assert!(
            wrong.is_empty(),
            "{} of {} rows:\n{}",
            wrong.len(),
            rows.len(),
            wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
        );
        self.is_unchanged().await;
    }

    fn fault(&self, (name, ask, status, scim_type): &Row) -> Option<String> {
        let Some(answer) = self.send(ask) else {
            return Some(format!("{name}: no answer, not {status}"));
        };
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let is_right = answer.status == *status
            && body["scimType"].as_str().unwrap_or_default() == *scim_type
            && (*status < 400 || ask.method == "HEAD" || is_error(&answer, &body));
        (!is_right).then(|| {
            format!(
                "{name}: not {status} {scim_type} but {} {}",
                answer.status,
                answer.body.chars().take(300).collect::<String>()
            )
        })
    }

    /// The server answers, and the directory holds what it held.
    pub async fn is_unchanged(&self) {
        crate::support::Answer::of(self.app.client.get(format!("{}/readyz", self.app.url))).await.expect(200);
        assert_eq!(self.content().await, self.before);
    }

    async fn content(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for path in ["/Users", "/Groups"] {
            let mut page = self.okta.get(path).await.expect(200).body;
            for resource in page["Resources"].as_array_mut().unwrap() {
                resource.as_object_mut().unwrap().remove("meta");
            }
            all.push(page);
        }
        all
    }
}

/// Whether an answer is a SCIM error that says something and repeats little of what was sent, and nothing unprintable.
fn is_error(answer: &RawAnswer, body: &Value) -> bool {
    answer.header("content-type") == "application/scim+json"
        && body["schemas"] == json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        && body["status"] == json!(answer.status.to_string())
        && body["detail"]
            .as_str()
            .is_some_and(|detail| !detail.is_empty() && detail.len() < 400 && !detail.contains(char::is_control))
}

/// Text as it stands in a query.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
