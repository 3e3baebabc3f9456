//! Every file of `tests/dialogues/` against the real server, over HTTP, on each database.
//!
//! The folders are the test list: a new file is played without being named anywhere. Each is played against a server and
//! a database of its own, so that no dialogue leans on another.

use std::path::{Path, PathBuf};

use anteroom::clock::Clock;
use anteroom::config::ServeConfig;
use anteroom::dialogue::{Dialogue, Kept, Person, Target, play};
use anteroom::id::Ids;
use anteroom::identity::reach::Reach;
use anteroom::identity::{Act, Error, clients, connections, directories, identities, organizations, users};
use anteroom::server::Server;
use anteroom::store::{DatabaseUrl, Tx};
use rstest::rstest;
use serde_json::{Value, json};

use crate::databases::{self, Backend};

#[rstest]
fn dialogues(
    #[values("okta_aiw", "okta_oin", "entra", "entra_aadoptscim", "rfc")] idp: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut failures = Vec::new();
    for file in files(idp) {
        let Some(database) = databases::fresh(backend) else { return };
        let played = tokio::task::LocalSet::new().block_on(&runtime, play_file(&file, idp, database.url()));
        if let Err(failure) = played {
            failures.push(format!("{}\n{failure}", file.display()));
        }
    }
    assert!(failures.is_empty(), "{} dialogues failed\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn no_folder_is_forgotten() {
    let folders = std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["entra", "entra_aadoptscim", "okta_aiw", "okta_oin", "rfc"]);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues")
}

fn files(idp: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(idp)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    assert!(!files.is_empty(), "no dialogues of {idp}");
    files
}

async fn play_file(file: &Path, idp: &str, database: &DatabaseUrl) -> Result<(), String> {
    let text = std::fs::read_to_string(file).unwrap();
    let dialogue = Dialogue::parse(&text).map_err(|error| error.to_string())?;
    let folder: anteroom::dialogue::Idp = serde_json::from_value(json!(idp)).unwrap();
    assert_eq!(dialogue.idp, folder, "the file lies in the wrong folder");
    let config = ServeConfig { workers: Some(1), readers: 2, writers: 2, ..ServeConfig::default() };
    let server =
        Server::build(&config, database, Clock::system(), Ids::random()).map_err(|error| format!("{error:#}"))?;
    let (handle, stage) = (server.handle(), Stage::set(&server, &dialogue).await);
    let running = tokio::task::spawn_local(server.run());
    let played = play(&dialogue, &stage.target().await, stage.people.clone(), |_| {}).await;
    handle.stop(false).await;
    running.await.unwrap().unwrap();
    played.map(drop).map_err(|failure| failure.to_string())
}

/// What a dialogue needs before its first step.
struct Stage {
    url: String,
    connection: String,
    scim: String,
    token: String,
    people: Kept,
    client: (String, String),
}

impl Stage {
    async fn set(server: &Server, dialogue: &Dialogue) -> Self {
        let act =
            Act { actor: "command".into(), request_id: "stage".into(), now: Clock::system().now(), ids: Ids::random() };
        let (url, dialogue) = (server.public_url().to_owned(), dialogue.clone());
        server.store().write(move |tx| Self::make(tx, &act, &url, &dialogue)).await.unwrap()
    }

    fn make(tx: &mut Tx<'_>, act: &Act, url: &str, dialogue: &Dialogue) -> Result<Self, Error> {
        let named = organizations::Request { name: Some("Acme".into()), ..Default::default() };
        let organization = organizations::create(tx, act, &named)?.code;
        let connection = connections::Request {
            name: Some("acme".into()),
            strategy: Some(dialogue.strategy.clone()),
            organization_code: Some(organization.clone()),
            options: dialogue.options.as_ref().and_then(Value::as_object).cloned(),
            ..Default::default()
        };
        let connection = connections::create(tx, act, Reach::everything(), &connection)?.id;
        let directory = directories::Request {
            org_code: Some(organization.clone()),
            directory_name: Some("acme".into()),
            provider_code: Some(dialogue.provider.clone()),
            enterprise_connection_id: Some(connection.clone()),
        };
        let (directory, token) = directories::create(tx, act, Reach::everything(), &directory)?;
        let mut people = Kept::new();
        for person in &dialogue.people {
            let user = pre_create(tx, act, &organization, &connection, person)?;
            people.insert(format!("{}.user", person.name), json!(user));
        }
        let scopes = ["read:users".to_owned(), "create:sign_ins".to_owned()];
        let (client, secret) = clients::create(tx, act, "dialogues", &scopes, None)?;
        let scim = directories::scim_base_url(url, &directory.directory.endpoint_id);
        Ok(Self { url: url.to_owned(), connection, scim, token, people, client: (client.id, secret) })
    }

    async fn target(&self) -> Target {
        let (id, secret) = &self.client;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = client.post(format!("{}/oauth2/token", self.url)).body(form);
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        Target {
            scim: self.scim.clone(),
            token: self.token.clone(),
            management: self.url.clone(),
            access_token: answer.pointer("/access_token").and_then(Value::as_str).unwrap().to_owned(),
            connection: self.connection.clone(),
        }
    }
}

/// A user with an enterprise identity on the connection, made before the first push.
fn pre_create(
    tx: &mut Tx<'_>,
    act: &Act,
    organization: &str,
    connection: &str,
    person: &Person,
) -> Result<String, Error> {
    let details = users::Details { email: Some(person.email.clone()), ..Default::default() };
    let profile = users::ProfileRequest {
        given_name: Some(person.given_name.clone()),
        family_name: Some(person.family_name.clone()),
        ..Default::default()
    };
    let request = users::Request {
        profile: Some(profile),
        organization_code: Some(organization.to_owned()),
        identities: Some(vec![users::IdentityRequest {
            kind: "email".into(),
            is_verified: Some(true),
            details: Some(details),
        }]),
        ..Default::default()
    };
    let user = users::create(tx, act, Reach::everything(), &request)?.user.id;
    let enterprise = identities::Request {
        kind: Some("enterprise".into()),
        value: Some(person.email.clone()),
        connection_id: Some(connection.to_owned()),
    };
    identities::add(tx, act, Reach::everything(), &user, &enterprise)?;
    Ok(user)
}
