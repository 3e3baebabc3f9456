//! Two users who are one person: merged, taken apart again, and moved from one connection to another.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, Sql, TestApp, api_test};

const ANA: &str = "ana@acme.test";

async fn merge(app: &TestApp, keep: &str, from: &str, is_dry_run: bool) -> Answer {
    let body = json!({"user_id": from, "dry_run": is_dry_run});
    app.api(Method::POST, &format!("/api/v1/users/{keep}/merge"), Some(body)).await
}

/// All that the management API tells of a user.
async fn all(app: &TestApp, user: &str) -> Value {
    let path = format!("/api/v1/user?id={user}&expand=identities,organizations,roles");
    let user_now = app.api(Method::GET, &path, None).await.expect(200).body;
    let held =
        app.api(Method::GET, &format!("/api/v1/users/{user}/identities"), None).await.expect(200).body["identities"]
            .clone();
    json!([user_now, held])
}

fn event(app: &TestApp, kind: &str) -> String {
    Sql::connect(&app.database.url)
        .texts(&format!("SELECT id AS value FROM events WHERE kind = '{kind}' ORDER BY key"))
        .remove(0)
}

async fn undo(app: &TestApp, event: &str) -> Answer {
    app.api(Method::POST, &format!("/api/v1/events/{event}/undo"), None).await
}

#[track_caller]
fn refused(answer: Answer, status: u16, code: &str) {
    assert_eq!(answer.expect(status).body["errors"][0]["code"], code);
}

/// A user with an email and a phone who belongs to the organization and one more, and the same person as the IdP pushed
/// them; the ids.
async fn twice(app: &TestApp, directory: &Directory) -> (String, String, String) {
    let local = email_user(app, Some(&directory.organization_code), ANA).await;
    let phone = json!({"type": "phone", "value": "+61400000000"});
    app.api(Method::POST, &format!("/api/v1/users/{local}/identities"), Some(phone)).await.expect(201);
    let pushed = directory.post("/Users", &person(ANA, "x1", ANA)).await.expect(201).id();
    let pushed_user = user_of(app, directory, &pushed).await;
    assert_ne!(local, pushed_user);
    (local, pushed_user, pushed)
}

async fn grant(app: &TestApp, organization: &str, user: &str, role: &str) {
    app.api(Method::POST, "/api/v1/roles", Some(json!({"key": role}))).await.expect(201);
    let path = format!("/api/v1/organizations/{organization}/users/{user}/roles");
    app.api(Method::POST, &path, Some(json!({"role_id": role}))).await.expect(200);
}

