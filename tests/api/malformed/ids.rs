//! Ids and paths: spellings that mean nothing here are 404, however they are spelled.

use super::{Ask, Row, Stage};
use crate::support::{TestApp, api_test};

const NO_IDS: &[&str] = &[
    "nobody",
    "0",
    "-1",
    "null",
    "undefined",
    "*",
    "%2A",
    "%00",
    "x%00y",
    "{person}%00",
    "%ff",
    "%C0%AE",
    "%ED%A0%80",
    "%zz",
    "%",
    "%2",
    "%252e%252e",
    "%2E%2E",
    "..%2F",
    "..%2FGroups",
    "a%2Fb",
    "{person}%2F",
    "{person}%20",
    "%20{person}",
    "{person};x=1",
    "{person}.json",
    "{person},{person}",
    "{person}%0d%0aX:%20y",
    "%0a",
    "%7f",
    "'%20OR%201=1--",
    "1%3BDROP%20TABLE%20users",
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "{group}",
    "[%5D",
    "%5B",
    "\\",
    "%5C..%5C",
    "$where",
    "~",
    "@",
    "!",
    "(",
    ")",
    "+",
    "=",
    "&",
    ".",
    "%2e",
    "urn:ietf:params:scim:schemas:core:2.0:User",
];

/// Paths below the directory.
const NO_PATHS: &[&str] = &[
    "//",
    "/.",
    "/..",
    "/../..",
    "/Users/",
    "/Users//",
    "//Users",
    "//Users/{person}",
    "/Users//{person}",
    "/Users/{person}/",
    "/Users/{person}/groups",
    "/Users/{person}//",
    "/./Users/{person}",
    "/Users/./{person}",
    "/Users/../Users/{person}",
    "/Groups/../Users/{person}",
    "/users",
    "/USERS",
    "/users/{person}",
    "/User",
    "/Users%20",
    "/%20Users",
    "/Users%2F{person}",
    "/Users%00",
    "/Users;x",
    "/Users.json",
    "/Nothing",
    "/Nothing/{person}",
    "/Groups/{group}/members",
    "/Groups/{group}/members/{person}",
    "/Users,Groups",
    "/ResourceTypes/",
    "/ResourceTypes/Nothing",
    "/ResourceTypes/%00",
    "/Schemas/urn:x",
    "/Schemas/",
    "/ServiceProviderConfig/",
    "/ServiceProviderConfig/x",
    "/serviceproviderconfig",
    "/v2/Users",
    "/scim/v2/Users",
];

api_test! {
    async fn what_is_no_id_is_404_for_every_method(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        let long = "x".repeat(20_000);
        for id in NO_IDS.iter().copied().chain([long.as_str()]) {
            for endpoint in ["Users", "Groups"] {
                if endpoint == "Groups" && id == "{group}" {
                    continue;
                }
                let path = format!("/{endpoint}/{id}");
                let body = "{\"userName\":\"b\",\"displayName\":\"b\"}";
                for ask in [Ask::new("GET", &path), Ask::new("HEAD", &path), Ask::new("DELETE", &path), Ask::new("PUT", &path).body(body), Ask::patch(&path, &serde_json::json!([{"op": "replace", "path": "displayName", "value": "b"}]))] {
                    rows.push((format!("{} {}", ask.method, path.chars().take(80).collect::<String>()), ask, 404, ""));
                }
            }
        }
        stage.check(rows).await;
    }
}

api_test! {
    async fn what_is_no_path_is_404(app: TestApp) {
        let stage = Stage::new(&app).await;
        let rows = NO_PATHS.iter().map(|path| ((*path).to_owned(), Ask::new("GET", *path), 404, ""));
        stage.check(rows.collect()).await;
    }
}

api_test! {
    async fn an_encoded_letter_is_the_letter(app: TestApp) {
        let stage = Stage::new(&app).await;
        let rows = ["/%55sers/{person}", "/Users/{person}?", "/Users/{person}?x", "/%47roups/{group}", "/Users/{person}#x"].map(|path| (path.to_owned(), Ask::new("GET", path), 200, ""));
        stage.check(rows.to_vec()).await;
    }
}
