//! Users: listed, searched, changed, told to leave.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused, told_of_user};
use crate::people::support::{add_member, allowed, okta, person, rows};
use crate::support::{Setup, TestApp, api_test};

async fn make(app: &TestApp, organization: Option<&str>, given: &str, identities: Value) -> String {
    let body = json!({"profile": {"given_name": given, "family_name": "Ortiz"}, "organization_code": organization, "identities": identities});
    app.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200).id()
}

fn email(value: &str) -> Value {
    json!({"type": "email", "details": {"email": value}})
}

async fn change(app: &TestApp, id: &str, body: Value) -> crate::support::Answer {
    app.api(Method::PATCH, &format!("/api/v1/user?id={id}"), Some(body)).await
}

api_test! {
    async fn every_filter_of_the_list_finds_whom_it_names(app: TestApp) {
        let acme = app.organization(false).await;
        let ana = make(&app, Some(&acme), "Ana", json!([email("ana@acme.test"), {"type": "username", "details": {"username": "Ana.O"}}])).await;
        let ben = make(&app, None, "Ben", json!([email("ben@acme.test"), {"type": "phone", "details": {"phone": "+61400000001"}}])).await;
        let cleo = make(&app, None, "Cleo", json!([])).await;
        let found = async |query: &str| each(&get(&app, &format!("/users?{query}")).await["users"], "id");
        assert_eq!(found("").await, [json!(ana), json!(ben), json!(cleo)]);
        assert_eq!(found(&format!("user_id={ana},{cleo},kp_0")).await, [json!(ana), json!(cleo)]);
        assert_eq!(found("email=ANA@Acme.test").await, [json!(ana)]);
        assert_eq!(found("email=ana%40acme.test%2C%20ben%40acme.test").await, [json!(ana), json!(ben)]);
        assert_eq!(found("username=ANA.o").await, [json!(ana)]);
        assert_eq!(found("phone=%2B61400000001").await, [json!(ben)]);
        assert_eq!(found("has_organization=true").await, [json!(ana)]);
        assert_eq!(found("has_organization=false").await, [json!(ben), json!(cleo)]);
        assert_eq!(found(&format!("user_id={ana}&has_organization=false")).await, Vec::<Value>::new());
        for nobody in ["email=no%20email", "email=x@y.test", "username=x", "phone=1", "user_id=x", "active_since=2026-01-01T00:00:00Z"] {
            assert_eq!(found(nobody).await, Vec::<Value>::new(), "{nobody}");
        }
        for (query, code) in [("has_organization=maybe", "INVALID_QUERY"), ("active_since=yesterday", "INVALID_QUERY"), ("email=a&email=b", "INVALID_QUERY"), ("email=", "INVALID_QUERY"), ("user_id=%20,", "INVALID_QUERY"), ("phone", "INVALID_QUERY"), ("email=%ff", "INVALID_QUERY"), ("email=%00", "INVALID_QUERY")] {
            refused(app.api(Method::GET, &format!("/api/v1/users?{query}"), None).await, 400, code);
        }
    }
}

api_test! {
    async fn who_signed_in_lately_is_found_by_the_time(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let ana = app.pre_create(&directory, "ana@acme.test").await;
        app.pre_create(&directory, "ben@acme.test").await;
        allowed(&app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await, "bound");
        let at = get(&app, &format!("/user?id={ana}")).await["last_signed_in"].as_str().unwrap().to_owned();
        assert_eq!(each(&get(&app, &format!("/users?active_since={at}")).await["users"], "id"), [json!(ana)]);
        assert!(each(&get(&app, "/users?active_since=2999-01-01T00:00:00%2B01:00").await["users"], "id").is_empty());
    }
}

api_test! {
    async fn the_list_shows_what_the_user_does_and_more_when_asked(app: TestApp) {
        let acme = app.organization(false).await;
        let ana = make(&app, Some(&acme), "Ana", json!([email("ana@acme.test")])).await;
        let listed = get(&app, "/users?expand=organizations,identities,billing").await["users"][0].clone();
        assert_eq!(listed, json!({
            "id": ana, "provided_id": null, "email": "ana@acme.test", "phone": null, "username": null,
            "last_name": "Ortiz", "first_name": "Ana", "is_suspended": false, "picture": null,
            "total_sign_ins": 0, "failed_sign_ins": 0, "last_signed_in": null, "created_on": listed["created_on"],
            "organizations": [acme], "identities": [{"type": "email", "identity": "ana@acme.test", "connection_id": null}],
        }));
        let one = get(&app, &format!("/user?id={ana}&expand=identities")).await;
        assert_eq!(one["identities"], json!([{"type": "email", "identity": "ana@acme.test"}]));
        let plain = get(&app, "/users").await["users"][0].clone();
        assert!(plain.get("organizations").is_none() && plain.get("identities").is_none());
    }
}

