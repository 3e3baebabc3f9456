//! Attributes that would like to be something else (V-01, V-23, T-33, T-34).

use anteroom::store::DatabaseUrl;
use serde_json::{Value, json};

use crate::support::{Directory, Setup, Sql, TestApp, api_test, user};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

api_test! {
    async fn an_external_id_is_opaque_and_never_becomes_an_id(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let kp = app.pre_create(&okta, "admin@acme.test").await;
        let first = okta.push("first@acme.test").await;
        let identity = Sql::connect(&app.database.url).texts("SELECT id AS value FROM identities")[0].clone();
        let mut seen = vec![first.clone(), okta.find("/Users", "userName eq \"admin@acme.test\"").await[0].clone()];
        let long = "x".repeat(4_096);
        let before = okta.get("/Users").await.body["Resources"].clone();
        for (n, external_id) in ["1", "0", "-1", "01", "1e0", "0x1", " 1", &kp, &identity, &first, &app.act().ids.resource(), "admin", "null", "ADMIN", &long, ""].into_iter().enumerate() {
            let made = okta.post("/Users", &json!({"userName": format!("n{n}"), "externalId": external_id})).await.expect(201);
            assert_eq!(made.body["externalId"], external_id);
            assert!(!seen.contains(&made.id()) && made.id() != external_id);
            assert_eq!(okta.get(&format!("/Users/{}", made.id())).await.body["externalId"], external_id);
            seen.push(made.id());
        }
        okta.post("/Users", &json!({"userName": "nul", "externalId": "\0"})).await.expect_error(400, "invalidSyntax");
        okta.post("/Users", &json!({"userName": "number", "externalId": 1})).await.expect_error(400, "invalidValue");
        okta.post("/Users", &json!({"userName": "long", "externalId": format!("{long}x")})).await.expect_error(400, "invalidValue");
        let after = okta.get("/Users").await.body["Resources"].clone();
        assert_eq!(after.as_array().unwrap()[..2], before.as_array().unwrap()[..]);
        assert_eq!(okta.find("/Users", "externalId eq \"1\"").await.len(), 1);
    }
}

/// Names that mean something to some program, but to no schema of ours.
const STRANGERS: [&str; 26] = [
    "__proto__",
    "__proto__.polluted",
    "constructor",
    "constructor.prototype.x",
    "toString",
    "toString.x",
    "hasOwnProperty",
    "prototype",
    "connection_key",
    "connectionId",
    "organization_id",
    "user_id",
    "key",
    "document",
    "unique_key",
    "created_by",
    "isAdmin",
    "drop",
    "self",
    "crate",
    "resources",
    "userName.x",
    "name.__proto__",
    "emails.toString",
    "urn:ietf:params:scim:schemas:core:2.0:User:__proto__",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:toString",
];

/// What the server alone writes.
const READ_ONLY: [&str; 13] = [
    "id",
    "ID",
    "schemas",
    "meta",
    "meta.version",
    "META.LASTMODIFIED",
    "meta.created",
    "meta.location",
    "meta.resourceType",
    "groups",
    "Groups.value",
    "groups[value eq \"x\"]",
    "urn:ietf:params:scim:schemas:core:2.0:User:groups",
];

async fn unchanged(okta: &Directory, path: &str, before: &Value) {
    assert_eq!(&okta.get(path).await.expect(200).body, before);
}

api_test! {
    async fn a_path_means_what_a_schema_says_or_nothing(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let path = format!("/Users/{}", okta.push("ana@acme.test").await);
        let group = format!("/Groups/{}", okta.post("/Groups", &json!({"displayName": "G"})).await.expect(201).id());
        let (person, group_before) = (okta.get(&path).await.body, okta.get(&group).await.body);
        for stranger in STRANGERS.into_iter().chain(["", " ", "/", "a b", "a'; DROP TABLE users--", "x[y eq 1]", "\u{202e}", "é"]).filter(|path| !path.is_empty()) {
            for operation in ["add", "replace", "remove"] {
                let operations = json!([{"op": operation, "path": stranger, "value": "x"}]);
                okta.patch(&path, operations.clone()).await.expect_error(400, "invalidPath");
                okta.patch(&group, operations).await.expect_error(400, "invalidPath");
            }
        }
        for name in STRANGERS {
            let value = json!({name: {"polluted": true, "value": "x"}});
            okta.patch(&path, json!([{"op": "add", "value": value}])).await.expect(200);
            let mut whole = user("ana@acme.test");
            whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
            okta.put(&path, &whole).await.expect(200);
        }
        unchanged(&okta, &path, &person).await;
        unchanged(&okta, &group, &group_before).await;
    }
}

