//! Identity providers at work against this server through a proxy that fails now and then, and against faults that only show
//! in what they do about them.

use std::sync::atomic::{AtomicUsize, Ordering};

use scim_conformance::verdict::Verdict;
use serde_json::json;

use crate::faults::played;
use crate::planted::{Fault, asking, telling};
use crate::proxy::Told;

/// Those who try again what failed.
const PATIENT: &[&str] =
    &["entra-at-work", "entra-flag-at-work", "onelogin-at-work", "jumpcloud-at-work", "google-at-work"];

/// The verdict and the problem of each.
async fn outcomes(fault: &'static Fault, names: &[&str]) -> Vec<(Verdict, String)> {
    let report = played(fault, names, 12).await;
    report.outcomes.into_iter().map(|outcome| (outcome.verdict, outcome.problem.unwrap_or_default())).collect()
}

/// The problem of the one that fails.
async fn problem(fault: &'static Fault, name: &str) -> String {
    match outcomes(fault, &[name]).await.as_slice() {
        [(Verdict::Failure, problem)] => problem.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

/// Every ninth time.
fn is_ninth(count: &AtomicUsize) -> bool {
    count.fetch_add(1, Ordering::Relaxed) % 9 == 8
}

#[actix_web::test]
async fn those_who_try_again_come_into_step_when_requests_do_not_arrive() {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static FAULT: Fault = asking("a request in nine is refused", |_| is_ninth(&COUNT).then(|| Told::error(503)));
    for (verdict, problem) in outcomes(&FAULT, PATIENT).await {
        assert_eq!(verdict, Verdict::Pass, "{problem}");
    }
}

#[actix_web::test]
async fn those_who_try_again_come_into_step_when_answers_do_not_arrive() {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static FAULT: Fault = telling("an answer in nine is lost", |_, told| {
        if is_ninth(&COUNT) {
            *told = Told::error(503);
        }
    });
    for (verdict, problem) in outcomes(&FAULT, PATIENT).await {
        assert_eq!(verdict, Verdict::Pass, "{problem}");
    }
}

#[actix_web::test]
async fn a_job_of_entra_in_which_most_fails_is_taken_into_quarantine() {
    static FAULT: Fault =
        asking("nobody can be created", |asked| asked.is_of("POST", "/Users").then(|| Told::error(500)));
    let problem = problem(&FAULT, "entra-at-work").await;
    assert!(problem.contains("quarantine") && problem.contains("status 500"), "{problem}");
}

#[actix_web::test]
async fn okta_takes_access_away_once() {
    static FAULT: Fault = asking("nobody can be deactivated", |asked| {
        let is_meant = asked.operations().iter().any(|operation| operation["value"] == json!({"active": false}));
        is_meant.then(|| Told::error(500))
    });
    let problem = problem(&FAULT, "okta-oin-at-work").await;
    assert!(problem.contains("Okta takes access away once"), "{problem}");
}

#[actix_web::test]
async fn okta_stops_at_somebody_who_is_gone_and_entra_makes_them_again() {
    static FAULT: Fault = asking("now and then somebody is not found", |asked| {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let is_read = asked.method == "GET" && asked.path.starts_with("/Users/");
        (is_read && COUNT.fetch_add(1, Ordering::Relaxed).is_multiple_of(7)).then(|| Told::error(404))
    });
    let problem = problem(&FAULT, "okta-aiw-at-work").await;
    assert!(problem.contains("is gone (status 404); Okta stops"), "{problem}");
    assert_eq!(outcomes(&FAULT, &["entra-at-work"]).await, [(Verdict::Pass, String::new())]);
}

#[actix_web::test]
async fn okta_reads_whole_seconds_of_retry_after_and_nothing_else() {
    static FAULT: Fault = asking("too much is asked for at times", |asked| {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let is_too_much = asked.is_of("POST", "/Users") && COUNT.fetch_add(1, Ordering::Relaxed).is_multiple_of(5);
        is_too_much.then(|| {
            let mut told = Told::error(429);
            told.headers.insert("retry-after".to_owned(), "0".to_owned());
            told
        })
    });
    static WITHOUT: Fault = asking("a 429 has a date", |asked| asked.is_of("POST", "/Users").then(|| Told::error(429)));
    assert_eq!(outcomes(&FAULT, &["okta-aiw-at-work"]).await, [(Verdict::Pass, String::new())]);
    let problem = problem(&WITHOUT, "okta-aiw-at-work").await;
    assert!(problem.contains("Okta waits five minutes"), "{problem}");
}