api_test! {
    async fn a_search_finds_parts_of_names_and_addresses_and_no_wildcards(app: TestApp) {
        let ana = make(&app, None, "Ana", json!([email("ana_1@acme.test")])).await;
        let ben = make(&app, None, "Be%n", json!([{"type": "username", "details": {"username": "benny"}}])).await;
        let found = async |query: &str| each(&get(&app, &format!("/search/users?{query}")).await["results"], "id");
        for all in ["", "query=*", "query=", "query=ORTIZ"] {
            assert_eq!(found(all).await, [json!(ana), json!(ben)], "{all}");
        }
        for one in ["query=ana%20ort", "query=ACME", "query=a_1"] {
            assert_eq!(found(one).await, [json!(ana)], "{one}");
        }
        for other in ["query=nny", "query=%25", "query=e%25n"] {
            assert_eq!(found(other).await, [json!(ben)], "{other}");
        }
        for nobody in ["query=a__1", "query=a!", "query='", "query=%5C"] {
            assert!(found(nobody).await.is_empty(), "{nobody}");
        }
    }
}

api_test! {
    async fn a_change_is_answered_and_told_and_nothing_else_changes(app: TestApp) {
        let ana = make(&app, None, "Ana", json!([email("ana@acme.test")])).await;
        let body = json!({"given_name": "Anna", "picture": "https://acme.test/ana.png", "provided_id": "emp-17", "is_password_reset_requested": true, "email": "x@y.test"});
        let answer = change(&app, &ana, body).await.expect(200).body;
        assert_eq!(answer, json!({
            "id": ana, "given_name": "Anna", "family_name": "Ortiz", "email": "ana@acme.test", "is_suspended": false,
            "is_password_reset_requested": false, "picture": "https://acme.test/ana.png", "provided_id": "emp-17",
        }));
        let events = told_of_user(&app, &ana, "user.updated");
        assert_eq!(events[0]["changes"]["given_name"], json!({"before": "Ana", "after": "Anna"}));
        assert!(events[0]["changes"].get("family_name").is_none());
        change(&app, &ana, json!({"given_name": "Anna"})).await.expect(200);
        assert_eq!(told_of_user(&app, &ana, "user.updated").len(), 1);
        change(&app, &ana, json!({"given_name": null, "picture": ""})).await.expect(200);
        let shown = get(&app, &format!("/user?id={ana}")).await;
        assert_eq!((&shown["first_name"], &shown["last_name"], &shown["picture"]), (&Value::Null, &json!("Ortiz"), &Value::Null));
        let before = get(&app, &format!("/user?id={ana}")).await;
        for (body, code) in [
            (json!({"given_name": 5}), "INVALID_BODY"), (json!({"is_suspended": "yes"}), "INVALID_BODY"), (json!([]), "INVALID_BODY"),
            (json!({"given_name": "a\u{1}"}), "INVALID_VALUE"), (json!({"given_name": "a".repeat(256), "is_suspended": true}), "VALUE_TOO_LONG"),
        ] {
            refused(change(&app, &ana, body).await, 400, code);
        }
        refused(change(&app, "kp_0", json!({})).await, 400, "USER_NOT_FOUND");
        refused(app.api(Method::PATCH, "/api/v1/user", Some(json!({}))).await, 400, "USER_ID_REQUIRED");
        assert_eq!(get(&app, &format!("/user?id={ana}")).await, before);
    }
}

