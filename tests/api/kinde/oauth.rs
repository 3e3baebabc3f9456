//! Access tokens for SCIM, and the keys that sign them: secrets, assertions of other issuers, rotation.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused};
use crate::people::support::okta;
use crate::support::{Answer, Directory, Issuer, Signer, TestApp, api_test};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn path_of(app: &TestApp, directory: &Directory) -> String {
    let listed = get(app, &format!("/directories?organization_code={}", directory.organization_code)).await;
    format!("/api/v1/directories/{}/clients", listed["directories"][0]["id"].as_str().unwrap())
}

async fn make(app: &TestApp, directory: &Directory, body: Value) -> Value {
    let path = path_of(app, directory).await;
    app.api(Method::POST, &path, Some(body)).await.expect(201).body["client"].clone()
}

async fn ask(app: &TestApp, form: &[(&str, &str)]) -> Answer {
    let mut form = form.to_vec();
    form.push(("grant_type", "client_credentials"));
    Answer::of(app.client.post(format!("{}/oauth2/token", app.url)).form(&form)).await
}

async fn token(app: &TestApp, form: &[(&str, &str)]) -> String {
    ask(app, form).await.expect(200).body["access_token"].as_str().unwrap().to_owned()
}

async fn status(app: &TestApp, directory: &Directory, token: &str) -> u16 {
    Answer::of(app.client.get(format!("{}/Users", directory.base_url)).bearer_auth(token)).await.status
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

api_test! {
    async fn a_client_of_a_directory_gets_tokens_for_it_alone(app: TestApp) {
        let mut app = app;
        let (own, other) = (app.directory(okta(json!({}))).await, app.directory(okta(json!({}))).await);
        let client = make(&app, &own, json!({"name": "entra", "token_lifetime": 7_200})).await;
        let (id, secret) = (text(&client, "client_id"), text(&client, "client_secret"));
        let answer = ask(&app, &[("client_id", id), ("client_secret", secret), ("scope", "api://anything/.default")]).await.expect(200);
        let diagnosis = app.api(Method::GET, &format!("/api/v1/connections/{}/diagnosis?offline=true", own.connection_id), None).await.expect(200);
        assert!(!diagnosis.text.contains("never_called"), "{}", diagnosis.text);
        assert_eq!((&answer.body["expires_in"], &answer.body["token_type"], &answer.body["scope"]), (&json!(7_200), &json!("bearer"), &json!("scim")));
        let by_form = text(&answer.body, "access_token").to_owned();
        let basic = app.client.post(format!("{}/oauth2/token", app.url)).basic_auth(id, Some(secret)).form(&[("grant_type", "client_credentials")]);
        let by_header = text(&Answer::of(basic).await.expect(200).body, "access_token").to_owned();
        for token in [&by_form, &by_header] {
            assert_eq!((status(&app, &own, token).await, status(&app, &other, token).await), (200, 401));
            assert_eq!(as_bound(&app, token, Method::GET, "/users", None).await.status, 401);
        }
        // The management API's token is none for SCIM.
        assert_eq!(status(&app, &own, &app.management).await, 401);
        let person = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ana@acme.test"});
        Answer::of(app.client.post(format!("{}/Users", own.base_url)).bearer_auth(&by_form).json(&person)).await.expect(201);
        for (id, secret) in [(id, anteroom::id::secret("ksec").as_str()), ("scim_x", secret), (id, "x"), ("scim_\0", secret)] {
            assert_eq!(ask(&app, &[("client_id", id), ("client_secret", secret)]).await.expect(401).body["error"], "invalid_client");
        }
        app.advance(Duration::from_secs(7_199)).await;
        assert_eq!(status(&app, &own, &by_form).await, 200);
        app.advance(Duration::from_secs(1)).await;
        assert_eq!(status(&app, &own, &by_form).await, 401);
    }
}

api_test! {
    async fn a_revoked_client_a_paused_directory_and_an_old_secret_are_refused_at_once(app: TestApp) {
        let mut app = app;
        let directory = app.directory(okta(json!({}))).await;
        let path = path_of(&app, &directory).await;
        let client = make(&app, &directory, json!({"name": "entra"})).await;
        let (id, first) = (text(&client, "client_id"), text(&client, "client_secret"));
        let rotated = app.api(Method::POST, &format!("{path}/{id}/rotate"), Some(json!({"overlap": 3_600}))).await.expect(200).body;
        let second = text(&rotated["client"], "client_secret");
        let live = token(&app, &[("client_id", id), ("client_secret", first)]).await;
        token(&app, &[("client_id", id), ("client_secret", second)]).await;
        let paused = path.strip_suffix("/clients").unwrap();
        app.api(Method::PATCH, paused, Some(json!({"is_paused": true}))).await.expect(200);
        assert_eq!(status(&app, &directory, &live).await, 401);
        app.api(Method::PATCH, paused, Some(json!({"is_paused": false}))).await.expect(200);
        assert_eq!(status(&app, &directory, &live).await, 200);
        let listed = app.api(Method::GET, &path, None).await.expect(200);
        assert!(!listed.text.contains("ksec"));
        assert_eq!(each(&listed.body["clients"], "name"), [json!("entra")]);
        app.advance(Duration::from_hours(1)).await;
        ask(&app, &[("client_id", id), ("client_secret", first)]).await.expect(401);
        let live = token(&app, &[("client_id", id), ("client_secret", second)]).await;
        for _ in 0..2 {
            app.api(Method::DELETE, &format!("{path}/{id}"), None).await.expect(200);
            assert_eq!(status(&app, &directory, &live).await, 401);
            ask(&app, &[("client_id", id), ("client_secret", second)]).await.expect(401);
        }
        refused(app.api(Method::POST, &format!("{path}/{id}/rotate"), None).await, 400, "CLIENT_WITHOUT_SECRET");
    }
}

/// The claims of an assertion that holds.
fn claims(app: &TestApp, change: &Value) -> Value {
    let now = app.clock.now() / 1_000_000;
    let mut claims = json!({"iss": "https://login.acme.test/tenant/v2.0", "sub": "principal-1", "aud": format!("{}/oauth2/token", app.url), "exp": now + 3_600, "iat": now});
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn federated(keys: &Value) -> Value {
    let mut body = json!({"name": "entra", "issuer": "https://login.acme.test/tenant/v2.0", "subject": "principal-1"});
    body.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    body
}

async fn assert_with(app: &TestApp, client: &str, assertion: &str) -> Answer {
    ask(app, &[("client_id", client), ("client_assertion_type", TYPE), ("client_assertion", assertion)]).await
}

api_test! {
    async fn an_issuer_speaks_for_a_client_with_keys_that_are_read_by_url(app: TestApp) {
        let mut app = app;
        let directory = app.directory(okta(json!({}))).await;
        let (issuer, one, two, stranger) = (Issuer::start(), Signer::new("one"), Signer::new("two"), Signer::new("one"));
        issuer.publish(&[&one]);
        let client = make(&app, &directory, federated(&json!({"keys_url": issuer.keys_url}))).await;
        assert!(client.get("client_secret").is_none());
        let id = text(&client, "client_id");
        let answer = assert_with(&app, id, &one.sign(&claims(&app, &json!({})))).await.expect(200).body;
        assert_eq!(status(&app, &directory, text(&answer, "access_token")).await, 200);
        let now = app.clock.now() / 1_000_000;
        for change in [
            json!({"iss": "https://login.other.test/"}), json!({"sub": "principal-2"}), json!({"aud": "https://other.test"}), json!({"exp": now - 60}),
            json!({"exp": now + 100_000}), json!({"nbf": now + 61}), json!({"iss": null}), json!({"sub": null}), json!({"aud": null}), json!({"exp": null}), json!({"exp": "soon"}),
        ] {
            let answer = assert_with(&app, id, &one.sign(&claims(&app, &change))).await.expect(401);
            assert_eq!(answer.body["error"], "invalid_client", "{change}");
        }
        let good = one.sign(&claims(&app, &json!({})));
        let payload = good.split('.').nth(1).unwrap();
        // {"alg":"none"}, and a signature of none of its keys.
        for forged in [format!("eyJhbGciOiJub25lIn0.{payload}."), stranger.sign(&claims(&app, &json!({}))), hs256(&claims(&app, &json!({})), &one), "x".to_owned(), String::new()] {
            assert_with(&app, id, &forged).await.expect(401);
        }
        assert_eq!(issuer.asked(), 1);
        // The issuer rotates: the new key is looked for, once a minute at most.
        let new = two.sign(&claims(&app, &json!({})));
        assert_with(&app, id, &new).await.expect(401);
        issuer.publish(&[&one, &two]);
        assert_with(&app, id, &new).await.expect(401);
        assert_eq!(issuer.asked(), 1);
        app.advance(Duration::from_mins(1)).await;
        assert_with(&app, id, &new).await.expect(200);
        assert_eq!(issuer.asked(), 2);
        assert_with(&app, "client_x", &new).await.expect(401);
        refused_form(&app, &[("client_id", id), ("client_assertion_type", "x"), ("client_assertion", &new)]).await;
        refused_form(&app, &[("client_id", id), ("client_assertion_type", TYPE), ("client_assertion", &new), ("client_secret", "x")]).await;
        // Out of order for a while: what is known holds for some minutes more, and is asked for once a minute.
        issuer.fail(true);
        app.advance(Duration::from_mins(11)).await;
        for _ in 0..3 {
            assert_with(&app, id, &two.sign(&claims(&app, &json!({})))).await.expect(200);
        }
        assert_eq!(issuer.asked(), 3);
        app.advance(Duration::from_mins(10)).await;
        for _ in 0..3 {
            assert_with(&app, id, &two.sign(&claims(&app, &json!({})))).await.expect(401);
        }
        assert_eq!(issuer.asked(), 4);
        issuer.fail(false);
        app.advance(Duration::from_mins(1)).await;
        assert_with(&app, id, &two.sign(&claims(&app, &json!({})))).await.expect(200);
    }
}

async fn refused_form(app: &TestApp, form: &[(&str, &str)]) {
    assert_eq!(ask(app, form).await.expect(400).body["error"], "invalid_request", "{form:?}");
}

/// The public key taken for a shared secret.
fn hs256(claims: &Value, signer: &Signer) -> String {
    let header = jsonwebtoken::Header {
        kid: Some(signer.kid.clone()),
        ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256)
    };
    let secret = jsonwebtoken::EncodingKey::from_secret(signer.jwk["x"].as_str().unwrap().as_bytes());
    jsonwebtoken::encode(&header, claims, &secret).unwrap()
}

api_test! {
    async fn keys_may_be_given_and_a_client_may_sign_for_itself(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let path = path_of(&app, &directory).await;
        let one = Signer::new("one");
        let client = make(&app, &directory, federated(&json!({"keys": {"keys": [one.jwk]}, "audience": "api://scim"}))).await;
        let id = text(&client, "client_id");
        assert_with(&app, id, &one.sign(&claims(&app, &json!({"aud": "api://scim"})))).await.expect(200);
        assert_with(&app, id, &one.sign(&claims(&app, &json!({})))).await.expect(401);
        // RFC 7523 leaves client_id out where the subject is the client.
        let named = json!({"sub": id, "iss": id, "aud": "api://scim"});
        ask(&app, &[("client_assertion_type", TYPE), ("client_assertion", &one.sign(&claims(&app, &named)))]).await.expect(401);
        ask(&app, &[("client_id", id), ("client_secret", anteroom::id::secret("ksec").as_str())]).await.expect(401);
        for (body, code) in [
            (json!({"name": "x", "issuer": "i"}), "INVALID_FEDERATION"), (json!({"name": "x", "keys_url": "https://a.test"}), "INVALID_FEDERATION"),
            (federated(&json!({})), "INVALID_FEDERATION"), (federated(&json!({"keys": {"keys": []}})), "INVALID_FEDERATION"), (federated(&json!({"keys": "x"})), "INVALID_FEDERATION"),
            (federated(&json!({"keys": {"keys": [one.jwk]}, "keys_url": "https://a.test"})), "INVALID_FEDERATION"), (federated(&json!({"keys": {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}]}})), "INVALID_FEDERATION"),
            (json!({"name": " "}), "CLIENT_NAME_REQUIRED"), (json!({"name": "x", "token_lifetime": 3_599}), "INVALID_EXPIRY"), (json!({"name": "x", "token_lifetime": 21_601}), "INVALID_EXPIRY"),
        ] {
            refused(app.api(Method::POST, &path, Some(body.clone())).await, 400, code);
        }
        let bound = app.client_of(&app.organization(false).await).await;
        let below = path.strip_prefix("/api/v1").unwrap();
        for (method, path) in [(Method::GET, below.to_owned()), (Method::POST, below.to_owned()), (Method::DELETE, format!("{below}/{id}")), (Method::POST, format!("{below}/{id}/rotate"))] {
            refused(as_bound(&app, &bound, method, &path, Some(json!({"name": "x"}))).await, 404, "DIRECTORY_NOT_FOUND");
        }
        let other = path_of(&app, &app.directory(okta(json!({}))).await).await;
        refused(app.api(Method::DELETE, &format!("{other}/{id}"), None).await, 404, "CLIENT_NOT_FOUND");
        assert_with(&app, id, &one.sign(&claims(&app, &json!({"aud": "api://scim"})))).await.expect(200);
    }
}

