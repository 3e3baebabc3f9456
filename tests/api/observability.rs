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

#[actix_web::test]
async fn metrics_have_a_listener_of_their_own_and_labels_from_the_route_table() {
    let metrics = free_port();
    let config = ServeConfig { workers: Some(1), metrics_listen: Some(metrics), ..ServeConfig::default() };
    let app = TestApp::start_with(Database::sqlite(), config).await;
    let okta = app.directory(Setup::default()).await;
    okta.post("/Users", &json!({"userName": "ana", "favouriteColour": "blue"})).await.expect(201);
    let odd = Method::from_bytes(b"BREW").expect("a method");
    Answer::of(okta.request(odd, "/Users?filter=secret%20pr")).await.expect(405);
    let text = Answer::of(app.client.get(format!("http://{metrics}/metrics"))).await.expect(200).text;
    for part in [
        "anteroom_http_requests_total{route=\"/scim/v2/{directory}/{endpoint}\",method=\"POST\",status=\"201\"}",
        "method=\"OTHER\",status=\"405\"",
        "anteroom_http_request_seconds",
        "anteroom_ignored_attributes_total",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("BREW") && !text.contains(&okta.token));
    Answer::of(app.client.get(format!("{}/metrics", app.url))).await.expect(404);
}
