//! Roles that groups give: who has which, why, and which event tells of it.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, TestApp, api_test};

async fn role(app: &TestApp, key: &str) -> String {
    let made = app.api(Method::POST, "/api/v1/roles", Some(json!({"key": key}))).await.expect(201);
    made.body["role"]["id"].as_str().expect("an id").to_owned()
}

async fn map(app: &TestApp, directory: &Directory, group: Option<&str>, role: &str, priority: i64) -> String {
    let body = json!({"group": group, "role": role, "priority": priority});
    let path = format!("/api/v1/connections/{}/role_rules", directory.connection_id);
    app.api(Method::POST, &path, Some(body)).await.expect(201).body["role_rule"]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Key and reason of each role.
async fn held(app: &TestApp, user: &str) -> Vec<String> {
    let body = app.api(Method::GET, &format!("/api/v1/user?id={user}&expand=roles"), None).await.expect(200).body;
    body["roles"].as_array().expect("roles").iter().map(told_role).collect()
}

fn told_role(role: &Value) -> String {
    let text = |name: &str| role[name].as_str().unwrap_or_default().to_owned();
    format!(
        "{} by {}{}",
        text("key"),
        text("source"),
        role["group"].as_str().map(|group| format!(" {group}")).unwrap_or_default()
    )
}

/// The latest event of a kind: gained and lost role by role, with the users of a group's event.
async fn latest(app: &TestApp, directory: &Directory, kind: &str) -> Value {
    told(app, directory, kind).await.pop().map_or(Value::Null, |told| told.data)
}

/// What a group's event says of whom: `+role` and `-role` with the number of users.
fn moves(event: &Value) -> Vec<String> {
    let mut moves = Vec::new();
    for change in event["changes"].as_array().into_iter().flatten() {
        for (sign, name) in [("+", "gained"), ("-", "lost")] {
            let users = change[name].as_array().unwrap();
            if !users.is_empty() {
                moves.push(format!("{sign}{} {}", change["rule"]["role"].as_str().unwrap(), users.len()));
            }
        }
    }
    moves.sort();
    moves
}

fn members(people: &[&str]) -> Value {
    people.iter().map(|id| json!({"value": id})).collect()
}

fn group(name: &str, people: &[&str]) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members(people)})
}

async fn roles_of_acme(app: &TestApp) -> Directory {
    let directory = app.directory(okta(json!({}))).await;
    for key in ["admin", "dev", "guest"] {
        role(app, key).await;
    }
    map(app, &directory, Some("Engineering"), "dev", 10).await;
    map(app, &directory, Some("Admins"), "admin", 1).await;
    map(app, &directory, None, "guest", 100).await;
    directory
}

api_test! {
    async fn a_group_gives_its_role_to_direct_members_who_are_active(app: TestApp) {
        let directory = roles_of_acme(&app).await;
        let ana = directory.push("ana@acme.test").await;
        let user = user_of(&app, &directory, &ana).await;
        assert_eq!(held(&app, &user).await, ["guest by default"]);
        assert_eq!(latest(&app, &directory, "user.roles_changed").await["gained"][0]["role"], "guest");

        let engineers = directory.post("/Groups", &group("ENGINEERING", &[&ana])).await.expect(201).id();
        assert_eq!(held(&app, &user).await, ["dev by group Engineering"]);
        let event = latest(&app, &directory, "group.roles_changed").await;
        assert_eq!(moves(&event), ["+dev 1", "-guest 1"], "{event:#}");
        assert_eq!((&event["display_name"], &event["changes"][0]["gained"]), (&json!("ENGINEERING"), &json!([user])));
        let admins = directory.post("/Groups", &group("Admins", &[&ana])).await.expect(201).id();
        assert_eq!(held(&app, &user).await, ["admin by group Admins", "dev by group Engineering"]);
        assert_eq!(moves(&latest(&app, &directory, "group.roles_changed").await), ["+admin 1"]);
        let answer = app.sign_in(&directory, json!({"subject": "ext-ana@acme.test"})).await;
        let told: Vec<String> = answer["user"]["roles"].as_array().unwrap().iter().map(told_role).collect();
        assert_eq!(told, ["admin by group Admins", "dev by group Engineering"]);

        // A member of a member has nothing of it.
        let ben = directory.push("ben@acme.test").await;
        let inner = directory.post("/Groups", &group("Inner", &[&ben])).await.expect(201).id();
        directory.patch(&format!("/Groups/{admins}"), json!([{"op": "add", "path": "members", "value": members(&[&inner])}])).await.expect(200);
        let ben = user_of(&app, &directory, &ben).await;
        assert_eq!(held(&app, &ben).await, ["guest by default"]);

        let active = |is: bool| json!([{"op": "replace", "path": "active", "value": is}]);
        directory.patch(&format!("/Users/{ana}"), active(false)).await.expect(200);
        assert_eq!(held(&app, &user).await, Vec::<String>::new());
        assert_eq!(latest(&app, &directory, "user.roles_changed").await["lost"].as_array().map(Vec::len), Some(2));
        let before = told_events(&app, &directory).await;
        directory.patch(&format!("/Groups/{engineers}"), json!([{"op": "remove", "path": format!("members[value eq \"{ana}\"]")}])).await.expect(200);
        assert_eq!(told_events(&app, &directory).await, before, "nobody who is off has a role to lose");
        directory.patch(&format!("/Users/{ana}"), active(true)).await.expect(200);
        assert_eq!(latest(&app, &directory, "user.roles_changed").await["gained"][0]["role"], "admin");

        directory.delete(&format!("/Users/{ana}")).await.expect(204);
        assert_eq!(latest(&app, &directory, "user.roles_changed").await["lost"][0]["role"], "admin");
        assert_eq!(held(&app, &user).await, Vec::<String>::new());
    }
}

