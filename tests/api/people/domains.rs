//! Domains an organization calls its own: who may say so, and what ends with them.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, TestApp, api_test};

fn path(organization: &str) -> String {
    format!("/api/v1/organizations/{organization}/domains")
}

async fn listed(app: &TestApp, organization: &str) -> Vec<String> {
    let body = app.api(Method::GET, &path(organization), None).await.expect(200).body;
    body["domains"]
        .as_array()
        .expect("domains")
        .iter()
        .map(|domain| domain["domain"].as_str().unwrap().to_owned())
        .collect()
}

fn code(answer: &Answer) -> &str {
    answer.body["errors"][0]["code"].as_str().expect("a code")
}

api_test! {
    async fn a_removed_domain_is_trusted_no_more_and_who_is_bound_still_signs_in(app: TestApp) {
        let directory = app.directory(okta(json!({"is_trusted": true}))).await;
        let organization = directory.organization_code.clone();
        for email in ["ana@acme.test", "ben@acme.test"] {
            email_user(&app, Some(&organization), email).await;
        }
        app.api(Method::POST, &path(&organization), Some(json!({"domain": "@ACME.test"}))).await.expect(201);
        assert_eq!(listed(&app, &organization).await, ["acme.test"]);
        let ana = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "combined");
        let one = format!("{}/acme.test", path(&organization));
        app.api(Method::DELETE, &one, None).await.expect(200);
        assert!(listed(&app, &organization).await.is_empty());
        let before = rows(&app);
        let text = denied(&app.sign_in(&directory, json!({"subject": "s2", "email": "ben@acme.test"})).await, "account_not_found");
        assert!(text.contains("not proven"), "{text}");
        assert_eq!(rows(&app), before);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), ana);
        let again = app.api(Method::DELETE, &one, None).await.expect(404);
        assert_eq!(code(&again), "DOMAIN_NOT_FOUND");
        let mut sql = crate::support::Sql::connect(&app.database.url);
        let told = sql.texts("SELECT kind AS value FROM events WHERE kind LIKE 'domain.%' ORDER BY key");
        assert_eq!(told, ["domain.asserted", "domain.removed"]);
    }
}

api_test! {
    async fn a_domain_has_one_owner_and_nobody_vouches_for_their_own(app: TestApp) {
        let (one, other) = (app.organization(false).await, app.organization(false).await);
        app.api(Method::POST, &path(&one), Some(json!({"domain": "acme.test"}))).await.expect(201);
        for (body, status, expected) in [
            (json!({"domain": "acme.test"}), 409, "DOMAIN_TAKEN"),
            (json!({"domain": "gmail.com"}), 400, "PUBLIC_MAIL_DOMAIN"),
            (json!({"domain": "acme"}), 400, "INVALID_DOMAIN"),
            (json!({}), 400, "INVALID_BODY"),
        ] {
            let answer = app.api(Method::POST, &path(&other), Some(body)).await.expect(status);
            assert_eq!(code(&answer), expected);
        }
        let unknown = app.api(Method::GET, &path("org_nope"), None).await.expect(400);
        assert_eq!(code(&unknown), "ORGANIZATION_NOT_FOUND");
        let bound = app.client_of(&other).await;
        let ask = |method: Method, path: String, body: Option<Value>| {
            let request = app.client.request(method, format!("{}{path}", app.url)).bearer_auth(&bound);
            Answer::of(if let Some(body) = body { request.json(&body) } else { request })
        };
        let own = ask(Method::POST, path(&other), Some(json!({"domain": "other.test"}))).await.expect(403);
        assert_eq!(code(&own), "ORGANIZATION_BOUND");
        for (method, foreign) in [(Method::GET, path(&one)), (Method::DELETE, format!("{}/acme.test", path(&one)))] {
            let answer = ask(method, foreign, None).await.expect(400);
            assert_eq!(code(&answer), "ORGANIZATION_NOT_FOUND");
        }
        assert_eq!(listed(&app, &one).await, ["acme.test"]);
    }
}
