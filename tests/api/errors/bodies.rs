//! Bodies: what is no JSON, no resource, too much, or not what the header says.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Directory, Raw, Setup, TestApp, api_test, user};

async fn send(okta: &Directory, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    Answer::of(okta.request(method, path).header("content-type", "application/scim+json").body(body)).await
}

/// Where a body may go: every method that takes one.
async fn places(okta: &Directory) -> Vec<(Method, String)> {
    let person = format!("/Users/{}", okta.push("target@acme.test").await);
    let group = format!("/Groups/{}", okta.post("/Groups", &json!({"displayName": "Target"})).await.expect(201).id());
    let on = |method: Method, path: &str| (method, path.to_owned());
    vec![
        on(Method::POST, "/Users"),
        on(Method::PUT, &person),
        on(Method::PATCH, &person),
        on(Method::POST, "/Groups"),
        on(Method::PUT, &group),
        on(Method::PATCH, &group),
        on(Method::POST, "/Bulk"),
    ]
}

api_test! {
    async fn what_is_no_acceptable_json_is_invalid_syntax(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let places = places(&okta).await;
        let before = okta.get("/Users").await.text;
        let bodies: [&[u8]; 21] = [
            b"", b"{", b"not json", b"[]", b"null", b"\"x\"", b"5", b"{\"userName\":\"a\"} x", b"\xff\xfe", b"\xEF\xBB\xBF{}",
            br#"{"userName":"a","userName":"b"}"#, br#"{"userName":"a","UserName":"b"}"#, br#"{"name":{"givenName":"a","GIVENNAME":"b"},"userName":"a"}"#,
            br#"{"userName":"a\u0000b"}"#, br#"{"userName\u0000":"a"}"#, br#"{"userName":"\ud800"}"#, br#"{"userName":"\udc00\ud800"}"#,
            br#"{"userName":1e999}"#, b"{\"userName\":\"a\0b\"}", b"{'userName':'a'}", br#"{"userName":"a",}"#,
        ];
        for (method, path) in &places {
            for body in bodies {
                send(&okta, method.clone(), path, body).await.expect_error(400, "invalidSyntax");
            }
        }
        assert_eq!(okta.get("/Users").await.text, before);
    }
}

api_test! {
    async fn depth_is_bounded_and_the_server_lives(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [33, 127, 128, 129, 100_000] {
                let body = format!("{{\"userName\":\"a\",\"x\":{}1{}}}", open.repeat(depth), close.repeat(depth));
                send(&okta, Method::POST, "/Users", body).await.expect_error(400, "invalidSyntax");
            }
        }
        let many = (0..30_000).map(|n| format!("\"k{n}\":0")).collect::<Vec<_>>().join(",");
        send(&okta, Method::POST, "/Users", format!("{{{many}}}")).await.expect_error(400, "invalidValue");
        okta.push("alive@acme.test").await;
    }
}

