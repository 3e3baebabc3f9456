//! What operators see: liveness, readiness, metrics, request ids.

use anteroom::config::ServeConfig;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Database, Setup, TestApp, api_test};

fn free_port() -> std::net::SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

api_test! {
    async fn the_server_is_alive_and_ready_and_names_each_request(app: TestApp) {
        for path in ["/livez", "/readyz"] {
            let answer = Answer::of(app.client.get(format!("{}{path}", app.url))).await.expect(200);
            assert!(!answer.header("x-request-id").is_empty());
        }
        let okta = app.directory(Setup::default()).await;
        let (first, second) = (okta.get("/Users").await, okta.get("/Users").await);
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    }
}

api_test! {
    async fn a_directory_tells_when_its_idp_called_last_and_no_more(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let connection = json!({"name": "second", "strategy": "saml:okta", "organization_code": okta.organization_code});
        let connection = app.api(Method::POST, "/api/v1/connections", Some(connection)).await.expect(201).body["connection"]["id"].clone();
        let body = json!({"org_code": okta.organization_code, "directory_name": "d", "enterprise_connection_id": connection});
        let made = app.api(Method::POST, "/api/v1/directories", Some(body)).await.expect(201).body["directory"].clone();
        let path = format!("/api/v1/directories/{}", made["id"].as_str().unwrap());
        let show = async || app.api(Method::GET, &path, None).await.expect(200).body["directory"].clone();
        for shown in [&made, &show().await] {
            assert_eq!((&shown["status"], &shown["last_sync_started_at"]), (&json!("Pending"), &json!(null)));
        }
        let users = format!("{}/Users", made["scim_base_url"].as_str().unwrap());
        Answer::of(app.client.get(&users).bearer_auth("kstkn_0")).await.expect(401);
        assert_eq!(show().await["status"], "Pending");
        Answer::of(app.client.get(&users).bearer_auth(made["secret_token"].as_str().unwrap())).await.expect(200);
        // The use is recorded without making the request wait for it.
        let mut shown = show().await;
        for _ in 0..100 {
            if shown["status"] != "Pending" {
                break;
            }
            actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
            shown = show().await;
        }
        let now = anteroom::clock::rfc3339(app.clock.now());
        assert_eq!((&shown["status"], &shown["last_sync_started_at"]), (&json!("Active"), &json!(now)));
        assert_eq!((&shown["last_sync_completed_at"], &shown["last_sync_error"]), (&json!(null), &json!(null)));
        let (act, id) = (app.act(), connection.as_str().unwrap().to_owned());
        app.store.write(move |tx| anteroom::identity::connections::set_enabled(tx, &act, &id, false)).await.expect("disabled");
        assert_eq!(show().await["status"], "Inactive");
    }
}

#[actix_web::test]
async fn metrics_have_a_listener_of_their_own_and_labels_from_the_route_table() {
    let metrics = free_port();
    let config = ServeConfig {
        workers: Some(1),
        metrics_listen: Some(metrics),
        rate_limit: 1,
        rate_burst: Some(2),
        ..ServeConfig::default()
    };
    let app = TestApp::start_with(Database::sqlite(), config).await;
    let okta = app.directory(Setup::default()).await;
    okta.post("/Users", &json!({"userName": "ana", "favouriteColour": "blue"})).await.expect(201);
    let odd = Method::from_bytes(b"BREW").expect("a method");
    Answer::of(okta.request(odd, "/Users?filter=secret%20pr")).await.expect(405);
    okta.get("/Users").await.expect(200);
    okta.get("/Users").await.expect_error(429, "");
    let text = Answer::of(app.client.get(format!("http://{metrics}/metrics"))).await.expect(200).text;
    for part in [
        "anteroom_http_requests_total{route=\"/scim/v2/{directory}/{endpoint}\",method=\"POST\",status=\"201\"}",
        "method=\"OTHER\",status=\"405\"",
        "# TYPE anteroom_http_request_seconds histogram",
        "status=\"201\",le=\"0.001\"}",
        "status=\"201\",le=\"10\"}",
        "anteroom_ignored_attributes_total",
        "anteroom_rate_limited_total 1\n",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("BREW") && !text.contains(&okta.token));
    Answer::of(app.client.get(format!("{}/metrics", app.url))).await.expect(404);
}