api_test! {
    async fn a_diagnosis_proposes_the_merge_of_two_who_are_one_and_it_can_be_undone(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let (local, pushed, id) = twice(&app, &directory).await;
        allowed(&app.sign_in(&directory, json!({"subject": "x1"})).await, "bound");
        grant(&app, &directory.organization_code, &pushed, "dev").await;
        let path = format!("/api/v1/connections/{}/diagnosis", directory.connection_id);
        let proposals = app.api(Method::GET, &path, None).await.expect(200).body["diagnosis"]["duplicates"][0]["proposals"].clone();
        assert_eq!(proposals, json!([format!("anteroom user merge --dry-run --keep {local} --from {pushed}")]));

        let (one, other, counted) = (all(&app, &local).await, all(&app, &pushed).await, rows(&app));
        let told = merge(&app, &local, &pushed, true).await.expect(200).body["merge"].clone();
        assert_eq!((&told["identity"], &told["joined"], &told["dry_run"]), (&json!(ANA), &json!([]), &json!(true)));
        assert_eq!((all(&app, &local).await, all(&app, &pushed).await, rows(&app)), (one.clone(), other.clone(), counted.clone()));
        merge(&app, &local, &pushed, false).await.expect(200);

        assert_eq!(user_of(&app, &directory, &id).await, local);
        app.api(Method::GET, &format!("/api/v1/user?id={pushed}"), None).await.expect(400);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "x1"})).await, "recognized"), local);
        let now = all(&app, &local).await;
        assert_eq!((&now[0]["identities"], &now[0]["roles"][0]["key"]), (&json!([{"type": "enterprise", "identity": ANA}]), &json!("dev")));
        directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "name.givenName", "value": "Anna"}])).await.expect(200);
        assert_eq!(all(&app, &local).await[0]["first_name"], "Anna");
        assert_eq!(app.api(Method::GET, &path, None).await.body["diagnosis"]["duplicates"], json!([]));

        let done = undo(&app, &event(&app, "user.merged")).await.expect(200).body["undo"].clone();
        assert_eq!((&done["user_id"], &done["new_user_id"]), (&json!(local), &json!(pushed)));
        assert_eq!(user_of(&app, &directory, &id).await, pushed);
        let (one_again, mut other_again) = (all(&app, &local).await, all(&app, &pushed).await);
        assert_eq!(one_again[0]["identities"], one[0]["identities"]);
        for name in ["first_name", "provided_id", "organizations", "roles", "preferred_email"] {
            assert_eq!(one_again[0][name], one[0][name], "{name}");
        }
        assert_eq!(other_again[0]["first_name"], "Anna", "the directory's word");
        other_again[0]["first_name"] = other[0]["first_name"].clone();
        assert_eq!(other_again[0], other[0]);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "x1"})).await, "recognized"), pushed);
        refused(undo(&app, &event(&app, "user.merged")).await, 409, "ALREADY_UNDONE");
        let listed = app.api(Method::GET, "/api/v1/undoable", None).await.expect(200).body;
        assert_eq!(listed["undoable"], json!([]));
    }
}

api_test! {
    async fn the_idp_s_person_may_be_the_one_who_stays(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let elsewhere = app.organization(false).await;
        let (local, pushed, id) = twice(&app, &directory).await;
        app.api(Method::POST, "/api/v1/imports", None).await.expect(415);
        let more = json!({"email": ANA});
        let file = format!("email,organization_code\n{},{elsewhere}\n", more["email"].as_str().unwrap());
        let request = app.client.post(format!("{}/api/v1/imports", app.url)).bearer_auth(&app.management);
        Answer::of(request.header("content-type", "text/csv").body(file)).await.expect(200);
        let (one, other) = (all(&app, &local).await, all(&app, &pushed).await);
        let told = merge(&app, &pushed, &local, false).await.expect(200).body["merge"].clone();
        assert_eq!((&told["user_id"], &told["joined"]), (&json!(pushed), &json!([elsewhere])));
        let now = all(&app, &pushed).await;
        assert_eq!((&now[0]["provided_id"], &now[1]), (&json!("crm-1"), &other[1]));
        assert_eq!(user_of(&app, &directory, &id).await, pushed);
        // The addresses are free: somebody else may have them, and then the merge cannot be undone.
        let taken = email_user(&app, None, ANA).await;
        refused(undo(&app, &event(&app, "user.merged")).await, 409, "UNDO_CONFLICT");
        app.api(Method::DELETE, &format!("/api/v1/user?id={taken}"), None).await.expect(200);
        undo(&app, &event(&app, "user.merged")).await.expect(200);
        assert_eq!(all(&app, &pushed).await, other);
        assert_eq!(all(&app, &local).await, one);
    }
}

