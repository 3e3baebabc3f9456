//! What the database does to a request that is under way: a deadlock, a failure, a panic.

use anteroom::store::DatabaseUrl;
use serde_json::{Value, json};

use super::{assert_refused, bulk, person, post, send, statuses};
use crate::support::{Setup, Sql, TestApp, api_test};

fn people(number: usize) -> Vec<Value> {
    (0..number).map(|n| post(&format!("p{n}"), "/Users", person(&format!("p{n}")))).collect()
}

/// Makes the database fail with this message when this person is inserted.
fn fail_at(app: &TestApp, name: &str, message: &str) {
    match app.database.url {
        DatabaseUrl::Sqlite(_) => execute(
            app,
            &[&format!(
                "CREATE TRIGGER fault BEFORE INSERT ON resources WHEN NEW.unique_key = '{name}' \
                 BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )],
        ),
        DatabaseUrl::Postgres(_) => {
            execute(app, &[&function(&format!("RAISE EXCEPTION '{message}';")), &trigger(name)]);
        }
    }
}

fn execute(app: &TestApp, statements: &[&str]) {
    let mut sql = Sql::connect(&app.database.url);
    for statement in statements {
        sql.execute(statement).expect(statement);
    }
}

/// What a trigger of PostgreSQL does.
fn function(body: &str) -> String {
    format!("CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$")
}

/// When it does it.
fn trigger(name: &str) -> String {
    format!(
        "CREATE TRIGGER fault BEFORE INSERT ON resources FOR EACH ROW WHEN (NEW.unique_key = '{name}') EXECUTE FUNCTION fault()"
    )
}

api_test! {
    async fn what_a_failing_store_did_not_carry_out_is_told_503(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ana = okta.push("ana@acme.test").await;
        fail_at(&app, "p75", "database or disk is full");
        let mut operations = people(120);
        operations.push(json!({"method": "DELETE", "path": format!("/Users/{ana}")}));
        let answers = bulk(&okta, json!(operations)).await;
        // Whole transactions are kept or lost.
        let expected: Vec<&str> = (0..121).map(|n| if n < 50 { "201" } else { "503" }).collect();
        assert_eq!(statuses(&answers), expected);
        assert_refused(&answers[50], "503", "");
        assert_eq!(answers[120]["location"], format!("{}/Users/{ana}", okta.base_url));
        assert_eq!(okta.get("/Users?count=0").await.body["totalResults"], 51);
        // Nothing was done at all: that is no answer to a Bulk request.
        let refused = send(&okta, json!([post("x", "/Users", person("x")), post("p75", "/Users", person("p75"))])).await.expect_error(503, "");
        assert_eq!(refused.header("retry-after"), "5");
        assert_eq!(okta.get("/Users?count=0").await.body["totalResults"], 51);
    }
}

api_test! {
    async fn a_defect_met_by_one_operation_is_its_own(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        fail_at(&app, "p1", "no such thing");
        let answers = bulk(&okta, json!(people(3))).await;
        assert_eq!(statuses(&answers), ["201", "500", "201"]);
        assert_refused(&answers[1], "500", "");
        assert_eq!(answers[1]["response"]["detail"], "internal error");
        assert_eq!(okta.get("/Users?count=0").await.body["totalResults"], 2);
    }
}

api_test! {
    async fn after_a_deadlock_everything_is_done_again_and_once(app: TestApp) {
        if matches!(app.database.url, DatabaseUrl::Sqlite(_)) {
            return;
        }
        let okta = app.directory(Setup::default()).await;
        // A sequence is not undone with its transaction: the first run fails, the second does not.
        let once = "IF nextval('runs') = 1 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;";
        execute(&app, &["CREATE SEQUENCE runs", &function(once), &trigger("p7")]);
        let answers = bulk(&okta, json!(people(20))).await;
        assert_eq!(statuses(&answers), ["201"; 20]);
        assert_eq!(Sql::connect(&app.database.url).numbers("SELECT last_value AS value FROM runs"), [2]);
        assert_eq!(okta.get("/Users?count=0").await.body["totalResults"], 20);
        assert_eq!(app.events(&okta).await.iter().filter(|kind| *kind == "user.created").count(), 20);
    }
}