api_test! {
    async fn what_a_directory_owns_is_changed_there_alone(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let resource = directory.post("/Users", &person("ana@acme.test", "x1", "ana@acme.test")).await.expect(201).id();
        let ana = each(&get(&app, "/users?email=ana@acme.test").await["users"], "id")[0].as_str().unwrap().to_owned();
        let before = rows(&app);
        refused(change(&app, &ana, json!({"given_name": "Other"})).await, 400, "MANAGED_BY_DIRECTORY");
        change(&app, &ana, json!({"given_name": "Given", "provided_id": "emp-1"})).await.expect(200);
        directory.patch(&format!("/Users/{resource}"), json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        refused(change(&app, &ana, json!({"is_suspended": false})).await, 400, "MANAGED_BY_DIRECTORY");
        change(&app, &ana, json!({"is_suspended": true})).await.expect(200);
        // The administrator's switch is off, the directory's is not: both answers say so.
        assert_eq!(change(&app, &ana, json!({"is_suspended": false})).await.expect(200).body["is_suspended"], true);
        assert_eq!(get(&app, &format!("/user?id={ana}")).await["is_suspended"], true);
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn a_suspended_user_is_kept_out_until_it_is_lifted(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let ana = app.pre_create(&directory, "ana@acme.test").await;
        let question = json!({"subject": "s", "email": "ana@acme.test"});
        assert_eq!(change(&app, &ana, json!({"is_suspended": true})).await.expect(200).body["is_suspended"], true);
        assert_eq!(app.sign_in(&directory, question.clone()).await["reason"], "suspended");
        change(&app, &ana, json!({"is_suspended": false})).await.expect(200);
        allowed(&app.sign_in(&directory, question).await, "bound");
        assert_eq!(told_of_user(&app, &ana, "user.suspended"), [json!({"sessions": "revoke"})]);
        app.api(Method::DELETE, &format!("/api/v1/users/{ana}/sessions"), None).await.expect(200);
        assert_eq!(told_of_user(&app, &ana, "user.sessions_ended"), [json!({"sessions": "revoke"})]);
        refused(app.api(Method::DELETE, "/api/v1/users/kp_0/sessions", None).await, 400, "USER_NOT_FOUND");
    }
}

api_test! {
    async fn a_client_of_one_organization_sees_and_changes_its_own_people(app: TestApp) {
        let (acme, other) = (app.organization(false).await, app.organization(false).await);
        let ana = make(&app, Some(&acme), "Ana", json!([email("ana@acme.test")])).await;
        let ben = make(&app, Some(&other), "Ben", json!([email("ben@acme.test")])).await;
        let both = make(&app, Some(&other), "Cleo", json!([email("cleo@acme.test")])).await;
        add_member(&app, &acme, &both).await;
        let bound = app.client_of(&acme).await;
        let listed = as_bound(&app, &bound, Method::GET, "/users?expand=organizations", None).await.expect(200).body;
        assert_eq!(each(&listed["users"], "id"), [json!(ana), json!(both)]);
        assert_eq!(each(&listed["users"], "organizations"), [json!([acme]), json!([acme])]);
        let one = as_bound(&app, &bound, Method::GET, &format!("/user?id={both}&expand=organizations"), None).await.expect(200);
        assert_eq!(one.body["organizations"], json!([acme]));
        // Whose connection it is, nobody else is told.
        let directory = app.directory(okta(json!({}))).await;
        app.pre_create(&directory, "dana@acme.test").await;
        let dana = each(&get(&app, "/users?email=dana@acme.test").await["users"], "id")[0].as_str().unwrap().to_owned();
        add_member(&app, &acme, &dana).await;
        let seen = as_bound(&app, &bound, Method::GET, &format!("/users?user_id={dana}&expand=identities"), None).await.expect(200).body;
        assert_eq!(seen["users"][0]["identities"], json!([{"type": "enterprise", "identity": "dana@acme.test", "connection_id": null}]));
        let all = get(&app, &format!("/users?user_id={dana}&expand=identities")).await;
        assert_eq!(all["users"][0]["identities"][0]["connection_id"], directory.connection_id);
        let searched = as_bound(&app, &bound, Method::GET, "/search/users?query=ben", None).await.expect(200).body;
        assert_eq!(searched["results"], json!([]));
        for (user, code) in [(&ben, "USER_NOT_FOUND"), (&both, "USER_IN_OTHER_ORGANIZATION")] {
            refused(as_bound(&app, &bound, Method::PATCH, &format!("/user?id={user}"), Some(json!({"is_suspended": true}))).await, 400, code);
            refused(as_bound(&app, &bound, Method::DELETE, &format!("/users/{user}/sessions"), None).await, 400, code);
        }
        as_bound(&app, &bound, Method::PATCH, &format!("/user?id={ana}"), Some(json!({"is_suspended": true}))).await.expect(200);
    }
}