api_test! {
    async fn a_merge_that_cannot_be_is_refused(app: TestApp) {
        let (directory, foreign) = (app.directory(okta(json!({}))).await, app.directory(okta(json!({}))).await);
        let (local, pushed, _) = twice(&app, &directory).await;
        let other = foreign.push("other@acme.test").await;
        let other = user_of(&app, &foreign, &other).await;
        let lone = email_user(&app, None, "lone@acme.test").await;
        let before = rows(&app);
        refused(merge(&app, &local, &local, false).await, 400, "SAME_USER");
        refused(merge(&app, &local, "kp_nobody", false).await, 400, "USER_NOT_FOUND");
        refused(merge(&app, &local, &lone, false).await, 400, "NOTHING_TO_MERGE");
        refused(merge(&app, &pushed, &other, false).await, 400, "ENTERPRISE_IDENTITY_EXISTS");
        let bound = app.client_of(&directory.organization_code).await;
        for (keep, from) in [(&local, &other), (&other, &local)] {
            let request = app.client.post(format!("{}/api/v1/users/{keep}/merge", app.url)).bearer_auth(&bound);
            refused(Answer::of(request.json(&json!({"user_id": from}))).await, 400, "USER_NOT_FOUND");
        }
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn erasing_who_was_merged_leaves_nothing_of_either(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let (local, pushed, _) = twice(&app, &directory).await;
        merge(&app, &local, &pushed, false).await.expect(200);
        app.api(Method::DELETE, &format!("/api/v1/user?id={local}"), None).await.expect(200);
        refused(undo(&app, &event(&app, "user.merged")).await, 409, "UNDO_CONFLICT");
        let told = Sql::connect(&app.database.url).texts("SELECT data AS value FROM events WHERE data LIKE '%ana@acme.test%'");
        assert_eq!(told, Vec::<String>::new());
    }
}

api_test! {
    async fn erasing_one_of_two_who_were_one_leaves_the_other_s_history(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let (local, pushed, _) = twice(&app, &directory).await;
        merge(&app, &local, &pushed, false).await.expect(200);
        undo(&app, &event(&app, "user.merged")).await.expect(200);
        app.api(Method::DELETE, &format!("/api/v1/user?id={local}"), None).await.expect(200);
        let mut sql = Sql::connect(&app.database.url);
        let of = |user: &str| format!("SELECT data AS value FROM events WHERE user_id = '{user}' AND kind = 'user.created'");
        assert!(sql.texts(&of(&pushed))[0].contains(ANA));
        assert!(!sql.texts(&of(&local))[0].contains(ANA));
        let told = sql.texts("SELECT data AS value FROM events WHERE kind = 'user.merged'");
        assert!(!told[0].contains(ANA), "{told:?}");
    }
}

api_test! {
    async fn a_login_that_was_no_other_s_is_given_back(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let id = directory.post("/Users", &person(ANA, "x1", ANA)).await.expect(201).id();
        let ana = user_of(&app, &directory, &id).await;
        allowed(&app.sign_in(&directory, json!({"subject": "x1"})).await, "bound");
        grant(&app, &directory.organization_code, &ana, "dev").await;
        let (path, active) = (format!("/Users/{id}"), |is: bool| json!([{"op": "replace", "path": "active", "value": is}]));
        directory.patch(&path, active(false)).await.expect(200);
        directory.put(&path, &person(ANA, "x2", ANA)).await.expect(200);
        let other = user_of(&app, &directory, &id).await;
        assert_ne!(other, ana);
        denied(&app.sign_in(&directory, json!({"subject": "x1"})).await, "departed");
        let replaced = event(&app, "user.replaced");
        let listed = app.api(Method::GET, "/api/v1/undoable", None).await.expect(200).body["undoable"].clone();
        assert_eq!((&listed[0]["event_id"], &listed[0]["kind"]), (&json!(replaced), &json!("user.replaced")));

        let body = Some(json!({"dry_run": true}));
        app.api(Method::POST, &format!("/api/v1/events/{replaced}/undo"), body).await.expect(200);
        assert_eq!(user_of(&app, &directory, &id).await, other);
        let done = undo(&app, &replaced).await.expect(200).body["undo"].clone();
        assert_eq!(done["user_id"], json!(ana));
        assert_eq!(user_of(&app, &directory, &id).await, ana);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "x1"})).await, "recognized"), ana);
        assert_eq!(all(&app, &ana).await[0]["roles"][0]["key"], "dev");
        app.api(Method::GET, &format!("/api/v1/user?id={other}"), None).await.expect(400);
        refused(undo(&app, &replaced).await, 409, "ALREADY_UNDONE");
        assert_eq!(Sql::connect(&app.database.url).numbers("SELECT COUNT(*) AS value FROM departures"), [0]);
    }
}

