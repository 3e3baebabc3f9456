//! `POST /{endpoint}/.search` (RFC 7644 section 3.4.3): the answer is that of the GET.

use reqwest::Method;
use serde_json::json;

use super::{get, search, shown};
use crate::support::{Answer, Setup, TestApp, api_test, user};

api_test! {
    async fn a_search_answers_as_the_get_does(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for name in ["c@acme.test", "a@acme.test", "b@acme.test"] {
            okta.push(name).await;
        }
        for (query, body) in [
            (vec![], json!({})),
            (vec![("filter", "userName sw \"a\"")], json!({"filter": "userName sw \"a\""})),
            (vec![("sortBy", "userName"), ("sortOrder", "descending")], json!({"sortBy": "userName", "sortOrder": "descending"})),
            (vec![("startIndex", "2"), ("count", "1")], json!({"startIndex": 2, "count": 1})),
            (vec![("attributes", "userName,name.familyName")], json!({"attributes": ["userName", "name.familyName"]})),
            (vec![("excludedAttributes", "emails")], json!({"excludedAttributes": "emails"})),
            (vec![("count", "-1")], json!({"count": -1, "unknown": {"x": null}})),
        ] {
            let asked = get(&okta, "/Users", &query).await.expect(200);
            let searched = search(&okta, "/Users", body.clone()).await.expect(200);
            assert_eq!((searched.header("content-type"), &searched.body), ("application/scim+json", &asked.body), "{body}");
        }
    }
}

api_test! {
    async fn a_search_that_is_none_is_refused_and_makes_nobody(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for (body, scim_type) in [
            (json!({"filter": 5}), "invalidValue"),
            (json!({"count": "many"}), "invalidValue"),
            (json!({"attributes": ["id"], "excludedAttributes": ["id"]}), "invalidValue"),
            (json!({"sortBy": "nope"}), "invalidValue"),
            (json!({"filter": "nope pr"}), "invalidFilter"),
            (json!({"filter": ""}), "invalidFilter"),
            (json!({"cursor": "", "startIndex": 1}), "invalidValue"),
            (json!({"cursor": "nope"}), "invalidCursor"),
        ] {
            for path in ["/Users", "/Groups", ""] {
                search(&okta, path, body.clone()).await.expect_error(400, scim_type);
            }
        }
        for body in [json!({}), user("a@acme.test"), json!([])] {
            okta.post("/Users/.search", &body).await.expect_error(400, "invalidSyntax");
        }
        search(&okta, "/Nothing", json!({})).await.expect_error(404, "");
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = Answer::of(okta.request(method, "/Users/.search")).await.expect_error(405, "");
            assert_eq!(answer.header("allow"), "POST");
        }
        assert_eq!(okta.get("/Users").await.body["totalResults"], 0);
    }
}

api_test! {
    async fn members_that_are_not_shown_are_not_loaded(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("a@acme.test").await;
        okta.post("/Groups", &json!({"displayName": "Red", "members": [{"value": id}]})).await.expect(201);
        app.store.statements().keep();
        for (path, body, is_loaded) in [
            ("/Groups", json!({}), true),
            ("/Groups", json!({"attributes": ["displayName", "members.value"]}), true),
            ("/Groups", json!({"excludedAttributes": ["members"]}), false),
            ("/Groups", json!({"attributes": "displayName"}), false),
            ("/Users", json!({"attributes": ["userName"], "sortBy": "displayName"}), false),
            ("/Users", json!({}), true),
            ("", json!({"attributes": ["displayName"]}), false),
        ] {
            app.store.statements().take();
            assert!(!shown(&search(&okta, path, body.clone()).await.expect(200), "/id").is_empty());
            let of_members = |text: &String| text.contains("members") && !text.contains("organization_members");
            assert_eq!(app.store.statements().take().iter().any(of_members), is_loaded, "{path} {body}");
        }
    }
}
