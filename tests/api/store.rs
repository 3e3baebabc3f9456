//! The database underneath: two schemas that are one, statements that are not hoarded, writes that do not disturb each
//! other.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};

use anteroom::store::{self, ConnectionKey, DatabaseUrl, Error};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use serde_json::json;

use crate::support::{Database, Directory, Setup, Sql, TestApp, api_test};

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_field_names, reason = "the catalogues' names")]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, c.name AS column_name, \
    CASE c.type WHEN 'INTEGER' THEN 'BIGINT' ELSE c.type END AS kind, c.\"notnull\" = 0 AS nullable \
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
    AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, upper(data_type)::text AS kind, \
    is_nullable = 'YES' AS nullable FROM information_schema.columns WHERE table_schema = 'public' \
    AND table_name NOT LIKE '\\_\\_diesel%'";
const POSTGRES_COLLATIONS: &str = "SELECT table_name::text, column_name::text, coalesce(collation_name, 'none')::text AS kind, \
    false AS nullable FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text' \
    AND table_name NOT LIKE '\\_\\_diesel%'";

#[expect(clippy::disallowed_methods, reason = "catalogues are read by SQL text")]
fn columns(url: &DatabaseUrl, sqlite: &str, postgres: &str) -> BTreeSet<Column> {
    let found: Vec<Column> = match url {
        DatabaseUrl::Sqlite(path) => {
            diesel::sql_query(sqlite).load(&mut SqliteConnection::establish(&path.to_string_lossy()).expect("a file"))
        }
        DatabaseUrl::Postgres(url) => {
            diesel::sql_query(postgres).load(&mut PgConnection::establish(url).expect("a server"))
        }
    }
    .expect("columns");
    found.into_iter().collect()
}

#[actix_web::test]
async fn both_backends_have_the_same_tables_and_postgres_compares_bytes() {
    let Some(postgres) = Database::postgres() else { return };
    let (sqlite, postgres) = (TestApp::start(Database::sqlite()).await, TestApp::start(postgres).await);
    let (a, b) = (
        columns(&sqlite.database.url, SQLITE_COLUMNS, POSTGRES_COLUMNS),
        columns(&postgres.database.url, SQLITE_COLUMNS, POSTGRES_COLUMNS),
    );
    assert!(a.len() > 100);
    assert_eq!(a.symmetric_difference(&b).collect::<Vec<_>>(), Vec::<&Column>::new());
    let collations = columns(&postgres.database.url, SQLITE_COLUMNS, POSTGRES_COLLATIONS);
    assert!(collations.iter().all(|column| column.kind == "C"), "{collations:?}");
}

api_test! {
    async fn filters_of_the_client_s_making_are_never_kept_prepared(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        okta.push("a@acme.test").await;
        let ask = |terms: usize| vec!["title eq \"x\""; terms].join(" or ");
        // One reader of four may see its first query late.
        for _ in 0..8 {
            okta.find("/Users", &ask(1)).await;
        }
        let before = app.store.statements().cached();
        for terms in 2..40 {
            okta.find("/Users", &ask(terms)).await;
        }
        // What is not the client's (authentication, groups) may be prepared once a connection.
        assert!(app.store.statements().cached() - before <= 12, "{} statements were kept", app.store.statements().cached() - before);
    }
}

api_test! {
    async fn a_refused_write_leaves_its_neighbours_alone(app: TestApp) {
        let write = |name: &'static str, fails: bool| {
            let store = app.store.clone();
            async move {
                store
                    .write(move |tx| {
                        store::meta::insert(tx, name, "x")?;
                        if fails { Err(Error::Stale) } else { Ok(()) }
                    })
                    .await
            }
        };
        let (a, b, c) = tokio::join!(write("a", false), write("b", true), write("c", false));
        assert_eq!((a, b, c), (Ok(()), Err(Error::Stale), Ok(())));
        let kept = |name: &'static str| app.store.read(move |tx| store::meta::find(tx, name));
        assert_eq!(kept("a").await, Ok(Some("x".into())));
        assert_eq!(kept("b").await, Ok(None));
        assert_eq!(kept("c").await, Ok(Some("x".into())));
    }
}

api_test! {
    async fn a_panicking_write_is_an_error_and_the_next_one_works(app: TestApp) {
        let refused = app.store.write(|_| -> Result<(), Error> { panic!("on purpose") }).await;
        assert!(matches!(refused, Err(Error::Internal(_))), "{refused:?}");
        assert_eq!(app.store.write(|tx| store::meta::insert(tx, "after", "x")).await, Ok(()));
    }
}

api_test! {
    async fn a_savepoint_undoes_what_was_refused_within_it_and_nothing_else(app: TestApp) {
        let written = app.store.write(|tx| {
            let write = |tx: &mut store::Tx<'_>, name: &str, fails: bool| {
                tx.savepoint(|tx| {
                    store::meta::insert(tx, name, "x")?;
                    if fails { Err(Error::Stale) } else { Ok(()) }
                })
            };
            let answers = [write(tx, "a", false), write(tx, "b", true), write(tx, "c", false)];
            // A statement that failed, and one savepoint in another.
            let outer = tx.savepoint(|tx| {
                let inner = write(tx, "a", false);
                store::meta::insert(tx, "d", "x")?;
                Ok::<_, Error>(inner)
            });
            Ok::<_, Error>((answers, outer))
        });
        assert_eq!(written.await, Ok(([Ok(()), Err(Error::Stale), Ok(())], Ok(Err(Error::Conflict)))));
        for (name, value) in [("a", Some("x")), ("b", None), ("c", Some("x")), ("d", Some("x"))] {
            assert_eq!(app.store.read(move |tx| store::meta::find(tx, name)).await, Ok(value.map(str::to_owned)), "{name}");
        }
    }
}