api_test! {
    async fn a_login_is_not_given_back_to_who_has_gone_on(app: TestApp) {
        let directory = app.directory(okta(json!({}))).await;
        let next = app.directory_of(&directory.organization_code, entra(json!({}))).await;
        let active = |is: bool| json!([{"op": "replace", "path": "active", "value": is}]);
        for name in ["one", "two"] {
            let email = format!("{name}@acme.test");
            let id = directory.post("/Users", &person(&email, &format!("{name}-1"), &email)).await.expect(201).id();
            directory.patch(&format!("/Users/{id}"), active(false)).await.expect(200);
            let user = user_of(&app, &directory, &id).await;
            directory.put(&format!("/Users/{id}"), &person(&email, &format!("{name}-2"), &email)).await.expect(200);
            if name == "one" {
                let body = json!({"type": "enterprise", "value": email, "connection_id": next.connection_id});
                app.api(Method::POST, &format!("/api/v1/users/{user}/identities"), Some(body)).await.expect(201);
            } else {
                app.api(Method::DELETE, &format!("/api/v1/user?id={user}"), None).await.expect(200);
            }
        }
        let mut sql = Sql::connect(&app.database.url);
        let events = sql.texts("SELECT id AS value FROM events WHERE kind = 'user.replaced' ORDER BY key");
        let before = rows(&app);
        for event in events {
            refused(undo(&app, &event).await, 409, "UNDO_CONFLICT");
        }
        assert_eq!(rows(&app), before);
    }
}

async fn cut_over(app: &TestApp, from: &Directory, to: &Directory, is_dry_run: bool) -> Answer {
    let body = json!({"to": to.connection_id, "dry_run": is_dry_run});
    app.api(Method::POST, &format!("/api/v1/connections/{}/move", from.connection_id), Some(body)).await
}

async fn delete_directory(app: &TestApp, directory: &Directory) {
    let mut sql = Sql::connect(&app.database.url);
    let query = format!(
        "SELECT d.id AS value FROM directories d JOIN connections c ON c.key = d.connection_key WHERE c.id = '{}'",
        directory.connection_id
    );
    let id = sql.texts(&query).remove(0);
    app.api(Method::DELETE, &format!("/api/v1/directories/{id}"), None).await.expect(200);
}

fn outcomes(moved: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let people = moved["people"].as_array().unwrap().iter();
    people
        .map(|person| {
            format!("{} {} {}", text(&person["identity"]), text(&person["outcome"]), text(&person["paired_by"]))
        })
        .collect()
}

