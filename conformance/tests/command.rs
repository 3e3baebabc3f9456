//! The command as its user meets it: exit codes, reports, expectations, and what is left when it ends early.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::planted::{Fault, asking, telling};
use crate::proxy::{Proxy, Told};
use crate::support::{Database, Directory, Setup, TestApp};

/// A directory of Entra's.
async fn entra() -> (TestApp, Directory) {
    let app = TestApp::start(Database::sqlite()).await;
    let entra =
        app.directory(Setup { provider: "entra_id_azure_ad", strategy: "oauth2:azure_ad", ..Setup::default() }).await;
    (app, entra)
}

fn command(base: &str, token: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
    command.arg("conformance").args(arguments).env("SCIM_BASE_URL", base).env("SCIM_TOKEN", token);
    command.env_remove("ANTEROOM_DATABASE_URL");
    command
}

async fn run(base: &str, token: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = command(base, token, arguments);
    let output: Output =
        actix_web::rt::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("the command");
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().expect("an exit code"), String::from_utf8(told).expect("a text"))
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("the file")
}

#[actix_web::test]
async fn the_exit_code_follows_the_level_of_what_was_found() {
    let (_app, entra) = entra().await;
    // In a directory of Entra's a deviation from what the standard recommends.
    let only = ["--only", "patch-replace-no-match-is-400"];
    for (fail_on, expected) in [("must", 0), ("should", 1), ("may", 1), ("never", 0)] {
        let (code, told) = run(&entra.base_url, &entra.token, &[&only[..], &["--fail-on", fail_on]].concat()).await;
        assert_eq!(code, expected, "{fail_on}: {told}");
        let counts = "0 passed, 1 deviations, 0 failures, 0 errors, 0 skipped";
        assert!(told.lines().last().is_some_and(|line| line.ends_with(counts)), "{told}");
    }
}

#[actix_web::test]
async fn a_finding_is_in_every_report_with_what_was_exchanged_and_without_secrets() {
    static FAULT: Fault = asking("filters are ignored", |asked| asked.take("filter").and(None));
    let (_app, entra) = entra().await;
    let proxy = Proxy::start(&entra.base_url, &FAULT);
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<String> = ["r.html", "r.json", "r.xml"]
        .map(|name| folder.path().join(name).display().to_string())
        .into_iter()
        .flat_map(|file| ["--report".to_owned(), file])
        .collect();
    let mut arguments = vec!["--only", "filter-eq", "--only", "list-has-its-form"];
    arguments.extend(files.iter().map(String::as_str));
    let (code, told) = run(&proxy.base, &entra.token, &arguments).await;
    assert_eq!(code, 1, "{told}");
    let (html, json, xml) =
        (read(folder.path(), "r.html"), read(folder.path(), "r.json"), read(folder.path(), "r.xml"));
    for (name, text) in [("terminal", &told), ("html", &html), ("json", &json), ("xml", &xml)] {
        assert!(text.contains("filter-eq"), "{name}");
        assert!(!text.contains(&entra.token), "{name} shows the token");
    }
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["counts"], json!({"pass": 1, "deviation": 0, "failure": 1, "error": 0, "skipped": 0}));
    let finding = report["outcomes"].as_array().into_iter().flatten().find(|outcome| outcome["verdict"] == "failure");
    let exchanges = finding.expect("a finding")["exchanges"].as_array().expect("exchanges");
    assert!(exchanges.last().is_some_and(|last| last["request"].as_str().is_some_and(|text| text.contains("filter="))));
    // The page needs nothing else, and has the sentence of the standard and what to do.
    assert!(!html.contains("<script") && !html.contains("<link") && !html.contains("src="), "the page loads something");
    for part in ["RFC 7644", "3.4.2.2", "What to mend", "authorization: [removed]", "Evaluate the filter"] {
        assert!(html.contains(part), "the page has no {part}");
    }
    assert!(xml.contains("<failure") && xml.contains("tests=\"2\""), "{xml}");
    proxy.stop().await;
}

#[actix_web::test]
async fn a_run_is_held_against_what_was_expected() {
    let (_app, entra) = entra().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("expected.json");
    let name = file.display().to_string();
    let group = ["--only", "rfc7644-3.14-versions", "--expect", &name];
    let (code, told) = run(&entra.base_url, &entra.token, &[&group[..], &["--update"]].concat()).await;
    assert_eq!(code, 0, "{told}");
    assert_eq!(run(&entra.base_url, &entra.token, &group).await.0, 0);
    let mut expected: Value = serde_json::from_str(&read(folder.path(), "expected.json")).expect("JSON");
    expected["etag-stale-is-412"] = json!({"verdict": "failure", "why": "it is not compared"});
    expected["no-longer-there"] = json!("pass");
    std::fs::write(&file, expected.to_string()).expect("the file");
    let (code, told) = run(&entra.base_url, &entra.token, &group).await;
    assert_eq!(code, 1);
    assert!(told.contains("unexpected  etag-stale-is-412: expected failure, got pass"), "{told}");
    assert!(told.contains("unexpected  no-longer-there: expected pass, got nothing: it was not run"), "{told}");
}

