//! The management API: Kinde's names and shapes, and what is ours beside them.
//!
//! One table says which scope each route needs. A request is authenticated before its path is looked up further and its
//! scope is checked before its body is read.

mod answer;
mod caller;
mod connections;
mod directories;
mod identities;
mod organizations;
mod sign_ins;
#[cfg(test)]
mod tests;
mod token;
mod users;

use actix_web::http::StatusCode;
use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};

use super::error::{ManagementError, no_such_route};

/// The management part of the route table.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(endpoint("/oauth2/token", "POST").route(web::post().to(token::issue)))
        .service(
            web::scope("/api/v1")
                .wrap(from_fn(caller::authenticate))
                .configure(v1)
                .default_service(web::to(no_such_route)),
        )
        .service(web::scope("/api").default_service(web::to(no_such_route)));
}

fn v1(config: &mut ServiceConfig) {
    config
        .service(
            endpoint("/organization", "POST")
                .route(needs("create:organizations", web::post().to(organizations::create))),
        )
        .service(
            endpoint("/connections", "POST").route(needs("create:connections", web::post().to(connections::create))),
        )
        .service(endpoint("/connections/{id}", "GET").route(needs("read:connections", web::get().to(connections::get))))
        .service(
            endpoint("/connections/{id}/sign_ins", "POST")
                .route(needs("create:sign_ins", web::post().to(sign_ins::ask))),
        )
        .service(
            endpoint("/directories", "POST")
                .route(needs("create:scim_directories", web::post().to(directories::create))),
        )
        .service(
            endpoint("/directories/{id}", "GET").route(needs("read:scim_directories", web::get().to(directories::get))),
        )
        .service(
            endpoint("/user", "GET, POST")
                .route(needs("read:users", web::get().to(users::get)))
                .route(needs("create:users", web::post().to(users::create))),
        )
        .service(
            endpoint("/users/{id}/identities", "GET, POST")
                .route(needs("read:user_identities", web::get().to(identities::list)))
                .route(needs("create:user_identities", web::post().to(identities::create))),
        )
        .service(
            endpoint("/identities/{id}/unbind", "POST")
                .route(needs("update:identities", web::post().to(identities::unbind))),
        );
}

/// A path that answers every other method with 405.
fn endpoint(path: &str, allowed: &'static str) -> Resource {
    let refuse = move || async move {
        let message = format!("only {allowed} is possible here");
        Err::<&str, _>(
            ManagementError::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message).header(ALLOW, allowed),
        )
    };
    web::resource(path).default_service(web::to(refuse))
}

/// A route for callers with this scope.
fn needs(scope: &'static str, route: Route) -> Route {
    route.wrap(from_fn(move |request, next| caller::require(request, next, scope)))
}
