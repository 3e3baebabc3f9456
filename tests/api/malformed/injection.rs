//! SQL in every place that takes text (T-20): a value is compared letter by letter, and anything else is refused.
//!
//! The corpus is made here, of what opens, what does harm and what hides the rest.

use serde_json::json;

use super::{Ask, Row, Stage, encoded};
use crate::support::{Sql, TestApp, api_test, user};

const OPENERS: [&str; 17] =
    ["'", "\"", "')", "'))", "%27", "\\'", "`", "\u{2019}", "' ", "';", "1;", "0 ", "x' ", "$1", "?1", ":a", "@a"];

const HARM: [&str; 25] = [
    " OR 1=1",
    " OR 'a'='a",
    " AND 1=0",
    " UNION SELECT NULL",
    " UNION SELECT hash FROM scim_tokens",
    "; DROP TABLE resources",
    "; DELETE FROM members",
    "; UPDATE users SET email='x'",
    " OR SLEEP(5)",
    "||pg_sleep(5)",
    " AND 1=CAST((SELECT version()) AS int)",
    "; ATTACH DATABASE 'x' AS y",
    " OR sqlite_version()=1",
    "); VACUUM",
    " ORDER BY 99",
    " LIMIT 0",
    " HAVING 1=1",
    " OR EXISTS(SELECT 1 FROM connections)",
    " COLLATE NOCASE",
    "::text",
    " ESCAPE '\\'",
    " LIKE '%'",
    "; COPY users TO '/dev/null'",
    "; SELECT load_extension('x')",
    " OR json_extract(document,'$') IS NOT NULL",
];

const ENDS: [&str; 11] = ["", " --", "--", " #", "/*", " -- -", ";", "'", ")", "%00", "\\"];

/// What a pattern would mean, and a value does not.
const PATTERNS: [&str; 10] = ["%", "_", "%%", "%a%", "\\", "\\%", "\\_", "*", "ana_acme.test", "ANA%"];

fn corpus() -> Vec<String> {
    let injections = OPENERS.iter().flat_map(|opener| {
        HARM.iter().flat_map(move |harm| ENDS.iter().map(move |end| format!("{opener}{harm}{end}")))
    });
    injections.chain(PATTERNS.map(str::to_owned)).collect()
}

/// Filters with as many of the texts as one may hold, each compared in one of several ways.
fn filters(corpus: &[String]) -> Vec<String> {
    let terms = [
        "userName eq",
        "userName sw",
        "title co",
        "emails.value ew",
        "displayName eq",
        "externalId co",
        "name.familyName sw",
        "id eq",
    ];
    let terms = corpus.iter().zip(terms.iter().cycle()).map(|(text, term)| format!("{term} {}", json!(text)));
    let mut filters: Vec<String> = Vec::new();
    for term in terms {
        match filters
            .last_mut()
            .filter(|filter| filter.len() + term.len() < 4_000 && filter.matches(" or ").count() < 45)
        {
            Some(filter) => *filter = format!("{filter} or {term}"),
            None => filters.push(term),
        }
    }
    filters
}

api_test! {
    async fn sql_in_a_value_is_text_and_finds_what_has_that_text(app: TestApp) {
        let stage = Stage::new(&app).await;
        let corpus = corpus();
        assert!(corpus.len() > 4_500);
        let mut sql = Sql::connect(&app.database.url);
        let secrets = sql.texts("SELECT hash AS value FROM scim_tokens");
        for filter in filters(&corpus) {
            assert_eq!(stage.okta.find("/Users", &filter).await, Vec::<String>::new(), "{filter}");
        }
        for text in corpus.iter().step_by(271) {
            let made = stage.okta.post("/Users", &user(text)).await.expect(201).id();
            for name in ["userName eq", "emails.value eq", "userName sw", "emails.value co"] {
                assert_eq!(stage.okta.find("/Users", &format!("{name} {}", json!(text))).await, [made.as_str()], "{text}");
            }
            stage.okta.delete(&format!("/Users/{made}")).await.expect(204);
        }
        assert_eq!(sql.texts("SELECT hash AS value FROM scim_tokens"), secrets);
        stage.is_unchanged().await;
    }
}

api_test! {
    async fn sql_for_a_name_a_path_an_id_or_a_number_is_refused(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows: Vec<Row> = Vec::new();
        for text in corpus().iter().step_by(23) {
            rows.push((format!("name {text}"), Ask::new("GET", format!("/Users?filter={}", encoded(&format!("{text} pr")))), 400, "invalidFilter"));
            rows.push((format!("operator {text}"), Ask::new("GET", format!("/Users?filter={}", encoded(&format!("userName {text} \"a\"")))), 400, "invalidFilter"));
            rows.push((format!("path {text}"), Ask::patch("/Users/{person}", &json!([{"op": "replace", "path": text, "value": "x"}])), 400, "invalidPath"));
            rows.push((format!("number {text}"), Ask::new("GET", format!("/Users?startIndex={}", encoded(text))), 400, "invalidValue"));
            rows.push((format!("id {text}"), Ask::new("GET", format!("/Groups/{}", encoded(text))), 404, ""));
            let member = json!([{"op": "add", "path": "members", "value": [{"value": text}]}]);
            rows.push((format!("member {text}"), Ask::patch("/Groups/{group}", &member), 400, "invalidValue"));
            rows.push((format!("precondition {text}"), Ask::new("DELETE", "/Users/{person}").header(&format!("If-Match: {text}")), 400, "invalidValue"));
        }
        stage.check(rows).await;
    }
}
