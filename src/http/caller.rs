//! Who is calling: a bearer token, one row, one connection.
//!
//! The token is looked up by its SHA-256; the row that comes back says which connection it speaks for, and nothing else
//! does. An access token names a client, whose row says the same. States are read with it on every request, so that revoking a token, pausing a directory, disabling a connection
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
use crate::identity::scim_clients::access;
use crate::identity::settings::Settings;
use crate::identity::{Act, Tenant, person_tokens};
use crate::provisioning::Call;
use crate::store::connections::Connection;
use crate::store::directories::Door;
use crate::store::scim_clients;
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

/// Who asks for `/Me`: a person, or a directory, which is nobody.
#[derive(Debug)]
pub(crate) enum Me {
    /// The call of a person's connection, and the SCIM id of their resource.
    Person(Arc<Call>, String),
    /// The IdP.
    Directory,
}

impl FromRequest for Me {
    type Error = ScimError;
    type Future = LocalBoxFuture<'static, Result<Self, ScimError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match find_person(&request).await? {
                Some(person) => Ok(person),
                None => find(&request).await.map(|_| Self::Directory),
            }
        })
    }
}

fn refused() -> ScimError {
    ScimError::unauthorized("a valid bearer token for this directory is required")
}

async fn find(request: &HttpRequest) -> Result<Caller, ScimError> {
    let state = request.app_data::<Data<State>>().ok_or_else(refused)?;
    let token = bearer(request).ok_or_else(refused)?;
    if !is_well_formed_secret(TOKEN_PREFIX, token) {
        return find_client(request, state, token).await;
    }
    let hash = secret_hash(token);
    let asked = hash.clone();
    let found = state.store.read(move |tx| tokens::find_bearer(tx, &asked)).await?;
    let bearer = found.filter(|bearer| is_live(bearer, &hash, state.clock.now())).ok_or_else(refused)?;
    let Bearer { token_id, last_used, door, .. } = bearer;
    let call = enter(request, state, door, format!("token:{token_id}")).await?;
    touch(state, token_id, last_used);
    Ok(Caller(Arc::new(call)))
}

/// The directory of a client that was given this access token.
async fn find_client(request: &HttpRequest, state: &Data<State>, token: &str) -> Result<Caller, ScimError> {
    let id = access::verify(&*state.keys().await?, &state.public_url, token, state.clock.now()).ok_or_else(refused)?;
    let wanted = id.clone();
    let found = state.store.read(move |tx| scim_clients::find_bearer(tx, &wanted)).await?;
    let bearer = found.filter(|bearer| bearer.revoked.is_none()).ok_or_else(refused)?;
    Ok(Caller(Arc::new(enter(request, state, bearer.door, format!("scim_client:{id}")).await?)))
}

/// The person a signed bearer stands for; `None` for a bearer that this server did not sign.
async fn find_person(request: &HttpRequest) -> Result<Option<Me>, ScimError> {
    let state = request.app_data::<Data<State>>().ok_or_else(refused)?;
    let token = bearer(request).ok_or_else(refused)?;
    let Some(identity) = person_tokens::verify(&*state.keys().await?, &state.public_url, token, state.clock.now())
    else {
        return Ok(None);
    };
    let found = state.store.read(move |tx| person_tokens::find(tx, &identity)).await?;
    let person = found.ok_or_else(refused)?;
    let call = enter(request, state, person.door, format!("user:{}", person.user_id)).await?;
    Ok(Some(Me::Person(Arc::new(call), person.resource_id)))
}

/// A call through the door of a directory, if it is open, the one in the path, and the connection has not asked too often.
async fn enter(request: &HttpRequest, state: &State, door: Door, actor: String) -> Result<Call, ScimError> {
    if !door.is_open() {
        return Err(refused());
    }
    require_path(request, &door.endpoint_id)?;
    state.rate_limit.charge(&door.connection, 1)?;
    let tenant = tenant(state, door.connection, door.provider).await?;
    let act =
        Act { actor, request_id: super::observe::request_id(request), now: state.clock.now(), ids: state.ids.clone() };
    Ok(Call::new(act, tenant, scim_base_url(&state.public_url, &door.endpoint_id)))
}

/// A connection with its settings and schemas.
async fn tenant(state: &State, connection: Connection, provider: String) -> Result<Tenant, ScimError> {
    let settings = Settings::parse(&connection.options);
    let catalogue = state.catalogues.of(&state.store, &connection, &settings).await?;
    Ok(Tenant::new(connection, settings, catalogue, Some(provider)))
}

/// The directory of the bearer must be the one in the path.
fn require_path(request: &HttpRequest, endpoint_id: &str) -> Result<(), ScimError> {
    let segment = request.match_info().get("directory").unwrap_or_default();
    if endpoint_id.strip_prefix("ksde_") == Some(segment) { Ok(()) } else { Err(refused()) }
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
    Some(text)
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

fn is_live(bearer: &Bearer, hash: &str, now: i64) -> bool {
    bool::from(bearer.hash.as_bytes().ct_eq(hash.as_bytes()))
        && bearer.revoked.is_none()
        && bearer.expires.is_none_or(|expires| now < expires)
}

/// Records the use without making the request wait for it.
fn touch(state: &State, id: String, last_used: Option<i64>) {
    let now = state.clock.now();
    if last_used.is_some_and(|last| now - last < micros(TOUCH_EVERY)) {
        return;
    }
    let store = state.store.clone();
    actix_web::rt::spawn(async move {
        if let Err(cause) = store.write(move |tx| tokens::touch(tx, &id, now)).await {
            tracing::warn!(%cause, "could not record the use of a token");
        }
    });
}
