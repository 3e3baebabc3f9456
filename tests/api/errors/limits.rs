//! Every number of `src/scim/limits.rs` at its value and one beyond it (V-22, T-26, T-30).
//!
//! What one answer may hold and what is kept of ignored names is tested beside the code; the rate limit in `rate.rs`, the
//! deadline and the sizes of HTTP itself in `wire.rs` and in the suite of malformed requests.

use anteroom::scim::limits;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Directory, Raw, Setup, Sql, TestApp, api_test};

/// A request by how much of something it holds.
type Sized<'a> = Box<dyn Fn(usize) -> (Method, String, String) + 'a>;

/// What is limited, the limit, a request, the status within it, and the refusal beyond it.
struct Bound<'a> {
    name: &'static str,
    limit: usize,
    request: Sized<'a>,
    within: u16,
    beyond: (u16, &'static str),
}

fn bound<'a>(
    name: &'static str,
    limit: usize,
    within: u16,
    beyond: (u16, &'static str),
    request: impl Fn(usize) -> (Method, String, String) + 'a,
) -> Bound<'a> {
    Bound { name, limit, request: Box::new(request), within, beyond }
}

async fn hold(directory: &Directory, bounds: Vec<Bound<'_>>) {
    for Bound { name, limit, request, within, beyond: (status, scim_type) } in bounds {
        let send = |(method, path, body): (Method, String, String)| {
            let request = directory.request(method, &path).header("content-type", "application/scim+json");
            Answer::of(if body.is_empty() { request } else { request.body(body) })
        };
        println!("{name}");
        send(request(limit + 1)).await.expect_error(status, scim_type);
        send(request(limit)).await.expect(within);
    }
}

async fn strict(app: &TestApp) -> Directory {
    app.directory(Setup { provider: "custom_scim_v2", ..Setup::default() }).await
}

fn post(body: &Value) -> (Method, String, String) {
    (Method::POST, "/Users".into(), body.to_string())
}

fn patch(path: &str, operations: &Value) -> (Method, String, String) {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    (Method::PATCH, path.into(), body.to_string())
}

