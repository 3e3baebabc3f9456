//! This server passes, on both backends, and every case runs.

use std::path::Path;

use scim_conformance::exchange::Limits;
use scim_conformance::expected::Expected;
use scim_conformance::report;
use scim_conformance::verdict::Verdict;

use crate::support::{Database, Setup, TestApp};
use crate::{only, play};

/// The verdicts this server must come to; `ANTEROOM_UPDATE_EXPECTED=1` writes them anew.
async fn passes(database: Database) {
    let app = TestApp::start(database).await;
    // A directory of Entra's: its dialect asks for the most.
    let entra =
        app.directory(Setup { provider: "entra_id_azure_ad", strategy: "oauth2:azure_ad", ..Setup::default() }).await;
    let report = play(&entra.base_url, &entra.token, &only(&[]), Limits::default()).await.expect("a run");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/tests/expected/anteroom.json");
    let mut expected =
        Expected::parse(&std::fs::read_to_string(&file).unwrap_or_else(|_| "{}".into())).expect("verdicts");
    if std::env::var_os("ANTEROOM_UPDATE_EXPECTED").is_some() {
        expected = Expected::of(&report, &expected);
        let text = serde_json::to_string_pretty(&expected).expect("JSON");
        std::fs::write(&file, text + "\n").expect("the file");
    }
    let told = report::summary(&report);
    assert_eq!(expected.differences(&report), Vec::<String>::new(), "{told}");
    assert_eq!((report.counts.failure, report.counts.error), (0, 0), "{told}");
    let skipped = report.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Skipped);
    let skipped: Vec<&str> = skipped.map(|outcome| outcome.about.id.as_str()).collect();
    assert_eq!(skipped, ["patch-unsupported-is-501"], "there is nothing else that this server does not support");
    assert_eq!(report.left_behind, Vec::<String>::new());
    for endpoint in ["Users", "Groups"] {
        let left = entra.get(&format!("/{endpoint}?count=0")).await.expect(200).body["totalResults"].clone();
        assert_eq!(left, 0, "{endpoint} were left behind");
    }
}

#[actix_web::test]
async fn every_case_on_sqlite() {
    passes(Database::sqlite()).await;
}

#[actix_web::test]
async fn every_case_on_postgres() {
    if let Some(database) = Database::postgres() {
        passes(database).await;
    }
}