async fn published(app: &TestApp) -> Vec<Value> {
    let answer = Answer::of(app.client.get(format!("{}/.well-known/jwks", app.url))).await.expect(200);
    assert!(!answer.text.contains("\"d\""));
    answer.body["keys"].as_array().unwrap().clone()
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn rotate(app: &TestApp, is_at_once: bool) -> String {
    let act = app.act();
    app.store.write(move |tx| anteroom::identity::signing::rotate(tx, &act, is_at_once)).await.unwrap().kid
}

api_test! {
    async fn a_rotated_key_is_published_before_it_signs_and_the_old_one_verifies_on(app: TestApp) {
        let mut app = app;
        let first = kid(&app.management);
        let keys = published(&app).await;
        assert_eq!(each(&json!(keys), "kid"), [json!(first)]);
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(json!({"keys": keys})).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&set.keys[0]).unwrap();
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
        validation.validate_exp = false;
        validation.set_audience(&[format!("{}/api", app.url)]);
        assert!(jsonwebtoken::decode::<Value>(&app.management, &key, &validation).is_ok());
        let old = app.management.clone();
        let second = rotate(&app, false).await;
        app.advance(Duration::from_mins(1)).await;
        assert_eq!(each(&json!(published(&app).await), "kid"), [json!(second), json!(first)]);
        assert_eq!(kid(&app.management), first);
        app.advance(Duration::from_mins(1)).await;
        assert_eq!(kid(&app.management), second);
        for token in [&old, &app.management] {
            assert_eq!(as_bound(&app, token, Method::GET, "/users", None).await.status, 200);
        }
        let third = rotate(&app, true).await;
        let ended = app.management.clone();
        app.advance(Duration::from_mins(1)).await;
        assert_eq!(each(&json!(published(&app).await), "kid"), [json!(third)]);
        assert_eq!(as_bound(&app, &ended, Method::GET, "/users", None).await.status, 401);
        assert_eq!(as_bound(&app, &app.management, Method::GET, "/users", None).await.status, 200);
    }
}

