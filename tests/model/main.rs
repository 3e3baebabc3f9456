//! The people side against a reference model: random histories of pushes, imports, API calls, domains, days and sign-ins.
//!
//! Each step is done to a real server, over HTTP, and to a model that says the rules as plainly as they are written
//! (`reference.rs`); each answer, and in the end every user, is compared. `ANTEROOM_MODEL_STEPS` says how many steps
//! each backend takes, `ANTEROOM_MODEL_SEED` where to begin; a failure prints its seed and the steps that led there.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod history;
#[expect(dead_code, reason = "shared with the oracle and the fuzz tests")]
#[path = "../random/mod.rs"]
mod random;
mod reference;
#[expect(dead_code, unused_imports, unused_macros, reason = "shared with the API tests")]
#[path = "../api/support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use history::History;
use random::setting;
use support::{Database, TestApp};

/// Steps a run takes unless it is told otherwise.
const DEFAULT: u64 = 3_000;
/// Steps of one history, on a database of its own: few people, so that they meet.
const STEPS: u64 = 250;
/// What must have happened in every full run: outcomes and reasons of sign-ins, and events of the rules.
const RULES: &[&str] = &[
    "recognized",
    "bound",
    "combined",
    "created",
    "deactivated",
    "suspended",
    "departed",
    "subject_mismatch",
    "ambiguous",
    "member_elsewhere",
    "not_a_member",
    "account_not_found",
    "user.adopted",
    "user.combined",
    "user.relinked",
    "user.replaced",
    "user.reactivated",
    "user.departed",
    "identity.bound",
    "identity.unbound",
    "user.combining_undone",
    "user.erased",
    "user.merged",
    "user.merging_undone",
    "user.replacing_undone",
    "another directory",
    "import: Created",
    "import: Completed",
    "import: Unchanged",
    "import: Failed",
];

async fn compare(mut database: impl AsyncFnMut() -> Option<Database>) {
    let (steps, first) = (setting("ANTEROOM_MODEL_STEPS", DEFAULT), setting("ANTEROOM_MODEL_SEED", 1));
    let mut happened: BTreeMap<String, usize> = BTreeMap::new();
    for seed in first..first + steps.div_ceil(STEPS) {
        let Some(database) = database().await else { return };
        println!("seed {seed}: ANTEROOM_MODEL_SEED={seed} ANTEROOM_MODEL_STEPS={STEPS} cargo test --test model");
        let mut history = History::begin(TestApp::start(database).await, seed).await;
        for _ in 0..STEPS / 50 {
            history.go(50).await;
        }
        history.count_events().await;
        for (what, times) in &history.happened {
            *happened.entry(what.clone()).or_default() += times;
        }
    }
    println!("{happened:?}");
    let missed: Vec<_> = RULES.iter().filter(|rule| !happened.contains_key(**rule)).collect();
    assert!(steps < DEFAULT || missed.is_empty(), "the histories never came to {missed:?}");
}

#[actix_web::test]
async fn histories_of_people_go_as_the_model_says_on_sqlite() {
    compare(async || Some(Database::sqlite())).await;
}

#[actix_web::test]
async fn histories_of_people_go_as_the_model_says_on_postgres() {
    compare(async || Database::postgres()).await;
}