#[actix_web::test]
async fn what_keeps_a_run_from_beginning_is_said_and_exits_with_2() {
    let (_app, entra) = entra().await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    std::fs::write(folder.path().join("own/broken.json"), "{}").expect("a file");
    let own = folder.path().display().to_string();
    let (base, token) = (entra.base_url.as_str(), entra.token.as_str());
    for (base, token, arguments, expected) in [
        (base, "kstkn_wrong", vec![], "the token is refused (status 401)"),
        ("http://127.0.0.1:9", token, vec![], "cannot be reached"),
        (base, token, vec!["--only", "no-such-case"], "no case and no group is called \"no-such-case\""),
        (base, token, vec!["--cases", &own], "broken.json: missing field"),
        (base, token, vec!["--cases", "/no/such/folder"], "cannot read /no/such/folder"),
        (base, token, vec!["--expect", "/no/such/file"], "cannot read /no/such/file"),
        (base, token, vec!["--report", "r.pdf"], "must end in .html, .json or .xml"),
        (base, token, vec!["--ca-file", "/no/such/file"], "cannot read /no/such/file"),
    ] {
        let (code, told) = run(base, token, &arguments).await;
        assert_eq!(code, 2, "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert!(!told.contains(token), "{told}");
    }
}

#[actix_web::test]
async fn cases_of_ones_own_are_played_beside_the_others() {
    let (_app, entra) = entra().await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("own")).expect("a folder");
    let case = json!({"title": "Nobody is there", "source": "us", "level": "MUST", "needs": ["filter"], "advice": "Look.",
        "steps": [{"says": "who?", "send": {"method": "GET", "path": "/Users?filter=userName%20eq%20%22x-{run}%22"},
                   "expect": {"status": 200, "body": {"totalResults": 1}}}]});
    std::fs::write(folder.path().join("own/nobody.json"), case.to_string()).expect("a file");
    let own = folder.path().display().to_string();
    let (code, told) = run(&entra.base_url, &entra.token, &["--cases", &own, "--only", "own"]).await;
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("at /totalResults: expected 1, got 0"), "{told}");
}

#[actix_web::test]
async fn what_cannot_be_removed_is_listed() {
    static FAULT: Fault =
        asking("nothing can be deleted", |asked| asked.is_of("DELETE", "/Users").then(|| Told::error(500)));
    let (_app, entra) = entra().await;
    let proxy = Proxy::start(&entra.base_url, &FAULT);
    let (code, told) = run(&proxy.base, &entra.token, &["--only", "create-answers-201"]).await;
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("Created and not removed:") && told.contains(&format!("{}/Users/", proxy.base)), "{told}");
    proxy.stop().await;
}

#[actix_web::test]
async fn what_was_created_without_an_answer_is_found_and_removed() {
    static FAULT: Fault = telling("creations are not answered", |asked, told| {
        if asked.method == "POST" {
            *told = Told::error(500);
        }
    });
    let (_app, entra) = entra().await;
    let proxy = Proxy::start(&entra.base_url, &FAULT);
    let cases = ["--only", "create-answers-201", "--only", "create-group", "--only", "rfc7644-3.7-bulk"];
    let (code, told) = run(&proxy.base, &entra.token, &cases).await;
    assert_eq!(code, 1, "{told}");
    for endpoint in ["Users", "Groups"] {
        let left = entra.get(&format!("/{endpoint}?count=0")).await.expect(200).body["totalResults"].clone();
        assert_eq!(left, 0, "{endpoint} were left behind");
    }
    proxy.stop().await;
}

#[actix_web::test]
async fn a_run_ends_with_its_time_and_with_an_interrupt_and_removes_what_it_created() {
    let (_app, entra) = entra().await;
    let (code, told) =
        run(&entra.base_url, &entra.token, &["--only", "okta-aiw-at-work", "--cycles", "100000", "--deadline", "2s"])
            .await;
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("the time of the whole run is over") && told.ends_with("1 errors, 0 skipped\n"), "{told}");
    let mut command = command(&entra.base_url, &entra.token, &["--only", "entra-at-work", "--cycles", "100000"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("a signal");
    assert!(signal.success());
    let output =
        actix_web::rt::task::spawn_blocking(|| child.wait_with_output()).await.expect("a thread").expect("an output");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("the run was interrupted"), "{told}");
    let left = entra.get("/Users?count=0").await.expect(200).body["totalResults"].clone();
    assert_eq!(left, 0, "somebody was left behind");
}

#[actix_web::test]
async fn an_adaptive_run_leaves_out_what_the_schemas_do_not_have() {
    static FAULT: Fault = telling("users have no title", |asked, told| {
        let schemas = told.body.get_mut("Resources").and_then(Value::as_array_mut).into_iter().flatten();
        for schema in schemas.filter(|_| asked.path == "/Schemas") {
            if let Some(attributes) = schema["attributes"].as_array_mut() {
                attributes.retain(|attribute| attribute["name"] != "title");
            }
        }
    });
    let (_app, entra) = entra().await;
    let proxy = Proxy::start(&entra.base_url, &FAULT);
    let only = ["--only", "patch-replace-what-is-not-there"];
    let (_, told) = run(&proxy.base, &entra.token, &[&only[..], &["--adaptive"]].concat()).await;
    assert!(told.contains("its /Schemas have no attribute title") && told.ends_with("1 skipped\n"), "{told}");
    let (_, told) = run(&proxy.base, &entra.token, &only).await;
    assert!(told.contains("1 passed"), "{told}");
    proxy.stop().await;
}
