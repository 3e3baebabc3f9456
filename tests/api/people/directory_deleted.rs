//! A directory is deleted and made anew: tokens die, people and groups stay.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Directory, Setup, TestApp, api_test};

/// The path of the directory in the management API.
async fn path_of(app: &TestApp, directory: &Directory) -> String {
    let connection = directory.connection_id.clone();
    let found = app.store.read(move |tx| {
        let key = anteroom::store::connections::find(tx, &connection)?.unwrap().key;
        anteroom::store::directories::find_of_connection(tx, key)
    });
    format!("/api/v1/directories/{}", found.await.unwrap().unwrap().id)
}

api_test! {
    async fn a_deleted_directory_refuses_its_tokens_and_a_new_one_serves_the_same_ids(app: TestApp) {
        let old = app.directory(Setup::default()).await;
        let id = old.push("ana@acme.test").await;
        let engineers = group(&old, "Engineers", &[&id]).await;
        let path = path_of(&app, &old).await;
        let deleted = app.api(Method::DELETE, &path, None).await.expect(200).body;
        assert_eq!(deleted["code"], "DIRECTORY_DELETED");
        assert!(path.ends_with(deleted["directory_id"].as_str().unwrap()));
        old.get(&format!("/Users/{id}")).await.expect(401);
        allowed(&app.sign_in(&old, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        let missing = app.api(Method::DELETE, &path, None).await.expect(404).body;
        assert_eq!(missing["errors"][0]["code"], "DIRECTORY_NOT_FOUND");
        assert_eq!(told(&app, &old, "directory.deleted").await.len(), 1);
        let body = json!({
            "org_code": old.organization_code, "directory_name": "Again", "enterprise_connection_id": old.connection_id,
        });
        let new = app.api(Method::POST, "/api/v1/directories", Some(body)).await.expect(201).body["directory"].clone();
        let text = |field: &str| new[field].as_str().unwrap().to_owned();
        // The public URL of a test is not where it listens; the path is.
        let segment = text("scim_base_url").rsplit('/').next().unwrap().to_owned();
        let base = old.base_url.rsplit_once('/').unwrap().0;
        let get = |path: String| {
            let url = format!("{base}/{segment}{path}");
            app.client.clone().get(url).bearer_auth(text("secret_token")).send()
        };
        assert_eq!(get(format!("/Users/{id}")).await.unwrap().status(), 200);
        let group: Value = get(format!("/Groups/{engineers}")).await.unwrap().json().await.unwrap();
        assert_eq!(group["members"][0]["value"], id);
    }
}

api_test! {
    async fn another_organizations_directory_cannot_be_deleted(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let path = path_of(&app, &directory).await;
        let other = app.organization(false).await;
        let token = app.client_of(&other).await;
        let url = format!("{}{path}", app.url);
        let answer = app.client.clone().delete(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 404);
        directory.get("/Users").await.expect(200);
    }
}
