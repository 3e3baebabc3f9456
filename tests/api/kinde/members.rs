//! The members of an organization and their roles; whom a directory made one it alone removes.

use reqwest::Method;
use serde_json::{Value, json};

use super::{as_bound, each, get, refused, told_of_user};
use crate::people::support::{add_member, email_user, okta, rows, user_of};
use crate::support::{Answer, TestApp, api_test};

async fn call(app: &TestApp, method: Method, code: &str, body: Value) -> Answer {
    app.api(method, &format!("/api/v1/organizations/{code}/users"), Some(body)).await
}

async fn named(app: &TestApp, given: &str, email: &str) -> String {
    let body = json!({"profile": {"given_name": given, "family_name": "Ortiz"}, "identities": [{"type": "email", "details": {"email": email}}]});
    app.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200).id()
}

async fn role(app: &TestApp, key: &str) {
    app.api(Method::POST, "/api/v1/roles", Some(json!({"key": key}))).await.expect(201);
}

api_test! {
    async fn people_are_added_changed_and_removed_together(app: TestApp) {
        let code = app.organization(false).await;
        role(&app, "admin").await;
        role(&app, "member").await;
        let (ana, ben) = (named(&app, "Ana", "ana@acme.test").await, named(&app, "Ben", "ben@acme.test").await);
        let added = call(&app, Method::POST, &code, json!({"users": [{"id": ana, "roles": ["admin"], "permissions": ["x"]}, {"id": ben}]})).await.expect(200).body;
        assert_eq!(added, json!({"code": "OK", "message": "Success", "users_added": [ana, ben]}));
        assert_eq!(call(&app, Method::POST, &code, json!({"users": [{"id": ana}]})).await.expect(200).body["users_added"], json!([]));
        let listed = get(&app, &format!("/organizations/{code}/users")).await;
        assert_eq!(listed["organization_users"][0], json!({
            "id": ana, "email": "ana@acme.test", "full_name": "Ana Ortiz", "first_name": "Ana", "last_name": "Ortiz", "picture": null,
            "joined_on": listed["organization_users"][0]["joined_on"], "last_accessed_on": null, "is_suspended": false, "roles": ["admin"], "source": "admin",
        }));
        let body = json!({"users": [{"id": ana, "roles": ["member"]}, {"id": ben, "operation": "delete"}]});
        let changed = call(&app, Method::PATCH, &code, body).await.expect(200).body;
        assert_eq!((&changed["users_updated"], &changed["users_removed"], &changed["users_added"]), (&json!([ana]), &json!([ben]), &json!([])));
        assert_eq!(each(&get(&app, &format!("/organizations/{code}/users")).await["organization_users"], "roles"), [json!(["member"])]);
        assert_eq!(told_of_user(&app, &ana, "user.role_revoked"), [json!({"organization": code, "role": "admin"})]);
        assert_eq!(told_of_user(&app, &ben, "organization.member_removed"), [json!({"organization": code, "source": "admin", "sessions": "revoke"})]);
        app.api(Method::DELETE, &format!("/api/v1/organizations/{code}/users/{ana}"), None).await.expect(200);
        refused(app.api(Method::DELETE, &format!("/api/v1/organizations/{code}/users/{ana}"), None).await, 400, "USER_NOT_IN_ORGANIZATION");
        // What was given in the organization does not come back with the membership.
        call(&app, Method::POST, &code, json!({"users": [{"id": ana}]})).await.expect(200);
        assert_eq!(each(&get(&app, &format!("/organizations/{code}/users")).await["organization_users"], "roles"), [json!([])]);
    }
}