/// JSON text of a resource, filled with blanks up to a number of bytes.
fn filled(body: &Value, bytes: usize) -> String {
    let text = body.to_string();
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

api_test! {
    async fn values_are_taken_up_to_their_limits(app: TestApp) {
        let okta = strict(&app).await;
        let person = format!("/Users/{}", okta.push("target@acme.test").await);
        let elements = |count: usize| (0..count).map(|n| json!({"value": format!("{n}@acme.test")})).collect::<Vec<_>>();
        let deep = |depth: usize| format!("{{\"userName\":\"deep\",\"x\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let invalid = (400, "invalidValue");
        // U+FDFA stands for 33 bytes of canonical text.
        let wide = |bytes: usize| format!("{}{}", "\u{fdfa}".repeat(bytes / 33), "x".repeat(bytes % 33));
        hold(&okta, vec![
            bound("JSON_DEPTH", limits::JSON_DEPTH, 201, (400, "invalidSyntax"), |depth| (Method::POST, "/Users".into(), deep(depth))),
            bound("STRING_BYTES", limits::STRING_BYTES, 201, invalid, |bytes| post(&json!({"userName": "string", "title": "x".repeat(bytes)}))),
            bound("STRING_BYTES of wide characters", limits::STRING_BYTES, 201, invalid, |bytes| post(&json!({"userName": "wide", "title": format!("{}{}", "\u{e9}".repeat(bytes / 2), "x".repeat(bytes % 2))}))),
            bound("STRING_BYTES by PATCH", limits::STRING_BYTES, 200, invalid, |bytes| patch(&person, &json!([{"op": "replace", "path": "title", "value": "x".repeat(bytes)}]))),
            bound("STRING_BYTES of a part", limits::STRING_BYTES, 201, invalid, |bytes| post(&json!({"userName": "part", "name": {"familyName": "x".repeat(bytes)}}))),
            bound("BINARY_BYTES", limits::BINARY_BYTES, 201, invalid, |bytes| post(&json!({"userName": "binary", "x509Certificates": [{"value": "A".repeat(bytes)}]}))),
            bound("UNIQUE_CHARS", limits::UNIQUE_CHARS, 201, invalid, |chars| post(&json!({"userName": "\u{e9}".repeat(chars)}))),
            bound("UNIQUE_CHARS of a group", limits::UNIQUE_CHARS, 201, invalid, |chars| (Method::POST, "/Groups".into(), json!({"displayName": "g".repeat(chars)}).to_string())),
            bound("UNIQUE_KEY_BYTES", limits::UNIQUE_KEY_BYTES, 201, invalid, |bytes| post(&json!({"userName": wide(bytes)}))),
            bound("ELEMENTS", limits::ELEMENTS, 201, invalid, |count| post(&json!({"userName": "elements", "emails": elements(count)}))),
            bound("ELEMENTS by PATCH", limits::ELEMENTS - 1, 200, invalid, |more| patch(&person, &json!([{"op": "add", "path": "emails", "value": elements(more)}]))),
        ]).await;
    }
}

api_test! {
    async fn operations_and_members_are_taken_up_to_their_limits(app: TestApp) {
        let okta = strict(&app).await;
        let person = format!("/Users/{}", okta.push("target@acme.test").await);
        let group = format!("/Groups/{}", okta.post("/Groups", &json!({"displayName": "G"})).await.expect(201).id());
        let nobody = |count: usize| (0..count).map(|n| json!({"value": format!("nobody{n}")})).collect::<Vec<_>>();
        let too_many = (400, "tooMany");
        hold(&okta, vec![
            bound("PATCH_OPERATIONS", limits::PATCH_OPERATIONS, 200, too_many, |count| patch(&person, &json!(vec![json!({"op": "replace", "path": "title", "value": "x"}); count]))),
            bound("PATCH_OPERATIONS of a group", limits::PATCH_OPERATIONS, 200, too_many, |count| patch(&group, &json!(vec![json!({"op": "replace", "path": "displayName", "value": "G"}); count]))),
            // Who is no member is gone already; who is nobody cannot be added.
            bound("MEMBER_CHANGES removed", limits::MEMBER_CHANGES, 200, too_many, |count| patch(&group, &json!([{"op": "remove", "path": "members", "value": nobody(count)}]))),
            bound("MEMBER_CHANGES added", limits::MEMBER_CHANGES, 400, too_many, |count| patch(&group, &json!([{"op": "add", "path": "members", "value": nobody(count)}]))),
            bound("MEMBER_CHANGES without a path", limits::MEMBER_CHANGES, 400, too_many, |count| patch(&group, &json!([{"op": "add", "value": {"members": nobody(count)}}]))),
            bound("MEMBER_CHANGES in two operations", limits::MEMBER_CHANGES, 200, too_many, |count| patch(&group, &json!([{"op": "remove", "path": "members", "value": nobody(count / 2)}, {"op": "remove", "path": "members", "value": nobody(count - count / 2)}]))),
        ]).await;
        let many = nobody(limits::MEMBER_CHANGES + 1);
        okta.patch(&group, json!([{"op": "replace", "path": "members", "value": many}])).await.expect_error(400, "invalidValue");
        okta.put(&group, &json!({"displayName": "G", "members": many})).await.expect_error(400, "invalidValue");
    }
}

api_test! {
    async fn filters_and_paths_are_read_up_to_their_limits(app: TestApp) {
        let okta = strict(&app).await;
        let person = format!("/Users/{}", okta.push("target@acme.test").await);
        let list = |filter: String| (Method::GET, format!("/Users?filter={}", crate::malformed::encoded(&filter)), String::new());
        let write = |path: String| patch(&person, &json!([{"op": "remove", "path": path}]));
        let long = |start: &str, end: &str, bytes: usize| format!("{start}{}{end}", "x".repeat(bytes - start.len() - end.len()));
        let nested = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
        let terms = |name: &str, count: usize| vec![format!("{name} pr"); count].join(" or ");
        let (filter, path) = ((400, "invalidFilter"), (400, "invalidPath"));
        hold(&okta, vec![
            bound("FILTER.max_length", limits::FILTER.max_length, 200, filter, |bytes| list(long("title eq \"", "\"", bytes))),
            bound("FILTER.max_length of a path", limits::FILTER.max_length, 200, path, |bytes| write(long("emails[value eq \"", "\"]", bytes))),
            bound("FILTER.max_depth", limits::FILTER.max_depth, 200, filter, |depth| list(nested(depth))),
            bound("FILTER.max_depth of not", limits::FILTER.max_depth, 200, filter, |depth| list(format!("{}title pr{}", "not (".repeat(depth), ")".repeat(depth)))),
            bound("FILTER.max_depth of a path", limits::FILTER.max_depth, 200, path, |depth| write(format!("emails[{}]", nested(depth - 1).replace("title", "type")))),
            bound("FILTER.max_terms", limits::FILTER.max_terms, 200, filter, |count| list(terms("title", count))),
            bound("FILTER.max_terms of a path", limits::FILTER.max_terms, 200, path, |count| write(format!("emails[{}]", terms("type", count)))),
        ]).await;
        // The names of attributes have no limit but the request's line.
        okta.get(&format!("/Users?attributes={}", "x,".repeat(30_000))).await.expect(200);
    }
}

api_test! {
    async fn bodies_are_read_up_to_their_limits_announced_or_in_chunks(app: TestApp) {
        let okta = strict(&app).await;
        let directory = okta.base_url.strip_prefix(&app.url).unwrap();
        for (path, limit, name) in [("/Users", limits::USER_BODY_BYTES, "userName"), ("/Groups", limits::GROUP_BODY_BYTES, "displayName")] {
            let announced = |bytes: usize| {
                let request = okta.request(Method::POST, path).header("content-type", "application/scim+json");
                Answer::of(request.body(filled(&json!({name: "announced"}), bytes)))
            };
            announced(limit + 1).await.expect_error(413, "");
            announced(limit).await.expect(201);
            let chunked = |bytes: usize| {
                let mut raw = Raw::connect(&app.url);
                raw.send(format!("POST {directory}{path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", okta.token));
                for chunk in filled(&json!({name: "chunked"}), bytes).as_bytes().chunks(60_000) {
                    raw.send(format!("{:x}\r\n", chunk.len())).send(chunk).send("\r\n");
                }
                raw.send("0\r\n\r\n").answer().expect("an answer")
            };
            chunked(limit + 1).expect_error(413);
            assert_eq!(chunked(limit).status, 201, "{path}");
        }
    }
}

api_test! {
    async fn a_stored_resource_has_a_largest_size(app: TestApp) {
        let okta = strict(&app).await;
        // Four certificates, a text that is as long as it has to be, and whatever the server adds.
        let large = |bytes: usize| {
            let certificates: Vec<_> = (0..4).map(|n| json!({"value": "A".repeat(limits::BINARY_BYTES - 1_000), "display": n.to_string()})).collect();
            let texts = ["title", "displayName", "nickName", "locale"].map(|name| (name.to_owned(), json!("x".repeat((bytes / 4).min(limits::STRING_BYTES)))));
            let mut body = json!({"userName": "large", "active": true, "x509Certificates": certificates, "timezone": "x".repeat(bytes % 4)});
            body.as_object_mut().unwrap().extend(texts);
            body
        };
        let made = okta.post("/Users", &large(4)).await.expect(201);
        let mut sql = Sql::connect(&app.database.url);
        let stored = sql.texts("SELECT document AS value FROM resources WHERE kind = 'User'")[0].len();
        let room = limits::DOCUMENT_BYTES - stored + 4;
        let path = format!("/Users/{}", made.id());
        for beyond in [room + 1, room + 2] {
            okta.put(&path, &large(beyond)).await.expect_error(400, "invalidValue");
        }
        okta.put(&path, &large(room)).await.expect(200);
        assert_eq!(sql.texts("SELECT document AS value FROM resources WHERE kind = 'User'")[0].len(), limits::DOCUMENT_BYTES);
        okta.patch(&path, json!([{"op": "add", "path": "userType", "value": "x"}])).await.expect_error(400, "invalidValue");
    }
}

api_test! {
    async fn a_page_is_cut_to_what_is_advertised(app: TestApp) {
        let okta = strict(&app).await;
        let (default, most) = (usize::try_from(limits::PAGE_DEFAULT).unwrap(), usize::try_from(limits::PAGE_MAX).unwrap());
        for hundred in 0..=most / 100 {
            let people: Vec<Value> = (0..100).map(|n| json!({"userName": format!("u{hundred}-{n}")})).collect();
            let pushed = people.iter().map(|body| okta.post("/Users", body));
            for answer in futures_util::future::join_all(pushed).await {
                answer.expect(201);
            }
        }
        let advertised = okta.get("/ServiceProviderConfig").await.expect(200).body["filter"]["maxResults"].clone();
        assert_eq!(advertised, json!(most));
        for (query, shown) in [("", default), ("?count=1", 1), (&format!("?count={most}"), most), (&format!("?count={}", most + 1), most), ("?count=0", 0)] {
            let page = okta.get(&format!("/Users{query}")).await.expect(200).body;
            assert_eq!((&page["itemsPerPage"], page["Resources"].as_array().unwrap().len()), (&json!(shown), shown), "{query}");
            assert_eq!(page["totalResults"], json!(most + 100));
        }
    }
}
