//! The rate limit of a connection: exact, its own, and seen by operators (V-78).
//!
//! The clock stands still, so that a bucket holds what it holds until a test moves the time.

use std::time::Duration;

use anteroom::config::ServeConfig;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Database, Directory, Setup, TestApp};

/// Requests a second, and after a pause.
const RATE: u32 = 5;
const BURST: u32 = 10;

fn config() -> ServeConfig {
    ServeConfig {
        workers: Some(1),
        readers: 4,
        writers: 4,
        rate_limit: RATE,
        rate_burst: Some(BURST),
        ..ServeConfig::default()
    }
}

/// Runs a test against a server with a low limit, on each backend.
async fn on_both(test: impl AsyncFn(TestApp)) {
    test(TestApp::start_with(Database::sqlite(), config()).await).await;
    if let Some(database) = Database::postgres() {
        test(TestApp::start_with(database, config()).await).await;
    }
}

/// How many of these many requests are answered; the others must be refused in the right words.
async fn answered(directory: &Directory, requests: u32) -> u32 {
    let mut answered = 0;
    for _ in 0..requests {
        let answer = directory.get("/Users?count=0").await;
        if answer.status == 429 {
            refused(answer);
        } else {
            answer.expect(200);
            answered += 1;
        }
    }
    answered
}

#[track_caller]
fn refused(answer: Answer) {
    let answer = answer.expect_error(429, "");
    let seconds: u32 = answer.header("retry-after").parse().expect("whole seconds");
    assert!((1..=BURST / RATE).contains(&seconds), "{seconds}");
}

#[actix_web::test]
async fn a_connection_may_ask_as_often_as_its_bucket_holds_and_then_as_it_fills() {
    on_both(async |app| {
        let okta = app.directory(Setup::default()).await;
        assert_eq!(answered(&okta, BURST + 1).await, BURST);
        app.clock.advance(Duration::from_millis(199));
        assert_eq!(answered(&okta, 1).await, 0);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(answered(&okta, 2).await, 1);
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(answered(&okta, RATE + 1).await, RATE);
        app.clock.advance(Duration::from_hours(1));
        assert_eq!(answered(&okta, BURST + 1).await, BURST);
    })
    .await;
}

#[actix_web::test]
async fn every_route_with_a_token_is_limited_and_a_refused_write_does_nothing() {
    on_both(async |app| {
        let okta = app.directory(Setup::default()).await;
        assert_eq!(answered(&okta, BURST).await, BURST);
        let body = json!({"userName": "late"});
        for (method, path) in anteroom::http::table().into_iter().filter(|(_, path)| path.starts_with("/scim")) {
            let path = path.replace("/scim/v2/{directory}", "").replace("{endpoint}", "Users").replace("{id}", "User");
            let method = Method::from_bytes(method.as_str().as_bytes()).expect("a method");
            let request = okta.request(method, &path).header("content-type", "application/scim+json");
            refused(Answer::of(request.body(body.to_string())).await);
        }
        Answer::of(app.client.get(format!("{}/ServiceProviderConfig", okta.base_url))).await.expect(200);
        app.clock.advance(Duration::from_secs(10));
        assert_eq!(okta.get("/Users").await.expect(200).body["totalResults"], 0);
    })
    .await;
}

#[actix_web::test]
async fn one_connection_at_ten_times_its_limit_takes_nothing_from_another() {
    on_both(async |app| {
        let flooding = app.directory(Setup::default()).await;
        let steady = app.directory_of(&flooding.organization_code, Setup::default()).await;
        assert_eq!(answered(&flooding, BURST).await, BURST);
        for _ in 0..4 {
            app.clock.advance(Duration::from_secs(1));
            let (flood, calm) =
                futures_util::future::join(answered(&flooding, 10 * RATE), answered(&steady, RATE)).await;
            assert_eq!((flood, calm), (RATE, RATE));
        }
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_token_and_the_management_api_empty_no_bucket() {
    on_both(async |app| {
        let okta = app.directory(Setup::default()).await;
        let other = app.directory(Setup::default()).await;
        let mut wrong = okta.clone();
        for token in ["", "kstkn_0", &other.token, &app.management] {
            token.clone_into(&mut wrong.token);
            for _ in 0..=BURST {
                wrong.get("/Users").await.expect_error(401, "");
            }
        }
        for _ in 0..=BURST {
            app.api(Method::GET, &format!("/api/v1/connections/{}", okta.connection_id), None).await.expect(200);
            Answer::of(app.client.get(format!("{}/Schemas", okta.base_url))).await.expect(200);
        }
        assert_eq!(answered(&okta, BURST + 1).await, BURST);
        assert_eq!(answered(&other, BURST + 1).await, BURST);
    })
    .await;
}

#[actix_web::test]
async fn tokens_of_one_directory_share_its_bucket() {
    on_both(async |app| {
        let okta = app.directory(Setup::default()).await;
        let mut second = okta.clone();
        second.token = super::tokens::token(&app, &okta, None).await.1;
        assert_eq!(answered(&okta, BURST - 3).await, BURST - 3);
        assert_eq!(answered(&second, BURST).await, 3);
    })
    .await;
}
