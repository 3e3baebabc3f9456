//! A client bound to an organization sees and changes what is its own, and nothing else exists for it.

use serde_json::json;

use super::Api;

#[actix_web::test]
async fn what_belongs_to_another_organization_does_not_exist() {
    let api = Api::new();
    let root = api.token("all", None).await;
    let (acme, acme_connection) = api.organization(&root, "Acme").await;
    let (_, other_connection) = api.organization(&root, "Other").await;
    let (other_user, shared_user) = users(&api, &root).await;
    let bound = api.token("all", Some(&acme)).await;
    assert_eq!(api.get(&bound, &format!("/api/v1/connections/{acme_connection}")).await.status, 200);
    for path in [format!("/api/v1/connections/{other_connection}"), "/api/v1/connections/conn_x".to_owned()] {
        assert_eq!(api.get(&bound, &path).await.refusal(), (404, "CONNECTION_NOT_FOUND".to_owned()));
    }
    let ask = format!("/api/v1/connections/{other_connection}/sign_ins");
    let question = json!({ "subject": "s", "dry_run": true });
    assert_eq!(api.post(&bound, &ask, question.clone()).await.refusal(), (404, "CONNECTION_NOT_FOUND".to_owned()));
    assert_eq!(api.post(&root, &ask, question).await.status, 200);
    for user in [other_user, shared_user] {
        assert_eq!(
            api.get(&bound, &format!("/api/v1/user?id={user}")).await.refusal(),
            (400, "USER_NOT_FOUND".to_owned())
        );
    }
    let made = api.post(&bound, "/api/v1/organization", json!({ "name": "Mine" })).await;
    assert_eq!(made.refusal(), (403, "ORGANIZATION_BOUND".to_owned()));
}

/// A member of Other, and somebody in no organization.
async fn users(api: &Api, root: &str) -> (String, String) {
    let (code, _) = api.organization(root, "Third").await;
    let member = api.post(root, "/api/v1/user", json!({ "organization_code": code })).await.text("/id");
    let nobody = api.post(root, "/api/v1/user", json!({})).await.text("/id");
    (member, nobody)
}

#[actix_web::test]
async fn what_it_makes_is_its_organizations() {
    let api = Api::new();
    let root = api.token("all", None).await;
    let (acme, _) = api.organization(&root, "Acme").await;
    let (other, _) = api.organization(&root, "Other").await;
    let bound = api.token("all", Some(&acme)).await;
    let user = api.post(&bound, "/api/v1/user", json!({})).await.text("/id");
    let got = api.get(&root, &format!("/api/v1/user?id={user}&expand=organizations")).await;
    assert_eq!(got.body["organizations"], json!([acme]));
    let connection = api.post(&bound, "/api/v1/connections", json!({ "name": "n", "strategy": "saml:okta" })).await;
    assert_eq!(
        api.get(&bound, &format!("/api/v1/connections/{}", connection.text("/connection/id"))).await.status,
        200
    );
    for (path, body) in [
        ("/api/v1/user", json!({ "organization_code": other })),
        ("/api/v1/connections", json!({ "name": "n", "strategy": "saml:okta", "organization_code": other })),
        ("/api/v1/directories", json!({ "org_code": other, "directory_name": "d" })),
    ] {
        assert_eq!(api.post(&bound, path, body).await.refusal(), (400, "ORGANIZATION_NOT_FOUND".to_owned()), "{path}");
    }
}
