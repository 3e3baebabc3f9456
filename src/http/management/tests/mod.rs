//! The management API as its clients see it, on a store of its own, with a fixed clock.

mod access;
mod objects;
mod reach;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use actix_web::{App, HttpRequest};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::clock::Clock;
use crate::http::{RateLimit, State};
use crate::id::Ids;
use crate::identity::{Act, clients, organizations};
use crate::outbound::Outside;
use crate::scim::schema::Catalogue;
use crate::store::{DatabaseUrl, Options, Store};

/// An API over a database in a folder of its own.
struct Api {
    state: State,
    _folder: TempDir,
}

/// What came back.
struct Answered {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answered {
    /// The text at a JSON pointer.
    fn text(&self, pointer: &str) -> String {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{pointer} in {}", self.body))
            .to_owned()
    }

    /// Status and code of a refusal in the management API's shape.
    fn refusal(&self) -> (u16, String) {
        assert_eq!(self.body["errors"].as_array().map(Vec::len), Some(1), "{}", self.body);
        assert!(!self.text("/errors/0/message").is_empty());
        (self.status, self.text("/errors/0/code"))
    }
}

impl Api {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            readers: 2,
            writers: 1,
            wait: std::time::Duration::from_secs(5),
            paths: Catalogue::core().stored_paths(),
        };
        let store = Store::open(&DatabaseUrl::Sqlite(folder.path().join("test.db")), &options).unwrap();
        let clock = Clock::fixed(1_800_000_000_000_000);
        Self {
            state: State::new(
                store,
                clock,
                Ids::counting(),
                "https://a.test",
                Outside::default(),
                RateLimit::default(),
            ),
            _folder: folder,
        }
    }

    fn act(&self) -> Act {
        let now = self.state.clock.now();
        Act { actor: "command".into(), request_id: "run".into(), now, ids: self.state.ids.clone() }
    }

    /// Sends a request as it is.
    async fn send(&self, request: TestRequest) -> Answered {
        let app = init_service(App::new().app_data(Data::new(self.state.clone())).configure(super::routes)).await;
        let answer = match actix_web::test::try_call_service(&app, request.to_request()).await {
            Ok(response) => response.map_into_boxed_body(),
            Err(error) => refused(&error),
        };
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.into_body().try_into_bytes().unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answered { status, headers, body }
    }

    /// Makes a client, for one organization or for all.
    async fn client(&self, scopes: &str, organization: Option<&str>) -> (String, String) {
        let (act, scopes, code) = (self.act(), vec![scopes.to_owned()], organization.map(str::to_owned));
        let made = self.state.store.write(move |tx| {
            let organization = code.as_deref().map(|code| organizations::load_by_code_or_name(tx, code)).transpose()?;
            clients::create(tx, &act, "test", &scopes, organization.as_ref())
        });
        let (client, secret) = made.await.unwrap();
        (client.id, secret)
    }

    /// An access token with these scopes.
    async fn token(&self, scopes: &str, organization: Option<&str>) -> String {
        let (id, secret) = self.client(scopes, organization).await;
        self.ask_token(&[("client_id", &id), ("client_secret", &secret)]).await.text("/access_token")
    }

    /// Asks for a token with client credentials.
    async fn ask_token(&self, fields: &[(&str, &str)]) -> Answered {
        let form: Vec<_> =
            [("grant_type", "client_credentials"), ("audience", "https://a.test/api")].iter().chain(fields).collect();
        self.send(TestRequest::post().uri("/oauth2/token").set_form(form)).await
    }

    async fn get(&self, token: &str, path: &str) -> Answered {
        self.send(TestRequest::get().uri(path).insert_header((AUTHORIZATION, format!("Bearer {token}")))).await
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Answered {
        let request = TestRequest::post().uri(path).insert_header((AUTHORIZATION, format!("Bearer {token}")));
        self.send(request.set_json(body)).await
    }

    /// An organization with a connection; their public ids.
    async fn organization(&self, token: &str, name: &str) -> (String, String) {
        let made = self.post(token, "/api/v1/organization", json!({ "name": name })).await;
        let code = made.text("/organization/code");
        let body = json!({ "name": name, "strategy": "saml:okta", "organization_code": code });
        let connection = self.post(token, "/api/v1/connections", body).await.text("/connection/id");
        (code, connection)
    }
}

/// What the outermost middleware makes of an error.
fn refused(error: &actix_web::Error) -> ServiceResponse<BoxBody> {
    let request: HttpRequest = TestRequest::default().to_http_request();
    ServiceResponse::new(request, error.error_response())
}
