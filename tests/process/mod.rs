//! The real binary as a process: started, asked, killed.

use std::fs::File;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anteroom::store::DatabaseUrl;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::{Answer, Directory};

/// The URL that links are made from, and that access tokens name; every server of a site says the same.
const PUBLIC_URL: &str = "https://anteroom.test";

/// A command line of the binary on a database.
pub fn anteroom(database: &DatabaseUrl, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
    let url = match database {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    command.args(words).env_clear().env("ANTEROOM_DATABASE_URL", url).stdin(Stdio::null());
    command
}

/// What a command that succeeds prints.
pub fn json_of(database: &DatabaseUrl, words: &[&str]) -> Value {
    let output = anteroom(database, words).output().expect("the binary runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What a command that fails says; one that does not end fails the test.
pub fn failure(database: &DatabaseUrl, words: &[&str]) -> String {
    let mut child =
        anteroom(database, words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    for _ in 0..2_000 {
        if child.try_wait().expect("a state").is_some() {
            let output = child.wait_with_output().expect("an end");
            assert_eq!(output.status.code(), Some(1), "{words:?}");
            return String::from_utf8(output.stderr).expect("text");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("killed");
    panic!("{words:?} does not end");
}

/// A running `anteroom serve`.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Process {
    /// Starts a server and waits until it is ready.
    pub fn start(database: &DatabaseUrl) -> Self {
        Self::spawn(database).ready()
    }

    /// Starts a server that logs to a file as it would by itself, and waits until it is ready.
    pub fn start_logging(database: &DatabaseUrl, file: File, rate_limit: &str) -> Self {
        Self::launch(database, file.into(), "", rate_limit).ready()
    }

    fn ready(self) -> Self {
        let mut process = self;
        assert!(process.is_ready_within(Duration::from_secs(20)), "the server did not become ready");
        process
    }

    /// Starts a server on a free port.
    pub fn spawn(database: &DatabaseUrl) -> Self {
        Self::launch(database, Stdio::null(), "error", "0")
    }

    fn launch(database: &DatabaseUrl, log: Stdio, level: &str, rate_limit: &str) -> Self {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let listen = format!("127.0.0.1:{port}");
        let mut command = anteroom(
            database,
            &["serve", "--listen", &listen, "--public-url", PUBLIC_URL, "--workers", "2", "--rate-limit", rate_limit],
        );
        if !level.is_empty() {
            command.env("ANTEROOM_LOG", level);
        }
        let child = command.stdout(Stdio::null()).stderr(log).spawn().expect("the binary runs");
        Self { child, url: format!("http://{listen}") }
    }

    /// Whether it answers before this time has passed; false at once when it has ended.
    pub fn is_ready_within(&mut self, time: Duration) -> bool {
        let started = Instant::now();
        while started.elapsed() < time && self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if crate::support::Raw::try_connect(&self.url)
                .is_some_and(|mut raw| raw.ask("GET", "/readyz", "").status == 200)
            {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// SIGKILL: nothing of the process runs any more.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("ended")
    }
}

/// A directory and a client of the management API, made by commands.
#[derive(Clone)]
pub struct Site {
    pub client: Client,
    pub organization_code: String,
    pub connection_id: String,
    pub directory_id: String,
    path: String,
    token: String,
    management: String,
}

impl Site {
    /// Makes an organization that anybody may join, a connection that makes who is missing, and its directory.
    pub async fn new(database: &DatabaseUrl, url: &str) -> Self {
        let made = json_of(database, &["client", "create", "--name", "tests", "--scopes", "all"]);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", text(&made, "client_id")),
            ("client_secret", text(&made, "client_secret")),
        ];
        let client = client();
        let token = Answer::of(client.post(format!("{url}/oauth2/token")).form(&form)).await.expect(200).body;
        let mut site = Self {
            client,
            organization_code: String::new(),
            connection_id: String::new(),
            directory_id: String::new(),
            path: String::new(),
            token: String::new(),
            management: text(&token, "access_token").to_owned(),
        };
        let body = json!({"name": "Acme", "is_auto_membership_enabled": true});
        let organization = site.api(url, "/api/v1/organization", body).await.expect(200).body;
        text(&organization["organization"], "code").clone_into(&mut site.organization_code);
        let body = json!({"name": "idp", "strategy": "saml:okta", "organization_code": site.organization_code, "options": {"is_create_missing_user": true}});
        let connection = site.api(url, "/api/v1/connections", body).await.expect(201).body;
        text(&connection["connection"], "id").clone_into(&mut site.connection_id);
        let body = json!({"org_code": site.organization_code, "directory_name": "directory", "provider_code": "okta", "enterprise_connection_id": site.connection_id});
        let directory = site.api(url, "/api/v1/directories", body).await.expect(201).body;
        text(&directory["directory"], "id").clone_into(&mut site.directory_id);
        let base_url = text(&directory["directory"], "scim_base_url");
        base_url.strip_prefix(PUBLIC_URL).expect("the public URL").clone_into(&mut site.path);
        text(&directory["directory"], "secret_token").clone_into(&mut site.token);
        site
    }

    /// The directory as the server at this URL serves it.
    pub fn directory(&self, url: &str) -> Directory {
        Directory::new(
            &self.organization_code,
            &self.connection_id,
            format!("{url}{}", self.path),
            &self.token,
            self.client.clone(),
        )
    }

    /// A POST to the management API of the server at this URL.
    pub async fn api(&self, url: &str, path: &str, body: Value) -> Answer {
        self.send(Method::POST, url, path, body).await
    }

    /// Any call of the management API of the server at this URL.
    pub async fn send(&self, method: Method, url: &str, path: &str, body: Value) -> Answer {
        Answer::of(self.client.request(method, format!("{url}{path}")).bearer_auth(&self.management).json(&body)).await
    }
}

fn client() -> Client {
    // Shorter than the server keeps idle connections: it must not hang up just as one is used again.
    let builder = Client::builder().timeout(Duration::from_mins(1)).pool_idle_timeout(Duration::from_secs(2));
    builder.build().expect("a client")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}
