//! HTTP itself, broken on the socket.
//!
//! What never becomes a request is answered by the framework: a status, an empty body, the end of the connection. What
//! becomes a request is answered by us.

use super::Stage;
use crate::support::{Raw, TestApp, api_test};

/// What comes of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// A status with an empty body from the framework, which hangs up.
    Refused(u16),
    /// An answer of ours.
    Answered(u16),
    /// An answer of ours, unless the framework hangs up before it is sent: it stops reading at a chunk it cannot read.
    Cut(u16),
}
use Outcome::{Answered, Cut, Refused};

fn rows(stage: &Stage<'_>) -> Vec<(&'static str, Vec<u8>, Outcome)> {
    let (path, token) = (&stage.path, format!("Authorization: Bearer {}", stage.okta.token));
    let get = |line: &str, headers: &str| format!("{line}\r\n{headers}{token}\r\n\r\n").into_bytes();
    let users = format!("{path}/Users");
    let line = |text: String| get(&text, "Host: a\r\n");
    let head = |headers: &str| get(&format!("GET {users} HTTP/1.1"), headers);
    let post = |headers: &str, body: &str| {
        format!("POST {users} HTTP/1.1\r\nHost: a\r\n{token}\r\nContent-Type: application/json\r\n{headers}\r\n{body}")
            .into_bytes()
    };
    let wide = "x".repeat(200_000);
    vec![
        ("nothing but line ends", b"\r\n\r\n\r\n\r\n".to_vec(), Refused(408)),
        ("garbage", b"garbage\r\n\r\n".to_vec(), Refused(400)),
        ("bytes", b"\0\x01\x02\xff\r\n\r\n".to_vec(), Refused(400)),
        ("TLS to a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), Refused(400)),
        ("a request line without a version", line(format!("GET {users}")), Refused(400)),
        ("a request line without a path", line("GET HTTP/1.1".into()), Refused(400)),
        ("HTTP/0.9", format!("GET {users}\r\n\r\n").into_bytes(), Refused(400)),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), Refused(400)),
        ("HTTP/9.9", line(format!("GET {users} HTTP/9.9")), Refused(400)),
        ("HTTP/1.2", line(format!("GET {users} HTTP/1.2")), Refused(400)),
        ("http in small letters", line(format!("GET {users} http/1.1")), Refused(400)),
        ("a space too many", line(format!("GET  {users} HTTP/1.1")), Refused(400)),
        ("a space in the path", line(format!("GET {users} x HTTP/1.1")), Refused(400)),
        ("a tab for a space", line(format!("GET\t{users}\tHTTP/1.1")), Refused(400)),
        ("a method with a bracket", line(format!("G(T {users} HTTP/1.1")), Refused(400)),
        ("no method", line(format!(" {users} HTTP/1.1")), Refused(400)),
        ("a path without a slash", line("GET Users HTTP/1.1".into()), Answered(404)),
        ("a path with raw UTF-8", line(format!("GET {users}/\u{e9} HTTP/1.1")), Refused(400)),
        ("a NUL in the path", line(format!("GET {users}\0 HTTP/1.1")), Refused(400)),
        ("absolute form", line(format!("GET http://evil.test{users} HTTP/1.1")), Answered(200)),
        ("asterisk form", line("OPTIONS * HTTP/1.1".into()), Answered(404)),
        ("authority form", line("CONNECT evil.test:443 HTTP/1.1".into()), Answered(404)),
        ("HTTP/1.0", line(format!("GET {users} HTTP/1.0")), Answered(200)),
        ("no Host", head(""), Refused(400)),
        ("two Hosts", head("Host: a\r\nHost: b\r\n"), Refused(400)),
        ("a Host that is none", head("Host: \r\n"), Answered(200)),
        ("a header without a colon", head("Host: a\r\nnothing\r\n"), Refused(400)),
        ("a header with a space in its name", head("Host: a\r\nBad Name: x\r\n"), Refused(400)),
        ("a header with a space before its colon", head("Host: a\r\nX : x\r\n"), Refused(400)),
        ("a header without a name", head("Host: a\r\n: x\r\n"), Refused(400)),
        ("a folded header", head("Host: a\r\nX: a\r\n b\r\n"), Refused(400)),
        ("a NUL in a header", head("Host: a\r\nX: a\0b\r\n"), Refused(400)),
        ("a lone CR in a header", head("Host: a\r\nX: a\rb\r\n"), Refused(400)),
        ("a second request in a header", head("Host: a\r\nX: a\r\n\r\nDELETE"), Answered(401)),
        ("a header of 200,000 bytes", head(&format!("Host: a\r\nX: {wide}\r\n")), Refused(431)),
        ("200 headers", head(&format!("Host: a\r\n{}", "X: y\r\n".repeat(200))), Refused(431)),
        ("a path of 70,000 bytes", line(format!("GET {users}?filter={} HTTP/1.1", "x".repeat(70_000))), Refused(400)),
        ("length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), Refused(400)),
        ("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), Refused(400)),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "[]"), Refused(400)),
        ("the same length twice", post("Content-Length: 2\r\nContent-Length: 2\r\n", "[]"), Refused(400)),
        ("a list of lengths", post("Content-Length: 2, 2\r\n", "[]"), Refused(400)),
        ("a negative length", post("Content-Length: -1\r\n", "[]"), Refused(400)),
        ("a length with a sign", post("Content-Length: +2\r\n", "[]"), Refused(400)),
        ("a length in hexadecimal", post("Content-Length: 0x2\r\n", "[]"), Refused(400)),
        ("a length that is no number", post("Content-Length: two\r\n", "[]"), Refused(400)),
        ("a length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", "[]"), Refused(400)),
        ("a length of 64 bits", post("Content-Length: 18446744073709551615\r\n", "[]"), Answered(413)),
        ("an empty length", post("Content-Length: \r\n", "[]"), Refused(400)),
        ("no length", post("", ""), Answered(400)),
        ("an unknown transfer coding", post("Transfer-Encoding: gzip\r\n", "[]"), Refused(400)),
        ("chunks in chunks", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), Refused(400)),
        ("compressed chunks", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), Refused(400)),
        (
            "two transfer codings",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
            Refused(400),
        ),
        (
            "a transfer coding with a vertical tab",
            post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"),
            Refused(400),
        ),
        (
            "chunks in HTTP/1.0",
            format!("POST {users} HTTP/1.0\r\nHost: a\r\n{token}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                .into_bytes(),
            Refused(400),
        ),
        ("good chunks", post("Transfer-Encoding: chunked\r\n", "1\r\n[\r\n1\r\n]\r\n0\r\n\r\n"), Answered(400)),
        ("a chunk without a size", post("Transfer-Encoding: chunked\r\n", "\r\n[]\r\n0\r\n\r\n"), Cut(400)),
        ("a chunk size that is no number", post("Transfer-Encoding: chunked\r\n", "zz\r\n[]\r\n0\r\n\r\n"), Cut(400)),
        ("a negative chunk size", post("Transfer-Encoding: chunked\r\n", "-2\r\n[]\r\n0\r\n\r\n"), Cut(400)),
        (
            "a chunk size beyond 64 bits",
            post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n[]\r\n0\r\n\r\n"),
            Cut(400),
        ),
        (
            "a chunk that is longer than its size",
            post("Transfer-Encoding: chunked\r\n", "1\r\n[]\r\n0\r\n\r\n"),
            Cut(400),
        ),
    ]
}

/// What comes; a connection that ends without an answer is status 0.
fn outcome(stage: &Stage<'_>, bytes: &[u8], expected: Outcome) -> Outcome {
    let mut raw = Raw::connect(&stage.app.url);
    raw.send(bytes);
    let Some(answer) = raw.answer() else {
        return if matches!(expected, Cut(_)) { expected } else { Refused(0) };
    };
    match (answer.body.is_empty(), expected) {
        (true, _) => Refused(answer.status),
        (false, Cut(_)) => Cut(answer.status),
        (false, _) => Answered(answer.status),
    }
}

api_test! {
    async fn what_is_hardly_http_is_refused_exactly_and_harms_nobody(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut wrong = Vec::new();
        for (name, bytes, expected) in rows(&stage) {
            let found = outcome(&stage, &bytes, expected);
            if found != expected {
                wrong.push(format!("{name}: {found:?}, not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
        stage.is_unchanged().await;
    }
}
