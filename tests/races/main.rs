//! Many at once: on SQLite against one server, on PostgreSQL against two that share a database, each the real binary.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[expect(dead_code, reason = "shared with the crash tests")]
#[path = "../process/mod.rs"]
mod process;
#[expect(dead_code, unused_imports, unused_macros, reason = "shared with the API tests")]
#[path = "../api/support/mod.rs"]
mod support;

mod people;
mod resources;
mod schemas;

use anteroom::store::DatabaseUrl;
use process::{Process, Site};
use serde_json::Value;
use support::{Database, Directory, Sql};

/// A directory behind one server or two.
struct Race {
    site: Site,
    servers: Vec<Process>,
    database: Database,
}

impl Race {
    async fn on(database: Database) -> Self {
        let count = if matches!(database.url, DatabaseUrl::Sqlite(_)) { 1 } else { 2 };
        let servers: Vec<Process> = (0..count).map(|_| Process::start(&database.url)).collect();
        let site = Site::new(&database.url, &servers[0].url).await;
        Self { site, servers, database }
    }

    /// The URL of one of the servers, in turn.
    fn url(&self, turn: usize) -> &str {
        &self.servers[turn % self.servers.len()].url
    }

    /// The directory, by one of the servers.
    fn directory(&self, turn: usize) -> Directory {
        self.site.directory(self.url(turn))
    }

    /// Asks one of the servers who has arrived.
    async fn sign_in(&self, turn: usize, question: Value) -> Value {
        let path = format!("/api/v1/connections/{}/sign_ins", self.site.connection_id);
        self.site.api(self.url(turn), &path, question).await.expect(200).body
    }

    fn number(&self, query: &str) -> i64 {
        Sql::connect(&self.database.url).numbers(query)[0]
    }
}

/// Defines a test that runs once on each backend.
macro_rules! race_test {
    (async fn $name:ident($race:ident: Race) $body:block) => {
        mod $name {
            use super::*;

            async fn run($race: Race) $body

            #[actix_web::test]
            async fn sqlite() {
                run(Race::on(crate::support::Database::sqlite()).await).await;
            }

            #[actix_web::test]
            async fn postgres() {
                if let Some(database) = crate::support::Database::postgres() {
                    run(Race::on(database).await).await;
                }
            }
        }
    };
}

pub(crate) use race_test;
