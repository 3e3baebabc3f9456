//! Who is calling: a bearer token, one row, one connection.
//!
//! The token is looked up by its SHA-256; the row that comes back says which connection it speaks for, and nothing else
//! does. States are read with it on every request, so that revoking a token, pausing a directory, disabling a connection
//! and suspending an organization hold from the next request on, on every server.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::future::LocalBoxFuture;
use subtle::ConstantTimeEq;

use super::State;
use super::error::ScimError;
use crate::clock::micros;
use crate::id::{is_well_formed_secret, secret_hash};
use crate::identity::directories::{TOKEN_PREFIX, scim_base_url};
use crate::identity::settings::Settings;
use crate::identity::{Act, Tenant};
use crate::provisioning::Call;
use crate::scim::schema::Catalogue;
use crate::store::tokens::{self, Bearer};

/// Last use is recorded at most this often.
const TOUCH_EVERY: Duration = Duration::from_mins(1);

/// An authenticated SCIM request.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Arc<Call>);

impl FromRequest for Caller {
    type Error = ScimError;
    type Future = LocalBoxFuture<'static, Result<Self, ScimError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { find(&request).await })
    }
}

/// The caller of a discovery request, which may come without a token; a bad one is refused all the same.
#[derive(Debug)]
pub(crate) struct OptionalCaller(pub(crate) Option<Arc<Call>>);

impl FromRequest for OptionalCaller {
    type Error = ScimError;
    type Future = LocalBoxFuture<'static, Result<Self, ScimError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            if request.headers().contains_key(AUTHORIZATION) {
                return find(&request).await.map(|caller| Self(Some(caller.0)));
            }
            Ok(Self(None))
        })
    }
}

async fn find(request: &HttpRequest) -> Result<Caller, ScimError> {
    let refused = || ScimError::unauthorized("a valid bearer token for this directory is required");
    let state = request.app_data::<Data<State>>().ok_or_else(refused)?;
    let hash = bearer(request).map(secret_hash).ok_or_else(refused)?;
    let asked = hash.clone();
    let found = state.store.read(move |tx| tokens::find_bearer(tx, &asked)).await?;
    let bearer = found.filter(|bearer| is_live(bearer, &hash, state.clock.now())).ok_or_else(refused)?;
    let segment = request.match_info().get("directory").unwrap_or_default();
    if bearer.endpoint_id.strip_prefix("ksde_") != Some(segment) {
        return Err(refused());
    }
    touch(state, &bearer);
    let settings = Settings::parse(&bearer.connection.options);
    let catalogue = state.catalogues.of(&state.store, &bearer.connection, &settings).await?;
    Ok(Caller(Arc::new(call(request, state, bearer, settings, catalogue))))
}

/// The token of exactly one `Authorization: Bearer` header; one doubled `Bearer` (a pasted one) is dropped.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let mut text = strip_scheme(header.to_str().ok()?)?;
    if let Some(inner) = strip_scheme(text) {
        text = inner;
    }
    is_well_formed_secret(TOKEN_PREFIX, text).then_some(text)
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

fn is_live(bearer: &Bearer, hash: &str, now: i64) -> bool {
    bool::from(bearer.hash.as_bytes().ct_eq(hash.as_bytes()))
        && bearer.revoked.is_none()
        && bearer.expires.is_none_or(|expires| now < expires)
        && bearer.directory_state == "active"
        && bearer.connection.state == "active"
        && bearer.is_organization_suspended == Some(false)
}

fn call(request: &HttpRequest, state: &State, bearer: Bearer, settings: Settings, catalogue: Catalogue) -> Call {
    let act = Act {
        actor: format!("token:{}", bearer.token_id),
        request_id: super::observe::request_id(request),
        now: state.clock.now(),
        ids: state.ids.clone(),
    };
    let base_url = scim_base_url(&state.public_url, &bearer.endpoint_id);
    let tenant = Tenant::new(bearer.connection, settings, catalogue, Some(bearer.provider));
    Call::new(act, tenant, base_url)
}

/// Records the use without making the request wait for it.
fn touch(state: &State, bearer: &Bearer) {
    let now = state.clock.now();
    if bearer.last_used.is_some_and(|last| now - last < micros(TOUCH_EVERY)) {
        return;
    }
    let (store, id) = (state.store.clone(), bearer.token_id.clone());
    actix_web::rt::spawn(async move {
        if let Err(cause) = store.write(move |tx| tokens::touch(tx, &id, now)).await {
            tracing::warn!(%cause, "could not record the use of a token");
        }
    });
}
