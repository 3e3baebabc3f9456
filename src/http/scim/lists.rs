//! Lists, of one resource type or of all, asked for in the URI or in a body (RFC 7644 sections 3.4.2 and 3.4.3).
//!
//! 400 for a filter, order, index or cursor that cannot be followed; 404 for an endpoint that is not there.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::resources::{Answer, target};
use crate::http::State;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::error::ScimError;
use crate::http::query::parameters;
use crate::provisioning::{self, Target};
use crate::scim::list::ListQuery;
use crate::scim::{self, limits, search as message};

/// `GET /{endpoint}`: a page of resources.
pub(super) async fn list(
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, None)?;
    page(&state, &caller, vec![target], asked(&caller, &request)?).await
}

/// `POST /{endpoint}/.search`: the same.
pub(super) async fn search(
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
    payload: Payload,
    state: Data<State>,
) -> Answer {
    let target = target(&caller, &path.1, None)?;
    let query = sent(&caller, &request, payload).await?;
    page(&state, &caller, vec![target], query).await
}

/// `GET /`: a page of the resources of all types.
pub(super) async fn list_all(caller: Caller, request: HttpRequest, state: Data<State>) -> Answer {
    page(&state, &caller, Target::all(&caller.0), asked(&caller, &request)?).await
}

/// `POST /.search`: the same.
pub(super) async fn search_all(caller: Caller, request: HttpRequest, payload: Payload, state: Data<State>) -> Answer {
    let query = sent(&caller, &request, payload).await?;
    page(&state, &caller, Target::all(&caller.0), query).await
}

fn asked(caller: &Caller, request: &HttpRequest) -> Result<ListQuery, ScimError> {
    Ok(ListQuery::parse(&parameters(request)?, &caller.0.quirks)?)
}

async fn sent(caller: &Caller, request: &HttpRequest, payload: Payload) -> Result<ListQuery, actix_web::Error> {
    let body = body::read(request, payload, limits::USER_BODY_BYTES).await?;
    Ok(message::parse(&body, &caller.0.quirks).map_err(ScimError::from)?)
}

async fn page(state: &State, caller: &Caller, targets: Vec<Target>, query: ListQuery) -> Answer {
    let page =
        provisioning::list(&state.store, &state.cursors, &caller.0, targets, query).await.map_err(ScimError::from)?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, scim::MEDIA_TYPE)).body(page))
}
