//! Organizations, connections, directories, users and identities: shapes and refusals.

use serde_json::{Value, json};

use super::Api;

#[actix_web::test]
async fn a_directory_is_shown_with_its_token_once() {
    let api = Api::new();
    let token = api.token("all", None).await;
    let (code, connection) = api.organization(&token, "Acme").await;
    let body = json!({ "org_code": code, "directory_name": "Acme Okta", "unknown": true });
    let made = api.post(&token, "/api/v1/directories", body).await;
    assert_eq!((made.status, made.text("/code")), (201, "DIRECTORY_CREATED".to_owned()));
    assert!(made.text("/directory/secret_token").starts_with("kstkn_"));
    assert_eq!(made.text("/directory/provider_code"), "okta");
    assert_eq!(made.text("/directory/enterprise_connection_id"), connection);
    let segment = made.text("/directory/directory_endpoint_id").replace("ksde_", "");
    assert_eq!(made.text("/directory/scim_base_url"), format!("https://a.test/scim/v2/{segment}"));
    let got = api.get(&token, &format!("/api/v1/directories/{}", made.text("/directory/id"))).await;
    assert_eq!(
        (got.status, got.text("/code"), got.text("/directory/status")),
        (200, "OK".to_owned(), "Pending".to_owned())
    );
    assert_eq!(got.body.pointer("/directory/secret_token"), None);
    assert_eq!(got.text("/directory/created_on"), "2027-01-15T08:00:00.000Z");
    assert_eq!(api.get(&token, "/api/v1/directories/x").await.refusal(), (404, "DIRECTORY_NOT_FOUND".to_owned()));
}

