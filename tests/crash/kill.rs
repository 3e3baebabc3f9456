//! SIGKILL under load (R-01, V-75): what was acknowledged is there, what was not is whole or absent.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::rt::time::sleep;
use futures_util::future::{join, join_all};

use crate::ledger::Writer;
use crate::process::{Process, Site};
use crate::support::{Database, Directory, Sql};

const CYCLES: usize = 24;
const WRITERS: usize = 8;

#[actix_web::test]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let database = Database::sqlite();
    let mut process = Process::start(&database.url);
    let site = Site::new(&database.url, &process.url).await;
    let mut writers: Vec<Writer> = (0..WRITERS).map(Writer::new).collect();
    for cycle in 0..CYCLES {
        let directory = site.directory(&process.url);
        // From 50 to 400 ms, in an order that looks like none.
        let after = Duration::from_millis(50 + u64::try_from(cycle).unwrap() * 211 % 351);
        let writing = join_all(writers.iter_mut().map(|writer| writer.write(&directory, cycle)));
        let killing = async {
            sleep(after).await;
            process.kill();
        };
        join(writing, killing).await;
        process = Process::start(&database.url);
        let directory = site.directory(&process.url);
        join_all(writers.iter_mut().map(|writer| writer.check(&directory))).await;
        check_database(&mut Sql::connect(&database.url));
    }
    let acknowledged: usize = writers.iter().map(Writer::acknowledged).sum();
    assert!(acknowledged > CYCLES * WRITERS, "{acknowledged} changes are no load");
    let told: BTreeMap<String, String> = writers.iter().flat_map(|writer| writer.titles().clone()).collect();
    assert_eq!(everybody(&site.directory(&process.url)).await, told);
}

/// Title by id of everybody, page by page.
async fn everybody(directory: &Directory) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    loop {
        let page = directory
            .get(&format!("/Users?startIndex={}&count=500&attributes=title", found.len() + 1))
            .await
            .expect(200)
            .body;
        let people = page["Resources"].as_array().unwrap();
        found.extend(
            people.iter().map(|one| {
                (one["id"].as_str().unwrap().to_owned(), one["title"].as_str().unwrap_or_default().to_owned())
            }),
        );
        if people.is_empty() {
            assert_eq!(page["totalResults"], found.len());
            return found;
        }
    }
}

/// The file is sound, and what belongs together is there together.
fn check_database(sql: &mut Sql) {
    assert_eq!(sql.texts("SELECT integrity_check AS value FROM pragma_integrity_check"), ["ok"]);
    assert_eq!(sql.numbers("SELECT COUNT(*) AS value FROM pragma_foreign_key_check"), [0]);
    for kind in ["User", "Group"] {
        let counted = sql
            .numbers(&format!("SELECT COALESCE(SUM(total), 0) AS value FROM directory_counts WHERE kind = '{kind}'"));
        assert_eq!(
            sql.numbers(&format!("SELECT COUNT(*) AS value FROM resources WHERE kind = '{kind}'")),
            counted,
            "{kind}"
        );
        let word = kind.to_lowercase();
        let untold = format!(
            "SELECT COUNT(*) AS value FROM resources WHERE kind = '{kind}' AND id NOT IN (SELECT resource_id FROM events WHERE kind = '{word}.created')"
        );
        assert_eq!(sql.numbers(&untold), [0], "a {word} without its event");
        let unmade = format!(
            "SELECT COUNT(*) AS value FROM events WHERE kind = '{word}.created' AND resource_id NOT IN (SELECT id FROM resources)"
        );
        assert_eq!(sql.numbers(&unmade), [0], "an event without its {word}");
    }
    let apart = "SELECT (SELECT COUNT(*) FROM resources WHERE kind = 'User' AND key NOT IN (SELECT resource_key FROM identities WHERE resource_key IS NOT NULL)) \
                 + (SELECT COUNT(*) FROM users WHERE key NOT IN (SELECT user_key FROM identities)) \
                 + (SELECT COUNT(*) FROM resources WHERE key NOT IN (SELECT resource_key FROM attribute_values)) AS value";
    assert_eq!(sql.numbers(apart), [0]);
}
