//! A second way into a test's database: what an administrator with a database shell, or buggy code, could do.
#![expect(clippy::disallowed_methods, reason = "the tests ask the database itself, past the store")]

use anteroom::store::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};

/// A connection that enforces what the server's own connections enforce.
pub enum Sql {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Sql {
    /// Connects to a test's database.
    pub fn connect(url: &DatabaseUrl) -> Self {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("the file opens");
                connection.batch_execute("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000;").expect("pragmas");
                Self::Sqlite(connection)
            }
            DatabaseUrl::Postgres(url) => Self::Postgres(PgConnection::establish(url).expect("a connection")),
        }
    }

    /// Runs a statement; the error is the database's message.
    pub fn execute(&mut self, statement: &str) -> Result<usize, String> {
        match self {
            Self::Sqlite(inner) => sql_query(statement).execute(inner),
            Self::Postgres(inner) => sql_query(statement).execute(inner),
        }
        .map_err(|cause| cause.to_string())
    }

    /// The numbers in the column `value`.
    pub fn numbers(&mut self, query: &str) -> Vec<i64> {
        let rows: Vec<Number> = match self {
            Self::Sqlite(inner) => sql_query(query).load(inner),
            Self::Postgres(inner) => sql_query(query).load(inner),
        }
        .expect("rows");
        rows.into_iter().map(|row| row.value).collect()
    }

    /// The texts in the column `value`.
    pub fn texts(&mut self, query: &str) -> Vec<String> {
        let rows: Vec<Word> = match self {
            Self::Sqlite(inner) => sql_query(query).load(inner),
            Self::Postgres(inner) => sql_query(query).load(inner),
        }
        .expect("rows");
        rows.into_iter().map(|row| row.value).collect()
    }
}
