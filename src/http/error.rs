//! The only place that turns errors into status codes.
//!
//! Under the SCIM base every failure is a SCIM error body (RFC 7644 section 3.12); elsewhere it is the management API's
//! `{"errors":[{"code","message"}]}`. An internal cause is logged here once, with the request's id by its span, and
//! never sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, Route, web};
use serde_json::json;

use crate::identity;
use crate::provisioning;
use crate::scim;
use crate::store;

/// Seconds after which a client may try again.
const RETRY_SECONDS: u32 = 5;

/// A failure under the SCIM base.
#[derive(Debug)]
pub(crate) struct ScimError {
    error: scim::Error,
    headers: Vec<(HeaderName, String)>,
}

impl std::fmt::Display for ScimError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(formatter)
    }
}

impl ScimError {
    /// 401 with the challenge RFC 6750 asks for.
    pub(crate) fn unauthorized(detail: &str) -> Self {
        Self { error: scim::Error::new(401, detail), headers: vec![(WWW_AUTHENTICATE, "Bearer realm=\"scim\"".into())] }
    }

    /// 405 naming what is allowed.
    fn method_not_allowed(allowed: &str) -> Self {
        Self { error: scim::Error::new(405, "this method is not allowed here"), headers: vec![(ALLOW, allowed.into())] }
    }

    /// 429 with the seconds after which the next request is served (RFC 6585 section 4).
    pub(crate) fn too_many_requests(seconds: u64) -> Self {
        let detail = format!("this connection asks faster than it may; try again in {seconds} seconds");
        Self { error: scim::Error::new(429, detail), headers: vec![(RETRY_AFTER, seconds.to_string())] }
    }

    /// What the client may see, as a part of another answer.
    pub(crate) fn into_scim(self) -> scim::Error {
        self.error
    }

    /// 503 naming when to try again.
    pub(crate) fn unavailable(detail: &str) -> Self {
        Self { error: scim::Error::new(503, detail), headers: vec![(RETRY_AFTER, RETRY_SECONDS.to_string())] }
    }
}

impl ResponseError for ScimError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        put_headers(&mut response, &self.headers);
        response.insert_header((CONTENT_TYPE, scim::MEDIA_TYPE)).body(self.error.to_json().to_string())
    }
}

impl From<scim::Error> for ScimError {
    fn from(error: scim::Error) -> Self {
        Self { error, headers: Vec::new() }
    }
}

impl From<store::Error> for ScimError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => scim::Error::not_found("no such resource").into(),
            store::Error::Conflict => scim::Error::uniqueness("the change collides with another resource").into(),
            store::Error::Taken(path) => scim::Error::uniqueness(format!("another resource has this {path}")).into(),
            store::Error::Gone => {
                scim::Error::invalid_value("something the request names was deleted meanwhile; nothing was changed")
                    .into()
            }
            store::Error::Stale => scim::Error::precondition_failed("the resource changed meanwhile").into(),
            store::Error::TooMany => {
                scim::Error::too_many("no index serves this filter or order over so many resources").into()
            }
            store::Error::Unavailable(cause) => {
                tracing::warn!(cause, "the database is not available");
                Self::unavailable("the directory is not available at the moment; try again")
            }
            store::Error::Configuration(cause) | store::Error::Internal(cause) => {
                tracing::error!(cause, "internal error");
                scim::Error::new(500, "internal error").into()
            }
        }
    }
}

impl From<provisioning::Error> for ScimError {
    fn from(error: provisioning::Error) -> Self {
        match error {
            provisioning::Error::Scim(error) => error.into(),
            provisioning::Error::Store(error) => error.into(),
        }
    }
}

/// A failure of the management API, or of a route that is neither.
#[derive(Debug)]
pub(crate) struct ManagementError {
    status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<&'static str>,
    headers: Vec<(HeaderName, String)>,
}

impl std::fmt::Display for ManagementError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl ManagementError {
    /// A failure with this status, code and message.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, headers: Vec::new() }
    }

    /// Adds a header to the answer.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl ResponseError for ManagementError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let (Some(field), Some(object)) = (self.field, error.as_object_mut()) {
            object.insert("field".into(), field.into());
        }
        let mut response = HttpResponse::build(self.status);
        put_headers(&mut response, &self.headers);
        response.json(json!({ "errors": [error] }))
    }
}

impl From<identity::Error> for ManagementError {
    fn from(error: identity::Error) -> Self {
        match error {
            identity::Error::Refused(refusal) => Self {
                status: StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST),
                code: refusal.code,
                message: refusal.message,
                field: refusal.field,
                headers: Vec::new(),
            },
            identity::Error::Store(error) => error.into(),
        }
    }
}

impl From<store::Error> for ManagementError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "no such object"),
            store::Error::TooMany => Self::new(StatusCode::BAD_REQUEST, "TOO_MANY", "too many objects to look through"),
            store::Error::Conflict | store::Error::Taken(_) | store::Error::Gone | store::Error::Stale => {
                Self::new(StatusCode::CONFLICT, "CONFLICT", "the change collides with another object")
            }
            store::Error::Unavailable(cause) => {
                tracing::warn!(cause, "the database is not available");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "not available at the moment; try again")
                    .header(RETRY_AFTER, RETRY_SECONDS.to_string())
            }
            store::Error::Configuration(cause) | store::Error::Internal(cause) => {
                tracing::error!(cause, "internal error");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "internal error")
            }
        }
    }
}

/// Which error body a part of the route table speaks.
pub(crate) fn is_scim(request: &HttpRequest) -> bool {
    // As routes see it: `/%73cim` leads to SCIM, `/scimitar` does not.
    let path = request.match_info().as_str();
    path.strip_prefix(super::SCIM).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A failure in the words of the base the request came to.
pub(crate) fn refuse(is_scim: bool, status: StatusCode, code: &'static str, message: &str) -> actix_web::Error {
    if is_scim {
        ScimError::from(scim::Error::new(status.as_u16(), message)).into()
    } else {
        ManagementError::new(status, code, message).into()
    }
}

/// 404 for a path that leads nowhere.
pub(crate) fn route_not_found(request: &HttpRequest) -> actix_web::Error {
    refuse(is_scim(request), StatusCode::NOT_FOUND, "ROUTE_NOT_FOUND", "there is nothing at this path")
}

/// Answers a route that does not exist.
pub(crate) async fn no_such_route(request: HttpRequest) -> Result<HttpResponse, actix_web::Error> {
    Err(route_not_found(&request))
}

/// Answers a method a SCIM path does not have.
pub(crate) fn scim_method_not_allowed(allowed: String) -> Route {
    web::to(move || std::future::ready(Err::<HttpResponse, _>(ScimError::method_not_allowed(&allowed))))
}

/// Answers a method any other path does not have.
pub(crate) fn method_not_allowed(allowed: String) -> Route {
    web::to(move || {
        let message = format!("only {allowed} is possible here");
        let error = ManagementError::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message);
        std::future::ready(Err::<HttpResponse, _>(error.header(ALLOW, allowed.clone())))
    })
}

fn put_headers(response: &mut HttpResponseBuilder, headers: &[(HeaderName, String)]) {
    for (name, value) in headers {
        response.insert_header((name.clone(), value.clone()));
    }
}
