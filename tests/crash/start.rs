//! Two servers that start at once, and a binary too old for its database.

use std::time::Duration;

use anteroom::store::DatabaseUrl;

use crate::databases;
use crate::process::{Process, Site, failure, json_of};
use crate::support::{Database, Sql};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const TIME: Duration = Duration::from_secs(20);

#[actix_web::test]
async fn one_server_makes_the_tables_while_others_wait() {
    if let Some(database) = Database::postgres() {
        let mut servers: Vec<Process> = (0..4).map(|_| Process::spawn(&database.url)).collect();
        assert!(servers.iter_mut().all(|server| server.is_ready_within(TIME)));
        let site = Site::new(&database.url, &servers[0].url).await;
        let id = site.directory(&servers[1].url).push("ana@acme.test").await;
        site.directory(&servers[3].url).get(&format!("/Users/{id}")).await.expect(200);
    }
}

#[actix_web::test]
async fn a_file_is_served_once_while_commands_work_beside_it() {
    let database = Database::sqlite();
    let mut servers: Vec<Process> = (0..3).map(|_| Process::spawn(&database.url)).collect();
    servers.retain_mut(|server| server.is_ready_within(TIME));
    assert_eq!(servers.len(), 1);
    let said = failure(&database.url, &SERVE);
    assert!(said.contains("another server already serves") && said.contains("anteroom.db"), "{said}");
    let site = Site::new(&database.url, &servers[0].url).await;
    let directory = site.directory(&servers[0].url);
    let made = json_of(
        &database.url,
        &["directory", "create", "--organization", "Beside", "--name", "d", "--provider", "okta"],
    );
    assert!(made["token"].is_string());
    directory.push("ana@acme.test").await;
    drop(servers);
    let again = Process::start(&database.url);
    assert_eq!(site.directory(&again.url).find("/Users", "userName pr").await.len(), 1);
}

#[actix_web::test]
async fn commands_that_start_at_once_on_nothing_all_succeed() {
    for database in databases() {
        let names = ["a", "b", "c", "d"];
        let threads: Vec<_> = names
            .map(|name| {
                let url = database.url.clone();
                std::thread::spawn(move || json_of(&url, &["client", "create", "--name", name, "--scopes", "all"]))
            })
            .into_iter()
            .collect();
        for thread in threads {
            assert!(thread.join().unwrap()["client_id"].is_string());
        }
    }
}

#[actix_web::test]
async fn a_binary_refuses_a_database_that_is_newer_than_itself() {
    for database in databases() {
        drop(Process::start(&database.url));
        let mut sql = Sql::connect(&database.url);
        sql.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231235959')").unwrap();
        for words in [&SERVE[..], &["token", "list", "--directory", "d"]] {
            let said = failure(&database.url, words);
            assert!(said.contains("newer") && said.contains("99991231235959") && said.contains("too old"), "{said}");
        }
        assert_eq!(sql.execute("DELETE FROM __diesel_schema_migrations WHERE version = '99991231235959'"), Ok(1));
        drop(Process::start(&database.url));
    }
}

#[actix_web::test]
async fn a_database_that_is_not_there_is_said_at_start() {
    let nowhere = DatabaseUrl::Postgres("postgres://anteroom@127.0.0.1:1/nothing".into());
    let said = failure(&nowhere, &SERVE);
    assert!(said.contains("unavailable"), "{said}");
    let nowhere = DatabaseUrl::Sqlite("/nowhere/at/all/anteroom.db".into());
    let said = failure(&nowhere, &SERVE);
    assert!(said.contains("/nowhere/at/all"), "{said}");
}
