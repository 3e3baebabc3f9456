//! Media types, Accept, codings and preconditions.
//!
//! A body whose media type is accepted goes on to be refused for what it says: 400 instead of 415.

use super::{Ask, Row, Stage};
use crate::support::{TestApp, api_test};

/// Content-Type, and whether it is read. A charset has no meaning for JSON and is ignored (RFC 8259 section 11).
const MEDIA_TYPES: &[(&str, bool)] = &[
    ("application/scim+json", true),
    ("application/json", true),
    ("APPLICATION/SCIM+JSON", true),
    ("Application/Json", true),
    (" application/json ", true),
    ("application/json;charset=utf-8", true),
    ("application/json; charset=\"UTF-8\"", true),
    ("application/scim+json ; charset=utf-8; x=y", true),
    ("application/json; charset=iso-8859-1", true),
    ("application/json; charset=utf-16", true),
    ("application/json;", true),
    ("application/json;;;=", true),
    ("", false),
    (";", false),
    ("/", false),
    ("*/*", false),
    ("application", false),
    ("application/", false),
    ("/json", false),
    ("application/*", false),
    ("application/jsonx", false),
    ("xapplication/json", false),
    ("application /json", false),
    ("application/json, text/html", false),
    ("text/html, application/json", false),
    ("application/json text/html", false),
    ("application/json-patch+json", false),
    ("application/merge-patch+json", false),
    ("application/ld+json", false),
    ("application/scim", false),
    ("application/scim+xml", false),
    ("application/xml", false),
    ("text/json", false),
    ("text/plain", false),
    ("text/plain; x=application/json", false),
    ("application/x-www-form-urlencoded", false),
    ("multipart/form-data; boundary=x", false),
    ("application/octet-stream", false),
    ("application/\u{e9}", false),
    ("\"application/json\"", false),
];

const CODINGS: &[(&str, bool)] = &[
    ("identity", true),
    ("IDENTITY", true),
    ("gzip", false),
    ("x-gzip", false),
    ("deflate", false),
    ("br", false),
    ("zstd", false),
    ("compress", false),
    ("chunked", false),
    ("", false),
    ("identity, gzip", false),
    ("gzip, identity", false),
    ("*", false),
    ("nothing", false),
];

/// If-Match or If-None-Match of a version that is not the one that is there.
const NO_TAGS: &[&str] = &[
    "",
    " ",
    "1",
    "W/1",
    "W/\"1",
    "\"1",
    "1\"",
    "w/\"1\"",
    "W\"1\"",
    "W/ \"1\"",
    "W/'1'",
    "\"1\" \"2\"",
    "\"1\",",
    ",\"1\"",
    "\"1\",,\"2\"",
    "*, \"1\"",
    "\"1\", *",
    "**",
    "\"\"\"",
    "etag",
    "\u{e9}",
];

