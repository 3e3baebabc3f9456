//! The SCIM routes of a directory (RFC 7644 section 3.2), below `/scim/v2/{directory}`.
//!
//! Resource types are data, so one pair of routes serves them all; which endpoint names exist is the catalogue's to say.

mod bulk;
mod discovery;
mod lists;
mod me;
mod resources;

use actix_web::Scope;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

use super::error::{no_such_route, scim_method_not_allowed};
use super::table::{self, Row, row};

/// Below which path a directory is.
pub(super) const DIRECTORY: &str = "/v2/{directory}";

/// The SCIM part of the route table.
pub(super) const ROWS: &[Row] = &[
    row(Method::GET, "/ServiceProviderConfig", || web::to(discovery::service_provider_config)),
    row(Method::GET, "/ResourceTypes", || web::to(discovery::resource_types)),
    row(Method::GET, "/ResourceTypes/{id}", || web::to(discovery::resource_type)),
    row(Method::GET, "/Schemas", || web::to(discovery::schemas)),
    row(Method::GET, "/Schemas/{id}", || web::to(discovery::schema)),
    row(Method::GET, "", || web::to(lists::list_all)),
    row(Method::GET, "/", || web::to(lists::list_all)),
    row(Method::POST, "/.search", || web::to(lists::search_all)),
    row(Method::GET, "/Me", || web::to(me::get)),
    row(Method::POST, "/Me", || web::to(me::other)),
    row(Method::PUT, "/Me", || web::to(me::other)),
    row(Method::PATCH, "/Me", || web::to(me::other)),
    row(Method::DELETE, "/Me", || web::to(me::other)),
    row(Method::POST, "/Bulk", || web::to(bulk::bulk)),
    row(Method::GET, "/{endpoint}", || web::to(lists::list)),
    row(Method::POST, "/{endpoint}", || web::to(resources::create)),
    // Before the ids, so that none can be it.
    row(Method::POST, "/{endpoint}/.search", || web::to(lists::search)),
    row(Method::GET, "/{endpoint}/{id}", || web::to(resources::get)),
    row(Method::PUT, "/{endpoint}/{id}", || web::to(resources::replace)),
    row(Method::PATCH, "/{endpoint}/{id}", || web::to(resources::patch)),
    row(Method::DELETE, "/{endpoint}/{id}", || web::to(resources::delete)),
];

/// Builds the SCIM part of the route table.
pub(super) fn routes(config: &mut ServiceConfig) {
    let directory = web::scope(DIRECTORY).default_service(web::to(no_such_route));
    config.service(
        table::resources(ROWS, scim_method_not_allowed, table::open).into_iter().fold(directory, Scope::service),
    );
}
