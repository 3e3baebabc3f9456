//! `/Me`: a short-lived bearer that stands for one person.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::people::support::add_member;
use crate::support::{Answer, Directory, Setup, TestApp, api_test};

async fn user_of(app: &TestApp, directory: &Directory) -> String {
    let answer = app.sign_in(directory, json!({"subject": "s1", "email": "ana@acme.test"})).await;
    answer["user"]["id"].as_str().expect("a user").to_owned()
}

async fn grant(app: &TestApp, user: &str, body: Option<Value>) -> Answer {
    app.api(Method::POST, &format!("/api/v1/users/{user}/scim_tokens"), body).await
}

async fn me(app: &TestApp, directory: &Directory, token: &str, method: Method) -> Answer {
    let request = app.client.request(method, format!("{}/Me", directory.base_url)).bearer_auth(token);
    Answer::of(request.header("content-type", "application/scim+json").body("{}")).await
}

fn token_of(answer: &Answer) -> String {
    answer.body["scim_token"]["token"].as_str().expect("a token").to_owned()
}

api_test! {
    async fn me_is_the_resource_of_the_person_a_bearer_stands_for(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("ana@acme.test").await;
        okta.push("bea@acme.test").await;
        let user = user_of(&app, &okta).await;
        let granted = grant(&app, &user, None).await.expect(201);
        assert_eq!(granted.header("cache-control"), "no-store");
        assert_eq!(granted.body["scim_token"]["expires_on"], "2026-11-01T10:05:00.000Z");
        let token = token_of(&granted);
        let shown = me(&app, &okta, &token, Method::GET).await.expect(200);
        assert_eq!((shown.id(), &shown.body["userName"]), (id.clone(), &json!("ana@acme.test")));
        let own = format!("{}/Users/{id}", okta.base_url);
        assert_eq!((shown.header("location"), &shown.body["meta"]["location"]), (own.as_str(), &json!(own)));
        let lean = Answer::of(app.client.get(format!("{}/Me?attributes=userName", okta.base_url)).bearer_auth(&token)).await;
        assert_eq!(lean.expect(200).body.as_object().map(serde_json::Map::len), Some(3));
        let unchanged = app.client.get(format!("{}/Me", okta.base_url)).bearer_auth(&token).header("if-none-match", shown.header("etag"));
        Answer::of(unchanged).await.expect(304);
        let told = app.events(&okta).await;
        assert_eq!(told.last().map(String::as_str), Some("user.token_created"));
    }
}

api_test! {
    async fn whoever_stands_for_nobody_and_whatever_is_no_reading_is_501(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        okta.push("ana@acme.test").await;
        let user = user_of(&app, &okta).await;
        let person = token_of(&grant(&app, &user, None).await.expect(201));
        let before = okta.get("/Users").await.body;
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            me(&app, &okta, &okta.token, method.clone()).await.expect_error(501, "");
            if method != Method::GET {
                me(&app, &okta, &person, method).await.expect_error(501, "");
            }
        }
        me(&app, &okta, "nonsense", Method::GET).await.expect_error(401, "");
        Answer::of(app.client.get(format!("{}/Me", okta.base_url))).await.expect_error(401, "");
        assert_eq!(okta.get("/Users").await.body, before);
    }
}

api_test! {
    async fn a_bearer_of_a_person_opens_nothing_but_me_of_their_own_directory(app: TestApp) {
        let (okta, other) = (app.directory(Setup::default()).await, app.directory(Setup::default()).await);
        let id = okta.push("ana@acme.test").await;
        let user = user_of(&app, &okta).await;
        let token = token_of(&grant(&app, &user, None).await.expect(201));
        me(&app, &other, &token, Method::GET).await.expect_error(401, "");
        for path in ["/Users", &format!("/Users/{id}"), "/Groups", "/Schemas"] {
            Answer::of(app.client.get(format!("{}{path}", okta.base_url)).bearer_auth(&token)).await.expect_error(401, "");
        }
        Answer::of(app.client.get(format!("{}/api/v1/user?id={user}", app.url)).bearer_auth(&token)).await.expect(401);
        me(&app, &okta, &app.management, Method::GET).await.expect_error(401, "");
    }
}

api_test! {
    async fn a_client_of_one_organization_gets_no_bearer_for_the_directory_of_another(app: TestApp) {
        let (okta, other) = (app.directory(Setup::default()).await, app.organization(false).await);
        okta.push("ana@acme.test").await;
        let user = user_of(&app, &okta).await;
        add_member(&app, &other, &user).await;
        for (organization, status) in [(&other, 400), (&okta.organization_code, 201)] {
            let bound = app.client_of(organization).await;
            let url = format!("{}/api/v1/users/{user}/scim_tokens", app.url);
            Answer::of(app.client.post(url).bearer_auth(bound)).await.expect(status);
        }
    }
}

api_test! {
    async fn a_bearer_of_a_person_ends_with_its_time_and_with_their_access(app: TestApp) {
        let mut app = app;
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("ana@acme.test").await;
        let user = user_of(&app, &okta).await;
        let token = token_of(&grant(&app, &user, Some(json!({"expires_in": 3600}))).await.expect(201));
        app.advance(Duration::from_secs(3_599)).await;
        me(&app, &okta, &token, Method::GET).await.expect(200);
        app.advance(Duration::from_secs(1)).await;
        me(&app, &okta, &token, Method::GET).await.expect_error(401, "");
        let token = token_of(&grant(&app, &user, None).await.expect(201));
        let active = |value: bool| json!([{"op": "replace", "path": "active", "value": value}]);
        okta.patch(&format!("/Users/{id}"), active(false)).await.expect(200);
        me(&app, &okta, &token, Method::GET).await.expect_error(401, "");
        okta.patch(&format!("/Users/{id}"), active(true)).await.expect(200);
        me(&app, &okta, &token, Method::GET).await.expect(200);
        okta.delete(&format!("/Users/{id}")).await.expect(204);
        me(&app, &okta, &token, Method::GET).await.expect_error(401, "");
        grant(&app, &user, None).await.expect(400);
    }
}

api_test! {
    async fn a_bearer_is_granted_to_people_of_directories_for_an_hour_at_most(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let user = app.pre_create(&okta, "ana@acme.test").await;
        for seconds in [0, -1, 3_601] {
            let refused = grant(&app, &user, Some(json!({"expires_in": seconds}))).await.expect(400);
            assert_eq!(refused.body["errors"][0]["code"], "INVALID_EXPIRY");
        }
        let token = token_of(&grant(&app, &user, Some(json!({"expires_in": 1}))).await.expect(201));
        assert_eq!(me(&app, &okta, &token, Method::GET).await.expect(200).body["userName"], "ana@acme.test");
        let refused = grant(&app, "kp_0", None).await.expect(400);
        assert_eq!(refused.body["errors"][0]["code"], "USER_NOT_FOUND");
        let local = json!({"profile": {}, "identities": [{"type": "email", "details": {"email": "bea@acme.test"}}]});
        let local = app.api(Method::POST, "/api/v1/user", Some(local)).await.expect(200).id();
        let refused = grant(&app, &local, None).await.expect(400);
        assert_eq!(refused.body["errors"][0]["code"], "NO_ENTERPRISE_IDENTITY");
    }
}
