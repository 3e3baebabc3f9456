//! Users, Groups and every other resource type: five handlers, one for each operation.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, LOCATION};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::State;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::error::ScimError;
use crate::http::query::parameters;
use crate::provisioning::{self, Call, Rendered, Target};
use crate::scim;
use crate::scim::etag::{Conditions, Precondition};
use crate::scim::project::Projection;

pub(super) type Answer = Result<HttpResponse, actix_web::Error>;

/// `POST /{endpoint}`: 201 with the resource, or 409 `uniqueness`.
pub(super) async fn create(
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, None)?;
    let body = body::read(&request, payload, target.body_bytes()).await?;
    let projection = projection(&request)?;
    let made =
        provisioning::create(&state.store, &caller.0, &target, body, projection).await.map_err(ScimError::from)?;
    Ok(resource(StatusCode::CREATED, &made))
}

/// `GET /{endpoint}/{id}`: 200, 304 or 404.
pub(super) async fn get(
    caller: Caller,
    path: Path<(String, String, String)>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, Some(&path.2))?;
    show(&caller.0, &target, &request, &state).await
}

/// Answers with one resource as the request asks for it.
pub(super) async fn show(call: &Arc<Call>, target: &Target, request: &HttpRequest, state: &State) -> Answer {
    let conditions = conditions(request)?;
    let found = provisioning::get(&state.store, call, target, projection(request)?).await.map_err(ScimError::from)?;
    conditions.check_match(found.version).map_err(ScimError::from)?;
    if conditions.is_known(found.version) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, scim::etag::etag(found.version))).finish());
    }
    Ok(resource(StatusCode::OK, &found))
}

/// `PUT /{endpoint}/{id}`: 200, 404, 409 or 412.
pub(super) async fn replace(
    caller: Caller,
    path: Path<(String, String, String)>,
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, Some(&path.2))?.only_if(conditions(&request)?);
    let body = body::read(&request, payload, target.body_bytes()).await?;
    let projection = projection(&request)?;
    let now =
        provisioning::replace(&state.store, &caller.0, &target, body, projection).await.map_err(ScimError::from)?;
    Ok(resource(StatusCode::OK, &now))
}

/// `PATCH /{endpoint}/{id}`: 200 with the resource, 204 for a large group, 400, 404, 409 or 412.
pub(super) async fn patch(
    caller: Caller,
    path: Path<(String, String, String)>,
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, Some(&path.2))?.only_if(conditions(&request)?);
    let body = body::read(&request, payload, target.body_bytes()).await?;
    let projection = projection(&request)?;
    let now = provisioning::patch(&state.store, &caller.0, &target, body, projection).await.map_err(ScimError::from)?;
    Ok(now.map_or_else(|| HttpResponse::NoContent().finish(), |now| resource(StatusCode::OK, &now)))
}

/// `DELETE /{endpoint}/{id}`: 204, 404 or 412.
pub(super) async fn delete(
    caller: Caller,
    path: Path<(String, String, String)>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, Some(&path.2))?.only_if(conditions(&request)?);
    provisioning::delete(&state.store, &caller.0, &target).await.map_err(ScimError::from)?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) fn target(caller: &Caller, endpoint: &str, id: Option<&str>) -> Result<Target, ScimError> {
    Ok(Target::find(&caller.0, endpoint, id)?)
}

fn projection(request: &HttpRequest) -> Result<Projection, ScimError> {
    Ok(Projection::parse(&parameters(request)?)?)
}

fn conditions(request: &HttpRequest) -> Result<Conditions, ScimError> {
    let (if_match, if_none_match) = (precondition(request, &IF_MATCH)?, precondition(request, &IF_NONE_MATCH)?);
    Ok(Conditions { if_match, if_none_match })
}

fn precondition(request: &HttpRequest, name: &HeaderName) -> Result<Option<Precondition>, ScimError> {
    // Several lines of one list are one list (RFC 9110 section 5.3).
    let lines: Result<Vec<&str>, _> = request.headers().get_all(name).map(HeaderValue::to_str).collect();
    let lines = lines.map_err(|_| scim::Error::invalid_value("the precondition header cannot be read"))?;
    Ok(if lines.is_empty() { None } else { Some(Precondition::parse(&lines.join(", "))?) })
}

fn resource(status: StatusCode, rendered: &Rendered) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, scim::MEDIA_TYPE))
        .insert_header((LOCATION, rendered.location.as_str()))
        .insert_header((ETAG, scim::etag::etag(rendered.version)))
        .body(rendered.body.clone())
}