api_test! {
    async fn a_deadlock_that_was_taken_for_a_refusal_is_never_committed(app: TestApp) {
        if matches!(app.database.url, DatabaseUrl::Sqlite(_)) {
            return;
        }
        let mut sql = Sql::connect(&app.database.url);
        // A sequence is not undone with its transaction: the first run fails, the second does not.
        for statement in [
            "CREATE SEQUENCE runs",
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('runs') = 1 THEN \
             RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER fault BEFORE INSERT ON store_meta FOR EACH ROW WHEN (NEW.name = 'fault') EXECUTE FUNCTION fault()",
        ] {
            sql.execute(statement).expect(statement);
        }
        let answer = app.store.write(|tx| {
            store::meta::insert(tx, "before", "x")?;
            Ok::<_, Error>(tx.savepoint(|tx| store::meta::insert(tx, "fault", "x")))
        });
        assert_eq!(answer.await, Ok(Ok(())));
        assert_eq!(sql.numbers("SELECT last_value AS value FROM runs"), [2]);
    }
}

api_test! {
    async fn a_panic_in_a_savepoint_is_an_error_and_the_next_write_works(app: TestApp) {
        let refused = app.store.write(|tx| {
            store::meta::insert(tx, "before", "x")?;
            tx.savepoint(|tx| -> Result<(), Error> {
                store::meta::insert(tx, "within", "x")?;
                panic!("on purpose")
            })
        });
        assert!(matches!(refused.await, Err(Error::Internal(_))));
        assert_eq!(app.store.write(|tx| store::meta::insert(tx, "after", "x")).await, Ok(()));
        for (name, value) in [("before", None), ("within", None), ("after", Some("x"))] {
            assert_eq!(app.store.read(move |tx| store::meta::find(tx, name)).await, Ok(value.map(str::to_owned)), "{name}");
        }
    }
}

api_test! {
    async fn readers_cannot_write_on_sqlite(app: TestApp) {
        if matches!(app.database.url, DatabaseUrl::Sqlite(_)) {
            assert!(app.store.read(|tx| store::meta::insert(tx, "by a reader", "x")).await.is_err());
        }
    }
}

api_test! {
    async fn long_values_are_found_whole(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        for length in [507_usize, 508, 509, 511, 512, 513, 2_000, 3_500] {
            let title = format!("{}ä{}", "x".repeat(length - 1), "end");
            let body = json!({"userName": format!("u{length}"), "title": title, "externalId": format!("e{title}")});
            let id = okta.post("/Users", &body).await.expect(201).id();
            let upper = title.to_uppercase();
            assert_eq!(okta.find("/Users", &format!("title eq \"{upper}\"")).await, [id.clone()], "{length}");
            assert_eq!(okta.find("/Users", &format!("externalId eq \"e{title}\"")).await, [id.clone()], "{length}");
            assert_eq!(okta.find("/Users", &format!("externalId ew \"ä{}\" and title ew \"ÄEND\" and userName eq \"u{length}\"", "end")).await, [id.clone()], "{length}");
            let head: String = title.chars().take(length - 1).collect();
            assert!(okta.find("/Users", &format!("title sw \"{head}\"")).await.contains(&id), "{length}");
            assert!(okta.find("/Users", &format!("title ge \"{title}\"")).await.contains(&id), "{length}");
            assert!(!okta.find("/Users", &format!("title gt \"{title}\"")).await.contains(&id), "{length}");
        }
    }
}

api_test! {
    async fn a_read_of_a_tenant_sees_one_moment(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let connection = connection_of(&app, &okta).await;
        let (counted, pushed) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let (job_counted, job_pushed) = (Arc::clone(&counted), Arc::clone(&pushed));
        let read = app.store.read_of(connection, move |tx| {
            let before = store::counts::total(tx, connection, "User")?;
            job_counted.wait();
            job_pushed.wait();
            Ok::<_, Error>((before, store::counts::total(tx, connection, "User")?))
        });
        let write = async {
            tokio::task::spawn_blocking(move || counted.wait()).await.expect("a barrier");
            okta.push("ana@acme.test").await;
            tokio::task::spawn_blocking(move || pushed.wait()).await.expect("a barrier");
        };
        assert_eq!(tokio::join!(read, write).0, Ok((0, 0)));
    }
}

api_test! {
    async fn members_are_counted_no_further_than_asked(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let mut members = Vec::new();
        for name in ["a", "b", "c"] {
            members.push(json!({"value": okta.push(name).await}));
        }
        let group = okta.post("/Groups", &json!({"displayName": "All", "members": members})).await.expect(201).id();
        let connection = connection_of(&app, &okta).await;
        let more_than = app.store.read(move |tx| {
            let key = store::resources::keys_of(tx, connection, std::slice::from_ref(&group))?[&group].0;
            let more = |tx: &mut store::Tx<'_>, limit| store::members::are_more_than(tx, connection, &[key], limit);
            Ok::<_, Error>([more(tx, 2)?, more(tx, 3)?])
        });
        assert_eq!(more_than.await, Ok([true, false]));
    }
}

async fn connection_of(app: &TestApp, directory: &Directory) -> ConnectionKey {
    let id = directory.connection_id.clone();
    let found = app.store.read(move |tx| store::connections::find(tx, &id)?.ok_or(Error::NotFound));
    found.await.expect("a connection").key
}
