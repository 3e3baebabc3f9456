//! What operators see: one log line and two metrics a request, liveness, readiness, metrics.
//!
//! Lines and labels carry the route template, never the URI: SCIM filters hold people's names. Labels come from the
//! route table and from enumerations, so their number is bounded whatever clients send.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The histogram of how long requests take.
pub const SECONDS: &str = "anteroom_http_request_seconds";

/// The span of a request: its id, method and route template.
#[derive(Debug)]
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        tracing::info_span!("request", request_id = %id, method = method(request.method().as_str()))
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// The id of a request, as logs, events and the `X-Request-Id` header carry it.
pub(crate) fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default()
}

/// Measures and logs a request, and turns a panic into a 500 of the right shape.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let (id, is_scim) = (request_id(request.request()), super::error::is_scim(request.request()));
    let mut response = AssertUnwindSafe(next.call(request)).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("a request handler panicked");
        Err(super::error::refuse(is_scim, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "internal error"))
    })?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    record(&response, started);
    Ok(response)
}

fn record<B>(response: &ServiceResponse<B>, started: Instant) {
    let route = response.request().match_pattern().unwrap_or_else(|| "none".into());
    let method = method(response.request().method().as_str());
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    tracing::info!(route, status, milliseconds = seconds * 1_000.0, "answered");
    let labels = [("route", route), ("method", method.to_owned()), ("status", status.to_string())];
    metrics::counter!("anteroom_http_requests_total", &labels).increment(1);
    metrics::histogram!(SECONDS, &labels).record(seconds);
}

/// A method as a label: clients may send any word.
fn method(name: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("OTHER")
}

/// The process runs.
pub(super) async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The database answers.
pub(super) async fn readyz(state: Data<State>) -> HttpResponse {
    if state.store.is_ready().await {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
    }
}