api_test! {
    async fn secrets_and_tokens_in_a_url_are_not_read(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let client = make(&app, &directory, json!({"name": "x"})).await;
        let query = format!("grant_type=client_credentials&client_id={}&client_secret={}", text(&client, "client_id"), text(&client, "client_secret"));
        let answer = Answer::of(app.client.post(format!("{}/oauth2/token?{query}", app.url)).form(&[("grant_type", "client_credentials")])).await.expect(401);
        assert_eq!(answer.body["error"], "invalid_client");
        for path in [format!("/api/v1/users?access_token={}", app.management), format!("/api/v1/users?authorization=Bearer%20{}", app.management)] {
            let answer = Answer::of(app.client.get(format!("{}{path}", app.url))).await;
            refused(answer, 401, "UNAUTHORIZED");
        }
        let scim = Answer::of(app.client.get(format!("{}/Users?access_token={}", directory.base_url, directory.token))).await;
        assert_eq!(scim.expect(401).body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
    }
}

api_test! {
    async fn forged_and_expired_tokens_open_nothing(app: TestApp) {
        let mut app = app;
        let now = app.clock.now() / 1_000_000;
        let payload: Value = jsonwebtoken::dangerous::insecure_decode(&app.management).unwrap().claims;
        let stranger = Signer::new(&kid(&app.management));
        let parts: Vec<&str> = app.management.split('.').collect();
        let mut forged = vec![
            format!("eyJhbGciOiJub25lIn0.{}.", parts[1]), format!("{}.{}.", parts[0], parts[1]), format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
            stranger.sign(&payload), hs256(&payload, &stranger), Signer::new("unknown").sign(&payload),
        ];
        for (name, value) in [("aud", json!(["https://other.test/api"])), ("iss", json!("https://other.test")), ("exp", json!(now)), ("azp", json!("client_0")), ("scope", json!("all"))] {
            let mut claims = payload.clone();
            claims[name] = value;
            forged.push(stranger.sign(&claims));
        }
        for token in &forged {
            for (method, path) in [(Method::GET, "/users"), (Method::POST, "/organization"), (Method::DELETE, "/user?id=x")] {
                refused(as_bound(&app, token, method, path, Some(json!({"name": "x"}))).await, 401, "UNAUTHORIZED");
            }
        }
        assert_eq!(get(&app, "/organizations").await["organizations"], json!([]));
        let old = app.management.clone();
        app.advance(Duration::from_mins(59)).await;
        assert_eq!(as_bound(&app, &old, Method::GET, "/users", None).await.status, 200);
        app.advance(Duration::from_mins(1)).await;
        refused(as_bound(&app, &old, Method::GET, "/users", None).await, 401, "UNAUTHORIZED");
    }
}
