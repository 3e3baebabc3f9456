//! The same of the management API, in its own words: `{"errors":[{"code","message"}]}`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Raw, TestApp, api_test};

#[track_caller]
fn expect(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json", "{}", answer.text);
    assert_eq!(answer.body["errors"][0]["code"], code, "{}", answer.text);
    assert!(answer.body["errors"][0]["message"].as_str().is_some_and(|message| !message.is_empty()), "{}", answer.text);
}

async fn send(app: &TestApp, path: &str, media_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let request = app.client.post(format!("{}{path}", app.url)).bearer_auth(&app.management).body(body);
    Answer::of(if let Some(media_type) = media_type { request.header("content-type", media_type) } else { request })
        .await
}

api_test! {
    async fn every_refusal_is_an_error_body(app: TestApp) {
        for (path, code) in [("/", "ROUTE_NOT_FOUND"), ("/api", "ROUTE_NOT_FOUND"), ("/api/v2/user", "ROUTE_NOT_FOUND"), ("/api/v1/nothing", "ROUTE_NOT_FOUND"), ("/scimitar", "ROUTE_NOT_FOUND")] {
            expect(&app.api(Method::GET, path, None).await, 404, code);
        }
        expect(&app.api(Method::GET, "/api/v1/user?id=%00", None).await, 400, "INVALID_QUERY");
        for (path, allowed) in [("/api/v1/user", "GET, HEAD, POST, PATCH, DELETE"), ("/api/v1/connections", "GET, HEAD, POST"), ("/oauth2/token", "POST"), ("/livez", "GET, HEAD"), ("/readyz", "GET, HEAD")] {
            let answer = app.api(Method::PUT, path, None).await;
            expect(&answer, 405, "METHOD_NOT_ALLOWED");
            assert_eq!(answer.header("allow"), allowed, "{path}");
        }
        let long = format!("\"{}\"", "x".repeat(2 * 1024 * 1024));
        for (body, status, code) in [
            ("{", 400, "INVALID_JSON"), ("", 400, "INVALID_JSON"), (r#"{"name":"a","NAME":"b"}"#, 400, "INVALID_JSON"), (r#"{"name":"\u0000"}"#, 400, "INVALID_JSON"),
            (r#"{"name":"\ud800"}"#, 400, "INVALID_JSON"), (&"[".repeat(100_000), 400, "INVALID_JSON"), ("[]", 400, "INVALID_BODY"), (r#"{"name":5}"#, 400, "INVALID_BODY"), (&long, 413, "BODY_TOO_LARGE"),
        ] {
            expect(&send(&app, "/api/v1/connections", Some("application/json"), body.to_owned()).await, status, code);
        }
        for media_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
            expect(&send(&app, "/api/v1/connections", media_type, "{}").await, 415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
}

/// A path of the table with a value in each place.
fn filled(path: &str, value: &str) -> String {
    let rest =
        path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(_, rest)| format!("{value}{rest}"));
    path.split('{').next().unwrap_or_default().to_owned() + &rest.collect::<String>()
}

api_test! {
    async fn a_nul_never_reaches_the_database(app: TestApp) {
        let secret = anteroom::id::secret("ksec");
        for id in ["\0", "client_\0", "client_0\x00000000000000000000000000000000", "\u{ff}", ""] {
            let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret.as_str())];
            let answer = Answer::of(app.client.post(format!("{}/oauth2/token", app.url)).form(&form)).await;
            assert_eq!(answer.expect(401).body["error"], "invalid_client", "{id:?}");
        }
        for (method, path) in anteroom::http::table().into_iter().filter(|(_, path)| path.starts_with("/api")) {
            let method = Method::from_bytes(method.as_str().as_bytes()).unwrap();
            let queries = ["id=%00", "id=a%00b", "id=kp_x&expand=%00", "starting_after=%00", "ending_before=%00", "%00=%00"];
            for path in queries.map(|query| format!("{}?{query}", filled(&path, "x"))) {
                let answer = app.api(method.clone(), &path, Some(json!({}))).await;
                assert!(answer.status < 500, "{method} {path}: {}", answer.text);
            }
            for nul in ["%00", "x%00", "%00x"].into_iter().filter(|_| path.contains('{')) {
                let path = filled(&path, nul);
                expect(&app.api(method.clone(), &path, Some(json!({}))).await, 404, "ROUTE_NOT_FOUND");
            }
        }
    }
}

api_test! {
    async fn without_a_token_or_scope_nothing_is_read(app: TestApp) {
        for (method, path) in anteroom::http::table().into_iter().filter(|(_, path)| path.starts_with("/api/v1/")) {
            for headers in ["", "Authorization: Bearer\r\n", "Authorization: Basic eDp5\r\n", "Authorization: Bearer a.b.c\r\n"] {
                let answer = Raw::connect(&app.url).ask(method.as_str(), &filled(&path, "x"), &format!("{headers}Content-Length: 0\r\n"));
                let body: Value = serde_json::from_str(&answer.body).unwrap();
                assert_eq!((answer.status, &body["errors"][0]["code"]), (401, &json!("UNAUTHORIZED")), "{method} {path}");
                assert!(answer.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
            }
            let with = format!("Authorization: Bearer {}\r\nContent-Length: 0\r\n", narrow(&app).await);
            let answer = Raw::connect(&app.url).ask(method.as_str(), &filled(&path, "x"), &with);
            assert_eq!(answer.status, 403, "{method} {path}: {}", answer.body);
        }
    }
}

/// A token of a client that holds no scope any route asks for.
async fn narrow(app: &TestApp) -> String {
    let act = app.act();
    let made = app.store.write(move |tx| {
        anteroom::identity::clients::create(tx, &act, "narrow", &["read:organization_invites".into()], None)
    });
    let (client, secret) = made.await.expect("a client");
    let form =
        [("grant_type", "client_credentials"), ("client_id", client.id.as_str()), ("client_secret", secret.as_str())];
    let answer = Answer::of(app.client.post(format!("{}/oauth2/token", app.url)).form(&form)).await.expect(200);
    answer.body["access_token"].as_str().unwrap().to_owned()
}
