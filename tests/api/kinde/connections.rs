//! Connections: listed, found by domain, replaced; secrets are never shown.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused};
use crate::people::support::okta;
use crate::support::{TestApp, api_test};

async fn make(app: &TestApp, name: &str, organization: Option<&str>, options: Value) -> String {
    let body = json!({"name": name, "display_name": "Shown", "strategy": "saml:okta", "organization_code": organization, "options": options});
    let made = app.api(Method::POST, "/api/v1/connections", Some(body)).await.expect(201).body;
    made["connection"]["id"].as_str().unwrap().to_owned()
}

api_test! {
    async fn the_list_is_walked_and_narrowed_by_domain(app: TestApp) {
        let one = make(&app, "one", None, json!({"home_realm_domains": ["@Acme.test"]})).await;
        let two = make(&app, "two", None, json!({})).await;
        let gone = make(&app, "gone", None, json!({})).await;
        app.api(Method::DELETE, &format!("/api/v1/connections/{gone}"), None).await.expect(200);
        let listed = get(&app, "/connections?page_size=1").await;
        let shown = json!({"id": one, "name": "one", "display_name": "Shown", "strategy": "saml:okta", "is_enabled": true});
        let mut item = shown.clone();
        item["connection"] = shown;
        assert_eq!(listed, json!({"code": "OK", "message": "Success", "connections": [item], "has_more": true}));
        assert_eq!(each(&get(&app, &format!("/connections?starting_after={one}")).await["connections"], "id"), [json!(two)]);
        assert_eq!(each(&get(&app, &format!("/connections?ending_before={two}")).await["connections"], "id"), [json!(one)]);
        for domain in ["acme.test", "@acme.test", "ACME.test", "https%3A%2F%2Facme.test"] {
            assert_eq!(each(&get(&app, &format!("/connections?home_realm_domain={domain}")).await["connections"], "id"), [json!(one)], "{domain}");
        }
        assert!(each(&get(&app, "/connections?home_realm_domain=other.test").await["connections"], "id").is_empty());
        refused(app.api(Method::GET, "/api/v1/connections?home_realm_domain=a%20b", None).await, 400, "INVALID_DOMAIN");
        refused(app.api(Method::GET, &format!("/api/v1/connections?starting_after={one}&ending_before={two}"), None).await, 400, "TOO_MANY_PARAMETERS");
    }
}

api_test! {
    async fn options_are_kept_and_what_may_be_a_secret_is_never_shown(app: TestApp) {
        let options = json!({
            "client_id": "c", "client_secret": "not-for-anybody", "saml_signing_private_key": "not-for-anybody", "my_own": "not-for-anybody",
            "is_trusted": true, "upstream_params": {"secret": {"value": "not-for-anybody"}}, "departure_days": 3, "home_realm_domains": ["acme.test"],
        });
        let id = make(&app, "one", None, options).await;
        let shown = app.api(Method::GET, &format!("/api/v1/connections/{id}"), None).await.expect(200);
        assert!(!shown.text.contains("not-for-anybody"));
        assert_eq!(shown.body["connection"]["options"], json!({"client_id": "c", "departure_days": 3, "home_realm_domains": ["acme.test"], "is_trusted": true}));
        app.api(Method::PATCH, &format!("/api/v1/connections/{id}"), Some(json!({"options": {"is_trusted": false}}))).await.expect(200);
        let stored = stored(&app, &id);
        assert_eq!((&stored["client_secret"], &stored["my_own"]), (&json!("not-for-anybody"), &json!("not-for-anybody")));
    }
}

fn stored(app: &TestApp, id: &str) -> Value {
    let query = format!("SELECT options AS value FROM connections WHERE id = '{id}'");
    serde_json::from_str(&crate::support::Sql::connect(&app.database.url).texts(&query)[0]).unwrap()
}

api_test! {
    async fn put_replaces_the_options_and_patch_changes_them(app: TestApp) {
        let id = make(&app, "one", None, json!({"is_trusted": true, "client_secret": "s", "home_realm_domains": ["acme.test"], "allow_duplicate_group_names": true})).await;
        let path = format!("/api/v1/connections/{id}");
        app.api(Method::PUT, &path, Some(json!({"display_name": "New", "options": {"client_id": "c"}}))).await.expect(200);
        assert_eq!(stored(&app, &id), json!({"allow_duplicate_group_names": true, "client_id": "c"}));
        let shown = get(&app, &format!("/connections/{id}")).await["connection"].clone();
        assert_eq!((&shown["name"], &shown["display_name"]), (&json!("one"), &json!("New")));
        // The domain is free again.
        make(&app, "two", None, json!({"home_realm_domains": ["acme.test"]})).await;
        let before = stored(&app, &id);
        refused(app.api(Method::PUT, &path, Some(json!({"options": {"home_realm_domains": ["acme.test"]}}))).await, 400, "HOME_REALM_DOMAIN_TAKEN");
        refused(app.api(Method::PUT, &path, Some(json!({"options": {"is_trusted": "yes"}}))).await, 400, "INVALID_OPTIONS");
        refused(app.api(Method::PUT, &path, Some(json!({"options": {"allow_duplicate_group_names": false}}))).await, 400, "OPTION_FIXED");
        refused(app.api(Method::PUT, "/api/v1/connections/conn_0", Some(json!({"options": {}}))).await, 404, "CONNECTION_NOT_FOUND");
        assert_eq!(stored(&app, &id), before);
        app.api(Method::PUT, &path, Some(json!({"name": "renamed"}))).await.expect(200);
        assert_eq!(stored(&app, &id), before);
    }
}

api_test! {
    async fn a_client_of_one_organization_lists_and_replaces_its_own(app: TestApp) {
        let own = app.directory(okta(json!({}))).await;
        let other = app.directory(okta(json!({"is_trusted": true}))).await;
        let bound = app.client_of(&own.organization_code).await;
        let listed = as_bound(&app, &bound, Method::GET, "/connections", None).await.expect(200).body;
        assert_eq!(each(&listed["connections"], "id"), [json!(own.connection_id)]);
        refused(as_bound(&app, &bound, Method::PUT, &format!("/connections/{}", other.connection_id), Some(json!({"options": {}}))).await, 404, "CONNECTION_NOT_FOUND");
        assert_eq!(stored(&app, &other.connection_id), json!({"is_trusted": true}));
    }
}