fn methods() -> [(&'static str, &'static str, &'static str); 3] {
    [("PUT", "{\"userName\":\"b\"}", "If-Match"), ("PATCH", "{}", "If-Match"), ("DELETE", "", "If-Match")]
}

api_test! {
    async fn a_body_is_read_in_scim_s_media_types_and_uncompressed(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        for (method, path) in [("POST", "/Users"), ("PUT", "/Users/{person}"), ("PATCH", "/Users/{person}"), ("POST", "/Groups"), ("PUT", "/Groups/{group}"), ("PATCH", "/Groups/{group}")] {
            let plain = || { let mut ask = Ask::new(method, path); ask.body = b"[]".to_vec(); ask };
            let mut put = |name: String, ask: Ask, is_read: bool| rows.push(if is_read { (name, ask, 400, "invalidSyntax") } else { (name, ask, 415, "") });
            put(format!("{method} without a type"), plain(), false);
            for (media_type, is_read) in MEDIA_TYPES {
                put(format!("{method} {media_type:?}"), plain().header(&format!("Content-Type: {media_type}")), *is_read);
            }
            for (coding, is_read) in CODINGS {
                put(format!("{method} {coding:?}"), plain().header("Content-Type: application/json").header(&format!("Content-Encoding: {coding}")), *is_read);
            }
        }
        stage.check(rows).await;
    }
}

api_test! {
    async fn what_a_client_would_accept_changes_no_answer(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        for accept in ["", "*/*", "application/scim+json", "application/json", "text/html", "application/xml", "application/json;q=0", "application/scim+json;q=2", ";;q=", "/", "\u{e9}", "application/scim+json, text/html;q=0.1"] {
            for name in ["Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language"] {
                rows.push((format!("{name}: {accept:?}"), Ask::new("GET", "/Users/{person}").header(&format!("{name}: {accept}")), 200, ""));
                rows.push((format!("{name}: {accept:?} of an error"), Ask::new("GET", "/Users/nobody").header(&format!("{name}: {accept}")), 404, ""));
            }
        }
        for line in ["Range: bytes=0-1", "Range: bytes=9-1", "If-Range: x", "If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT", "If-Unmodified-Since: yesterday", "Expect: nothing", "Cookie: a=b; c", "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE", "Max-Forwards: 0", "Upgrade: h2c", "TE: trailers"] {
            rows.push((line.to_owned(), Ask::new("GET", "/Users/{person}").header(line), 200, ""));
        }
        stage.check(rows).await;
    }
}

api_test! {
    async fn a_precondition_is_read_whole_or_refused(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        for (method, body, name) in methods() {
            for path in ["/Users/{person}", "/Groups/{group}"] {
                let ask = || { let ask = Ask::new(method, path); if body.is_empty() { ask } else { ask.body(body) } };
                for tag in NO_TAGS {
                    rows.push((format!("{method} {path} {tag:?}"), ask().header(&format!("{name}: {tag}")), 400, "invalidValue"));
                }
                rows.push((format!("{method} {path} one line of two"), ask().header("If-Match: \"7\"").header("If-Match: garbage"), 400, "invalidValue"));
                rows.push((format!("{method} {path} any and one"), ask().header("If-Match: *").header("If-Match: \"1\""), 400, "invalidValue"));
            }
        }
        for (method, body) in [("PUT", "{\"userName\":\"b\"}"), ("DELETE", "")] {
            for tags in ["\"0\"", "W/\"2\"", "\"01\"", "\"1 \"", "\"\"", "\"-1\"", "\"99999999999999999999\"", "\"W/1\"", "\"7\", W/\"8\"", "\"*\"", "\"1,1\""] {
                let ask = Ask::new(method, "/Users/{person}").header(&format!("If-Match: {tags}"));
                rows.push((format!("{method} {tags}"), if body.is_empty() { ask } else { ask.body(body) }, 412, ""));
            }
            let both = Ask::new(method, "/Users/{person}").header("If-Match: \"7\"").header("If-Match: W/\"8\"");
            rows.push((format!("{method} two lines"), if body.is_empty() { both } else { both.body(body) }, 412, ""));
            let nobody = Ask::new(method, "/Users/nobody").header("If-Match: *");
            rows.push((format!("{method} nobody"), if body.is_empty() { nobody } else { nobody.body(body) }, 404, ""));
        }
        for tag in NO_TAGS {
            rows.push((format!("GET {tag:?}"), Ask::new("GET", "/Users/{person}").header(&format!("If-None-Match: {tag}")), 400, "invalidValue"));
        }
        for (tags, status) in [("W/\"1\"", 304), ("\"1\"", 304), ("*", 304), ("\"7\", \"1\"", 304), ("\"7\"", 200), ("\"\"", 200)] {
            rows.push((format!("GET {tags}"), Ask::new("GET", "/Users/{person}").header(&format!("If-None-Match: {tags}")), status, ""));
        }
        rows.push(("GET two lines".into(), Ask::new("GET", "/Users/{person}").header("If-None-Match: \"7\"").header("If-None-Match: \"1\""), 304, ""));
        stage.check(rows).await;
    }
}
