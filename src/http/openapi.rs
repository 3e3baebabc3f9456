//! The description of the SCIM side for machines (OpenAPI 3.1); public, as discovery is, and the same for everybody.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::State;
use crate::identity::directories::scim_base_url;
use crate::scim::openapi;
use crate::scim::schema::Catalogue;

/// `GET /openapi/scim.json`
pub(super) async fn scim(state: Data<State>) -> HttpResponse {
    let base = scim_base_url(&state.public_url, "{directory}");
    HttpResponse::Ok().json(openapi::document(&Catalogue::core(), &base))
}
