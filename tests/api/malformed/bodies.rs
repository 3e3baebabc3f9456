//! Bodies: every production of JSON broken (RFC 8259), and JSON that is no resource.

use serde_json::{Value, json};

use super::{Ask, Row, Stage};
use crate::support::{TestApp, api_test};

/// Where a value of an object belongs.
const NO_VALUES: &[&str] = &[
    "",
    " ",
    "tru",
    "True",
    "TRUE",
    "nul",
    "NULL",
    "None",
    "undefined",
    "yes",
    "01",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "-",
    "--1",
    "0x10",
    "1_000",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "\"",
    "\"a",
    "a\"",
    "'a'",
    "`a`",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\uzzzz\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"a\u{0}b\"",
    "\"\\u0000\"",
    "\"a\" \"b\"",
    "[",
    "[1",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1;2]",
    "]",
    "[1}",
    "{",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\":1]",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"A\":2}",
    "{\"\\u0061\":1,\"a\":2}",
    "1 /* x */",
    "1 // x",
    "# x",
    "\u{c}1",
    "\u{a0}1",
    "\u{feff}1",
];

/// What is no JSON object at all.
const NO_OBJECTS: &[&[u8]] = &[
    b"",
    b" ",
    b"\r\n\r\n",
    b"null",
    b"true",
    b"5",
    b"\"x\"",
    b"[]",
    b"[{}]",
    b"{",
    b"}",
    b"{}{}",
    b"{} x",
    b"{},",
    b"\xEF\xBB\xBF{}",
    b"\xFF\xFE{\0}\0",
    b"\xFE\xFF\0{\0}",
    b"\xff",
    b"{\"a\":\"\xff\"}",
    b"{\"a\":\"\xc0\x80\"}",
    b"{\"a\":\"\xed\xa0\x80\"}",
    b"{\"\xff\":1}",
    b"{\"a\":\"\xe9\"}",
    b"userName=a",
    b"<User/>",
    b"userName: a",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"PK\x03\x04",
    b"\0",
    b"--x\r\nContent-Type: application/json\r\n\r\n{}\r\n--x--",
];

/// Where bodies go: the path, and what else a body needs to be read as far as the attribute in question.
const PLACES: &[(&str, &str)] = &[
    ("POST", "/Users"),
    ("PUT", "/Users/{person}"),
    ("PATCH", "/Users/{person}"),
    ("POST", "/Groups"),
    ("PUT", "/Groups/{group}"),
    ("PATCH", "/Groups/{group}"),
];

/// Values that an attribute of the name cannot have.
fn of_wrong_type() -> Vec<(&'static str, Value)> {
    let text = |name: &'static str| {
        [json!(1), json!(true), json!({}), json!(["x"]), json!([]), json!(1.5)]
            .into_iter()
            .map(move |value| (name, value))
    };
    let boolean =
        [json!("yes"), json!(1), json!(0), json!("1"), json!(""), json!([true]), json!({"value": true}), json!("t")]
            .into_iter()
            .map(|value| ("active", value));
    let complex =
        [json!("x"), json!(5), json!(true), json!(["x"]), json!({"givenName": 5}), json!({"familyName": ["x"]})]
            .into_iter()
            .map(|value| ("name", value));
    let multi = [
        json!(5),
        json!(true),
        json!([[]]),
        json!([5]),
        json!([{"value": 5}]),
        json!([{"value": ["a"]}]),
        json!([{"value": {"value": "a"}}]),
        json!([{"value": "a", "primary": "maybe"}]),
        json!([{"value": "a", "primary": 1}]),
        json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}]),
        json!([{"value": "a", "type": 5}]),
    ];
    let extension = [
        json!("x"),
        json!(5),
        json!([]),
        json!([{}]),
        json!({"department": 5}),
        json!({"manager": 5}),
        json!({"manager": ["x", "y"]}),
    ];
    let texts = ["title", "displayName", "externalId", "locale", "profileUrl"]
        .into_iter()
        .flat_map(text)
        .filter(|(_, value)| *value != json!([]));
    texts
        .chain(boolean)
        .chain(complex)
        .chain(multi.into_iter().map(|value| ("emails", value)))
        .chain(extension.into_iter().map(|value| ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", value)))
        .chain(
            [json!("not base64!"), json!(5)].into_iter().map(|value| ("x509Certificates", json!([{"value": value}]))),
        )
        .chain([json!(5), json!({"a": 1}), json!([5]), json!([{}])].into_iter().map(|value| ("schemas", value)))
        .chain(
            [json!(null), json!(""), json!(" "), json!(5), json!(["a"]), json!({"value": "a"})]
                .into_iter()
                .map(|value| ("userName", value)),
        )
        .collect()
}

api_test! {
    async fn every_production_of_json_is_held_wherever_a_body_goes(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        for (method, path) in PLACES {
            for value in NO_VALUES {
                rows.push((format!("{method} {path} {value:?}"), Ask::new(method, *path).body(format!("{{\"userName\":\"a\",\"displayName\":\"a\",\"x\":{value}}}")), 400, "invalidSyntax"));
            }
            for body in NO_OBJECTS {
                let shown = String::from_utf8_lossy(body);
                rows.push((format!("{method} {path} {shown:?}"), Ask::new(method, *path).body(*body), 400, "invalidSyntax"));
            }
        }
        stage.check(rows).await;
    }
}

api_test! {
    async fn an_attribute_of_the_wrong_type_is_an_invalid_value(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        for (name, value) in of_wrong_type() {
            for (method, path) in &PLACES[..2] {
                let mut body = json!({"userName": "ana@acme.test"});
                body[name] = value.clone();
                rows.push((format!("{method} {name} {value}"), Ask::new(method, *path).body(body.to_string()), 400, "invalidValue"));
            }
        }
        for members in [json!(5), json!(true), json!([5]), json!([[]]), json!([{}]), json!([{"value": 5}]), json!([{"value": ""}]), json!([{"value": null}]), json!([{"value": ["{person}"]}]), json!([{"display": "x"}]), json!([{"value": "nobody"}])] {
            for (method, path) in &PLACES[3..5] {
                let body = json!({"displayName": "G2", "members": members});
                rows.push((format!("{method} members {members}"), Ask::new(method, *path).body(body.to_string()), 400, "invalidValue"));
            }
        }
        for name in [json!(null), json!(""), json!(" "), json!(5), json!([]), json!({})] {
            for (method, path) in &PLACES[3..5] {
                rows.push((format!("{method} displayName {name}"), Ask::new(method, *path).body(json!({"displayName": name}).to_string()), 400, "invalidValue"));
            }
        }
        stage.check(rows).await;
    }
}
