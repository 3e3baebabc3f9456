//! The plan of a statement that a store ran: its text and binds as they were recorded.

use anteroom::store::DatabaseUrl;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Database;

#[derive(QueryableByName)]
struct SqliteLine {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// Lets the planner know what is in the tables.
pub fn analyze(database: &Database) {
    match &database.url {
        DatabaseUrl::Sqlite(path) => {
            SqliteConnection::establish(&path.to_string_lossy()).expect("a file").batch_execute("ANALYZE")
        }
        DatabaseUrl::Postgres(url) => PgConnection::establish(url).expect("a server").batch_execute("ANALYZE"),
    }
    .expect("ANALYZE");
}

/// Fails if a statement that finds or counts resources would pass over a whole table of resources, values or members.
pub fn assert_indexed(database: &Database, statement: &str, filter: &str) {
    // What is shown of the members of a page is not what finds the page.
    let finds = statement.starts_with("SELECT COUNT(") || statement.contains("document");
    if !finds {
        return;
    }
    let plan = plan(database, &filled(statement));
    for table in ["resources", "attribute_values", "members", " r", " v", " m", " e"] {
        let is_passed_over = plan.iter().any(|line| {
            line.trim() == format!("SCAN{table}")
                || line.trim() == format!("SCAN {table}")
                || line.contains(&format!("Seq Scan on {}", table.trim()))
        });
        assert!(!is_passed_over, "{filter} passes over {table}:\n{statement}\n{}", plan.join("\n"));
    }
}

/// Fails if a page would be found by sorting all there is: an index has the values in order.
pub fn assert_in_order(database: &Database, statement: &str, by: &str) {
    let plan = plan(database, &filled(statement));
    let whole = |line: &&String| line.contains("Sort  (") || line.contains("TEMP B-TREE FOR ORDER BY");
    let page = plan.iter().position(|line| line.contains("Limit  (") || line.contains("SCAN k0")).expect("a limit");
    let inner = if statement.contains('?') { &plan[..page] } else { &plan[page..] };
    let sorted = inner.iter().filter(whole).filter(|line| !line.contains("Incremental")).count();
    assert_eq!(sorted, 0, "{by} is sorted:\n{statement}\n{}", plan.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "EXPLAIN is SQL text")]
fn plan(database: &Database, statement: &str) -> Vec<String> {
    match &database.url {
        DatabaseUrl::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("a file");
            let lines: Vec<SqliteLine> =
                diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut connection).expect("a plan");
            lines.into_iter().map(|line| line.detail).collect()
        }
        DatabaseUrl::Postgres(url) => {
            let mut connection = PgConnection::establish(url).expect("a server");
            // As for a disk that does not seek; else a small table is cheaper to pass over than to look 200 rows up in.
            connection.batch_execute("SET random_page_cost = 1.1").expect("a setting");
            let lines: Vec<PostgresLine> =
                diesel::sql_query(format!("EXPLAIN {statement}")).load(&mut connection).expect("a plan");
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

/// The statement with its binds, which diesel records behind `-- binds:`, put in as literals.
fn filled(statement: &str) -> String {
    let (text, binds) = statement.split_once(" -- binds: ").expect("binds");
    let binds = ["ConnectionKey(", "ResourceKey(", "OrganizationKey(", "UserKey("]
        .iter()
        .fold(binds.to_owned(), |text, name| text.replace(name, ""))
        .replace(')', "");
    let binds: Vec<serde_json::Value> = serde_json::from_str(&binds).unwrap_or_else(|_| panic!("binds of {statement}"));
    let mut filled = text.to_owned();
    if text.contains("$1") {
        for (index, bind) in binds.iter().enumerate().rev() {
            filled = filled.replace(&format!("${}", index + 1), &literal(bind));
        }
        return filled;
    }
    let mut parts = text.split('?');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (part, bind) in parts.zip(&binds) {
        filled.push_str(&literal(bind));
        filled.push_str(part);
    }
    filled
}

fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        serde_json::Value::Array(items) => {
            format!("ARRAY[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
