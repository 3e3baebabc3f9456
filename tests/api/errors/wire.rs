//! Bytes that are hardly HTTP, and headers that would like to be believed.
//!
//! The framework answers what never becomes a request: a request line or head it cannot read, a URI over its limit. It
//! says 400, 414 or 431 and closes, with an empty body: no SCIM error, as no handler of ours is asked.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Database, Raw, Setup, TestApp, api_test, user};

api_test! {
    async fn what_is_no_request_is_refused_at_once_and_the_server_lives(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let directory = okta.base_url.strip_prefix(&app.url).unwrap();
        let token = format!("Authorization: Bearer {}\r\n", okta.token);
        let post = format!("POST {directory}/Users HTTP/1.1\r\nHost: a\r\n{token}Content-Type: application/scim+json\r\n");
        let cases: [Vec<u8>; 12] = [
            b"\r\n\r\ngarbage\r\n\r\n".into(),
            b"\0\x01\x02\xff\r\n\r\n".into(),
            b"GET\r\n\r\n".into(),
            b"GET / HTTP/9.9\r\n\r\n".into(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
            format!("GET {directory}/Users?filter={} HTTP/1.1\r\nHost: a\r\n{token}\r\n", "x".repeat(66_000)).into(),
            format!("GET {directory}/Users HTTP/1.1\r\nHost: a\r\n{token}X: {}\r\n\r\n", "x".repeat(200_000)).into(),
            format!("GET {directory}/Users HTTP/1.1\r\nHost: a\r\n{token}{}\r\n", "X: y\r\n".repeat(200)).into(),
            format!("GET {directory}/Users HTTP/1.1\r\nHost: a\r\n{token}Bad Header: y\r\n\r\n").into(),
            format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").into(),
            format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{{}}").into(),
            format!("{post}Content-Length: -1\r\n\r\n{{}}").into(),
        ];
        for bytes in cases {
            let started = Instant::now();
            let answer = Raw::connect(&app.url).send(&bytes).answer();
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
            if let Some(answer) = answer {
                assert!([400, 404, 413, 414, 431].contains(&answer.status), "{}: {shown}", answer.status);
            }
            assert!(started.elapsed() < Duration::from_secs(10), "{shown}");
        }
        // The framework may hang up before our 400 is sent.
        if let Some(broken) = Raw::connect(&app.url).send(format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n")).answer() {
            broken.expect_error(400);
        }
        Raw::connect(&app.url).send(format!("{post}Content-Length: 100\r\n\r\n{{\"userName\":"));
        okta.get("/Users").await.expect(200);
        assert_eq!(okta.find("/Users", "userName pr").await, Vec::<String>::new());
    }
}

api_test! {
    async fn links_come_from_the_public_url_alone(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let evil = [
            ("host", "evil.test"), ("forwarded", "host=evil.test;proto=https"), ("x-forwarded-host", "evil.test"), ("x-forwarded-proto", "evil"),
            ("x-forwarded-for", "evil.test"), ("x-forwarded-port", "666"), ("x-forwarded-prefix", "/evil"), ("x-original-url", "/evil"), ("x-rewrite-url", "/evil"), ("origin", "https://evil.test"), ("referer", "https://evil.test/"),
        ];
        let send = |method: Method, path: &str, body: serde_json::Value| {
            let request = okta.request(method, path).header("content-type", "application/scim+json").body(body.to_string());
            Answer::of(evil.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
        };
        let made = send(Method::POST, "/Users", user("ana@acme.test")).await.expect(201);
        let person = format!("/Users/{}", made.id());
        let group = send(Method::POST, "/Groups", json!({"displayName": "G", "members": [{"value": made.id()}]})).await.expect(201);
        let mut answers = vec![made, group];
        for path in ["/Users", "/Groups", &person, "/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Users/nobody", "/nothing"] {
            answers.push(send(Method::GET, path, json!({})).await);
        }
        answers.push(send(Method::PATCH, &person, json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": "title", "value": "x"}]})).await.expect(200));
        for answer in answers {
            assert!(!answer.text.contains("evil") && !answer.header("location").contains("evil"), "{}", answer.text);
        }
        let mut sql = crate::support::Sql::connect(&app.database.url);
        assert!(sql.texts("SELECT data AS value FROM events").iter().all(|data| !data.contains("evil")));
    }
}

#[actix_web::test]
async fn a_body_that_does_not_arrive_in_time_is_408() {
    let app = TestApp::start(Database::sqlite()).await;
    let okta = app.directory(Setup::default()).await;
    let path = okta.base_url.strip_prefix(&app.url).unwrap();
    let head = format!(
        "POST {path}/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/scim+json\r\n",
        okta.token
    );
    let mut stalled = Raw::connect(&app.url);
    stalled.send(format!("{head}Content-Length: 100\r\n\r\n{{"));
    let mut dripping = Raw::connect(&app.url);
    dripping.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n"));
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(18) {
        dripping.send("1\r\n \r\n");
        actix_web::rt::time::sleep(Duration::from_millis(500)).await;
    }
    okta.get("/Users").await.expect(200);
    stalled.answer().expect("an answer").expect_error(408);
    dripping.answer().expect("an answer").expect_error(408);
    assert!(started.elapsed() < Duration::from_secs(25), "{:?}", started.elapsed());
}
