//! Bulk (RFC 7644 section 3.7): `POST /Bulk`.
//!
//! 200 with an answer for each operation that was tried; 400 and 413 for a request that is not one, 429 for more operations
//! than the rate limit has left, and then nothing was done; 503 when too many are being answered or the store fails before
//! anything was done.

use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::State;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::error::ScimError;
use crate::provisioning::{self, Bulk};
use crate::scim::bulk::{self, Answer, BulkRequest};
use crate::scim::{self, limits};

/// `POST /Bulk`
pub(super) async fn bulk(
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, actix_web::Error> {
    let reading = state.bulk_bodies.take(caller.0.tenant.key()).await?;
    let bytes = body::bytes(&request, payload, body::JSON, limits::BULK_BODY_BYTES).await?;
    let _working = state.bulk_work.take(caller.0.tenant.key()).await?;
    let parsed = Arc::new(BulkRequest::parse(body::parse(&request, &bytes)?).map_err(ScimError::from)?);
    drop((bytes, reading));
    state.rate_limit.charge(&caller.0.tenant.connection, parsed.operations.len().saturating_sub(1))?;
    let done = provisioning::bulk(&state.store, &caller.0, &parsed).await.map_err(ScimError::from)?;
    let answer = bulk::response(answers(&parsed, done)).to_string();
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, scim::MEDIA_TYPE)).body(answer))
}

/// The answers in the order of the request; what was not tried has one only when the store gave up.
fn answers(request: &BulkRequest, done: Bulk) -> impl Iterator<Item = Answer<'_>> {
    let mut answers = done.answers;
    let mut lost = done.lost.map(|lost| (ScimError::from(lost.cause).into_scim(), lost.locations));
    request.operations.iter().enumerate().filter_map(move |(index, operation)| {
        if let Some(answer) = answers.remove(&index) {
            let outcome = answer.outcome.map_err(|error| ScimError::from(error).into_scim());
            return Some(Answer { operation, location: answer.location, version: answer.version, outcome });
        }
        let (cause, locations) = lost.as_mut()?;
        Some(Answer { operation, location: locations.remove(&index), version: None, outcome: Err(cause.clone()) })
    })
}
