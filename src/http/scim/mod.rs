//! The SCIM routes of a directory (RFC 7644 section 3.2), below `/scim/v2/{directory}`.
//!
//! Resource types are data, so one pair of routes serves them all; which endpoint names exist is the catalogue's to say.

mod discovery;
mod resources;

use actix_web::web::{self, ServiceConfig};

use super::error::{method_not_allowed, no_such_route};

/// The media type of every SCIM answer (RFC 7644 section 8.1).
pub(crate) const MEDIA_TYPE: &str = "application/scim+json";

/// The SCIM part of the route table.
pub(super) fn routes(config: &mut ServiceConfig) {
    let discovery = || web::to(method_not_allowed("GET"));
    config.service(
        web::scope("/v2/{directory}")
            .service(
                web::resource("/ServiceProviderConfig")
                    .get(discovery::service_provider_config)
                    .default_service(discovery()),
            )
            .service(web::resource("/ResourceTypes").get(discovery::resource_types).default_service(discovery()))
            .service(web::resource("/ResourceTypes/{id}").get(discovery::resource_type).default_service(discovery()))
            .service(web::resource("/Schemas").get(discovery::schemas).default_service(discovery()))
            .service(web::resource("/Schemas/{id}").get(discovery::schema).default_service(discovery()))
            .service(
                web::resource("/{endpoint}")
                    .get(resources::list)
                    .post(resources::create)
                    .default_service(web::to(method_not_allowed("GET, POST"))),
            )
            .service(
                web::resource("/{endpoint}/{id}")
                    .get(resources::get)
                    .put(resources::replace)
                    .patch(resources::patch)
                    .delete(resources::delete)
                    .default_service(web::to(method_not_allowed("GET, PUT, PATCH, DELETE"))),
            )
            .default_service(web::to(no_such_route)),
    );
}
