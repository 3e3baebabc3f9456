//! Properties of users: defined, valued, searched by, kept through a merge and its undoing.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused, told_of_user};
use crate::people::support::{add_member, email_user};
use crate::support::{Answer, Setup, TestApp, api_test};

async fn define(app: &TestApp, body: Value) -> String {
    let made = app.api(Method::POST, "/api/v1/properties", Some(body)).await.expect(201).body;
    made["property"]["id"].as_str().unwrap().to_owned()
}

async fn set(app: &TestApp, user: &str, values: Value) -> Answer {
    app.api(Method::PATCH, &format!("/api/v1/users/{user}/properties"), Some(json!({"properties": values}))).await
}

async fn values(app: &TestApp, user: &str) -> Value {
    get(app, &format!("/user?id={user}&expand=properties")).await["properties"].clone()
}

api_test! {
    async fn properties_are_defined_valued_and_deleted(app: TestApp) {
        let team = define(&app, json!({"key": "team", "name": "Team", "type": "single_line_text", "context": "usr", "is_private": false, "category_id": "x"})).await;
        let shirt = define(&app, json!({"key": "shirt"})).await;
        let ana = email_user(&app, None, "ana@acme.test").await;
        set(&app, &ana, json!({"team": "red", "shirt": "L"})).await.expect(200);
        app.api(Method::PUT, &format!("/api/v1/users/{ana}/properties/team?value=blue%20one"), None).await.expect(200);
        let listed = get(&app, &format!("/users/{ana}/properties")).await;
        assert_eq!(listed["properties"][1], json!({"id": team, "name": "Team", "description": null, "key": "team", "value": "blue one"}));
        assert_eq!(values(&app, &ana).await, json!({"shirt": "L", "team": "blue one"}));
        set(&app, &ana, json!({"shirt": null, "team": "blue one"})).await.expect(200);
        assert_eq!(values(&app, &ana).await, json!({"team": "blue one"}));
        let told = told_of_user(&app, &ana, "user.properties_changed");
        assert_eq!(told, [json!({"keys": ["team", "shirt"]}), json!({"keys": ["team"]}), json!({"keys": ["shirt"]})]);
        app.api(Method::PUT, &format!("/api/v1/properties/{team}"), Some(json!({"name": "Squad", "is_private": true, "category_id": "x"}))).await.expect(200);
        let page = get(&app, "/properties?page_size=1").await;
        assert_eq!((&page["properties"][0]["name"], &page["properties"][0]["is_private"], &page["has_more"]), (&json!("Squad"), &json!(true), &json!(true)));
        assert_eq!(each(&get(&app, &format!("/properties?starting_after={team}")).await["properties"], "id"), [json!(shirt)]);
        assert_eq!(get(&app, "/properties?context=org").await["properties"], json!([]));
        app.api(Method::DELETE, &format!("/api/v1/properties/{team}"), None).await.expect(200);
        assert_eq!(values(&app, &ana).await, json!({}));
    }
}

