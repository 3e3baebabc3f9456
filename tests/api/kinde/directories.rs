//! Directories: listed, renamed, paused; their tokens, rotated with an overlap.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused};
use crate::people::support::okta;
use crate::support::{Answer, Directory, TestApp, api_test};

async fn id_of(app: &TestApp, directory: &Directory) -> String {
    let listed = get(app, &format!("/directories?organization_code={}", directory.organization_code)).await;
    listed["directories"][0]["id"].as_str().unwrap().to_owned()
}

async fn call(app: &TestApp, method: Method, path: &str, body: Value) -> Answer {
    app.api(method, &format!("/api/v1/directories/{path}"), Some(body)).await
}

async fn status(app: &TestApp, directory: &Directory, token: &str) -> u16 {
    Answer::of(app.client.get(format!("{}/Users", directory.base_url)).bearer_auth(token)).await.status
}

api_test! {
    async fn the_list_is_walked_and_narrowed_by_organization(app: TestApp) {
        let mut all = Vec::new();
        for _ in 0..3 {
            let directory = app.directory(okta(json!({}))).await;
            all.push((json!(id_of(&app, &directory).await), directory));
        }
        let first = get(&app, "/directories?page_size=2").await;
        assert_eq!((each(&first["directories"], "id"), &first["has_more"]), (vec![all[0].0.clone(), all[1].0.clone()], &json!(true)));
        let rest = get(&app, &format!("/directories?starting_after={}", all[1].0.as_str().unwrap())).await;
        assert_eq!((each(&rest["directories"], "id"), &rest["has_more"]), (vec![all[2].0.clone()], &json!(false)));
        let one = get(&app, &format!("/directories/{}", all[0].0.as_str().unwrap())).await;
        assert_eq!(one["directory"], first["directories"][0]);
        assert!(one["directory"].get("secret_token").is_none());
        refused(app.api(Method::GET, "/api/v1/directories?organization_code=org_0", None).await, 400, "ORGANIZATION_NOT_FOUND");
        let bound = app.client_of(&all[2].1.organization_code).await;
        let own = as_bound(&app, &bound, Method::GET, "/directories", None).await.expect(200).body;
        assert_eq!(each(&own["directories"], "id"), [all[2].0.clone()]);
        refused(as_bound(&app, &bound, Method::GET, &format!("/directories?organization_code={}", all[0].1.organization_code), None).await, 400, "ORGANIZATION_NOT_FOUND");
    }
}

api_test! {
    async fn one_is_renamed_and_paused_and_the_idp_is_refused_meanwhile(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let id = id_of(&app, &directory).await;
        directory.push("ana@acme.test").await;
        let changed = call(&app, Method::PATCH, &id, json!({"directory_name": " New ", "secret_token": "x"})).await.expect(200).body;
        assert_eq!((&changed["code"], &changed["directory"]["directory_name"], &changed["directory"]["status"]), (&json!("DIRECTORY_UPDATED"), &json!("New"), &json!("Active")));
        let paused = call(&app, Method::PATCH, &id, json!({"is_paused": true})).await.expect(200).body;
        assert_eq!(paused["directory"]["status"], "Inactive");
        assert_eq!(directory.get("/Users").await.status, 401);
        assert_eq!(app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await["decision"], "allow");
        call(&app, Method::PATCH, &id, json!({"is_paused": true})).await.expect(200);
        call(&app, Method::PATCH, &id, json!({"is_paused": false})).await.expect(200);
        assert_eq!(directory.get("/Users").await.status, 200);
        let told: Vec<String> = app.events(&directory).await.into_iter().filter(|kind| matches!(kind.as_str(), "directory.updated" | "directory.paused" | "directory.resumed")).collect();
        assert_eq!(told, ["directory.updated", "directory.paused", "directory.resumed"]);
        for (body, code) in [(json!({}), "NO_FIELDS_TO_UPDATE"), (json!({"directory_name": null}), "NO_FIELDS_TO_UPDATE"), (json!({"directory_name": " ", "is_paused": true}), "DIRECTORY_NAME_REQUIRED"), (json!({"is_paused": "yes"}), "INVALID_BODY")] {
            refused(call(&app, Method::PATCH, &id, body).await, 400, code);
        }
        refused(call(&app, Method::PATCH, "directory_0", json!({"is_paused": true})).await, 404, "DIRECTORY_NOT_FOUND");
        assert_eq!(directory.get("/Users").await.status, 200);
    }
}

