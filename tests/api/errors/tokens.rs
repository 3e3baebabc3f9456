//! Who may not come in (V-03, V-04, V-05, V-58): every route, every form of a bad token, from the next request on.

use std::time::Duration;

use anteroom::identity::tokens as scim_tokens;
use anteroom::store::{self, connections, directories, organizations};
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Directory, Raw, Setup, Sql, TestApp, api_test};

/// What answers without a token.
const DISCOVERY: [&str; 3] = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];

/// Method and path of every SCIM route that needs a token, on this directory.
fn closed_routes(app: &TestApp, okta: &Directory) -> Vec<(Method, String)> {
    let directory = okta.base_url.strip_prefix(&app.url).unwrap();
    anteroom::http::table()
        .into_iter()
        .filter(|(_, path)| path.starts_with("/scim") && !DISCOVERY.iter().any(|open| path.contains(open)))
        .map(|(method, path)| {
            (
                method,
                path.replace("/scim/v2/{directory}", directory).replace("{endpoint}", "Users").replace("{id}", "x"),
            )
        })
        .map(|(method, path)| (Method::from_bytes(method.as_str().as_bytes()).unwrap(), path))
        .collect()
}

fn refused(app: &TestApp, okta: &Directory, headers: &str, query: &str) {
    let mut bodies = Vec::new();
    for (method, path) in closed_routes(app, okta) {
        let answer = Raw::connect(&app.url).ask(method.as_str(), &format!("{path}{query}"), headers);
        answer.expect_error(401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{headers}");
        bodies.push(answer.body);
    }
    assert_eq!(bodies.len(), 16, "the table has other routes now: are they closed, too?");
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "a 401 tells why");
}

/// Another token of this directory.
pub async fn token(app: &TestApp, okta: &Directory, expires_in: Option<Duration>) -> (String, String) {
    let (act, connection) = (app.act(), okta.connection_id.clone());
    let made = app.store.write(move |tx| {
        let connection = connections::find(tx, &connection)?.ok_or(store::Error::NotFound)?;
        let directory = directories::find_of_connection(tx, connection.key)?.ok_or(store::Error::NotFound)?;
        let micros = expires_in.map(|time| i64::try_from(time.as_micros()).unwrap());
        scim_tokens::create(tx, &act, &directory, "another", micros)
    });
    let (token, secret) = made.await.expect("a token");
    (token.id, secret)
}

async fn status(okta: &Directory, token: &str) -> u16 {
    let mut other = okta.clone();
    token.clone_into(&mut other.token);
    other.get("/Users").await.status
}

api_test! {
    async fn every_form_of_a_bad_token_is_the_same_401(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let other = app.directory(Setup::default()).await;
        let token = &okta.token;
        let (cut, last) = token.split_at(token.len() - 1);
        let changed = format!("{cut}{}", if last == "0" { "1" } else { "0" });
        let unknown = anteroom::id::secret("kstkn");
        for headers in [
            String::new(),
            "Authorization: \r\n".into(),
            "Authorization: Bearer\r\n".into(),
            "Authorization: Bearer \r\n".into(),
            format!("Authorization: {token}\r\n"),
            format!("Authorization: Basic {token}\r\n"),
            "Authorization: Basic dTpw\r\n".into(),
            format!("Authorization: Token {token}\r\n"),
            format!("Authorization: Bearer{token}\r\n"),
            format!("Authorization: Bearer {token} x\r\n"),
            format!("Authorization: Bearer {token}, Bearer {token}\r\n"),
            format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"),
            format!("Authorization: Bearer x\r\nAuthorization: Bearer {token}\r\n"),
            format!("Authorization: Bearer {changed}\r\n"),
            format!("Authorization: Bearer {cut}\r\n"),
            format!("Authorization: Bearer {token}0\r\n"),
            format!("Authorization: Bearer {}\r\n", token.to_uppercase()),
            format!("Authorization: Bearer {}\r\n", token.strip_prefix("kstkn_").unwrap()),
            format!("Authorization: Bearer {unknown}\r\n"),
            format!("Authorization: Bearer {}\r\n", other.token),
            format!("Authorization: Bearer {}\r\n", app.management),
            format!("Authorization: Bearer {}\r\n", anteroom::id::secret_hash(token)),
            "Authorization: Bearer \u{e9}\r\n".into(),
            format!("Cookie: token={token}\r\n"),
            format!("X-Authorization: Bearer {token}\r\n"),
        ] {
            refused(&app, &okta, &headers, "");
        }
        for query in ["access_token", "token", "authorization", "Authorization"] {
            refused(&app, &okta, "", &format!("?{query}={token}"));
        }
        for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
            let answer = Raw::connect(&app.url).ask("GET", &closed_routes(&app, &okta)[0].1, &format!("Authorization: {scheme} {token}\r\n"));
            assert_eq!(answer.status, 200, "{scheme}");
        }
    }
}

