//! Roles, listed and changed; domains, proven by the connection.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused};
use crate::people::support::okta;
use crate::support::{TestApp, api_test};

api_test! {
    async fn roles_are_walked_read_and_changed(app: TestApp) {
        let mut ids = Vec::new();
        for key in ["c", "a", "b"] {
            let made = app.api(Method::POST, "/api/v1/roles", Some(json!({"key": key, "name": key.to_uppercase()}))).await.expect(201).body;
            ids.push(made["role"]["id"].as_str().unwrap().to_owned());
        }
        let first = get(&app, "/roles?page_size=2").await;
        assert_eq!(each(&first["roles"], "key"), [json!("a"), json!("b")]);
        let second = get(&app, &format!("/roles?page_size=2&next_token={}", first["next_token"].as_str().unwrap())).await;
        assert_eq!((each(&second["roles"], "key"), &second["next_token"]), (vec![json!("c")], &Value::Null));
        let path = format!("/api/v1/roles/{}", ids[0]);
        app.api(Method::PATCH, &path, Some(json!({"key": "d", "description": "the last"}))).await.expect(200);
        let shown = get(&app, &format!("/roles/{}", ids[0])).await["role"].clone();
        assert_eq!((&shown["key"], &shown["name"], &shown["description"]), (&json!("d"), &json!("C"), &json!("the last")));
        assert_eq!(get(&app, "/roles/d").await["role"], shown);
        refused(app.api(Method::PATCH, &path, Some(json!({"key": "a"}))).await, 409, "ROLE_EXISTS");
        refused(app.api(Method::PATCH, &path, Some(json!({"key": 5}))).await, 400, "INVALID_BODY");
        refused(app.api(Method::GET, "/api/v1/roles/none", None).await, 400, "ROLE_NOT_FOUND");
        let bound = app.client_of(&app.organization(false).await).await;
        refused(as_bound(&app, &bound, Method::PATCH, &format!("/roles/{}", ids[0]), Some(json!({"key": "x"}))).await, 403, "ORGANIZATION_BOUND");
        assert_eq!(get(&app, &format!("/roles/{}", ids[0])).await["role"], shown);
    }
}

api_test! {
    async fn a_domain_is_proven_for_the_owner_of_a_connection(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let path = |id: &str, domain: &str| format!("/api/v1/connections/{id}/domains/{domain}/verification");
        let id = &directory.connection_id;
        let made = app.api(Method::POST, &path(id, "acme.test"), Some(json!({"method": "asserted"}))).await.expect(201).body;
        assert_eq!(made["domain"]["domain"], "acme.test");
        let claimed = app.api(Method::POST, &path(id, "other.test"), Some(json!({"method": "dns_txt"}))).await.expect(201);
        assert!(claimed.text.contains("anteroom"), "{}", claimed.text);
        let listed = get(&app, &format!("/organizations/{}/domains", directory.organization_code)).await;
        assert_eq!(each(&listed["domains"], "domain"), [json!("acme.test"), json!("other.test")]);
        refused(app.api(Method::POST, &path("conn_0", "acme.test"), Some(json!({}))).await, 404, "CONNECTION_NOT_FOUND");
        refused(app.api(Method::POST, &path(id, "gmail.com"), Some(json!({}))).await, 400, "PUBLIC_MAIL_DOMAIN");
        refused(app.api(Method::POST, &path(id, "a%20b"), Some(json!({}))).await, 400, "INVALID_DOMAIN");
        refused(app.api(Method::POST, &path(id, "acme.test"), Some(json!({"method": "trust"}))).await, 400, "INVALID_METHOD");
        let unowned = app.api(Method::POST, "/api/v1/connections", Some(json!({"name": "x", "strategy": "saml:okta"}))).await.expect(201).body;
        refused(app.api(Method::POST, &path(unowned["connection"]["id"].as_str().unwrap(), "x.test"), Some(json!({}))).await, 400, "CONNECTION_WITHOUT_OWNER");
        let bound = app.client_of(&directory.organization_code).await;
        refused(as_bound(&app, &bound, Method::POST, &format!("/connections/{id}/domains/own.test/verification"), Some(json!({}))).await, 403, "ORGANIZATION_BOUND");
    }
}