api_test! {
    async fn what_is_no_value_or_property_changes_nothing(app: TestApp) {
        define(&app, json!({"key": "team"})).await;
        define(&app, json!({"key": "note", "type": "multi_line_text"})).await;
        let ana = email_user(&app, None, "ana@acme.test").await;
        for (body, code) in [
            (json!({"team": "red", "none": "x"}), "PROPERTY_NOT_FOUND"), (json!({"team": ["red"]}), "INVALID_VALUE"), (json!({"team": "a\nb"}), "INVALID_VALUE"),
            (json!({"team": "a".repeat(2_049)}), "VALUE_TOO_LONG"), (json!("x"), "INVALID_BODY"),
        ] {
            refused(set(&app, &ana, body).await, 400, code);
        }
        set(&app, &ana, json!({"note": "a\nb", "team": 5})).await.expect(200);
        assert_eq!(values(&app, &ana).await, json!({"note": "a\nb", "team": "5"}));
        refused(set(&app, "kp_0", json!({})).await, 400, "USER_NOT_FOUND");
        refused(app.api(Method::PUT, &format!("/api/v1/users/{ana}/properties/team"), None).await, 400, "VALUE_REQUIRED");
        for (body, status, code) in [
            (json!({"key": "team"}), 409, "PROPERTY_EXISTS"), (json!({}), 400, "PROPERTY_KEY_REQUIRED"), (json!({"key": "x", "type": "number"}), 400, "INVALID_PROPERTY_TYPE"),
            (json!({"key": "x", "context": "org"}), 400, "INVALID_CONTEXT"),
        ] {
            refused(app.api(Method::POST, "/api/v1/properties", Some(body)).await, status, code);
        }
        let (own, other) = (app.organization(false).await, app.organization(false).await);
        let (mine, both) = (email_user(&app, Some(&own), "mine@acme.test").await, email_user(&app, Some(&own), "both@acme.test").await);
        add_member(&app, &other, &both).await;
        let bound = app.client_of(&own).await;
        let patch = async |user: &str| as_bound(&app, &bound, Method::PATCH, &format!("/users/{user}/properties"), Some(json!({"properties": {"team": "x"}}))).await;
        patch(&mine).await.expect(200);
        refused(patch(&both).await, 400, "USER_IN_OTHER_ORGANIZATION");
        refused(patch(&ana).await, 400, "USER_NOT_FOUND");
        refused(as_bound(&app, &bound, Method::POST, "/properties", Some(json!({"key": "x"}))).await, 403, "ORGANIZATION_BOUND");
    }
}

api_test! {
    async fn a_search_by_properties_takes_any_value_and_every_key(app: TestApp) {
        for key in ["team", "shirt"] {
            define(&app, json!({"key": key})).await;
        }
        let mut ids = Vec::new();
        for (name, body) in [("ana", json!({"team": "red", "shirt": "L"})), ("ben", json!({"team": "blue", "shirt": "L"})), ("cleo", json!({"team": "red"}))] {
            let id = email_user(&app, None, &format!("{name}@acme.test")).await;
            set(&app, &id, body).await.expect(200);
            ids.push(json!(id));
        }
        let found = async |query: &str| each(&get(&app, &format!("/search/users?{query}")).await["results"], "id");
        assert_eq!(found("properties%5Bteam%5D=red").await, [ids[0].clone(), ids[2].clone()]);
        assert_eq!(found("properties[team]=red,blue").await, ids);
        assert_eq!(found("properties[team]=red&properties[shirt]=L").await, [ids[0].clone()]);
        assert_eq!(found("query=cleo&properties[team]=red&expand=properties").await, [ids[2].clone()]);
        assert!(found("properties[none]=x").await.is_empty());
    }
}

api_test! {
    async fn a_merge_keeps_the_values_of_both_and_its_undoing_parts_them(app: TestApp) {
        for key in ["team", "shirt", "desk"] {
            define(&app, json!({"key": key})).await;
        }
        let directory = app.directory(Setup::default()).await;
        let pre = app.pre_create(&directory, "ana@acme.test").await;
        let old = email_user(&app, Some(&directory.organization_code), "ana@home.test").await;
        set(&app, &old, json!({"team": "red", "shirt": "L"})).await.expect(200);
        set(&app, &pre, json!({"team": "blue", "desk": "4"})).await.expect(200);
        app.api(Method::POST, &format!("/api/v1/users/{old}/merge"), Some(json!({"user_id": pre}))).await.expect(200);
        assert_eq!(values(&app, &old).await, json!({"desk": "4", "shirt": "L", "team": "red"}));
        let event = get(&app, "/undoable").await["undoable"][0]["event_id"].as_str().unwrap().to_owned();
        app.api(Method::POST, &format!("/api/v1/events/{event}/undo"), None).await.expect(200);
        assert_eq!(values(&app, &old).await, json!({"shirt": "L", "team": "red"}));
        assert_eq!(values(&app, &pre).await, json!({"desk": "4", "team": "blue"}));
        app.api(Method::DELETE, &format!("/api/v1/user?id={old}"), None).await.expect(200);
        assert_eq!(crate::support::Sql::connect(&app.database.url).numbers("SELECT COUNT(*) AS value FROM user_properties"), [2]);
    }
}