#[actix_web::test]
async fn every_reason_against_a_directory_has_kindes_code_and_names_the_field() {
    let api = Api::new();
    let token = api.token("all", None).await;
    let (code, connection) = api.organization(&token, "Acme").await;
    let empty = api.post(&token, "/api/v1/organization", json!({ "name": "Empty" })).await.text("/organization/code");
    let custom = api.post(&token, "/api/v1/organization", json!({ "name": "Custom" })).await.text("/organization/code");
    let saml = json!({ "name": "x", "strategy": "saml:custom", "organization_code": custom });
    api.post(&token, "/api/v1/connections", saml).await;
    let full = |change: Value| {
        let mut body = json!({ "org_code": code, "directory_name": "D", "provider_code": "okta" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let cases = [
        (json!({ "org_code": null }), "ORGANIZATION_REQUIRED", "org_code"),
        (json!({ "directory_name": " " }), "DIRECTORY_NAME_REQUIRED", "directory_name"),
        (json!({ "provider_code": "" }), "PROVIDER_CODE_REQUIRED", "provider_code"),
        (json!({ "org_code": custom, "provider_code": null }), "PROVIDER_CODE_REQUIRED", "provider_code"),
        (json!({ "provider_code": "entra" }), "INVALID_PROVIDER", "provider_code"),
        (json!({ "org_code": "org_x" }), "ORGANIZATION_NOT_FOUND", "org_code"),
        (json!({ "org_code": empty }), "NO_ENTERPRISE_CONNECTIONS", "enterprise_connection_id"),
        (json!({ "enterprise_connection_id": "conn_x" }), "INVALID_ENTERPRISE_CONNECTION", "enterprise_connection_id"),
    ];
    for (change, expected, field) in cases {
        let refused = api.post(&token, "/api/v1/directories", full(change.clone())).await;
        assert_eq!(refused.refusal(), (400, expected.to_owned()), "{change}");
        assert_eq!(refused.text("/errors/0/field"), field);
    }
    assert_eq!(api.post(&token, "/api/v1/directories", full(json!({}))).await.status, 201);
    let second = api.post(&token, "/api/v1/directories", full(json!({ "enterprise_connection_id": connection }))).await;
    assert_eq!(second.refusal(), (409, "DIRECTORY_EXISTS".to_owned()));
    let another = json!({ "name": "y", "strategy": "wsfed:azure_ad", "organization_code": code });
    api.post(&token, "/api/v1/connections", another).await;
    let unnamed = api.post(&token, "/api/v1/directories", full(json!({}))).await;
    assert_eq!(unnamed.refusal(), (400, "ENTERPRISE_CONNECTION_REQUIRED".to_owned()));
}

#[actix_web::test]
async fn connections_keep_options_to_themselves_and_home_domains_are_unique() {
    let api = Api::new();
    let token = api.token("all", None).await;
    let options = json!({ "client_secret": "s", "home_realm_domains": ["@Acme.test"], "is_trusted": true });
    let body = json!({ "name": "n", "display_name": "d", "strategy": "oauth2:azure_ad", "options": options });
    let made = api.post(&token, "/api/v1/connections", body.clone()).await;
    assert_eq!(made.status, 201);
    let got = api.get(&token, &format!("/api/v1/connections/{}", made.text("/connection/id"))).await;
    let expected = json!({
        "id": made.text("/connection/id"), "name": "n", "display_name": "d", "strategy": "oauth2:azure_ad", "is_enabled": true,
        "options": { "home_realm_domains": ["@Acme.test"], "is_trusted": true },
    });
    assert_eq!(got.body["connection"], expected);
    assert_eq!(
        api.post(&token, "/api/v1/connections", body).await.refusal(),
        (400, "HOME_REALM_DOMAIN_TAKEN".to_owned())
    );
    for (body, code) in [
        (json!({ "strategy": "saml:okta" }), "CONNECTION_NAME_REQUIRED"),
        (json!({ "name": "n" }), "STRATEGY_REQUIRED"),
        (json!({ "name": "n", "strategy": "saml:ibm" }), "INVALID_STRATEGY"),
        (json!({ "name": "n", "strategy": "saml:okta", "organization_code": "org_x" }), "ORGANIZATION_NOT_FOUND"),
        (json!({ "name": "n", "strategy": "saml:okta", "options": { "is_trusted": 1 } }), "INVALID_OPTIONS"),
    ] {
        assert_eq!(api.post(&token, "/api/v1/connections", body).await.refusal(), (400, code.to_owned()));
    }
    assert_eq!(api.get(&token, "/api/v1/connections/x").await.refusal(), (404, "CONNECTION_NOT_FOUND".to_owned()));
}

#[actix_web::test]
async fn a_user_is_made_shown_and_tied_to_a_connection() {
    let api = Api::new();
    let token = api.token("all", None).await;
    let (code, connection) = api.organization(&token, "Acme").await;
    let body = json!({
        "profile": { "given_name": "Ana", "family_name": "Ortiz" }, "organization_code": code, "provided_id": "emp-17",
        "identities": [
            { "type": "email", "is_verified": true, "details": { "email": "Ana@acme.test" } },
            { "type": "username", "details": { "username": "ana" } },
        ],
    });
    let made = api.post(&token, "/api/v1/user", body.clone()).await;
    let created = json!([{ "type": "email", "result": { "created": true } }, { "type": "username", "result": { "created": true } }]);
    assert_eq!((made.status, &made.body["created"], &made.body["identities"]), (200, &json!(true), &created));
    assert_eq!(api.post(&token, "/api/v1/user", body).await.refusal(), (400, "IDENTITY_EXISTS".to_owned()));
    let id = made.text("/id");
    let got = api.get(&token, &format!("/api/v1/user?id={id}&expand=organizations,identities")).await;
    assert_eq!((got.text("/preferred_email"), got.text("/username")), ("Ana@acme.test".to_owned(), "ana".to_owned()));
    assert_eq!((got.body["is_suspended"].clone(), got.body["organizations"].clone()), (json!(false), json!([code])));
    let identities = format!("/api/v1/users/{id}/identities");
    let enterprise = json!({ "type": "enterprise", "value": "ana@acme.test", "connection_id": connection });
    let tied = api.post(&token, &identities, enterprise.clone()).await;
    assert_eq!(tied.status, 201);
    let listed = api.get(&token, &identities).await;
    assert_eq!(
        (listed.body["has_more"].clone(), listed.body["identities"].as_array().unwrap().len()),
        (json!(false), 1)
    );
    assert_eq!(listed.text("/identities/0/id"), tied.text("/identity/id"));
    assert_eq!(
        (listed.text("/identities/0/name"), listed.text("/identities/0/connection_id")),
        ("ana@acme.test".to_owned(), connection)
    );
    let second = api.post(&token, &identities, enterprise).await;
    assert_eq!(second.refusal(), (400, "ENTERPRISE_IDENTITY_EXISTS".to_owned()));
    let unbind = api.post(&token, &format!("/api/v1/identities/{}/unbind", tied.text("/identity/id")), json!({})).await;
    assert_eq!(unbind.refusal(), (400, "IDENTITY_NOT_BOUND".to_owned()));
}

#[actix_web::test]
async fn a_user_without_a_body_has_no_identities_and_can_be_given_one() {
    let api = Api::new();
    let token = api.token("all", None).await;
    let request = actix_web::test::TestRequest::post().uri("/api/v1/user");
    let made = api.send(request.insert_header(("Authorization", format!("Bearer {token}")))).await;
    assert_eq!((made.status, made.body["identities"].clone()), (200, json!([])));
    let identities = format!("/api/v1/users/{}/identities", made.text("/id"));
    for (body, code) in [
        (json!({}), "IDENTITY_TYPE_REQUIRED"),
        (json!({ "type": "pet", "value": "rex" }), "INVALID_IDENTITY_TYPE"),
        (json!({ "type": "phone", "value": "0400000000" }), "INVALID_PHONE"),
        (json!({ "type": "enterprise", "value": "a@b.test" }), "CONNECTION_REQUIRED"),
        (json!({ "type": "enterprise", "value": "a@b.test", "connection_id": "conn_x" }), "INVALID_CONNECTION"),
    ] {
        assert_eq!(api.post(&token, &identities, body).await.refusal(), (400, code.to_owned()));
    }
    assert_eq!(api.post(&token, &identities, json!({ "type": "phone", "value": "+61 400000000" })).await.status, 201);
    assert_eq!(api.get(&token, "/api/v1/user").await.refusal(), (400, "USER_ID_REQUIRED".to_owned()));
}
