//! One database a test.

use std::sync::atomic::{AtomicU32, Ordering};

use anteroom::store::DatabaseUrl;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use super::postgres;

/// A fresh database, and what keeps it alive.
pub struct Database {
    pub url: DatabaseUrl,
    /// The folder of an SQLite file, removed with the test.
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    /// A new file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("anteroom.db"));
        Self { url, _folder: Some(folder) }
    }

    /// A new database on the test server; `None` says that the case is skipped.
    #[expect(clippy::disallowed_methods, reason = "a database can only be made by SQL text")]
    pub fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = postgres::server()?;
        let name = format!("anteroom_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // The server may listen before it takes connections.
        let mut connection = (0..100)
            .find_map(|_| {
                let connection = PgConnection::establish(&format!("{server}/postgres")).ok();
                if connection.is_none() {
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                connection
            })
            .expect("PostgreSQL takes connections");
        sql_query(format!("CREATE DATABASE {name}")).execute(&mut connection).expect("a new database");
        Some(Self { url: DatabaseUrl::Postgres(format!("{server}/{name}")), _folder: None })
    }
}
