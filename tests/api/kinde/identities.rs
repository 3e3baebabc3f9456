//! One identity: shown in both shapes, made the first choice.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused, told_of_user};
use crate::people::support::email_user;
use crate::support::{Setup, TestApp, api_test};

async fn add(app: &TestApp, user: &str, kind: &str, value: &str) -> String {
    let answer = app
        .api(Method::POST, &format!("/api/v1/users/{user}/identities"), Some(json!({"type": kind, "value": value})))
        .await;
    answer.expect(201).body["identity"]["id"].as_str().unwrap().to_owned()
}

async fn make_primary(app: &TestApp, identity: &str, body: Value) -> crate::support::Answer {
    app.api(Method::PATCH, &format!("/api/v1/identities/{identity}"), Some(body)).await
}

api_test! {
    async fn an_identity_is_shown_in_the_envelope_and_beside_it(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let ana = app.pre_create(&directory, "ana@acme.test").await;
        let listed = get(&app, &format!("/users/{ana}/identities")).await["identities"][0].clone();
        let id = listed["id"].as_str().unwrap();
        let one = get(&app, &format!("/identities/{id}")).await;
        assert_eq!(one["identity"], listed);
        assert_eq!((&one["id"], &one["type"], &one["code"], &one["connection_id"]), (&json!(id), &json!("enterprise"), &json!("OK"), &json!(directory.connection_id)));
        refused(app.api(Method::GET, "/api/v1/identities/identity_0", None).await, 400, "IDENTITY_NOT_FOUND");
        let bound = app.client_of(&app.organization(false).await).await;
        refused(as_bound(&app, &bound, Method::GET, &format!("/identities/{id}"), None).await, 400, "IDENTITY_NOT_FOUND");
        refused(as_bound(&app, &bound, Method::PATCH, &format!("/identities/{id}"), Some(json!({"is_primary": true}))).await, 400, "IDENTITY_NOT_FOUND");
        refused(app.api(Method::GET, &format!("/api/v1/users/{ana}/identities?starting_after={id}&ending_before={id}"), None).await, 400, "TOO_MANY_PARAMETERS");
    }
}

api_test! {
    async fn one_of_a_kind_is_the_first_choice(app: TestApp) {
        let ana = email_user(&app, None, "ana@acme.test").await;
        let second = add(&app, &ana, "email", "second@acme.test").await;
        let name = add(&app, &ana, "username", "ana").await;
        let primary = async || each(&get(&app, &format!("/users/{ana}/identities")).await["identities"], "is_primary");
        assert_eq!(primary().await, [json!(true), json!(false), json!(true)]);
        for _ in 0..2 {
            make_primary(&app, &second, json!({"is_primary": true})).await.expect(200);
            make_primary(&app, &name, json!({"is_primary": true})).await.expect(200);
            assert_eq!(primary().await, [json!(false), json!(true), json!(true)]);
        }
        assert_eq!(told_of_user(&app, &ana, "identity.made_primary").len(), 1);
        for body in [json!({}), json!({"is_primary": false}), json!({"is_primary": "true"}), json!({"is_primary": null})] {
            refused(make_primary(&app, &second, body).await, 400, "INVALID_BODY");
        }
    }
}

api_test! {
    async fn a_social_identity_hangs_on_its_connection(app: TestApp) {
        let ana = email_user(&app, None, "ana@acme.test").await;
        let made = app.api(Method::POST, "/api/v1/connections", Some(json!({"name": "google", "strategy": "oauth2:google"}))).await.expect(201).body;
        let connection = made["connection"]["id"].clone();
        let path = format!("/api/v1/users/{ana}/identities");
        let body = json!({"type": "social", "value": "google-1", "connection_id": connection});
        app.api(Method::POST, &path, Some(body.clone())).await.expect(201);
        app.api(Method::POST, &path, Some(json!({"type": "phone", "value": "+61400000000"}))).await.expect(201);
        let listed = get(&app, &format!("/users/{ana}/identities")).await["identities"].clone();
        assert_eq!(each(&listed, "type"), [json!("email"), json!("social"), json!("phone")]);
        assert_eq!(each(&listed, "connection_id"), [Value::Null, connection, Value::Null]);
        refused(app.api(Method::POST, &path, Some(body)).await, 400, "IDENTITY_EXISTS");
        refused(app.api(Method::POST, &path, Some(json!({"type": "social", "value": "x"}))).await, 400, "CONNECTION_REQUIRED");
        let enterprise = app.directory(Setup::default()).await;
        refused(app.api(Method::POST, &path, Some(json!({"type": "social", "value": "x", "connection_id": enterprise.connection_id}))).await, 400, "INVALID_CONNECTION");
        refused(app.api(Method::POST, &path, Some(json!({"type": "passkey", "value": "x"}))).await, 400, "INVALID_IDENTITY_TYPE");
    }
}