api_test! {
    async fn a_token_ends_at_the_exact_second_and_several_live_side_by_side(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (_, short) = token(&app, &okta, Some(Duration::from_mins(1))).await;
        app.clock.advance(Duration::from_micros(59_999_999));
        assert_eq!(status(&okta, &short).await, 200);
        app.clock.advance(Duration::from_micros(1));
        refused(&app, &okta, &format!("Authorization: Bearer {short}\r\n"), "");
        assert_eq!(status(&okta, &okta.token).await, 200);
    }
}

api_test! {
    async fn a_revoked_token_is_refused_from_the_next_request_on(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (id, second) = token(&app, &okta, None).await;
        assert_eq!(status(&okta, &second).await, 200);
        let act = app.act();
        app.store.write(move |tx| scim_tokens::revoke(tx, &act, &id)).await.expect("revoked");
        refused(&app, &okta, &format!("Authorization: Bearer {second}\r\n"), "");
        assert_eq!(status(&okta, &okta.token).await, 200);
    }
}

api_test! {
    async fn pausing_disabling_and_suspending_hold_from_the_next_request_on(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let sibling = app.directory_of(&okta.organization_code, Setup::default()).await;
        let headers = format!("Authorization: Bearer {}\r\n", okta.token);
        let mut sql = Sql::connect(&app.database.url);
        for (turned, state) in [("paused", 401), ("active", 200)] {
            sql.execute(&format!("UPDATE directories SET state = '{turned}' WHERE connection_key = (SELECT key FROM connections WHERE id = '{}')", okta.connection_id)).unwrap();
            assert_eq!((status(&okta, &okta.token).await, status(&sibling, &sibling.token).await), (state, 200), "{turned}");
        }
        for (turned, state) in [("disabled", 401), ("active", 200), ("deleting", 401), ("active", 200)] {
            let id = okta.connection_id.clone();
            let set = app.store.write(move |tx| {
                let found = connections::find(tx, &id)?.ok_or(store::Error::NotFound)?;
                connections::set_state(tx, found.key, turned)
            });
            set.await.expect("a new state");
            assert_eq!((status(&okta, &okta.token).await, status(&sibling, &sibling.token).await), (state, 200), "{turned}");
        }
        for (turned, state) in [(true, 401), (false, 200), (true, 401)] {
            let code = okta.organization_code.clone();
            let set = app.store.write(move |tx| {
                let found = organizations::find_by_code(tx, &code)?.ok_or(store::Error::NotFound)?;
                organizations::set_suspended(tx, found.key, turned)
            });
            set.await.expect("suspended or not");
            assert_eq!((status(&okta, &okta.token).await, status(&sibling, &sibling.token).await), (state, state), "{turned}");
        }
        refused(&app, &okta, &headers, "");
    }
}

api_test! {
    async fn no_spelling_of_a_path_comes_in_without_a_token(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let person = okta.push("ana@acme.test").await;
        let segment = okta.base_url.rsplit('/').next().unwrap().to_owned();
        let open = ["/livez", "/readyz", "/openapi/scim.json", "/oauth2/token", "/.well-known/jwks", "/.well-known/jwks.json", "/api/openapi.json", "/api/docs"];
        let is_discovery = |path: &str| ["ServiceProviderConfig", "ResourceTypes", "Schemas"].iter().any(|word| path.contains(word));
        let mut raw = Raw::connect(&app.url);
        for (method, pattern) in anteroom::http::table() {
            if open.contains(&pattern.as_str()) || is_discovery(&pattern) {
                continue;
            }
            let path = pattern.replace("{directory}", &segment).replace("{endpoint}", "Users").replace("{id}", &person);
            for spelt in spellings(&path) {
                let request = format!("{method} {spelt} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n");
                // What the framework refuses by itself ends the connection.
                let answer = raw.send(&request).answer().unwrap_or_else(|| {
                    raw = Raw::connect(&app.url);
                    raw.send(&request).answer().expect("an answer")
                });
                assert!([400, 401, 404, 405].contains(&answer.status), "{method} {spelt}: {}", answer.status);
                assert!(!answer.body.contains("ana@acme.test"), "{method} {spelt}");
            }
        }
        assert_eq!(okta.get(&format!("/Users/{person}")).await.expect(200).header("etag"), "W/\"1\"");
    }
}

