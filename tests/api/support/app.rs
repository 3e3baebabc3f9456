//! A running server and the clients that talk to it.

use std::time::Duration;

use anteroom::clock::Clock;
use anteroom::config::{self, Outbound, ServeConfig};
use anteroom::id::Ids;
use anteroom::identity::{Act, Reach, clients, connections, directories, organizations};
use anteroom::jobs::Runner;
use anteroom::outbound::dns::Resolver;
use anteroom::server::Server;
use anteroom::store::Store;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{Database, Dns, Sql};

/// 2026-11-01T10:00:00Z: when every test happens.
pub const NOW: i64 = 1_793_527_200_000_000;

/// A server of its own for a test.
pub struct TestApp {
    pub url: String,
    pub store: Store,
    pub clock: Clock,
    pub ids: Ids,
    pub client: Client,
    pub management: String,
    pub dns: Dns,
    handle: actix_web::dev::ServerHandle,
    pub database: Database,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// What a directory is set up with.
#[derive(Clone, Debug)]
pub struct Setup {
    pub provider: &'static str,
    pub strategy: &'static str,
    pub options: Value,
    /// Of the organization: whether whoever names it may join.
    pub self_join: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { provider: "okta", strategy: "saml:okta", options: json!({}), self_join: false }
    }
}