api_test! {
    async fn a_request_that_cannot_be_done_whole_changes_nobody(app: TestApp) {
        let code = app.organization(false).await;
        let ana = named(&app, "Ana", "ana@acme.test").await;
        let before = rows(&app);
        let many: Vec<Value> = (0..101).map(|_| json!({"id": ana})).collect();
        for (body, refusal) in [
            (json!({"users": [{"id": ana}, {"id": "kp_0"}]}), "USER_NOT_FOUND"), (json!({"users": [{"id": ana, "roles": ["nothing"]}]}), "ROLE_NOT_FOUND"),
            (json!({"users": many}), "TOO_MANY_OBJECTS"), (json!({"users": "x"}), "INVALID_BODY"), (json!({"users": [{}]}), "INVALID_BODY"),
        ] {
            refused(call(&app, Method::POST, &code, body.clone()).await, 400, refusal);
            refused(call(&app, Method::PATCH, &code, body).await, 400, refusal);
        }
        refused(call(&app, Method::PATCH, &code, json!({"users": [{"id": ana}, {"id": ana, "operation": "promote"}]})).await, 400, "INVALID_OPERATION");
        refused(call(&app, Method::POST, "org_0", json!({"users": []})).await, 400, "ORGANIZATION_NOT_FOUND");
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn the_list_is_sorted_walked_and_narrowed_by_role(app: TestApp) {
        let code = app.organization(false).await;
        role(&app, "admin").await;
        let mut ids = Vec::new();
        for (given, email) in [("Cleo", "a@acme.test"), ("Ana", "c@acme.test"), ("Ben", "b@acme.test"), ("Ana", "d@acme.test"), ("Dana", "e@acme.test")] {
            ids.push(json!(named(&app, given, email).await));
        }
        let users: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        call(&app, Method::POST, &code, json!({"users": users})).await.expect(200);
        let pick = |order: &[usize]| order.iter().map(|at| ids[*at].clone()).collect::<Vec<_>>();
        let walk = async |query: &str| {
            let (mut seen, mut token) = (Vec::new(), String::new());
            loop {
                let page = get(&app, &format!("/organizations/{code}/users?page_size=2&{query}&next_token={token}")).await;
                seen.extend(each(&page["organization_users"], "id"));
                let Some(next) = page["next_token"].as_str() else { return seen };
                next.clone_into(&mut token);
            }
        };
        assert_eq!(walk("").await, pick(&[1, 3, 2, 0, 4]));
        assert_eq!(walk("sort=name_desc").await, pick(&[4, 0, 2, 3, 1]));
        assert_eq!(walk("sort=email_asc").await, pick(&[0, 2, 1, 3, 4]));
        assert_eq!(walk("sort=email_desc").await, pick(&[4, 3, 1, 2, 0]));
        for at in [0, 1, 4] {
            call(&app, Method::PATCH, &code, json!({"users": [{"id": ids[at], "roles": ["admin"]}]})).await.expect(200);
        }
        assert_eq!(walk("roles=admin,other").await, pick(&[1, 0, 4]));
        assert_eq!(walk("roles=other").await, Vec::<Value>::new());
        let page = get(&app, &format!("/organizations/{code}/users?page_size=5")).await;
        assert_eq!((page["organization_users"].as_array().unwrap().len(), &page["next_token"]), (5, &Value::Null));
        refused(app.api(Method::GET, &format!("/api/v1/organizations/{code}/users?sort=x"), None).await, 400, "INVALID_SORT");
        refused(app.api(Method::GET, &format!("/api/v1/organizations/{code}/users?roles="), None).await, 400, "INVALID_QUERY");
        // A token is of one list in one order, and says nothing of whom it stands at.
        let token = get(&app, &format!("/organizations/{code}/users?page_size=2")).await["next_token"].as_str().unwrap().to_owned();
        let other = app.organization(false).await;
        for path in [format!("/organizations/{code}/users?sort=email_asc"), format!("/organizations/{other}/users?"), "/organizations?".to_owned(), "/users?".to_owned()] {
            refused(app.api(Method::GET, &format!("/api/v1{path}&next_token={token}"), None).await, 400, "INVALID_NEXT_TOKEN");
        }
        let bytes = base64::engine::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &token).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Ana"));
    }
}

api_test! {
    async fn whom_the_directory_made_a_member_it_alone_removes(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let code = directory.organization_code.clone();
        let id = directory.push("ana@acme.test").await;
        let ana = user_of(&app, &directory, &id).await;
        let before = rows(&app);
        refused(app.api(Method::DELETE, &format!("/api/v1/organizations/{code}/users/{ana}"), None).await, 400, "MANAGED_BY_DIRECTORY");
        refused(call(&app, Method::PATCH, &code, json!({"users": [{"id": ana, "operation": "delete"}]})).await, 400, "MANAGED_BY_DIRECTORY");
        assert_eq!(rows(&app), before);
        directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "active", "value": false}])).await.expect(200);
        let listed = get(&app, &format!("/organizations/{code}/users")).await["organization_users"][0].clone();
        assert_eq!((&listed["is_suspended"], &listed["source"]), (&json!(true), &json!("directory")));
    }
}

api_test! {
    async fn a_client_of_one_organization_changes_its_own_members_alone(app: TestApp) {
        let (own, other) = (app.organization(false).await, app.organization(false).await);
        let (ana, ben) = (email_user(&app, Some(&own), "ana@acme.test").await, email_user(&app, Some(&other), "ben@acme.test").await);
        let bound = app.client_of(&own).await;
        for (method, body) in [(Method::GET, None), (Method::POST, Some(json!({"users": [{"id": ana}]}))), (Method::PATCH, Some(json!({"users": [{"id": ben, "operation": "delete"}]})))] {
            refused(as_bound(&app, &bound, method, &format!("/organizations/{other}/users"), body).await, 400, "ORGANIZATION_NOT_FOUND");
        }
        refused(as_bound(&app, &bound, Method::DELETE, &format!("/organizations/{other}/users/{ben}"), None).await, 400, "ORGANIZATION_NOT_FOUND");
        refused(as_bound(&app, &bound, Method::POST, &format!("/organizations/{own}/users"), Some(json!({"users": [{"id": ben}]}))).await, 400, "USER_NOT_FOUND");
        add_member(&app, &other, &ana).await;
        as_bound(&app, &bound, Method::DELETE, &format!("/organizations/{own}/users/{ana}"), None).await.expect(200);
        assert_eq!(get(&app, &format!("/user?id={ana}&expand=organizations")).await["organizations"], json!([other]));
    }
}
