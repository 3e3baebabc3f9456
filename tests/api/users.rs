//! `/Users`: create, read, list, replace, patch, delete.

use reqwest::Method;
use serde_json::json;

use crate::support::{Setup, TestApp, api_test, user};

api_test! {
    async fn a_person_is_made_read_and_found(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let made = okta.post("/Users", &user("Ana@Acme.Test")).await.expect(201);
        let id = made.id();
        assert_eq!(made.header("location"), format!("{}/Users/{id}", okta.base_url));
        assert_eq!(made.body["meta"]["location"], json!(made.header("location")));
        assert_eq!(made.header("etag"), "W/\"1\"");
        assert_eq!(made.body["userName"], "Ana@Acme.Test");
        assert_eq!(okta.get(&format!("/Users/{id}")).await.expect(200).body, made.body);
        for filter in [
            "userName eq \"ana@acme.test\"", "externalId eq \"ext-Ana@Acme.Test\"", "emails.value eq \"ANA@acme.test\"",
            "emails[type eq \"work\" and value co \"acme\"]", "active eq true", "not (userName eq \"x\")", "name.familyName sw \"fam\"",
            "meta.created ge \"2026-11-01T10:00:00Z\"", "displayName ew \"Acme.test\"", "emails pr", "nickName eq null", "title ne \"boss\"",
        ] {
            assert_eq!(okta.find("/Users", filter).await, [id.clone()], "{filter}");
        }
        for filter in ["userName eq \"b\"", "externalId eq \"EXT-ana@acme.test\"", "active eq false", "nickName pr", "emails[type eq \"home\"]", "members pr"] {
            assert_eq!(okta.find("/Users", filter).await, Vec::<String>::new(), "{filter}");
        }
    }
}

api_test! {
    async fn the_same_name_in_other_letters_is_a_conflict(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        okta.push("straße@acme.test").await;
        okta.post("/Users", &user("STRASSE@acme.test")).await.expect_error(409, "uniqueness");
        okta.post("/Users", &user("strase@acme.test")).await.expect(201);
    }
}

api_test! {
    async fn deleted_is_gone_and_the_name_is_free(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("ana@acme.test").await;
        assert_eq!(okta.delete(&format!("/Users/{id}")).await.expect(204).text, "");
        let path = format!("/Users/{id}");
        okta.get(&path).await.expect_error(404, "");
        okta.delete(&path).await.expect_error(404, "");
        okta.put(&path, &user("ana@acme.test")).await.expect_error(404, "");
        okta.patch(&path, json!([{"op": "replace", "path": "title", "value": "x"}])).await.expect_error(404, "");
        let again = okta.post("/Users", &json!({"userName": "ana@acme.test"})).await.expect(201).id();
        assert_ne!(again, id);
    }
}

api_test! {
    async fn equal_content_keeps_version_and_time(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("ana@acme.test").await;
        let path = format!("/Users/{id}");
        let before = okta.get(&path).await.body;
        app.clock.advance(std::time::Duration::from_secs(5));
        assert_eq!(okta.put(&path, &user("ana@acme.test")).await.expect(200).body, before);
        okta.patch(&path, json!([{"op": "add", "path": "displayName", "value": before["displayName"]}])).await.expect(200);
        assert_eq!(okta.get(&path).await.header("etag"), "W/\"1\"");
        let after = okta.patch(&path, json!([{"op": "replace", "value": {"title": "Boss"}}])).await.expect(200);
        assert_eq!(after.header("etag"), "W/\"2\"");
        assert_eq!(after.body["meta"]["lastModified"], "2026-11-01T10:00:05.000Z");
    }
}