/// How many events about roles there are.
async fn told_events(app: &TestApp, directory: &Directory) -> usize {
    app.events(directory).await.iter().filter(|kind| kind.ends_with("roles_changed")).count()
}

api_test! {
    async fn the_name_of_a_group_decides_and_what_is_deleted_gives_nothing(app: TestApp) {
        let directory = roles_of_acme(&app).await;
        let mut people = Vec::new();
        for number in 0..3 {
            people.push(directory.push(&format!("p{number}@acme.test")).await);
        }
        let user = user_of(&app, &directory, &people[0]).await;
        let ids: Vec<&str> = people.iter().map(String::as_str).collect();
        let team = directory.post("/Groups", &group("Team", &ids)).await.expect(201).id();
        assert_eq!(latest(&app, &directory, "group.roles_changed").await, Value::Null);
        let rename = |name: &str| json!([{"op": "replace", "path": "displayName", "value": name}]);
        directory.patch(&format!("/Groups/{team}"), rename("Admins")).await.expect(200);
        assert_eq!(moves(&latest(&app, &directory, "group.roles_changed").await), ["+admin 3", "-guest 3"]);
        directory.put(&format!("/Groups/{team}"), &group("engineering", &ids[..2])).await.expect(200);
        assert_eq!(moves(&latest(&app, &directory, "group.roles_changed").await), ["+dev 2", "+guest 1", "-admin 3"]);
        assert_eq!(held(&app, &user).await, ["dev by group Engineering"]);
        directory.delete(&format!("/Groups/{team}")).await.expect(204);
        assert_eq!(moves(&latest(&app, &directory, "group.roles_changed").await), ["+guest 2", "-dev 2"]);
        assert_eq!(held(&app, &user).await, ["guest by default"]);
    }
}

api_test! {
    async fn only_the_highest_counts_where_the_connection_says_so(app: TestApp) {
        let directory = roles_of_acme(&app).await;
        let path = format!("/api/v1/connections/{}", directory.connection_id);
        app.api(Method::PATCH, &path, Some(json!({"options": {"group_roles": "none"}}))).await.expect(400);
        app.api(Method::PATCH, &path, Some(json!({"options": {"group_roles": "highest"}}))).await.expect(200);
        let ana = directory.push("ana@acme.test").await;
        let user = user_of(&app, &directory, &ana).await;
        directory.post("/Groups", &group("Engineering", &[&ana])).await.expect(201);
        let admins = directory.post("/Groups", &group("Admins", &[&ana])).await.expect(201).id();
        assert_eq!(held(&app, &user).await, ["admin by group Admins"]);
        assert_eq!(moves(&latest(&app, &directory, "group.roles_changed").await), ["+admin 1", "-dev 1"]);
        directory.delete(&format!("/Groups/{admins}")).await.expect(204);
        assert_eq!(held(&app, &user).await, ["dev by group Engineering"]);
    }
}

api_test! {
    async fn people_have_their_roles_before_they_come(app: TestApp) {
        let directory = roles_of_acme(&app).await;
        let user = app.pre_create(&directory, "ana@acme.test").await;
        assert_eq!(held(&app, &user).await, ["guest by default"]);
        // Okta names the person by what it knows; they are a member as soon as they are here.
        directory.post("/Groups", &group("Admins", &["new@acme.test"])).await.expect(201);
        let new = directory.push("new@acme.test").await;
        let new = user_of(&app, &directory, &new).await;
        assert_eq!(held(&app, &new).await, ["admin by group Admins"]);
        assert_eq!(moves(&latest(&app, &directory, "group.roles_changed").await), ["+admin 1", "-guest 1"]);
    }
}