/// A directory and the token an IdP would have.
#[derive(Clone)]
pub struct Directory {
    pub organization_code: String,
    pub connection_id: String,
    pub base_url: String,
    pub token: String,
    client: Client,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, body }
    }

    /// Fails unless the status is this one; returns the answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails unless it is a SCIM error with this status and keyword.
    #[track_caller]
    pub fn expect_error(self, status: u16, scim_type: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/scim+json", "{}", self.text);
        assert_eq!(self.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{}", self.text);
        assert_eq!(self.body["status"], json!(status.to_string()));
        assert!(self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{}", self.text);
        assert_eq!(self.body["scimType"].as_str().unwrap_or_default(), scim_type, "{}", self.text);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().expect("an id").to_owned()
    }
}

impl TestApp {
    /// Boots a server on a free port.
    pub async fn start(database: Database) -> Self {
        // The clock stands still, so a limit by time would end every test that asks often.
        let outbound = Outbound { allow_idp_network: vec!["127.0.0.1/32".parse().expect("a network")] };
        let config =
            ServeConfig { workers: Some(1), readers: 4, writers: 4, rate_limit: 0, outbound, ..ServeConfig::default() };
        Self::start_with(database, config).await
    }

    /// Boots a server as configured, with a DNS of its own.
    pub async fn start_with(database: Database, mut config: ServeConfig) -> Self {
        let dns = Dns::start().await;
        config.dns.dns_server = Some(dns.address);
        let (clock, ids) = (Clock::fixed(NOW), Ids::counting());
        let server = Server::build(&config, &database.url, clock.clone(), ids.clone()).expect("a server");
        let url = format!("http://127.0.0.1:{}", server.port());
        let (store, handle) = (server.store().clone(), server.handle());
        actix_web::rt::spawn(server.run());
        let client = client();
        let management = management_token(&client, &url, &store, &clock, &ids).await;
        Self { url, store, clock, ids, client, management, dns, handle, database }
    }

    /// Moves the clock; the access token of the management API, which may have expired by then, is renewed.
    pub async fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.management = management_token(&self.client, &self.url, &self.store, &self.clock, &self.ids).await;
    }

    /// An access token of a client that is bound to an organization and holds every scope.
    pub async fn client_of(&self, organization: &str) -> String {
        let (act, code) = (self.act(), organization.to_owned());
        let made = self.store.write(move |tx| {
            let organization = anteroom::store::organizations::find_by_code(tx, &code)?;
            clients::create(tx, &act, "bound", &["all".into()], organization.as_ref())
        });
        let (made, secret) = made.await.expect("a client");
        access_token(&self.client, &self.url, &made.id, &secret).await
    }

    /// What runs the jobs of this server when the test says so.
    pub fn jobs(&self) -> Runner {
        let (store, clock, ids) = (self.store.clone(), self.clock.clone(), self.ids.clone());
        Runner { store, clock, ids, resolver: Resolver::new(&config::Dns { dns_server: Some(self.dns.address) }) }
    }

    /// Waits for what the server does beside its requests: its first round of jobs, and the notes that tokens were used
    /// (each must have been). What counts statements starts from here.
    pub async fn settle(&self) {
        let mut sql = Sql::connect(&self.database.url);
        let mut count = |query: &str| sql.numbers(&format!("SELECT COUNT(*) AS value FROM {query}"))[0];
        let jobs = i64::try_from(anteroom::jobs::KINDS).expect("a few");
        for _ in 0..1_000 {
            if count("jobs WHERE finished IS NOT NULL") == jobs && count("scim_tokens WHERE last_used IS NULL") == 0 {
                return;
            }
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a job is not finished or a token was never used");
    }

    /// On whose behalf tests set things up.
    pub fn act(&self) -> Act {
        act(&self.clock, &self.ids)
    }

    /// A new organization with a connection and a directory.
    pub async fn directory(&self, setup: Setup) -> Directory {
        let organization = self.organization(setup.self_join).await;
        self.directory_of(&organization, setup).await
    }

    /// A new organization; returns its code.
    pub async fn organization(&self, self_join: bool) -> String {
        let act = self.act();
        self.store
            .write(move |tx| {
                let request = organizations::Request {
                    name: Some("Acme".into()),
                    is_auto_membership_enabled: Some(self_join),
                    ..organizations::Request::default()
                };
                organizations::create(tx, &act, &request)
            })
            .await
            .expect("an organization")
            .code
    }

    /// A new connection and directory of an organization.
    pub async fn directory_of(&self, organization: &str, setup: Setup) -> Directory {
        let (act, code) = (self.act(), organization.to_owned());
        let made = self.store.write(move |tx| {
            let connection = connections::Request {
                name: Some("idp".into()),
                strategy: Some(setup.strategy.into()),
                organization_code: Some(code.clone()),
                options: setup.options.as_object().cloned(),
                ..connections::Request::default()
            };
            connections::create(tx, &act, Reach::everything(), &connection)
        });
        let connection = made.await.expect("a connection").id;
        self.another_directory(organization, &connection, setup.provider).await
    }

    /// A new directory of a connection that has none.
    pub async fn another_directory(&self, organization: &str, connection: &str, provider: &str) -> Directory {
        let act = self.act();
        let request = directories::Request {
            org_code: Some(organization.to_owned()),
            directory_name: Some("directory".into()),
            provider_code: Some(provider.to_owned()),
            enterprise_connection_id: Some(connection.to_owned()),
        };
        let made = self.store.write(move |tx| {
            let (made, token) = directories::create(tx, &act, Reach::everything(), &request)?;
            Ok::<_, anteroom::identity::Error>((made.directory.endpoint_id, token))
        });
        let (endpoint, token) = made.await.expect("a directory");
        let base_url = directories::scim_base_url(&self.url, &endpoint);
        Directory::new(organization, connection, base_url, &token, self.client.clone())
    }

    /// A call of the management API.
    pub async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.management);
        Answer::of(if let Some(body) = body { request.json(&body) } else { request }).await
    }

    /// Makes a user with an enterprise identity before the IdP has spoken of them; returns the `kp_` id.
    pub async fn pre_create(&self, directory: &Directory, email: &str) -> String {
        self.pre_create_named(directory, email, "Pre", "Created").await
    }

    /// The same, with a name.
    pub async fn pre_create_named(&self, directory: &Directory, email: &str, given: &str, family: &str) -> String {
        let body = json!({"profile": {"given_name": given, "family_name": family}, "organization_code": directory.organization_code,
            "identities": [{"type": "email", "details": {"email": email}}]});
        let user = self.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200).id();
        let identity = json!({"type": "enterprise", "value": email, "connection_id": directory.connection_id});
        self.api(Method::POST, &format!("/api/v1/users/{user}/identities"), Some(identity)).await.expect(201);
        user
    }

    /// Asks who has arrived.
    pub async fn sign_in(&self, directory: &Directory, question: Value) -> Value {
        let path = format!("/api/v1/connections/{}/sign_ins", directory.connection_id);
        self.api(Method::POST, &path, Some(question)).await.expect(200).body
    }

    /// The kinds of the events of a connection, in order.
    pub async fn events(&self, directory: &Directory) -> Vec<String> {
        let id = directory.connection_id.clone();
        let events = self.store.read(move |tx| {
            let connection = anteroom::store::connections::find(tx, &id)?.ok_or(anteroom::store::Error::NotFound)?;
            anteroom::store::events::list(tx, connection.key, 10_000)
        });
        events.await.expect("events").into_iter().map(|event| event.kind).collect()
    }
}