api_test! {
    async fn a_cut_over_pairs_people_and_keeps_their_ids(app: TestApp) {
        let old = app.directory(okta(json!({}))).await;
        let new = app.directory_of(&old.organization_code, entra(json!({"is_create_missing_user": true}))).await;
        let mut users = Vec::new();
        for (name, external) in [("eve", "x5"), ("ana", "x1"), ("ben", "x2"), ("cyd", "x3"), ("dan", "x4")] {
            let email = format!("{name}@acme.test");
            let id = old.post("/Users", &person(&email, external, &email)).await.expect(201).id();
            users.push(user_of(&app, &old, &id).await);
        }
        // Ana by externalId, Ben by email; Cyd's email is two people's; Dan is not there; Eve's email is Ana's new name.
        let ana = new.post("/Users", &person("a.ortiz@acme.test", "x1", "eve@acme.test")).await.expect(201).id();
        new.post("/Users", &person("b.okoye@acme.test", "o2", "ben@acme.test")).await.expect(201);
        for name in ["c1", "c2"] {
            new.post("/Users", &person(&format!("{name}@acme.test"), name, "cyd@acme.test")).await.expect(201);
        }
        let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Team", "members": [{"value": ana}]});
        new.post("/Groups", &group).await.expect(201);
        refused(cut_over(&app, &old, &new, true).await, 400, "CONNECTION_HAS_DIRECTORY");
        delete_directory(&app, &old).await;
        let before = rows(&app);
        let wanted = |outcome: &str| ["eve@acme.test ambiguous ".to_owned(), format!("ana@acme.test {outcome} externalId"), format!("ben@acme.test {outcome} email"), "cyd@acme.test ambiguous ".to_owned(), "dan@acme.test unpaired ".to_owned()];
        let told = cut_over(&app, &old, &new, true).await.expect(200).body["move"].clone();
        assert_eq!(outcomes(&told), wanted("paired"));
        assert_eq!(told["counts"], json!({"paired": 2, "unpaired": 1, "ambiguous": 2, "failed": 0}));
        assert_eq!(rows(&app), before);

        let done = cut_over(&app, &old, &new, false).await.expect(200).body["move"].clone();
        assert_eq!(outcomes(&done), wanted("moved"));
        assert_eq!(user_of(&app, &new, &ana).await, users[1]);
        assert_eq!(allowed(&app.sign_in(&new, json!({"subject": "x1"})).await, "bound"), users[1]);
        denied(&app.sign_in(&old, json!({"subject": "x1"})).await, "account_not_found");
        assert_eq!(allowed(&app.sign_in(&old, json!({"subject": "x4"})).await, "bound"), users[4], "who was not moved stays");
        let again = cut_over(&app, &old, &new, false).await.expect(200).body["move"].clone();
        assert_eq!(again["counts"], json!({"paired": 0, "unpaired": 1, "ambiguous": 2, "failed": 0}), "{again:#}");
        let moved = event(&app, "user.moved");
        refused(undo(&app, &moved).await, 400, "NOT_UNDOABLE");
    }
}

api_test! {
    async fn a_cut_over_between_strangers_is_refused(app: TestApp) {
        let (one, other) = (app.directory(okta(json!({}))).await, app.directory(okta(json!({}))).await);
        delete_directory(&app, &one).await;
        refused(cut_over(&app, &one, &one, true).await, 400, "SAME_CONNECTION");
        refused(cut_over(&app, &one, &other, true).await, 400, "OTHER_ORGANIZATION");
        let bound = app.client_of(&one.organization_code).await;
        let request = app.client.post(format!("{}/api/v1/connections/{}/move", app.url, one.connection_id)).bearer_auth(&bound);
        refused(Answer::of(request.json(&json!({"to": other.connection_id}))).await, 404, "CONNECTION_NOT_FOUND");
    }
}

api_test! {
    async fn one_person_moves_to_another_connection_when_no_directory_holds_them(app: TestApp) {
        let old = app.directory(okta(json!({}))).await;
        let new = app.directory_of(&old.organization_code, entra(json!({}))).await;
        let user = app.pre_create(&old, ANA).await;
        let give = |replace: bool| json!({"type": "enterprise", "value": ANA, "connection_id": new.connection_id, "replace": replace});
        let path = format!("/api/v1/users/{user}/identities");
        refused(app.api(Method::POST, &path, Some(give(false))).await, 400, "ENTERPRISE_IDENTITY_EXISTS");
        let local = json!({"type": "email", "value": "home@acme.test", "replace": true});
        refused(app.api(Method::POST, &path, Some(local)).await, 400, "ENTERPRISE_IDENTITY_EXISTS");
        let pushed = old.push(ANA).await;
        refused(app.api(Method::POST, &path, Some(give(true))).await, 400, "MANAGED_BY_DIRECTORY");
        delete_directory(&app, &old).await;
        app.api(Method::POST, &path, Some(give(true))).await.expect(201);
        assert_eq!(allowed(&app.sign_in(&new, json!({"subject": "s1", "email": ANA})).await, "bound"), user);
        denied(&app.sign_in(&old, json!({"subject": format!("ext-{ANA}")})).await, "account_not_found");
        let moved = told(&app, &new, "user.moved").await;
        assert_eq!(moved[0].data["former"]["connection"], json!(old.connection_id), "{pushed}");
    }
}