api_test! {
    async fn what_is_read_only_is_ignored_or_refused_but_never_written(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = okta.push("ana@acme.test").await;
        let path = format!("/Users/{id}");
        let before = okta.get(&path).await.body;
        for name in READ_ONLY {
            for (operation, value) in [("add", json!("x")), ("replace", json!([{"value": "x"}])), ("replace", json!({"version": "x"})), ("remove", json!(null))] {
                okta.patch(&path, json!([{"op": operation, "path": name, "value": value}])).await.expect_error(400, "mutability");
            }
        }
        let forged = json!({
            "id": "forged", "ID2": "forged", "Meta": {"version": "W/\"99\"", "created": "2000-01-01T00:00:00Z", "resourceType": "Group", "location": "https://evil.test"},
            "groups": [{"value": "forged"}], "connection_key": 1, "user_id": "kp_forged", "roles_admin": true, "verified": true, "version": 7,
        });
        okta.patch(&path, json!([{"op": "replace", "value": forged}])).await.expect(200);
        okta.patch(&path, json!([{"op": "add", "value": {USER: forged}}])).await.expect(200);
        let mut whole = user("ana@acme.test");
        whole.as_object_mut().unwrap().extend(forged.as_object().unwrap().clone());
        okta.put(&path, &whole).await.expect(200);
        unchanged(&okta, &path, &before).await;
        whole["userName"] = json!("new@acme.test");
        whole["externalId"] = json!("new");
        let made = okta.post("/Users", &whole).await.expect(201);
        assert_ne!(made.id(), "forged");
        assert_eq!(made.header("etag"), "W/\"1\"");
        assert_eq!(made.body["meta"]["location"], format!("{}/Users/{}", okta.base_url, made.id()));
        assert_eq!((&made.body["meta"]["resourceType"], made.body.get("groups"), made.body.get("verified")), (&json!("User"), None, None));
    }
}

api_test! {
    async fn a_password_is_taken_and_kept_nowhere(app: TestApp) {
        const CANARY: &str = "canary-5f0c-hunter2";
        let okta = app.directory(Setup::default()).await;
        let mut body = user("ana@acme.test");
        body["password"] = json!(CANARY);
        let made = okta.post("/Users", &body).await.expect(201);
        let path = format!("/Users/{}", made.id());
        let mut texts = vec![made.text];
        body["userName"] = json!("ANA@acme.test");
        texts.push(okta.put(&path, &body).await.expect(200).text);
        for (name, value) in [("password", json!(CANARY)), ("PassWord", json!(CANARY)), ("urn:ietf:params:scim:schemas:core:2.0:User:password", json!(CANARY))] {
            texts.push(okta.patch(&path, json!([{"op": "replace", "path": name, "value": value}])).await.expect(200).text);
            texts.push(okta.patch(&path, json!([{"op": "add", "value": {name: value}}])).await.expect(200).text);
        }
        for wrong in [json!({"value": CANARY}), json!([CANARY]), json!({CANARY: CANARY})] {
            texts.push(okta.patch(&path, json!([{"op": "replace", "path": "password", "value": wrong}])).await.text);
            body["password"] = wrong;
            texts.push(okta.put(&path, &body).await.text);
        }
        for query in ["", "?attributes=password", "?attributes=userName,password", "?excludedAttributes=userName"] {
            texts.push(okta.get(&format!("{path}{query}")).await.expect(200).text);
            texts.push(okta.get(&format!("/Users{query}")).await.expect(200).text);
        }
        for operator in ["eq", "sw", "co", "ne"] {
            let asked = okta.request(reqwest::Method::GET, "/Users").query(&[("filter", format!("password {operator} \"{CANARY}\""))]);
            texts.push(crate::support::Answer::of(asked).await.expect_error(400, "invalidFilter").text);
        }
        texts.push(app.sign_in(&okta, json!({"subject": "ext-ana@acme.test"})).await.to_string());
        for text in texts {
            assert!(!text.contains(CANARY) && !text.contains("\"password\""), "{text}");
        }
        let mut sql = Sql::connect(&app.database.url);
        for column in ["data AS value FROM events", "document AS value FROM resources", "value_key AS value FROM attribute_values", "question AS value FROM sign_in_answers"] {
            assert!(sql.texts(&format!("SELECT {column}")).iter().all(|text| !text.contains(CANARY)), "{column}");
        }
        if let DatabaseUrl::Sqlite(path) = &app.database.url {
            for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
            }
        }
    }
}