api_test! {
    async fn what_is_no_resource_is_400_with_its_keyword(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let person = format!("/Users/{}", okta.push("target@acme.test").await);
        for (body, scim_type) in [
            (json!({}), "invalidValue"),
            (json!({"userName": ["a"]}), "invalidValue"),
            (json!({"userName": "a".repeat(257)}), "invalidValue"),
            (json!({"userName": "a", "active": 1}), "invalidValue"),
            (json!({"userName": "a", "title": "x".repeat(4_097)}), "invalidValue"),
            (json!({"userName": "a", "schemas": {"a": 1}}), "invalidValue"),
            (json!({"userName": "a", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": 5}), "invalidValue"),
        ] {
            okta.post("/Users", &body).await.expect_error(400, scim_type);
            okta.put(&person, &body).await.expect_error(400, scim_type);
        }
        okta.post("/Users", &user("TARGET@acme.test")).await.expect_error(409, "uniqueness");
        for (operations, scim_type) in [
            (json!([]), "invalidSyntax"), (json!({}), "invalidSyntax"), (json!([5]), "invalidSyntax"), (json!([{}]), "invalidSyntax"),
            (json!([{"op": "move", "path": "title"}]), "invalidSyntax"), (json!([{"op": "remove"}]), "noTarget"),
            (json!([{"op": "add", "path": "title"}]), "invalidValue"), (json!([{"op": "add", "value": 5}]), "invalidValue"),
            (json!([{"op": "replace", "path": "title["}]), "invalidPath"), (json!([{"op": "replace", "path": 5, "value": 1}]), "invalidPath"),
            (json!([{"op": "replace", "path": "emails[type eq \"home\"].value", "value": "x"}]), "noTarget"),
            (json!([{"op": "remove", "path": "userName"}]), "mutability"),
            (json!(vec![json!({"op": "replace", "path": "title", "value": "x"}); 1_001]), "tooMany"),
            (json!([{"op": "replace", "path": "(".repeat(4_000), "value": 1}]), "invalidPath"),
        ] {
            okta.patch(&person, operations.clone()).await.expect_error(400, scim_type);
        }
        assert_eq!(okta.get(&person).await.header("etag"), "W/\"1\"");
        send(&okta, Method::PATCH, &person, json!({"Operations": [{"op": "add", "path": "title", "value": "x"}]}).to_string()).await.expect_error(400, "invalidSyntax");
    }
}

api_test! {
    async fn too_large_is_413_announced_or_not(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (directory, limit) = (okta.base_url.strip_prefix(&app.url).unwrap(), 2 * 1024 * 1024);
        let head = format!("POST {directory}/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/scim+json\r\n", okta.token);
        // Refused by what was announced: nothing of the body is sent.
        Raw::connect(&app.url).send(format!("{head}Content-Length: {}\r\n\r\n", limit + 1)).answer().unwrap().expect_error(413);
        // Not announced: refused when the limit is passed, the end of the body never comes.
        let mut raw = Raw::connect(&app.url);
        raw.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n"));
        for _ in 0..=limit / 65_536 {
            raw.send("10000\r\n").send(" ".repeat(65_536)).send("\r\n");
        }
        raw.answer().unwrap().expect_error(413);
        let padded = |bytes: usize| format!("{{\"userName\":\"a@acme.test\"{}}}", " ".repeat(bytes - 26));
        send(&okta, Method::POST, "/Users", padded(limit + 1)).await.expect_error(413, "");
        send(&okta, Method::POST, "/Users", padded(limit)).await.expect(201);
        let groups = format!("{{\"displayName\":\"a\"{}}}", " ".repeat(3 * 1024 * 1024));
        send(&okta, Method::POST, "/Groups", groups).await.expect(201);
        send(&okta, Method::POST, "/Groups", " ".repeat(16 * 1024 * 1024 + 1)).await.expect_error(413, "");
    }
}

api_test! {
    async fn another_media_type_or_a_compressed_body_is_415(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for (method, path) in places(&okta).await {
            let with = |headers: &[(&'static str, &'static str)]| {
                let request = okta.request(method.clone(), &path).body("{}");
                Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
            };
            with(&[]).await.expect_error(415, "");
            for media_type in ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "application", "application/xml"] {
                with(&[("content-type", media_type)]).await.expect_error(415, "");
            }
            for coding in ["gzip", "br", "deflate", "identity, gzip", "gzip, identity"] {
                with(&[("content-type", "application/scim+json"), ("content-encoding", coding)]).await.expect_error(415, "");
            }
        }
        for (n, media_type) in ["application/json", "APPLICATION/SCIM+JSON", "application/scim+json; charset=utf-8", "application/json;charset=UTF-8"].into_iter().enumerate() {
            let request = okta.request(Method::POST, "/Users").header("content-type", media_type).header("content-encoding", "identity");
            Answer::of(request.body(json!({"userName": format!("a{n}")}).to_string())).await.expect(201);
        }
    }
}
