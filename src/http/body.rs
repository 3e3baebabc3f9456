//! Request bodies: JSON and forms within bounds, read before a deadline.
//!
//! The framework has no deadline for slow bodies and `serde_json` keeps the last of two equal keys, so both are done
//! here: media type, size while reading, depth while parsing, keys that differ only in letter case (SCIM names are
//! case-insensitive, RFC 7643 section 2.1), NUL characters (PostgreSQL stores none).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload, Query};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{is_scim, refuse};
use crate::scim::json;
use crate::scim::limits;

/// How long a whole body may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// What JSON may call itself.
pub(crate) const JSON: &[&str] = &["application/scim+json", "application/json"];

/// A form at most; the longest field is a client's secret or its list of scopes.
const FORM_BYTES: usize = 16 * 1024;

/// A bounded JSON body of the management API.
#[derive(Debug)]
pub(crate) struct Json(pub(crate) Value);

impl FromRequest for Json {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), Payload::from_request(request, payload));
        Box::pin(async move { read(&request, payload.await?, limits::USER_BODY_BYTES).await.map(Json) })
    }
}

/// Reads and parses a body of at most `limit` bytes.
///
/// # Errors
/// 415 for another media type or a compressed body, 413 over the limit, 408 after the deadline, 400 for what is not
/// acceptable JSON.
pub(crate) async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Value, actix_web::Error> {
    parse(request, &bytes(request, payload, JSON, limit).await?)
}

/// Parses a body that was read.
///
/// # Errors
/// 400 for what is not acceptable JSON.
pub(crate) fn parse(request: &HttpRequest, bytes: &[u8]) -> Result<Value, actix_web::Error> {
    json::parse(bytes).map_err(|problem| {
        if is_scim(request) {
            super::error::ScimError::from(crate::scim::Error::invalid_syntax(problem)).into()
        } else {
            refuse(is_scim(request), StatusCode::BAD_REQUEST, "INVALID_JSON", &problem)
        }
    })
}

/// Reads and parses a form.
///
/// # Errors
/// 415, 413, 408 as [`read`]; 400 for what does not fit.
pub(crate) async fn read_form<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<T, actix_web::Error> {
    let bytes = bytes(request, payload, &["application/x-www-form-urlencoded"], FORM_BYTES).await?;
    let text = String::from_utf8(bytes).ok();
    // A query has the syntax of a form.
    let form = text.and_then(|text| Query::from_query(&text).ok());
    form.map(Query::into_inner).ok_or_else(|| {
        refuse(is_scim(request), StatusCode::BAD_REQUEST, "INVALID_FORM", "the form is malformed or repeats a field")
    })
}

/// The bytes of a body of one of these media types, in time.
///
/// # Errors
/// 415, 413 and 408 as [`read`].
pub(crate) async fn bytes(
    request: &HttpRequest,
    payload: Payload,
    media_types: &[&str],
    limit: usize,
) -> Result<Vec<u8>, actix_web::Error> {
    let pieces = Pieces::new(request, payload, media_types, limit)?;
    tokio::time::timeout(DEADLINE, collect(pieces)).await.map_err(|_| too_slow(request))?
}

fn check_head(request: &HttpRequest, media_types: &[&str], limit: usize) -> Result<(), actix_web::Error> {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let media_type =
        text(CONTENT_TYPE).and_then(|value| value.split(';').next()).map(|value| value.trim().to_ascii_lowercase());
    if !media_type.is_some_and(|given| media_types.contains(&given.as_str())) {
        let message = format!("send {}", media_types.join(" or "));
        return Err(refuse(is_scim(request), StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", &message));
    }
    if text(CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        let message = "compressed bodies are not accepted";
        return Err(refuse(is_scim(request), StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_ENCODING", message));
    }
    let announced = text(CONTENT_LENGTH).and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
    if announced > limit { Err(too_large(request, limit)) } else { Ok(()) }
}

async fn collect(mut pieces: Pieces) -> Result<Vec<u8>, actix_web::Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A body that is read piece by piece, each within the deadline.
pub(crate) struct Pieces {
    request: HttpRequest,
    payload: Payload,
    limit: usize,
    read: usize,
}

impl Pieces {
    /// A body of one of these media types and at most `limit` bytes.
    ///
    /// # Errors
    /// 415 and 413 as [`read`].
    pub(crate) fn new(
        request: &HttpRequest,
        payload: Payload,
        media_types: &[&str],
        limit: usize,
    ) -> Result<Self, actix_web::Error> {
        check_head(request, media_types, limit)?;
        Ok(Self { request: request.clone(), payload, limit, read: 0 })
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// 413 over the limit, 408 after the deadline, 400 when the body breaks off.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, actix_web::Error> {
        let request = &self.request;
        let piece = tokio::time::timeout(DEADLINE, self.payload.next()).await.map_err(|_| too_slow(request))?;
        let piece = piece
            .transpose()
            .map_err(|_| refuse(is_scim(request), StatusCode::BAD_REQUEST, "INVALID_BODY", "the body broke off"))?;
        self.read += piece.as_ref().map_or(0, Bytes::len);
        if self.read > self.limit { Err(too_large(request, self.limit)) } else { Ok(piece) }
    }
}

fn too_slow(request: &HttpRequest) -> actix_web::Error {
    refuse(is_scim(request), StatusCode::REQUEST_TIMEOUT, "TIMEOUT", "the body took too long to arrive")
}

fn too_large(request: &HttpRequest, limit: usize) -> actix_web::Error {
    let message = format!("the body is larger than {limit} bytes");
    refuse(is_scim(request), StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", &message)
}
