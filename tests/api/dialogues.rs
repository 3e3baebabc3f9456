//! What identity providers really send: every file under `tests/dialogues` against a server of its own.

use std::path::{Path, PathBuf};

use anteroom::dialogue::{Dialogue, Idp, Kept, Target, play};
use serde_json::json;

use crate::support::{Database, Setup, TestApp};

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let folders =
        std::fs::read_dir(root).expect("the folder").flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = folders
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}

async fn run(file: &Path, database: Database) -> Result<(), String> {
    let dialogue =
        Dialogue::parse(&std::fs::read_to_string(file).expect("a file")).map_err(|error| error.to_string())?;
    let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str()).expect("a folder");
    let speaker: Idp = serde_json::from_value(json!(folder)).expect("a folder named after who speaks");
    assert_eq!(dialogue.idp, speaker, "{}", file.display());
    let app = TestApp::start(database).await;
    let setup = Setup {
        provider: leaked(&dialogue.provider),
        strategy: leaked(&dialogue.strategy),
        options: dialogue.options.clone().unwrap_or_else(|| json!({})),
        self_join: true,
    };
    let directory = app.directory(setup).await;
    let mut kept = Kept::new();
    for person in &dialogue.people {
        let user = app.pre_create_named(&directory, &person.email, &person.given_name, &person.family_name).await;
        kept.insert(format!("{}.user", person.name), json!(user));
    }
    let target = Target {
        scim: directory.base_url.clone(),
        token: directory.token.clone(),
        management: app.url.clone(),
        access_token: app.management.clone(),
        connection: directory.connection_id.clone(),
    };
    play(&dialogue, &target, kept, |_| {}).await.map(drop).map_err(|failure| failure.to_string())
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

async fn run_all(database: impl Fn() -> Option<Database>) {
    let files = files();
    assert!(files.len() >= 135, "only {} dialogues", files.len());
    let mut failures = Vec::new();
    for file in &files {
        let Some(database) = database() else { return };
        if let Err(failure) = run(file, database).await {
            failures.push(format!("{}: {failure}", file.display()));
        }
    }
    assert!(failures.is_empty(), "{} of {} dialogues failed:\n{}", failures.len(), files.len(), failures.join("\n\n"));
}

#[actix_web::test]
async fn every_dialogue_on_sqlite() {
    run_all(|| Some(Database::sqlite())).await;
}

#[actix_web::test]
async fn every_dialogue_on_postgres() {
    run_all(Database::postgres).await;
}
