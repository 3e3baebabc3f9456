//! The description of the management API: for machines (`GET /api/openapi.json`, OpenAPI 3.1), and as a page for people
//! (`GET /api/docs`). Public, and the same for everybody.
//!
//! Methods, paths and scopes come from the route table; `operations.txt` tells what each does, takes and answers.

mod document;
mod page;
mod shapes;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::web::Data;

use crate::http::State;

/// One line an operation.
const OPERATIONS: &str = include_str!("operations.txt");

/// What is told of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The method.
    pub(crate) method: &'static str,
    /// The path below the API's base.
    pub(crate) path: &'static str,
    /// What it is about.
    pub(crate) tag: &'static str,
    /// What it does.
    pub(crate) summary: &'static str,
    /// Names of its query parameters; a `!` stands behind a required one.
    pub(crate) query: &'static str,
    /// A body as it may be sent, or nothing; `{user}` and the like stand for ids.
    pub(crate) example: &'static str,
    /// Shape of the body, `csv` for a file, or nothing.
    pub(crate) body: &'static str,
    /// Status of success.
    pub(crate) status: u16,
    /// Shape of the answer.
    pub(crate) answer: &'static str,
}

/// Every operation, in the order of the route table.
pub(crate) fn operations() -> impl Iterator<Item = Operation> {
    OPERATIONS.lines().filter(|line| !line.starts_with('#')).filter_map(parse)
}

fn parse(line: &'static str) -> Option<Operation> {
    let mut fields = line.split('|').map(str::trim);
    let (method, path) = fields.next()?.split_once(' ')?;
    Some(Operation {
        method,
        path,
        tag: fields.next()?,
        summary: fields.next()?,
        query: fields.next()?,
        example: fields.next()?,
        body: fields.next()?,
        status: fields.next()?.parse().ok()?,
        answer: fields.next()?,
    })
}

/// `GET /api/openapi.json`
pub(super) async fn json(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(document::document(&state.public_url))
}

/// `GET /api/docs`: without scripts, and nothing of it comes from elsewhere.
pub(super) async fn docs(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ))
        .body(page::page(&state.public_url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::management::ROWS;

    #[test]
    fn every_route_is_told_of_and_nothing_else() {
        let told: Vec<(String, String)> =
            operations().map(|operation| (operation.method.to_owned(), operation.path.to_owned())).collect();
        let routes: Vec<(String, String)> =
            ROWS.iter().map(|row| (row.method.to_string(), row.path.to_owned())).collect();
        assert_eq!(told, routes);
    }

    #[test]
    fn every_line_is_whole() {
        let lines = OPERATIONS.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            assert!(parse(line).is_some_and(|operation| !operation.summary.is_empty()), "{line}");
        }
    }
}
