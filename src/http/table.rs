//! The form of the route table: rows of a method, a path and what answers.
//!
//! The routes are built from these rows, the `Allow` of a 405 included, and the tests walk the same rows: a route that is
//! added is tested for authentication and isolation without being named there.

use actix_web::http::Method;
use actix_web::web;
use actix_web::{Resource, Route};

/// One method of one path.
pub(crate) struct Row {
    /// The method.
    pub(super) method: Method,
    /// The path below its part of the table.
    pub(super) path: &'static str,
    /// What a caller's access token must hold; none where there is no such token.
    pub(super) scope: Option<&'static str>,
    answer: fn() -> Route,
}

/// A row; those of one path stand together.
pub(crate) const fn row(method: Method, path: &'static str, answer: fn() -> Route) -> Row {
    Row { method, path, scope: None, answer }
}

/// A row for callers with this scope.
pub(crate) const fn scoped(method: Method, path: &'static str, scope: &'static str, answer: fn() -> Route) -> Row {
    Row { method, path, scope: Some(scope), answer }
}

/// What guards routes that need no scope: nothing.
pub(crate) fn open(route: Route, _: &'static str) -> Route {
    route
}

/// What lets callers with a scope pass, and no others.
type Guard = fn(Route, &'static str) -> Route;

/// One resource a path; `refuse` answers the methods it does not have, told which it has.
pub(crate) fn resources(rows: &[Row], refuse: fn(String) -> Route, guard: Guard) -> Vec<Resource> {
    rows.chunk_by(|one, next| one.path == next.path).map(|rows| resource(rows, refuse, guard)).collect()
}

fn resource(rows: &[Row], refuse: fn(String) -> Route, guard: Guard) -> Resource {
    let path = rows.first().map_or("", |row| row.path);
    let allowed: Vec<&str> = rows.iter().flat_map(|row| answered(&row.method)).map(Method::as_str).collect();
    let resource = web::resource(path).default_service(refuse(allowed.join(", ")));
    let build = |row: &Row| match row.scope {
        Some(scope) => guard((row.answer)(), scope),
        None => (row.answer)(),
    };
    let routes =
        rows.iter().flat_map(|row| answered(&row.method).iter().map(move |method| build(row).method(method.clone())));
    routes.fold(resource, Resource::route)
}

/// The methods that a row answers: whatever can be read can be asked about without its body (RFC 9110 section 9.3.2). The
/// framework leaves the body out.
fn answered(method: &Method) -> &[Method] {
    if *method == Method::GET { &[Method::GET, Method::HEAD] } else { std::slice::from_ref(method) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::table;

    #[test]
    fn no_method_of_a_path_is_there_twice_and_equal_paths_stand_together() {
        let table = table();
        assert_eq!(table.iter().collect::<HashSet<_>>().len(), table.len());
        let paths: Vec<&String> = table.iter().map(|(_, path)| path).collect();
        let blocks = paths.chunk_by(|one, next| one == next).count();
        assert_eq!(blocks, paths.iter().collect::<HashSet<_>>().len());
    }
}
