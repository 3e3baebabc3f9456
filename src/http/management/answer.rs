//! Kinde's envelopes, and bodies as requests.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::clock::rfc3339;
use crate::http::body::Json;
use crate::http::error::ManagementError;

/// What a handler of the management API returns.
pub(super) type Answer = Result<HttpResponse, ManagementError>;

/// `{"message","code"}` and one named part beside them.
pub(super) fn enveloped(status: StatusCode, code: &str, message: &str, name: &str, part: Value) -> HttpResponse {
    let mut body = Map::new();
    body.insert("message".to_owned(), message.into());
    body.insert("code".to_owned(), code.into());
    body.insert(name.to_owned(), part);
    HttpResponse::build(status).json(body)
}

/// The envelope of most answers.
pub(super) fn success(status: StatusCode, name: &str, part: Value) -> HttpResponse {
    enveloped(status, "OK", "Success", name, part)
}

/// An answer that holds a secret: no cache may store it.
pub(super) fn uncached(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The envelope alone.
pub(super) fn done() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "message": "Success", "code": "OK" }))
}

/// Reads a body as the request it should be; unknown fields are tolerated.
pub(super) fn read<T: DeserializeOwned>(body: Value) -> Result<T, ManagementError> {
    serde_json::from_value(body).map_err(|cause| {
        ManagementError::new(StatusCode::BAD_REQUEST, "INVALID_BODY", format!("The body does not fit: {cause}"))
    })
}

/// A time, or null.
pub(super) fn time(micros: Option<i64>) -> Value {
    micros.map_or(Value::Null, |micros| rfc3339(micros).into())
}

/// A JSON body that may be left out.
#[derive(Debug)]
pub(super) struct OptionalJson(pub(super) Value);

impl FromRequest for OptionalJson {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if has_no_body(request) {
            return Box::pin(async { Ok(Self(json!({}))) });
        }
        let body = Json::from_request(request, payload);
        Box::pin(async move { body.await.map(|Json(value)| Self(value)) })
    }
}

fn has_no_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    match headers.get(CONTENT_LENGTH) {
        Some(length) => length.as_bytes() == b"0",
        None => !headers.contains_key(TRANSFER_ENCODING) && request.version() < actix_web::http::Version::HTTP_2,
    }
}
