//! Servers that cannot be tested: each gives a clear reason in bounded time.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use scim_conformance::exchange::Limits;

use crate::support::{Database, Setup, TestApp};
use crate::{only, play};

/// A server that answers every connection with these bytes, again and again or once.
fn server(answer: &'static [u8], is_endless: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/scim", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().take(20) {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            while stream.write_all(answer).is_ok() && is_endless {}
        }
    });
    url
}

async fn reason(base: &str) -> String {
    let limits = Limits { timeout: Duration::from_secs(2), size: 1 << 20, authority: None };
    play(base, "secret", &only(&["list-has-its-form"]), limits).await.expect_err("no run").to_string()
}

#[actix_web::test]
async fn a_server_that_cannot_be_reached() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let reason = reason(&format!("http://127.0.0.1:{port}")).await;
    assert!(reason.contains("cannot be reached"), "{reason}");
}

#[actix_web::test]
async fn a_server_without_tls_under_https() {
    let url = server(b"HTTP/1.1 200 OK\r\n\r\n", false).replace("http:", "https:");
    let reason = reason(&url).await;
    assert!(reason.contains("TLS failed"), "{reason}");
}

#[actix_web::test]
async fn a_server_that_answers_web_pages() {
    let page =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>";
    let reason = reason(&server(page, false)).await;
    assert!(reason.contains("web page") && reason.contains("is this the SCIM base URL?"), "{reason}");
}

#[actix_web::test]
async fn a_server_that_redirects() {
    let redirect =
        b"HTTP/1.1 302 Found\r\nlocation: https://example.com/scim\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let reason = reason(&server(redirect, false)).await;
    assert!(reason.contains("redirected to https://example.com/scim"), "{reason}");
}

#[actix_web::test]
async fn a_server_whose_answer_does_not_end() {
    let head =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n                                                ";
    let reason = reason(&server(head, true)).await;
    assert!(reason.contains("larger than 1048576 bytes"), "{reason}");
}

#[actix_web::test]
async fn a_server_that_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let reason = reason(&format!("http://{}", listener.local_addr().expect("an address"))).await;
    assert!(reason.contains("no complete answer within 2s"), "{reason}");
}

#[actix_web::test]
async fn a_server_that_refuses_the_token() {
    let app = TestApp::start(Database::sqlite()).await;
    let okta = app.directory(Setup::default()).await;
    let reason = reason(&okta.base_url).await;
    assert!(reason.contains("the token is refused (status 401)"), "{reason}");
    assert!(!reason.contains("secret"));
}