impl Directory {
    /// A directory that is served at this URL.
    pub fn new(organization_code: &str, connection_id: &str, base_url: String, token: &str, client: Client) -> Self {
        Self {
            organization_code: organization_code.into(),
            connection_id: connection_id.into(),
            base_url,
            token: token.into(),
            client,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base_url)).bearer_auth(&self.token)
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header("content-type", "application/scim+json");
        Answer::of(request.body(body.to_string())).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    /// A PATCH with these operations.
    pub async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(Method::PATCH, path, &body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// The ids a filter finds, in order.
    pub async fn find(&self, endpoint: &str, filter: &str) -> Vec<String> {
        let answer = Answer::of(self.request(Method::GET, endpoint).query(&[("filter", filter)])).await.expect(200);
        let resources = answer.body["Resources"].as_array().expect("Resources").clone();
        assert_eq!(answer.body["itemsPerPage"], json!(resources.len()));
        resources.iter().map(|resource| resource["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Pushes a person as Okta does; returns the id.
    pub async fn push(&self, user_name: &str) -> String {
        self.post("/Users", &user(user_name)).await.expect(201).id()
    }
}

/// The body of a person as Okta sends it.
pub fn user(user_name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name, "externalId": format!("ext-{user_name}"), "active": true, "displayName": format!("Display {user_name}"),
        "name": {"givenName": "Given", "familyName": "Family"},
        "emails": [{"value": user_name, "type": "work", "primary": true}],
    })
}

/// A client that follows no redirects and waits no longer than a test may.
pub fn client() -> Client {
    Client::builder()
        .timeout(Duration::from_mins(1))
        .redirect(reqwest::redirect::Policy::none())
        // Shorter than the server keeps idle connections: it must not hang up just as one is used again.
        .pool_idle_timeout(Duration::from_secs(2))
        .build()
        .expect("a client")
}

fn act(clock: &Clock, ids: &Ids) -> Act {
    Act { actor: "command".into(), request_id: "test".into(), now: clock.now(), ids: ids.clone() }
}

async fn management_token(client: &Client, url: &str, store: &Store, clock: &Clock, ids: &Ids) -> String {
    let act = act(clock, ids);
    let made = store.write(move |tx| clients::create(tx, &act, "tests", &["all".into()], None));
    let (made, secret) = made.await.expect("a client");
    access_token(client, url, &made.id, &secret).await
}

async fn access_token(client: &Client, url: &str, id: &str, secret: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let answer = Answer::of(client.post(format!("{url}/oauth2/token")).form(&form)).await;
    assert_eq!(answer.status, StatusCode::OK.as_u16(), "{}", answer.text);
    answer.body["access_token"].as_str().expect("a token").to_owned()
}
