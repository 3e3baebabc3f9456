//! Who gets in: access tokens, scopes, and what refusals look like.

use std::time::Duration;

use actix_web::http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Api;
use crate::store::clients;

#[actix_web::test]
async fn client_credentials_are_taken_from_the_form_or_the_header_and_not_from_both() {
    let api = Api::new();
    let (id, secret) = api.client("read:users create:users", None).await;
    let by_form = api.ask_token(&[("client_id", &id), ("client_secret", &secret)]).await;
    assert_eq!((by_form.status, by_form.text("/scope")), (200, "create:users read:users".to_owned()));
    assert_eq!((by_form.text("/token_type"), by_form.body["expires_in"].as_i64()), ("bearer".to_owned(), Some(3600)));
    assert_eq!(by_form.headers.get(CACHE_CONTROL).unwrap(), "no-store");
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let request = || TestRequest::post().uri("/oauth2/token").insert_header((AUTHORIZATION, basic.clone()));
    let by_header = api.send(request().set_form([("grant_type", "client_credentials"), ("scope", "read:users")])).await;
    assert_eq!((by_header.status, by_header.text("/scope")), (200, "read:users".to_owned()));
    let both = request().set_form([("grant_type", "client_credentials"), ("client_secret", secret.as_str())]);
    assert_eq!(api.send(both).await.text("/error"), "invalid_request");
}

#[actix_web::test]
async fn token_refusals_speak_oauth_and_may_not_be_cached() {
    let api = Api::new();
    let (id, secret) = api.client("read:users", None).await;
    let (_, other) = api.client("read:users", None).await;
    let wrong = [("client_id", id.as_str()), ("client_secret", other.as_str())];
    for fields in
        [&wrong[..], &[("client_id", id.as_str()), ("client_secret", "x")], &[("client_id", id.as_str())], &[]]
    {
        let refused = api.ask_token(fields).await;
        assert_eq!((refused.status, refused.text("/error")), (401, "invalid_client".to_owned()), "{fields:?}");
        assert_eq!(refused.headers.get(CACHE_CONTROL).unwrap(), "no-store");
        assert!(refused.headers.contains_key(WWW_AUTHENTICATE));
    }
    let scope =
        api.ask_token(&[("client_id", &id), ("client_secret", &secret), ("scope", "read:users create:users")]).await;
    assert_eq!((scope.status, scope.text("/error")), (400, "invalid_scope".to_owned()));
    let token = |form| TestRequest::post().uri("/oauth2/token").set_form(form);
    assert_eq!(api.send(token([("grant_type", "password")])).await.text("/error"), "unsupported_grant_type");
    assert_eq!(api.send(token([("scope", "x")])).await.text("/error"), "invalid_request");
    let json = TestRequest::post().uri("/oauth2/token").set_json(json!({ "grant_type": "client_credentials" }));
    let twice = token([("scope", "x")]).set_payload("scope=x&scope=y");
    let long = token([("scope", "x")]).set_payload("x".repeat(20_000));
    for (request, status) in [(json, 400), (twice, 400), (long, 413)] {
        let refused = api.send(request).await;
        assert_eq!((refused.status, refused.text("/error")), (status, "invalid_request".to_owned()));
        assert_eq!(refused.headers.get(CACHE_CONTROL).unwrap(), "no-store");
    }
}

#[actix_web::test]
async fn the_signing_keys_are_read_once_and_a_foreign_token_asks_the_database_nothing() {
    let api = Api::new();
    let token = api.token("read:users", None).await;
    let statements = || api.state.store.statements().count();
    let before = statements();
    assert_eq!(api.get("a.b.c", "/api/v1/user?id=kp_x").await.status, 401);
    assert_eq!(statements() - before, 0);
    assert_eq!(api.get(&token, "/api/v1/user").await.refusal(), (400, "USER_ID_REQUIRED".to_owned()));
    assert_eq!(statements() - before, 1);
}

#[actix_web::test]
async fn a_token_expires_by_the_injected_clock_and_dies_with_its_client() {
    let api = Api::new();
    let (id, secret) = api.client("all", None).await;
    let first = api.ask_token(&[("client_id", &id), ("client_secret", &secret)]).await.text("/access_token");
    assert_eq!(api.get(&first, "/api/v1/user?id=kp_x").await.refusal(), (400, "USER_NOT_FOUND".to_owned()));
    api.state.clock.advance(Duration::from_hours(1));
    assert_eq!(api.get(&first, "/api/v1/user?id=kp_x").await.refusal(), (401, "UNAUTHORIZED".to_owned()));
    let second = api.ask_token(&[("client_id", &id), ("client_secret", &secret)]).await.text("/access_token");
    assert_eq!(api.get(&second, "/api/v1/user?id=kp_x").await.status, 400);
    let disabled = id.clone();
    let disable = api.state.store.write(move |tx| {
        let client = clients::find(tx, &disabled)?.unwrap();
        clients::set_disabled(tx, client.key, true)
    });
    disable.await.unwrap();
    assert_eq!(api.get(&second, "/api/v1/user?id=kp_x").await.status, 401);
    assert_eq!(api.ask_token(&[("client_id", &id), ("client_secret", &secret)]).await.status, 401);
}

#[actix_web::test]
async fn without_a_token_every_path_is_401_and_without_the_scope_403_before_the_body_is_read() {
    let api = Api::new();
    for path in ["/api/v1/organization", "/api/v1/nothing", "/api/v1/user"] {
        let refused = api.send(TestRequest::post().uri(path).set_payload("{")).await;
        assert_eq!(refused.refusal(), (401, "UNAUTHORIZED".to_owned()), "{path}");
        assert!(refused.headers.contains_key(WWW_AUTHENTICATE));
    }
    let token = api.token("read:users", None).await;
    let bearer = (AUTHORIZATION, format!("Bearer {token}"));
    let refused =
        api.send(TestRequest::post().uri("/api/v1/organization").insert_header(bearer).set_payload("{")).await;
    assert_eq!(refused.refusal(), (403, "MISSING_SCOPE".to_owned()));
    assert!(refused.text("/errors/0/message").contains("create:organizations"));
}

#[actix_web::test]
async fn unknown_paths_and_wrong_methods_are_refused_in_the_same_shape() {
    let api = Api::new();
    let token = api.token("all", None).await;
    for path in ["/api/v1/nothing", "/api/v1/", "/api/v2/user", "/api/"] {
        assert_eq!(api.get(&token, path).await.refusal(), (404, "ROUTE_NOT_FOUND".to_owned()), "{path}");
    }
    let wrong = api.get(&token, "/api/v1/imports").await;
    assert_eq!(wrong.refusal(), (405, "METHOD_NOT_ALLOWED".to_owned()));
    assert_eq!(wrong.headers.get(ALLOW).unwrap(), "POST");
    let body = api.post(&token, "/api/v1/organization", json!({ "name": 1 })).await;
    assert_eq!(body.refusal(), (400, "INVALID_BODY".to_owned()));
}