/// A path with each of its characters spelt differently, and with what proxies and frameworks disagree about.
fn spellings(path: &str) -> Vec<String> {
    let mut all = vec![
        format!("{path}/"),
        format!("{path}//"),
        format!("{path};x=1"),
        format!("{path}%00"),
        format!("{path}%2F"),
        format!("{path}?"),
        format!("{path}#x"),
        format!("/x/..{path}"),
        path.to_uppercase(),
    ];
    for at in 0..path.len() {
        let (before, rest) = path.split_at(at);
        let (letter, after) = rest.split_at(1);
        let code = letter.as_bytes()[0];
        all.extend([
            format!("{before}%{code:02x}{after}"),
            format!("{before}%{code:02X}{after}"),
            format!("{before}%25{code:02x}{after}"),
        ]);
        if letter == "/" {
            for slash in ["//", "/./", "/x/../", "\\", "/%2e/", "/;x/", "/%00/", "%2F", "/%2F"] {
                all.push(format!("{before}{slash}{after}"));
            }
        }
    }
    all
}

api_test! {
    async fn the_two_apis_do_not_take_each_other_s_tokens(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for path in ["/api/v1/user?id=x", "/api/v1/connections/x", "/api/v1/nothing"] {
            let answer = Answer::of(app.client.get(format!("{}{path}", app.url)).bearer_auth(&okta.token)).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["code"]), (401, &serde_json::json!("UNAUTHORIZED")), "{path}");
        }
        assert_eq!(status(&okta, &app.management).await, 401);
    }
}

api_test! {
    async fn a_token_is_stored_as_a_hash_alone(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        okta.get("/Users").await.expect(200);
        let mut sql = Sql::connect(&app.database.url);
        let hash = anteroom::id::secret_hash(&okta.token);
        assert_eq!(sql.numbers(&format!("SELECT COUNT(*) AS value FROM scim_tokens WHERE hash = '{hash}'")), [1]);
        let words = sql.texts("SELECT data AS value FROM events UNION ALL SELECT name FROM scim_tokens UNION ALL SELECT id FROM scim_tokens");
        assert!(!words.is_empty() && words.iter().all(|word| !word.contains(&okta.token)));
        // V-24: no row can stand for an empty secret.
        assert!(sql.execute("UPDATE scim_tokens SET hash = ''").is_err());
    }
}

api_test! {
    async fn a_token_is_shown_once_and_no_cache_may_keep_it(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let connection = json!({"name": "second", "strategy": "saml:okta", "organization_code": okta.organization_code});
        let connection = app.api(Method::POST, "/api/v1/connections", Some(connection)).await.expect(201).body["connection"]["id"].clone();
        let body = json!({"org_code": okta.organization_code, "directory_name": "d", "provider_code": "okta", "enterprise_connection_id": connection});
        let made = app.api(Method::POST, "/api/v1/directories", Some(body)).await.expect(201);
        assert_eq!(made.header("cache-control"), "no-store");
        let secret = made.body["directory"]["secret_token"].as_str().unwrap();
        let id = made.body["directory"]["id"].as_str().unwrap();
        let shown = app.api(Method::GET, &format!("/api/v1/directories/{id}"), None).await.expect(200);
        assert!(!shown.text.contains(secret) && !shown.text.contains("secret_token"), "{}", shown.text);
        let events = Sql::connect(&app.database.url).texts("SELECT data AS value FROM events");
        assert!(events.iter().all(|data| !data.contains(secret)));
    }
}
