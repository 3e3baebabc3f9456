//! Discovery (RFC 7644 section 4): what this server offers.
//!
//! Public, and the same for known and unknown directories, so that nothing can be learnt by asking; with a token the
//! connection's own schemas are shown, and a bad token is refused so that a connection test never passes falsely.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use crate::http::State;
use crate::http::caller::OptionalCaller;
use crate::http::error::ScimError;
use crate::http::query::parameters;
use crate::identity::directories::scim_base_url;
use crate::scim::schema::Catalogue;
use crate::scim::{self, discovery};

type Answer = Result<HttpResponse, ScimError>;

/// `GET /ServiceProviderConfig`
pub(super) async fn service_provider_config(
    _: OptionalCaller,
    path: Path<String>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    refuse_filter(&request)?;
    Ok(body(&discovery::service_provider_config(&base_url(&state, &path))))
}

/// `GET /ResourceTypes`
pub(super) async fn resource_types(
    caller: OptionalCaller,
    path: Path<String>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    refuse_filter(&request)?;
    Ok(body(&discovery::resource_types(&catalogue(&caller), &base_url(&state, &path))))
}

/// `GET /ResourceTypes/{id}`
pub(super) async fn resource_type(
    caller: OptionalCaller,
    path: Path<(String, String)>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    refuse_filter(&request)?;
    let found = discovery::resource_type(&catalogue(&caller), &path.1, &base_url(&state, &path.0));
    found.as_ref().map(body).ok_or_else(|| scim::Error::not_found("no such resource type").into())
}

/// `GET /Schemas`
pub(super) async fn schemas(
    caller: OptionalCaller,
    path: Path<String>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    refuse_filter(&request)?;
    Ok(body(&discovery::schemas(&catalogue(&caller), &base_url(&state, &path))))
}

/// `GET /Schemas/{id}`
pub(super) async fn schema(
    caller: OptionalCaller,
    path: Path<(String, String)>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    refuse_filter(&request)?;
    let found = discovery::schema(&catalogue(&caller), &path.1, &base_url(&state, &path.0));
    found.as_ref().map(body).ok_or_else(|| scim::Error::not_found("no such schema").into())
}

fn catalogue(caller: &OptionalCaller) -> Catalogue {
    caller.0.as_ref().map_or_else(Catalogue::core, |call| call.catalogue.clone())
}

fn base_url(state: &State, segment: &str) -> String {
    let is_id = !segment.is_empty() && segment.len() <= 64 && segment.bytes().all(|byte| byte.is_ascii_alphanumeric());
    scim_base_url(&state.public_url, if is_id { segment } else { "directory" })
}

/// A filter here is forbidden (RFC 7644 section 4), whatever it says.
fn refuse_filter(request: &HttpRequest) -> Result<(), ScimError> {
    let asked = parameters(request)?.iter().any(|(name, _)| name.eq_ignore_ascii_case("filter"));
    if asked { Err(scim::Error::new(403, "discovery endpoints take no filter").into()) } else { Ok(()) }
}

fn body(value: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, scim::MEDIA_TYPE)).body(value.to_string())
}
