//! Organizations: listed, read, suspended, deleted; which connections they may use.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused};
use crate::people::support::{email_user, okta};
use crate::support::{TestApp, api_test};

async fn make(app: &TestApp, name: &str) -> String {
    let made = app.api(Method::POST, "/api/v1/organization", Some(json!({"name": name}))).await.expect(200).body;
    made["organization"]["code"].as_str().unwrap().to_owned()
}

api_test! {
    async fn one_is_read_without_an_envelope_and_all_are_listed_by_name(app: TestApp) {
        let mut codes = Vec::new();
        for name in ["Beta", "Acme", "beta", "Acme"] {
            codes.push(make(&app, name).await);
        }
        let body = json!({"handle": "acme", "external_id": "crm-1", "is_auto_membership_enabled": true, "is_auto_join_domain_list": true, "allowed_domains": ["https://Acme.test"]});
        app.api(Method::PATCH, &format!("/api/v1/organization/{}", codes[1]), Some(body)).await.expect(200);
        let one = get(&app, &format!("/organization?code={}", codes[1])).await;
        assert_eq!(one, json!({
            "code": codes[1], "name": "Acme", "handle": "acme", "external_id": "crm-1", "is_default": false, "is_suspended": false,
            "is_auto_membership_enabled": true, "is_auto_join_domain_list": true, "allowed_domains": ["acme.test"], "created_on": one["created_on"],
        }));
        let mut sorted = vec![json!(codes[1]), json!(codes[3]), json!(codes[0]), json!(codes[2])];
        sorted[..2].sort_by_key(|code| code.as_str().unwrap().to_owned());
        for (sort, reverse) in [("", false), ("&sort=name_asc", false), ("&sort=name_desc", true)] {
            if reverse {
                sorted.reverse();
            }
            let (mut seen, mut token) = (Vec::new(), String::new());
            while let page = get(&app, &format!("/organizations?page_size=3{sort}&next_token={token}")).await
                && !page["organizations"].as_array().unwrap().is_empty()
            {
                seen.extend(each(&page["organizations"], "code"));
                let Some(next) = page["next_token"].as_str() else { break };
                next.clone_into(&mut token);
            }
            assert_eq!(seen, sorted, "{sort}");
        }
        for (path, code) in [("/organizations?sort=age", "INVALID_SORT"), ("/organization", "ORGANIZATION_CODE_REQUIRED"), ("/organization?code=org_0", "ORGANIZATION_NOT_FOUND"), ("/organizations?page_size=501", "PAGE_SIZE_LIMIT_EXCEEDED")] {
            refused(app.api(Method::GET, &format!("/api/v1{path}"), None).await, 400, code);
        }
    }
}

api_test! {
    async fn a_suspended_one_lets_nobody_in_until_it_is_restored(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        app.pre_create(&directory, "ana@acme.test").await;
        let path = format!("/api/v1/organization/{}", directory.organization_code);
        let bound = app.client_of(&directory.organization_code).await;
        refused(as_bound(&app, &bound, Method::PATCH, &format!("/organization/{}", directory.organization_code), Some(json!({"is_suspended": true}))).await, 403, "ORGANIZATION_BOUND");
        app.api(Method::PATCH, &path, Some(json!({"is_suspended": true}))).await.expect(200);
        assert_eq!(app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await["reason"], "organization_suspended");
        app.api(Method::PATCH, &path, Some(json!({"is_suspended": false}))).await.expect(200);
        assert_eq!(app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await["decision"], "allow");
    }
}

api_test! {
    async fn one_that_owns_no_connection_is_deleted_and_its_people_stay(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let (owner, empty) = (directory.organization_code.clone(), make(&app, "Empty").await);
        let ana = email_user(&app, Some(&empty), "ana@acme.test").await;
        let bound = app.client_of(&empty).await;
        refused(as_bound(&app, &bound, Method::DELETE, &format!("/organization/{empty}"), None).await, 403, "ORGANIZATION_BOUND");
        refused(app.api(Method::DELETE, &format!("/api/v1/organization/{owner}"), None).await, 400, "ORGANIZATION_HAS_CONNECTIONS");
        app.api(Method::DELETE, &format!("/api/v1/organization/{empty}"), None).await.expect(200);
        refused(app.api(Method::DELETE, &format!("/api/v1/organization/{empty}"), None).await, 404, "ORGANIZATION_NOT_FOUND");
        assert_eq!(get(&app, &format!("/user?id={ana}&expand=organizations")).await["organizations"], json!([]));
        // Its clients went with it.
        assert_eq!(as_bound(&app, &bound, Method::GET, "/users", None).await.status, 401);
        assert_eq!(get(&app, &format!("/organization?code={owner}")).await["name"], "Acme");
    }
}

api_test! {
    async fn a_connection_of_another_owner_is_used_when_it_is_allowed(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let (owner, other) = (directory.organization_code.clone(), make(&app, "Other").await);
        let id = &directory.connection_id;
        let listed = async |code: &str| each(&get(&app, &format!("/organizations/{code}/connections")).await["connections"], "id");
        assert_eq!(listed(&owner).await, [json!(id)]);
        assert_eq!(listed(&other).await, Vec::<Value>::new());
        let path = |code: &str| format!("/api/v1/organizations/{code}/connections/{id}");
        let ask = async || app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test", "organization_code": other})).await["reason"].clone();
        assert_eq!(ask().await, "connection_not_allowed");
        for _ in 0..2 {
            app.api(Method::POST, &path(&other), None).await.expect(200);
            app.api(Method::POST, &path(&owner), None).await.expect(200);
        }
        assert_eq!(listed(&other).await, [json!(id)]);
        assert_eq!(ask().await, "account_not_found");
        let events = app.events(&directory).await;
        assert_eq!(events.iter().filter(|kind| *kind == "organization.connection_allowed").count(), 1);
        refused(app.api(Method::DELETE, &path(&owner), None).await, 400, "CONNECTION_OWNED");
        app.api(Method::DELETE, &path(&other), None).await.expect(200);
        refused(app.api(Method::DELETE, &path(&other), None).await, 404, "CONNECTION_NOT_FOUND");
        assert_eq!(ask().await, "connection_not_allowed");
        refused(app.api(Method::POST, &path("org_0"), None).await, 400, "ORGANIZATION_NOT_FOUND");
        let bound = app.client_of(&other).await;
        refused(as_bound(&app, &bound, Method::POST, &format!("/organizations/{other}/connections/{id}"), None).await, 404, "CONNECTION_NOT_FOUND");
        refused(as_bound(&app, &bound, Method::GET, &format!("/organizations/{owner}/connections"), None).await, 400, "ORGANIZATION_NOT_FOUND");
        refused(as_bound(&app, &bound, Method::GET, &format!("/organization?code={owner}"), None).await, 400, "ORGANIZATION_NOT_FOUND");
        assert_eq!(each(&as_bound(&app, &bound, Method::GET, "/organizations", None).await.expect(200).body["organizations"], "code"), [json!(other)]);
    }
}
