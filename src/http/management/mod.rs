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
mod openapi;
mod organizations;
mod params;
mod pending_members;
mod person_tokens;
mod properties;
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
use super::table::{self, Row, open, row, scoped};

/// Below which path the API is.
pub(super) const BASE: &str = "/api/v1";

/// The routes for everybody: what gives out access tokens, the keys to check them with, and what tells of the API.
pub(super) const OPEN_ROWS: &[Row] = &[
    row(Method::GET, "/api/openapi.json", || web::to(openapi::json)),
    row(Method::GET, "/api/docs", || web::to(openapi::docs)),
    row(Method::POST, "/oauth2/token", || web::to(token::issue)),
    row(Method::GET, "/.well-known/jwks", || web::to(token::jwks)),
    row(Method::GET, "/.well-known/jwks.json", || web::to(token::jwks)),
];

/// The routes of the API, each with the scope it needs.
pub(super) const ROWS: &[Row] = &[
    scoped(Method::POST, "/organization", "create:organizations", || web::to(organizations::create)),
    scoped(Method::GET, "/organization", "read:organizations", || web::to(organizations::get)),
    scoped(Method::PATCH, "/organization/{code}", "update:organizations", || web::to(organizations::update)),
    scoped(Method::DELETE, "/organization/{code}", "delete:organizations", || web::to(organizations::delete)),
    scoped(Method::GET, "/organizations", "read:organizations", || web::to(organizations::list)),
    scoped(Method::GET, "/organizations/{code}/connections", "read:organization_connections", || {
        web::to(organizations::list_connections)
    }),
    scoped(Method::POST, "/organizations/{code}/connections/{connection}", "create:organization_connections", || {
        web::to(organizations::allow)
    }),
    scoped(Method::DELETE, "/organizations/{code}/connections/{connection}", "delete:organization_connections", || {
        web::to(organizations::disallow)
    }),
    scoped(Method::GET, "/organizations/{code}/users", "read:organization_users", || web::to(members::list)),
    scoped(Method::POST, "/organizations/{code}/users", "create:organization_users", || web::to(members::add)),
    scoped(Method::PATCH, "/organizations/{code}/users", "update:organization_users", || web::to(members::change)),
    scoped(Method::DELETE, "/organizations/{code}/users/{user}", "delete:organization_users", || {
        web::to(members::remove)
    }),
    scoped(Method::GET, "/organizations/{code}/domains", "read:organization_domains", || web::to(domains::list)),
    scoped(Method::POST, "/organizations/{code}/domains", "create:organization_domains", || web::to(domains::create)),
    scoped(Method::DELETE, "/organizations/{code}/domains/{domain}", "delete:organization_domains", || {
        web::to(domains::delete)
    }),
    scoped(Method::POST, "/organizations/{code}/domains/{domain}/check", "update:organization_domains", || {
        web::to(domains::check)
    }),
    scoped(Method::GET, "/organizations/{code}/users/{user}/roles", "read:organization_user_roles", || {
        web::to(roles::list_held)
    }),
    scoped(Method::POST, "/organizations/{code}/users/{user}/roles", "create:organization_user_roles", || {
        web::to(roles::grant)
    }),
    scoped(Method::DELETE, "/organizations/{code}/users/{user}/roles/{role}", "delete:organization_user_roles", || {
        web::to(roles::revoke)
    }),
    scoped(Method::GET, "/roles", "read:roles", || web::to(roles::list)),
    scoped(Method::POST, "/roles", "create:roles", || web::to(roles::create)),
    scoped(Method::GET, "/roles/{role}", "read:roles", || web::to(roles::get)),
    scoped(Method::PATCH, "/roles/{role}", "update:roles", || web::to(roles::update)),
    scoped(Method::DELETE, "/roles/{role}", "delete:roles", || web::to(roles::delete)),
    scoped(Method::GET, "/connections/{id}/role_rules", "read:connections", || web::to(roles::list_rules)),
    scoped(Method::POST, "/connections/{id}/role_rules", "update:connections", || web::to(roles::add_rule)),
    scoped(Method::DELETE, "/connections/{id}/role_rules/{rule}", "update:connections", || web::to(roles::remove_rule)),
    scoped(Method::GET, "/connections", "read:connections", || web::to(connections::list)),
    scoped(Method::POST, "/connections", "create:connections", || web::to(connections::create)),
    scoped(Method::GET, "/connections/{id}", "read:connections", || web::to(connections::get)),
    scoped(Method::PATCH, "/connections/{id}", "update:connections", || web::to(connections::update)),
    scoped(Method::PUT, "/connections/{id}", "update:connections", || web::to(connections::replace)),
    scoped(Method::DELETE, "/connections/{id}", "delete:connections", || web::to(connections::delete)),
    scoped(Method::POST, "/connections/{id}/restore", "delete:connections", || web::to(connections::restore)),
    scoped(Method::POST, "/connections/{id}/move", "update:identities", || web::to(merging::move_people)),
    scoped(Method::POST, "/connections/{id}/domains/{domain}/verification", "create:organization_domains", || {
        web::to(domains::verify)
    }),
    scoped(Method::POST, "/connections/{id}/sign_ins", "create:sign_ins", || web::to(sign_ins::ask)),
    scoped(Method::GET, "/connections/{id}/diagnosis", "read:connections", || web::to(diagnosis::get)),
    scoped(Method::GET, "/connections/{id}/pending_members", "read:connections", || web::to(pending_members::list)),
    scoped(Method::GET, "/connections/{id}/schemas", "read:schemas", || web::to(schemas::list)),
    scoped(Method::PUT, "/connections/{id}/schemas", "update:schemas", || web::to(schemas::load)),
    scoped(Method::GET, "/connections/{id}/schemas/{schema}", "read:schemas", || web::to(schemas::get)),
    scoped(Method::DELETE, "/connections/{id}/schemas/{schema}", "delete:schemas", || web::to(schemas::delete)),
    scoped(Method::GET, "/schemas", "read:schemas", || web::to(schemas::list)),
    scoped(Method::PUT, "/schemas", "update:schemas", || web::to(schemas::load)),
    scoped(Method::GET, "/schemas/{schema}", "read:schemas", || web::to(schemas::get)),
    scoped(Method::DELETE, "/schemas/{schema}", "delete:schemas", || web::to(schemas::delete)),
    scoped(Method::GET, "/directories", "read:scim_directories", || web::to(directories::list)),
    scoped(Method::POST, "/directories", "create:scim_directories", || web::to(directories::create)),
    scoped(Method::GET, "/directories/{id}", "read:scim_directories", || web::to(directories::get)),
    scoped(Method::PATCH, "/directories/{id}", "update:scim_directories", || web::to(directories::update)),
    scoped(Method::DELETE, "/directories/{id}", "delete:scim_directories", || web::to(directories::delete)),
    scoped(Method::GET, "/directories/{id}/clients", "read:scim_directories", || web::to(scim_clients::list)),
    scoped(Method::POST, "/directories/{id}/clients", "update:scim_directories", || web::to(scim_clients::create)),
    scoped(Method::DELETE, "/directories/{id}/clients/{client}", "update:scim_directories", || {
        web::to(scim_clients::revoke)
    }),
    scoped(Method::POST, "/directories/{id}/clients/{client}/rotate", "update:scim_directories", || {
        web::to(scim_clients::rotate)
    }),
    scoped(Method::POST, "/directories/{id}/rotate", "update:scim_directories", || web::to(directories::rotate)),
    scoped(Method::GET, "/directories/{id}/tokens", "read:scim_directories", || web::to(directories::list_tokens)),
    scoped(Method::POST, "/directories/{id}/tokens", "update:scim_directories", || web::to(directories::add_token)),
    scoped(Method::DELETE, "/directories/{id}/tokens/{token}", "update:scim_directories", || {
        web::to(directories::revoke_token)
    }),
    scoped(Method::GET, "/user", "read:users", || web::to(users::get)),
    scoped(Method::POST, "/user", "create:users", || web::to(users::create)),
    scoped(Method::PATCH, "/user", "update:users", || web::to(users::update)),
    scoped(Method::DELETE, "/user", "delete:users", || web::to(users::delete)),
    scoped(Method::GET, "/users", "read:users", || web::to(users::list)),
    scoped(Method::GET, "/search/users", "read:users", || web::to(users::search)),
    scoped(Method::DELETE, "/users/{id}/sessions", "delete:user_sessions", || web::to(users::end_sessions)),
    scoped(Method::GET, "/users/{id}/identities", "read:user_identities", || web::to(identities::list)),
    scoped(Method::POST, "/users/{id}/identities", "create:user_identities", || web::to(identities::create)),
    scoped(Method::POST, "/users/{id}/merge", "update:users", || web::to(merging::merge)),
    scoped(Method::POST, "/users/{id}/scim_tokens", "create:user_scim_tokens", || web::to(person_tokens::create)),
    scoped(Method::GET, "/identities/{id}", "read:identities", || web::to(identities::get)),
    scoped(Method::PATCH, "/identities/{id}", "update:identities", || web::to(identities::update)),
    scoped(Method::DELETE, "/identities/{id}", "delete:identities", || web::to(identities::delete)),
    scoped(Method::POST, "/connections/{id}/unbind", "update:identities", || web::to(identities::unbind_all)),
    scoped(Method::POST, "/identities/{id}/unbind", "update:identities", || web::to(identities::unbind)),
    scoped(Method::GET, "/properties", "read:properties", || web::to(properties::list)),
    scoped(Method::POST, "/properties", "create:properties", || web::to(properties::create)),
    scoped(Method::PUT, "/properties/{property}", "update:properties", || web::to(properties::update)),
    scoped(Method::DELETE, "/properties/{property}", "delete:properties", || web::to(properties::delete)),
    scoped(Method::GET, "/users/{id}/properties", "read:user_properties", || web::to(properties::list_values)),
    scoped(Method::PATCH, "/users/{id}/properties", "update:user_properties", || web::to(properties::set_values)),
    scoped(Method::PUT, "/users/{id}/properties/{property}", "update:user_properties", || {
        web::to(properties::set_value)
    }),
    scoped(Method::POST, "/imports", "create:imports", || web::to(imports::create)),
    scoped(Method::GET, "/undoable", "read:events", || web::to(undo::list)),
    scoped(Method::POST, "/events/{id}/undo", "update:users", || web::to(undo::undo)),
];

/// Builds the management part of the route table.
pub(crate) fn routes(config: &mut ServiceConfig) {
    for resource in table::resources(OPEN_ROWS, method_not_allowed, open) {
        config.service(resource);
    }
    let api = web::scope(BASE).wrap(from_fn(caller::authenticate)).default_service(web::to(no_such_route));
    config
        .service(table::resources(ROWS, method_not_allowed, guarded).into_iter().fold(api, Scope::service))
        .service(web::scope("/api").default_service(web::to(no_such_route)));
}

/// A route for callers with this scope.
fn guarded(route: Route, scope: &'static str) -> Route {
    route.wrap(from_fn(move |request, next| caller::require(request, next, scope)))
}