api_test! {
    async fn what_was_given_by_hand_is_no_group_s_to_take(app: TestApp) {
        let directory = roles_of_acme(&app).await;
        let ana = directory.push("ana@acme.test").await;
        let user = user_of(&app, &directory, &ana).await;
        let path = format!("/api/v1/organizations/{}/users/{user}/roles", directory.organization_code);
        for _ in 0..2 {
            app.api(Method::POST, &path, Some(json!({"role_id": "admin"}))).await.expect(200);
        }
        directory.post("/Groups", &group("Admins", &[&ana])).await.expect(201);
        assert_eq!(held(&app, &user).await, ["admin by granted", "admin by group Admins"]);
        let listed = app.api(Method::GET, &path, None).await.expect(200).body;
        assert_eq!(listed["roles"].as_array().map(Vec::len), Some(2), "{listed}");
        app.api(Method::DELETE, &format!("{path}/admin"), None).await.expect(200);
        let again = app.api(Method::DELETE, &format!("{path}/admin"), None).await.expect(400);
        assert_eq!(again.body["errors"][0]["code"], "ROLE_NOT_GRANTED");
        assert_eq!(held(&app, &user).await, ["admin by group Admins"]);
        directory.patch(&format!("/Users/{ana}"), json!([{"op": "replace", "path": "active", "value": false}])).await.expect(200);
        app.api(Method::POST, &path, Some(json!({"role_id": "dev"}))).await.expect(200);
        assert_eq!(held(&app, &user).await, ["dev by granted"]);
        let mut sql = crate::support::Sql::connect(&app.database.url);
        let kinds = sql.texts("SELECT kind AS value FROM events WHERE kind IN ('user.role_granted', 'user.role_revoked') ORDER BY key");
        assert_eq!(kinds, ["user.role_granted", "user.role_revoked", "user.role_granted"]);
    }
}

api_test! {
    async fn rules_and_roles_are_refused_that_cannot_be(app: TestApp) {
        let (directory, foreign) = (roles_of_acme(&app).await, app.directory(okta(json!({}))).await);
        let rules = format!("/api/v1/connections/{}/role_rules", directory.connection_id);
        let ana = directory.push("ana@acme.test").await;
        let ana = user_of(&app, &directory, &ana).await;
        let of = |organization: &str| format!("/api/v1/organizations/{organization}/users/{ana}/roles");
        let rule = app.api(Method::GET, &rules, None).await.expect(200).body["role_rules"][0]["id"].as_str().unwrap().to_owned();
        for (method, path, body, status, code) in [
            (Method::POST, "/api/v1/roles".to_owned(), Some(json!({"key": "dev"})), 409, "ROLE_EXISTS"),
            (Method::POST, "/api/v1/roles".to_owned(), Some(json!({})), 400, "ROLE_KEY_REQUIRED"),
            (Method::DELETE, "/api/v1/roles/nobody".to_owned(), None, 400, "ROLE_NOT_FOUND"),
            (Method::DELETE, "/api/v1/roles/dev".to_owned(), None, 409, "ROLE_IN_USE"),
            (Method::POST, rules.clone(), Some(json!({"group": "X"})), 400, "ROLE_REQUIRED"),
            (Method::POST, rules.clone(), Some(json!({"group": "X", "role": "nobody"})), 400, "ROLE_NOT_FOUND"),
            (Method::POST, rules.clone(), Some(json!({"group": "ADMINS", "role": "admin"})), 409, "RULE_EXISTS"),
            (Method::POST, rules.clone(), Some(json!({"group": "X", "role": "dev", "priority": "high"})), 400, "INVALID_BODY"),
            (Method::DELETE, format!("/api/v1/connections/{}/role_rules/{rule}", foreign.connection_id), None, 404, "RULE_NOT_FOUND"),
            (Method::POST, of(&foreign.organization_code), Some(json!({"role_id": "dev"})), 400, "USER_NOT_IN_ORGANIZATION"),
            (Method::POST, of("org_nope"), Some(json!({"role_id": "dev"})), 400, "ORGANIZATION_NOT_FOUND"),
        ] {
            let refused = app.api(method, &path, body).await.expect(status);
            assert_eq!(refused.body["errors"][0]["code"], code, "{path}");
        }
        let bound = app.client_of(&foreign.organization_code).await;
        for (path, body, status, code) in [
            ("/api/v1/roles", json!({"key": "mine"}), 403, "ORGANIZATION_BOUND"),
            (rules.as_str(), json!({"group": "X", "role": "dev"}), 404, "CONNECTION_NOT_FOUND"),
            (of(&directory.organization_code).as_str(), json!({"role_id": "dev"}), 400, "ORGANIZATION_NOT_FOUND"),
            (of(&foreign.organization_code).as_str(), json!({"role_id": "dev"}), 400, "USER_NOT_FOUND"),
        ] {
            let request = app.client.post(format!("{}{path}", app.url)).bearer_auth(&bound).json(&body);
            assert_eq!(Answer::of(request).await.expect(status).body["errors"][0]["code"], code, "{path}");
        }
        // Without a rule no role comes of a group, and the role can go.
        for rule in app.api(Method::GET, &rules, None).await.body["role_rules"].as_array().unwrap() {
            app.api(Method::DELETE, &format!("{rules}/{}", rule["id"].as_str().unwrap()), None).await.expect(200);
        }
        assert_eq!(held(&app, &ana).await, Vec::<String>::new());
        app.api(Method::DELETE, "/api/v1/roles/dev", None).await.expect(200);
        let kinds = app.events(&directory).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "connection.role_rule_removed").count(), 3);
    }
}
