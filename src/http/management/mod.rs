//! The management API: Kinde's names and shapes, and what is ours beside them.
//!
//! One table says which scope each route needs. A request is authenticated before its path is looked up further and its
//! scope is checked before its body is read.

mod answer;
mod caller;
mod connections;
mod diagnosis;
mod directories;
mod domains;
mod identities;
mod imports;
mod members;
mod merging;
mod organizations;
mod params;
mod pending_members;
mod person_tokens;
mod roles;
mod schemas;
mod scim_clients;
mod sign_ins;
#[cfg(test)]
mod tests;
mod token;
mod undo;
mod users;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Route, Scope};

use super::error::{method_not_allowed, no_such_route};
use super::table::{self, Row, row};

/// Below which path the API is.
pub(super) const BASE: &str = "/api/v1";

/// The routes that give out access tokens, and the keys to check them with.
pub(super) const TOKEN_ROWS: &[Row] = &[
    row(Method::POST, "/oauth2/token", || web::to(token::issue)),
    row(Method::GET, "/.well-known/jwks", || web::to(token::jwks)),
    row(Method::GET, "/.well-known/jwks.json", || web::to(token::jwks)),
];

/// The routes of the API, each with the scope it needs.
pub(super) const ROWS: &[Row] = &[
    row(Method::POST, "/organization", || needs("create:organizations", web::to(organizations::create))),
    row(Method::GET, "/organization", || needs("read:organizations", web::to(organizations::get))),
    row(Method::PATCH, "/organization/{code}", || needs("update:organizations", web::to(organizations::update))),
    row(Method::DELETE, "/organization/{code}", || needs("delete:organizations", web::to(organizations::delete))),
    row(Method::GET, "/organizations", || needs("read:organizations", web::to(organizations::list))),
    row(Method::GET, "/organizations/{code}/connections", || {
        needs("read:organization_connections", web::to(organizations::list_connections))
    }),
    row(Method::POST, "/organizations/{code}/connections/{connection}", || {
        needs("create:organization_connections", web::to(organizations::allow))
    }),
    row(Method::DELETE, "/organizations/{code}/connections/{connection}", || {
        needs("delete:organization_connections", web::to(organizations::disallow))
    }),
    row(Method::GET, "/organizations/{code}/users", || needs("read:organization_users", web::to(members::list))),
    row(Method::POST, "/organizations/{code}/users", || needs("create:organization_users", web::to(members::add))),
    row(Method::PATCH, "/organizations/{code}/users", || needs("update:organization_users", web::to(members::change))),
    row(Method::DELETE, "/organizations/{code}/users/{user}", || {
        needs("delete:organization_users", web::to(members::remove))
    }),
    row(Method::GET, "/organizations/{code}/domains", || needs("read:organization_domains", web::to(domains::list))),
    row(Method::POST, "/organizations/{code}/domains", || {
        needs("create:organization_domains", web::to(domains::create))
    }),
    row(Method::DELETE, "/organizations/{code}/domains/{domain}", || {
        needs("delete:organization_domains", web::to(domains::delete))
    }),
    row(Method::POST, "/organizations/{code}/domains/{domain}/check", || {
        needs("update:organization_domains", web::to(domains::check))
    }),
    row(Method::GET, "/organizations/{code}/users/{user}/roles", || {
        needs("read:organization_user_roles", web::to(roles::list_held))
    }),
    row(Method::POST, "/organizations/{code}/users/{user}/roles", || {
        needs("create:organization_user_roles", web::to(roles::grant))
    }),
    row(Method::DELETE, "/organizations/{code}/users/{user}/roles/{role}", || {
        needs("delete:organization_user_roles", web::to(roles::revoke))
    }),
    row(Method::GET, "/roles", || needs("read:roles", web::to(roles::list))),
    row(Method::POST, "/roles", || needs("create:roles", web::to(roles::create))),
    row(Method::GET, "/roles/{role}", || needs("read:roles", web::to(roles::get))),
    row(Method::PATCH, "/roles/{role}", || needs("update:roles", web::to(roles::update))),
    row(Method::DELETE, "/roles/{role}", || needs("delete:roles", web::to(roles::delete))),
    row(Method::GET, "/connections/{id}/role_rules", || needs("read:connections", web::to(roles::list_rules))),
    row(Method::POST, "/connections/{id}/role_rules", || needs("update:connections", web::to(roles::add_rule))),
    row(Method::DELETE, "/connections/{id}/role_rules/{rule}", || {
        needs("update:connections", web::to(roles::remove_rule))
    }),
    row(Method::GET, "/connections", || needs("read:connections", web::to(connections::list))),
    row(Method::POST, "/connections", || needs("create:connections", web::to(connections::create))),
    row(Method::GET, "/connections/{id}", || needs("read:connections", web::to(connections::get))),
    row(Method::PATCH, "/connections/{id}", || needs("update:connections", web::to(connections::update))),
    row(Method::PUT, "/connections/{id}", || needs("update:connections", web::to(connections::replace))),
    row(Method::DELETE, "/connections/{id}", || needs("delete:connections", web::to(connections::delete))),
    row(Method::POST, "/connections/{id}/restore", || needs("delete:connections", web::to(connections::restore))),
    row(Method::POST, "/connections/{id}/move", || needs("update:identities", web::to(merging::move_people))),
    row(Method::POST, "/connections/{id}/domains/{domain}/verification", || {
        needs("create:organization_domains", web::to(domains::verify))
    }),
    row(Method::POST, "/connections/{id}/sign_ins", || needs("create:sign_ins", web::to(sign_ins::ask))),
    row(Method::GET, "/connections/{id}/diagnosis", || needs("read:connections", web::to(diagnosis::get))),
    row(Method::GET, "/connections/{id}/pending_members", || needs("read:connections", web::to(pending_members::list))),
    row(Method::GET, "/connections/{id}/schemas", || needs("read:schemas", web::to(schemas::list))),
    row(Method::PUT, "/connections/{id}/schemas", || needs("update:schemas", web::to(schemas::load))),
    row(Method::GET, "/connections/{id}/schemas/{schema}", || needs("read:schemas", web::to(schemas::get))),
    row(Method::DELETE, "/connections/{id}/schemas/{schema}", || needs("delete:schemas", web::to(schemas::delete))),
    row(Method::GET, "/schemas", || needs("read:schemas", web::to(schemas::list))),
    row(Method::PUT, "/schemas", || needs("update:schemas", web::to(schemas::load))),
    row(Method::GET, "/schemas/{schema}", || needs("read:schemas", web::to(schemas::get))),
    row(Method::DELETE, "/schemas/{schema}", || needs("delete:schemas", web::to(schemas::delete))),
    row(Method::GET, "/directories", || needs("read:scim_directories", web::to(directories::list))),
    row(Method::POST, "/directories", || needs("create:scim_directories", web::to(directories::create))),
    row(Method::GET, "/directories/{id}", || needs("read:scim_directories", web::to(directories::get))),
    row(Method::PATCH, "/directories/{id}", || needs("update:scim_directories", web::to(directories::update))),
    row(Method::DELETE, "/directories/{id}", || needs("delete:scim_directories", web::to(directories::delete))),
    row(Method::GET, "/directories/{id}/clients", || needs("read:scim_directories", web::to(scim_clients::list))),
    row(Method::POST, "/directories/{id}/clients", || needs("update:scim_directories", web::to(scim_clients::create))),
    row(Method::DELETE, "/directories/{id}/clients/{client}", || {
        needs("update:scim_directories", web::to(scim_clients::revoke))
    }),
    row(Method::POST, "/directories/{id}/clients/{client}/rotate", || {
        needs("update:scim_directories", web::to(scim_clients::rotate))
    }),
    row(Method::POST, "/directories/{id}/rotate", || needs("update:scim_directories", web::to(directories::rotate))),
    row(Method::GET, "/directories/{id}/tokens", || needs("read:scim_directories", web::to(directories::list_tokens))),
    row(Method::POST, "/directories/{id}/tokens", || needs("update:scim_directories", web::to(directories::add_token))),
    row(Method::DELETE, "/directories/{id}/tokens/{token}", || {
        needs("update:scim_directories", web::to(directories::revoke_token))
    }),
    row(Method::GET, "/user", || needs("read:users", web::to(users::get))),
    row(Method::POST, "/user", || needs("create:users", web::to(users::create))),
    row(Method::PATCH, "/user", || needs("update:users", web::to(users::update))),
    row(Method::DELETE, "/user", || needs("delete:users", web::to(users::delete))),
    row(Method::GET, "/users", || needs("read:users", web::to(users::list))),
    row(Method::GET, "/search/users", || needs("read:users", web::to(users::search))),
    row(Method::DELETE, "/users/{id}/sessions", || needs("delete:user_sessions", web::to(users::end_sessions))),
    row(Method::GET, "/users/{id}/identities", || needs("read:user_identities", web::to(identities::list))),
    row(Method::POST, "/users/{id}/identities", || needs("create:user_identities", web::to(identities::create))),
    row(Method::POST, "/users/{id}/merge", || needs("update:users", web::to(merging::merge))),
    row(Method::POST, "/users/{id}/scim_tokens", || needs("create:user_scim_tokens", web::to(person_tokens::create))),
    row(Method::GET, "/identities/{id}", || needs("read:identities", web::to(identities::get))),
    row(Method::PATCH, "/identities/{id}", || needs("update:identities", web::to(identities::update))),
    row(Method::DELETE, "/identities/{id}", || needs("delete:identities", web::to(identities::delete))),
    row(Method::POST, "/connections/{id}/unbind", || needs("update:identities", web::to(identities::unbind_all))),
    row(Method::POST, "/identities/{id}/unbind", || needs("update:identities", web::to(identities::unbind))),
    row(Method::POST, "/imports", || needs("create:imports", web::to(imports::create))),
    row(Method::GET, "/undoable", || needs("read:events", web::to(undo::list))),
    row(Method::POST, "/events/{id}/undo", || needs("update:users", web::to(undo::undo))),
];

/// Builds the management part of the route table.
pub(crate) fn routes(config: &mut ServiceConfig) {
    for resource in table::resources(TOKEN_ROWS, method_not_allowed) {
        config.service(resource);
    }
    let api = web::scope(BASE).wrap(from_fn(caller::authenticate)).default_service(web::to(no_such_route));
    config
        .service(table::resources(ROWS, method_not_allowed).into_iter().fold(api, Scope::service))
        .service(web::scope("/api").default_service(web::to(no_such_route)));
}

/// A route for callers with this scope.
fn needs(scope: &'static str, route: Route) -> Route {
    route.wrap(from_fn(move |request, next| caller::require(request, next, scope)))
}