api_test! {
    async fn tokens_are_added_listed_and_revoked_and_shown_once(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let id = id_of(&app, &directory).await;
        let made = call(&app, Method::POST, &format!("{id}/tokens"), json!({"name": "second"})).await.expect(201);
        assert_eq!(made.header("cache-control"), "no-store");
        let secret = made.body["token"]["secret_token"].as_str().unwrap().to_owned();
        assert_eq!(status(&app, &directory, &secret).await, 200);
        let listed = app.api(Method::GET, &format!("/api/v1/directories/{id}/tokens"), None).await.expect(200);
        assert!(!listed.text.contains("kstkn"));
        assert_eq!(each(&listed.body["tokens"], "name"), [json!("first"), json!("second")]);
        let token = made.body["token"]["id"].as_str().unwrap();
        let other = app.directory(okta(json!({}))).await;
        refused(call(&app, Method::DELETE, &format!("{}/tokens/{token}", id_of(&app, &other).await), json!({})).await, 404, "TOKEN_NOT_FOUND");
        assert_eq!(status(&app, &directory, &secret).await, 200);
        call(&app, Method::DELETE, &format!("{id}/tokens/{token}"), json!({})).await.expect(200);
        assert_eq!(status(&app, &directory, &secret).await, 401);
        assert_eq!(status(&app, &directory, &directory.token).await, 200);
        refused(call(&app, Method::DELETE, &format!("{id}/tokens/{token}"), json!({})).await, 400, "TOKEN_REVOKED");
        for body in [json!({"expires_in": 0}), json!({"expires_in": -1}), json!({"expires_in": 999_999_999_999_i64})] {
            refused(call(&app, Method::POST, &format!("{id}/tokens"), body).await, 400, "INVALID_EXPIRY");
        }
        let bound = app.client_of(&other.organization_code).await;
        for (method, path) in [(Method::GET, "tokens"), (Method::POST, "tokens"), (Method::POST, "rotate"), (Method::DELETE, "tokens/token_0")] {
            refused(as_bound(&app, &bound, method, &format!("/directories/{id}/{path}"), Some(json!({}))).await, 404, "DIRECTORY_NOT_FOUND");
        }
    }
}

api_test! {
    async fn after_a_rotation_the_others_are_good_for_the_overlap_and_no_longer(app: TestApp) {
        let mut app = app;
        let directory = app.directory(okta(json!({}))).await;
        let id = id_of(&app, &directory).await;
        let short = call(&app, Method::POST, &format!("{id}/tokens"), json!({"expires_in": 60})).await.expect(201).body["token"]["secret_token"].as_str().unwrap().to_owned();
        let rotated = call(&app, Method::POST, &format!("{id}/rotate"), json!({"overlap": 3_600})).await.expect(200).body;
        let new = rotated["directory"]["secret_token"].as_str().unwrap().to_owned();
        assert_eq!((&rotated["code"], &rotated["directory"]["id"]), (&json!("DIRECTORY_TOKEN_ROTATED"), &json!(id)));
        for (after, expected) in [(30, (200, 200, 200)), (31, (200, 401, 200)), (3_538, (200, 401, 200)), (1, (401, 401, 200))] {
            app.advance(Duration::from_secs(after)).await;
            let seen = (status(&app, &directory, &directory.token).await, status(&app, &directory, &short).await, status(&app, &directory, &new).await);
            assert_eq!(seen, expected, "{after}");
        }
        refused(call(&app, Method::POST, &format!("{id}/rotate"), json!({"overlap": -1})).await, 400, "INVALID_EXPIRY");
        let last = call(&app, Method::POST, &format!("{id}/rotate"), json!({"overlap": 0})).await.expect(200).body;
        assert_eq!(status(&app, &directory, &new).await, 401);
        assert_eq!(status(&app, &directory, last["directory"]["secret_token"].as_str().unwrap()).await, 200);
    }
}
