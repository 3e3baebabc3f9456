//! A connection that is deleted lets nobody in at once, comes back for seven days, and is then gone with what hung on it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, NOW, Setup, Sql, TestApp, api_test};

const DAY: Duration = Duration::from_hours(24);
/// More than one step removes.
const PEOPLE: i64 = 600;

async fn without_directory(app: &TestApp, directory: &Directory) {
    let query = format!(
        "SELECT d.id AS value FROM directories d JOIN connections c ON c.key = d.connection_key WHERE c.id = '{}'",
        directory.connection_id
    );
    let id = Sql::connect(&app.database.url).texts(&query).remove(0);
    app.api(Method::DELETE, &format!("/api/v1/directories/{id}"), None).await.expect(200);
}

async fn delete(app: &TestApp, directory: &Directory) -> Answer {
    app.api(Method::DELETE, &format!("/api/v1/connections/{}", directory.connection_id), None).await
}

async fn restore(app: &TestApp, directory: &Directory) -> Answer {
    app.api(Method::POST, &format!("/api/v1/connections/{}/restore", directory.connection_id), Some(json!({}))).await
}

fn code(answer: &Answer) -> &Value {
    &answer.body["errors"][0]["code"]
}

api_test! {
    async fn a_deleted_connection_lets_nobody_in_and_comes_back_as_it_was(app: TestApp) {
        for state in ["active", "disabled"] {
            let directory = app.directory(Setup::default()).await;
            directory.push("ana@acme.test").await;
            allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
            assert_eq!(code(&delete(&app, &directory).await.expect(400)), "CONNECTION_HAS_DIRECTORY");
            assert_eq!(code(&restore(&app, &directory).await.expect(400)), "CONNECTION_NOT_DELETED");
            without_directory(&app, &directory).await;
            set_state(&app, &directory, state).await;
            let before = rows(&app);
            let until = delete(&app, &directory).await.expect(200).body["restorable_until"].clone();
            assert_eq!(until, json!(anteroom::clock::rfc3339(NOW + 7 * 86_400_000_000)));
            assert_eq!(delete(&app, &directory).await.expect(200).body["restorable_until"], until);
            denied(&app.sign_in(&directory, json!({"subject": "s1"})).await, "connection_disabled");
            run_jobs(&app).await;
            restore(&app, &directory).await.expect(200);
            let query = format!("SELECT state AS value FROM connections WHERE id = '{}'", directory.connection_id);
            assert_eq!(Sql::connect(&app.database.url).texts(&query), [state]);
            set_state(&app, &directory, "active").await;
            allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized");
            assert_eq!(rows(&app)[..4], before[..4]);
            assert_eq!(told(&app, &directory, "connection.deleting").await.len(), 1);
            assert_eq!(told(&app, &directory, "connection.restored").await.len(), 1);
        }
    }
}

api_test! {
    async fn after_seven_days_a_deleted_connection_is_gone_and_its_users_keep_id_and_history(app: TestApp) {
        let mut app = app;
        let directory = app.directory(okta(json!({"home_realm_domains": ["acme.test"]}))).await;
        let other = app.directory_of(&directory.organization_code, Setup::default()).await;
        let (ana, ben) = (directory.push("ana@acme.test").await, directory.push("ben@acme.test").await);
        let cleo = directory.push("cleo@acme.test").await;
        group(&directory, "Engineers", &[&ana, &ben]).await;
        other.push("dan@acme.test").await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.delete(&format!("/Users/{cleo}")).await.expect(204);
        without_directory(&app, &directory).await;
        delete(&app, &directory).await.expect(200);
        app.advance(DAY * 6).await;
        run_jobs(&app).await;
        restore(&app, &directory).await.expect(200);
        delete(&app, &directory).await.expect(200);
        app.advance(DAY * 7).await;
        assert_eq!(code(&restore(&app, &directory).await.expect(400)), "RESTORE_EXPIRED");
        run_jobs(&app).await;
        for answer in [restore(&app, &directory).await, delete(&app, &directory).await] {
            assert_eq!(code(&answer.expect(404)), "CONNECTION_NOT_FOUND");
        }
        let mut sql = Sql::connect(&app.database.url);
        let kinds = sql.texts("SELECT kind AS value FROM identities");
        assert_eq!((sql.numbers("SELECT count(*) AS value FROM connections"), kinds), (vec![1], vec!["enterprise".to_owned()]));
        assert_eq!(sql.numbers("SELECT count(*) AS value FROM resources"), [1]);
        for table in ["members", "departures", "connection_home_domains"] {
            assert_eq!(sql.numbers(&format!("SELECT count(*) AS value FROM {table}")), [0], "{table}");
        }
        assert_eq!(sql.numbers("SELECT count(*) AS value FROM events WHERE kind = 'connection.deleted'"), [1]);
        assert_eq!(shown(&app, &kp).await["total_sign_ins"], 1);
        let body = json!({"type": "enterprise", "value": "ana@acme.test", "connection_id": other.connection_id});
        app.api(Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(body)).await.expect(201);
        assert_eq!(allowed(&app.sign_in(&other, json!({"subject": "s9", "email": "ana@acme.test"})).await, "bound"), kp);
    }
}

api_test! {
    async fn a_deleted_connection_goes_entirely_where_it_has_more_people_than_are_removed_at_once(app: TestApp) {
        let mut app = app;
        let directory = app.directory(Setup::default()).await;
        let post = |id: String, path: &str, data: Value| json!({"method": "POST", "bulkId": id, "path": path, "data": data});
        let mut operations: Vec<Value> = (0..PEOPLE)
            .map(|number| post(number.to_string(), "/Users", json!({"userName": format!("p{number}@acme.test")})))
            .collect();
        let members: Vec<Value> = (0..PEOPLE).map(|number| json!({"value": format!("bulkId:{number}")})).collect();
        operations.push(post("all".into(), "/Groups", json!({"displayName": "All", "members": members})));
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
        directory.post("/Bulk", &body).await.expect(200);
        let mut sql = Sql::connect(&app.database.url);
        let tables = ["identities", "members", "resources", "connections"];
        let mut counts = || tables.map(|table| sql.numbers(&format!("SELECT count(*) AS value FROM {table}"))[0]);
        assert_eq!(counts(), [PEOPLE, PEOPLE, PEOPLE + 1, 1]);
        without_directory(&app, &directory).await;
        delete(&app, &directory).await.expect(200);
        app.advance(DAY * 7).await;
        run_jobs(&app).await;
        assert_eq!(counts(), [0; 4]);
    }
}

api_test! {
    async fn a_client_of_one_organization_deletes_and_restores_its_own_connections_alone(app: TestApp) {
        let (own, other) = (app.directory(Setup::default()).await, app.directory(Setup::default()).await);
        for directory in [&own, &other] {
            without_directory(&app, directory).await;
        }
        let bound = app.client_of(&own.organization_code).await;
        let send = async |method: Method, path: String| Answer::of(app.client.request(method, format!("{}/api/v1/connections/{path}", app.url)).bearer_auth(&bound).json(&json!({}))).await;
        send(Method::DELETE, other.connection_id.clone()).await.expect(404);
        send(Method::DELETE, own.connection_id.clone()).await.expect(200);
        delete(&app, &other).await.expect(200);
        send(Method::POST, format!("{}/restore", other.connection_id)).await.expect(404);
        send(Method::POST, format!("{}/restore", own.connection_id)).await.expect(200);
    }
}

async fn run_jobs(app: &TestApp) {
    app.jobs().run_due().await.expect("jobs");
}
