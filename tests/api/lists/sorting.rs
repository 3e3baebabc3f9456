//! `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3).

use std::time::Duration;

use serde_json::{Value, json};

use super::{get, shown};
use crate::support::{Directory, Setup, TestApp, api_test};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Makes people of these bodies, named `a`, `b`, `c` and so on.
async fn people(directory: &Directory, bodies: &[Value]) {
    for (name, body) in ('a'..='z').zip(bodies) {
        let mut body = body.clone();
        body["userName"] = json!(name.to_string());
        directory.post("/Users", &body).await.expect(201);
    }
}

/// The names of people in the order of an attribute.
async fn order(directory: &Directory, by: &str, order: &str) -> String {
    let page = get(directory, "/Users", &[("sortBy", by), ("sortOrder", order)]).await.expect(200);
    shown(&page, "/userName").concat()
}

/// Ascending order, and descending as its mirror.
async fn assert_order(directory: &Directory, by: &str, ascending: &str) {
    assert_eq!(order(directory, by, "ascending").await, ascending, "{by}");
    assert_eq!(order(directory, by, "").await, ascending, "{by}");
    let mirrored: String = ascending.chars().rev().collect();
    assert_eq!(order(directory, by, "descending").await, mirrored, "{by}");
}

api_test! {
    async fn every_kind_of_attribute_sorts(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let long = |tail: &str| format!("{}{tail}", "L".repeat(509));
        people(&okta, &[
            json!({"displayName": "banana", "title": long("é"), "externalId": "b", "name": {"familyName": "Ö"}, "active": true,
                "emails": [{"value": "z@a.test", "type": "work"}, {"value": "a@a.test", "type": "home", "primary": true}]}),
            json!({"displayName": "Apple", "title": long("zz"), "externalId": "B", "name": {"familyName": "zoe"}, "active": false,
                "emails": [{"value": "m@a.test", "type": "other"}, {"value": "a@b.test"}], ENTERPRISE: {"department": "x", "manager": {"value": "2"}}}),
            json!({"displayName": "cherry", "title": long("zzzb"), "externalId": "a", "name": {"givenName": "g"}}),
            json!({"title": long("zzza"), "emails": [{"type": "home"}], "phoneNumbers": [{"value": "+1"}],
                ENTERPRISE: {"department": "W", "manager": {"value": "1"}}}),
            json!({"displayName": "apple", "title": "m", "name": {"familyName": "ö"}}),
        ]).await;
        for (by, ascending) in [
            ("displayName", "beacd"),
            ("DISPLAYNAME", "beacd"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:displayName", "beacd"),
            ("title", "bdcae"),
            ("externalId", "bcade"),
            ("name.familyName", "baecd"),
            ("name.givenName", "cabde"),
            ("active", "bacde"),
            ("emails", "abcde"),
            ("emails.value", "abcde"),
            ("emails.type", "adbce"),
            ("emails.primary", "abcde"),
            ("phoneNumbers", "dabce"),
            (&format!("{ENTERPRISE}:department"), "dbace"),
            (&format!("{ENTERPRISE}:manager"), "dbace"),
            ("userName", "abcde"),
            ("id", "abcde"),
            ("meta.resourceType", "abcde"),
            ("schemas", "abcde"),
            ("members", "abcde"),
        ] {
            assert_order(&okta, by, ascending).await;
        }
    }
}

api_test! {
    async fn times_and_versions_sort_as_numbers(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (a, b) = (okta.push("a").await, okta.push("b").await);
        app.clock.advance(Duration::from_secs(1));
        okta.push("c").await;
        for number in 0..10 {
            app.clock.advance(Duration::from_secs(1));
            okta.patch(&format!("/Users/{b}"), json!([{"op": "replace", "path": "title", "value": number.to_string()}])).await.expect(200);
        }
        app.clock.advance(Duration::from_secs(1));
        okta.patch(&format!("/Users/{a}"), json!([{"op": "replace", "path": "title", "value": "x"}])).await.expect(200);
        for (by, ascending) in [("meta.created", "abc"), ("meta.lastModified", "cba"), ("meta.version", "cab")] {
            assert_order(&okta, by, ascending).await;
        }
    }
}

api_test! {
    async fn pages_of_a_sorted_list_fit_together(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let bodies: Vec<Value> = (0..9).map(|n| if n % 3 == 0 { json!({}) } else { json!({"title": format!("t{}", 9 - n)}) }).collect();
        people(&okta, &bodies).await;
        for (direction, expected) in [("ascending", "ihfecbadg"), ("descending", "gdabcefhi")] {
            for count in 1..=10 {
                let mut walked = String::new();
                for start in (1..=11).step_by(count) {
                    let (start, count) = (start.to_string(), count.to_string());
                    let query = [("sortBy", "title"), ("sortOrder", direction), ("startIndex", &start), ("count", &count)];
                    let page = get(&okta, "/Users", &query).await.expect(200);
                    assert_eq!(page.body["totalResults"], 9);
                    walked += &shown(&page, "/userName").concat();
                }
                assert_eq!(walked, expected, "{count}");
            }
        }
        let query = [("sortBy", "title"), ("filter", "userName le \"e\""), ("startIndex", "4")];
        let page = get(&okta, "/Users", &query).await.expect(200);
        assert_eq!((page.body["totalResults"].as_i64(), shown(&page, "/userName").concat().as_str()), (Some(5), "ad"));
    }
}

api_test! {
    async fn what_cannot_be_sorted_by_is_an_invalid_value(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for by in ["password", "nope", "name", "addresses", "x509Certificates", "groups", "meta", "meta.location", "a b", "1", "id; DROP TABLE users"] {
            get(&okta, "/Users", &[("sortBy", by)]).await.expect_error(400, "invalidValue");
        }
        get(&okta, "/Users", &[("sortBy", "id"), ("sortOrder", "up")]).await.expect_error(400, "invalidValue");
        get(&okta, "/Users", &[("sortBy", "id"), ("sortby", "id")]).await.expect_error(400, "invalidValue");
        get(&okta, "/Users", &[("sortOrder", "descending")]).await.expect(200);
        let config = okta.get("/ServiceProviderConfig").await.body;
        assert_eq!(config["sort"]["supported"], true);
    }
}
