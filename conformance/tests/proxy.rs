//! A reverse proxy that plants one fault: it rewrites requests before the server sees them, or answers before the client does.

use std::collections::BTreeMap;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::planted::Fault;

/// A request on its way to the server.
pub struct Asked {
    pub method: String,
    /// Below the base, without the query.
    pub path: String,
    /// The query, not decoded.
    pub query: Vec<(String, String)>,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

/// An answer on its way to the client.
pub struct Told {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
    /// Instead of the body.
    pub text: Option<String>,
}

impl Asked {
    /// Drops a parameter of the query; its value.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let place = self.query.iter().position(|(key, _)| key == name)?;
        Some(self.query.remove(place).1)
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.query.iter().find(|(key, _)| key == name)?.1.parse().ok()
    }

    /// The operations of a PATCH.
    pub fn operations(&mut self) -> Vec<&mut Value> {
        if self.method != "PATCH" {
            return Vec::new();
        }
        self.body.get_mut("Operations").and_then(Value::as_array_mut).into_iter().flatten().collect()
    }

    pub fn is_of(&self, method: &str, endpoint: &str) -> bool {
        self.method == method && self.path.starts_with(endpoint)
    }
}

impl Told {
    /// A SCIM error.
    pub fn error(status: u16) -> Self {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(), "detail": "planted"});
        let headers = [("content-type".to_owned(), "application/scim+json".to_owned())].into();
        Self { status, headers, body, text: None }
    }

    pub fn empty(status: u16) -> Self {
        Self { status, headers: BTreeMap::new(), body: Value::Null, text: None }
    }

    /// The resource, or each resource of the list.
    pub fn resources(&mut self) -> Vec<&mut Value> {
        if self.body.get("Resources").is_some() {
            return self.body["Resources"].as_array_mut().into_iter().flatten().collect();
        }
        if self.body.get("id").is_some() { vec![&mut self.body] } else { Vec::new() }
    }
}

/// A proxy before a SCIM base URL.
pub struct Proxy {
    pub base: String,
    handle: ServerHandle,
}

struct Behind {
    fault: &'static Fault,
    /// The server behind.
    base: String,
    /// What the client takes for the base.
    own: String,
    client: reqwest::Client,
}

impl Proxy {
    pub fn start(base: &str, fault: &'static Fault) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let own = format!("http://{}/scim", listener.local_addr().expect("an address"));
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = client.pool_max_idle_per_host(0).build().expect("a client");
        let behind = web::Data::new(Behind { fault, base: base.to_owned(), own: own.clone(), client });
        let server = HttpServer::new(move || {
            App::new()
                .app_data(behind.clone())
                .app_data(web::PayloadConfig::new(1 << 24))
                .default_service(web::to(pass))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("a listener").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { base: own, handle }
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

async fn pass(request: HttpRequest, body: web::Bytes, behind: web::Data<Behind>) -> HttpResponse {
    // What cannot be read as JSON is passed on as a text.
    let text = String::from_utf8_lossy(&body).into_owned();
    let headers = request.headers().iter().filter(|(name, _)| !["host", "content-length"].contains(&name.as_str()));
    let mut asked = Asked {
        method: request.method().to_string(),
        path: request.path().strip_prefix("/scim").unwrap_or(request.path()).to_owned(),
        query: request.query_string().split('&').filter(|part| !part.is_empty()).map(pair).collect(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: serde_json::from_str(&text.replace(&behind.own, &behind.base)).unwrap_or(Value::Null),
    };
    let mut told = match (behind.fault.ask)(&mut asked) {
        Some(told) => told,
        None => forward(&behind, &asked, &text).await,
    };
    (behind.fault.tell)(&asked, &mut told);
    answer(told, &behind)
}

fn pair(part: &str) -> (String, String) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (name.to_owned(), value.to_owned())
}

async fn forward(behind: &Behind, asked: &Asked, text: &str) -> Told {
    let query: Vec<String> = asked.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let method = reqwest::Method::from_bytes(asked.method.as_bytes()).expect("a method");
    let mut request = behind.client.request(method, format!("{}{}{query}", behind.base, asked.path));
    for (name, value) in &asked.headers {
        request = request.header(name, value);
    }
    request = match &asked.body {
        Value::Null if text.is_empty() => request,
        Value::Null => request.body(text.to_owned()),
        body => request.body(body.to_string()),
    };
    let response = request.send().await.expect("an answer of the server behind");
    let headers = response.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let mut told =
        Told { status: response.status().as_u16(), headers: headers.collect(), body: Value::Null, text: None };
    let text = response.text().await.expect("a body");
    match serde_json::from_str(&text) {
        Ok(body) => told.body = body,
        Err(_) => told.text = Some(text),
    }
    told
}

fn answer(told: Told, behind: &Behind) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(told.status).expect("a status"));
    let kept = told
        .headers
        .iter()
        .filter(|(name, _)| !["content-length", "transfer-encoding", "connection"].contains(&name.as_str()));
    for (name, value) in kept {
        response.insert_header((name.as_str(), value.replace(&behind.base, &behind.own)));
    }
    match (told.text, told.body) {
        (Some(text), _) => response.body(text),
        (None, Value::Null) => response.finish(),
        (None, body) => response.body(body.to_string().replace(&behind.base, &behind.own)),
    }
}
