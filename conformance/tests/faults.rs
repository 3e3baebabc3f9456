//! Faults that servers really have, planted one at a time: the suite finds each, by the cases that are there for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use scim_conformance::catalogue;
use scim_conformance::exchange::Limits;
use scim_conformance::run::{Plan, Report};
use scim_conformance::session::Simulation;
use scim_conformance::verdict::Verdict;

use crate::planted::{FAULTS, Fault};
use crate::proxy::Proxy;
use crate::support::{Database, Setup, TestApp};
use crate::{only, play};

/// Cycles an identity provider works behind a fault; more find no more.
const CYCLES: usize = 3;

/// Found cases by fault, each with its verdict; `ANTEROOM_UPDATE_EXPECTED=1` writes them anew.
type Found = BTreeMap<String, BTreeMap<String, Verdict>>;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/tests/expected/faults.json")
}

/// Cases that take seconds by themselves.
const LONG: &[&str] = &["group-of-a-thousand", "create-from-a-slow-body", "entra-25-requests-a-second"];

/// All other cases.
fn cases() -> Vec<String> {
    let names = catalogue::load(None).expect("cases").into_iter().map(|entry| entry.about().id);
    names.filter(|name| !LONG.contains(&name.as_str())).collect()
}

/// Plays cases against this server behind the fault; identity providers work so many cycles.
pub async fn played(fault: &'static Fault, names: &[&str], cycles: usize) -> Report {
    let app = TestApp::start(Database::sqlite()).await;
    let entra =
        app.directory(Setup { provider: "entra_id_azure_ad", strategy: "oauth2:azure_ad", ..Setup::default() }).await;
    let proxy = Proxy::start(&entra.base_url, fault);
    let simulation = Simulation { cycles, ..Simulation::default() };
    let plan = Plan { simulation, ..only(names) };
    let report = play(&proxy.base, &entra.token, &plan, Limits::default()).await.expect("a run");
    proxy.stop().await;
    report
}

async fn found(fault: &'static Fault, names: &[&str]) -> BTreeMap<String, Verdict> {
    let report = played(fault, names, CYCLES).await;
    let is_found = |verdict: Verdict| verdict != Verdict::Pass && verdict != Verdict::Skipped;
    let found = report.outcomes.into_iter().filter(|outcome| is_found(outcome.verdict));
    // It is one in any directory of Entra's.
    let found = found.filter(|outcome| outcome.about.id != "patch-replace-no-match-is-400");
    found.map(|outcome| (outcome.about.id, outcome.verdict)).collect()
}

/// Held by whoever writes the file.
static WRITING: Mutex<()> = Mutex::new(());

/// Plays every `parts`-th fault, from `part` on.
async fn find(part: usize, parts: usize) {
    let names = cases();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let expected: Found =
        serde_json::from_str(&std::fs::read_to_string(file()).unwrap_or_else(|_| "{}".into())).expect("JSON");
    let mut wrong = Vec::new();
    for fault in FAULTS.iter().skip(part).step_by(parts) {
        let got = found(fault, &names).await;
        if std::env::var_os("ANTEROOM_UPDATE_EXPECTED").is_some() {
            let _alone = WRITING.lock().expect("the file");
            let mut all: Found =
                serde_json::from_str(&std::fs::read_to_string(file()).unwrap_or_else(|_| "{}".into())).expect("JSON");
            all.insert(fault.name.to_owned(), got.clone());
            std::fs::write(file(), serde_json::to_string_pretty(&all).expect("JSON") + "\n").expect("the file");
        } else if expected.get(fault.name) != Some(&got) {
            wrong.push(format!("{}: expected {:?}, got {got:?}", fault.name, expected.get(fault.name)));
        }
        assert!(got.values().any(|verdict| *verdict != Verdict::Error), "nobody finds that {}", fault.name);
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[actix_web::test]
async fn each_planted_fault_is_found_first_half() {
    find(0, 2).await;
}

#[actix_web::test]
async fn each_planted_fault_is_found_second_half() {
    find(1, 2).await;
}

#[test]
fn the_faults_that_are_expected_are_those_that_are_planted() {
    let expected: Found = serde_json::from_str(&std::fs::read_to_string(file()).expect("the file")).expect("JSON");
    let planted: BTreeSet<&str> = FAULTS.iter().map(|fault| fault.name).collect();
    assert_eq!(planted.len(), FAULTS.len());
    assert!(FAULTS.len() >= 40, "{}", FAULTS.len());
    assert_eq!(expected.keys().map(String::as_str).collect::<BTreeSet<_>>(), planted);
}
