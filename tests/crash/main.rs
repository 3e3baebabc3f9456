//! What survives: a killed server, a stopped one, a database that goes away, two that start at once, the log. The real binary.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "../process/mod.rs"]
mod process;
#[expect(dead_code, unused_imports, unused_macros, reason = "shared with the API tests")]
#[path = "../api/support/mod.rs"]
mod support;

mod cluster;
mod database_down;
mod kill;
mod ledger;
mod logs;
mod start;
mod stop;

use support::{Answer, Database};

/// The answer to a request; `None` when the server was gone before it came.
async fn attempt(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.ok()?;
    let body = serde_json::from_str(&text).unwrap_or_default();
    Some(Answer { status, headers, text, body })
}

/// Both kinds of database, or one where PostgreSQL is missing.
fn databases() -> Vec<Database> {
    [Some(Database::sqlite()), Database::postgres()].into_iter().flatten().collect()
}
