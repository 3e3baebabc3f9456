//! Methods: what a path does not have is 405 and names what it has; HEAD is GET without the body (RFC 9110 section 9.3.2).

use super::{Ask, Row, Stage};
use crate::support::{TestApp, api_test};

const STRANGE: &[&str] = &[
    "OPTIONS", "TRACE", "PROPFIND", "MKCOL", "LOCK", "SEARCH", "QUERY", "LINK", "PURGE", "BREW", "get", "Get", "GETT",
    "X-GET",
];

const PATHS: &[&str] = &[
    "/Users",
    "/Users/{person}",
    "/Groups",
    "/Groups/{group}",
    "/Schemas",
    "/Schemas/urn:x",
    "/ResourceTypes",
    "/ResourceTypes/User",
    "/ServiceProviderConfig",
];

api_test! {
    async fn a_method_nobody_knows_is_405_on_every_path(app: TestApp) {
        let stage = Stage::new(&app).await;
        let rows = PATHS.iter().flat_map(|path| STRANGE.iter().map(move |method| (format!("{method} {path}"), Ask::new(method, *path), 405, "")));
        let mut rows: Vec<Row> = rows.collect();
        for (method, path) in [("PUT", "/Users"), ("PATCH", "/Users"), ("DELETE", "/Users"), ("POST", "/Users/{person}"), ("POST", "/Schemas"), ("PUT", "/ServiceProviderConfig"), ("DELETE", "/Schemas/urn:x"), ("PATCH", "/ResourceTypes/User")] {
            rows.push((format!("{method} {path}"), Ask::new(method, path).body("{}"), 405, ""));
            let overridden = Ask::new("POST", "/Users/{person}").header("X-HTTP-Method-Override: DELETE").body("{}");
            rows.push(("a method in a header".into(), overridden, 405, ""));
        }
        stage.check(rows).await;
    }
}

api_test! {
    async fn head_says_what_get_would_and_no_more(app: TestApp) {
        let stage = Stage::new(&app).await;
        for path in PATHS.iter().copied().chain(["/Users/nobody", "/Users?filter=nothing%20pr", "/Users?count=0"]) {
            let (get, head) = (stage.send(&Ask::new("GET", path)).unwrap(), stage.send(&Ask::new("HEAD", path)).unwrap());
            assert_eq!((get.status, get.header("content-type"), get.header("content-length"), get.header("etag")), (head.status, head.header("content-type"), head.header("content-length"), head.header("etag")), "{path}");
            assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
        }
        let unchanged = stage.send(&Ask::new("HEAD", "/Users/{person}").header("If-None-Match: W/\"1\"")).unwrap();
        assert_eq!(unchanged.status, 304);
        let mut raw = crate::support::Raw::connect(&app.url);
        assert_eq!(raw.ask("HEAD", &format!("{}/Users", stage.path), "").status, 401);
        // The connection goes on where the body would have been.
        assert_eq!(raw.ask("HEAD", "/livez", "").status, 200);
        assert_eq!(raw.ask("GET", "/livez", "").body, "ok\n");
        stage.is_unchanged().await;
    }
}