api_test! {
    async fn preconditions_hold(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("ana@acme.test").await;
        let path = format!("/Users/{id}");
        let conditional = |method, name: &'static str, tag: &'static str| {
            crate::support::Answer::of(okta.request(method, &path).header(name, tag).header("content-type", "application/json").body(user("ana@acme.test").to_string()))
        };
        conditional(Method::PUT, "if-match", "W/\"9\"").await.expect_error(412, "");
        conditional(Method::DELETE, "if-match", "\"9\"").await.expect_error(412, "");
        conditional(Method::PUT, "if-match", "W/\"1\"").await.expect(200);
        conditional(Method::PUT, "if-match", "\"").await.expect_error(400, "invalidValue");
        assert_eq!(conditional(Method::GET, "if-none-match", "W/\"1\"").await.expect(304).header("etag"), "W/\"1\"");
        conditional(Method::GET, "if-none-match", "W/\"9\"").await.expect(200);
        conditional(Method::GET, "if-match", "W/\"9\"").await.expect_error(412, "");
        conditional(Method::GET, "if-match", "*").await.expect(200);
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            for known in ["*", "W/\"1\""] {
                let operations = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "remove", "path": "title"}]});
                let body = if method == Method::PATCH { operations } else { user("ana@acme.test") };
                let request = okta.request(method.clone(), &path).header("if-none-match", known).header("content-type", "application/json");
                crate::support::Answer::of(request.body(body.to_string())).await.expect_error(412, "");
            }
        }
        conditional(Method::PUT, "if-none-match", "W/\"9\"").await.expect(200);
    }
}

api_test! {
    async fn pages_are_stable_exact_and_end_in_an_empty_one(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let mut ids = Vec::new();
        for name in ["c", "a", "b", "e", "d"] {
            ids.push(okta.push(&format!("{name}@acme.test")).await);
        }
        let page = |start: i64, count: i64| {
            let okta = okta.clone();
            async move { okta.get(&format!("/Users?startIndex={start}&count={count}&aadOptscim062020")).await.expect(200).body }
        };
        let mut walked = Vec::new();
        for start in [1, 3, 5] {
            let body = page(start, 2).await;
            assert_eq!((&body["totalResults"], &body["startIndex"]), (&json!(5), &json!(start)));
            walked.extend(body["Resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        }
        assert_eq!(walked, ids);
        let past = page(6, 2).await;
        assert_eq!((&past["totalResults"], &past["startIndex"], &past["itemsPerPage"], &past["Resources"]), (&json!(5), &json!(6), &json!(0), &json!([])));
        assert_eq!(page(1, 0).await["Resources"], json!([]));
        okta.get("/Users?count=x").await.expect_error(400, "invalidValue");
        okta.get("/Users?filter=userName").await.expect_error(400, "invalidFilter");
        okta.get("/Users?filter=password%20pr").await.expect_error(400, "invalidFilter");
    }
}

api_test! {
    async fn a_manager_of_this_directory_is_shown_with_name_and_reference(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let boss = okta.push("boss@acme.test").await;
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let made = okta.post("/Users", &json!({"userName": "ana", urn: {"manager": boss}})).await.expect(201);
        assert_eq!(made.body[urn]["manager"], json!({"value": boss, "$ref": format!("{}/Users/{boss}", okta.base_url), "displayName": "Display boss@acme.test"}));
        let other = app.directory(Setup::default()).await;
        let stranger = other.post("/Users", &json!({"userName": "ana", urn: {"manager": {"value": boss}}})).await.expect(201);
        assert_eq!(stranger.body[urn]["manager"], json!({"value": boss}));
    }
}

api_test! {
    async fn an_empty_text_is_kept_and_is_not_present(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let made = okta.post("/Users", &json!({"userName": "ana", "title": "", "name": {"givenName": ""}})).await.expect(201);
        assert_eq!(made.body["title"], "");
        assert_eq!(okta.find("/Users", "title pr or name.givenName pr").await, Vec::<String>::new());
        assert_eq!(okta.find("/Users", "title eq \"\"").await, [made.id()]);
        assert_eq!(okta.find("/Users", "title eq null and title ne \"x\"").await, [made.id()]);
    }
}
