//! Who calls the management API: a client, known by an access token, as its row says at this moment.
//!
//! The row is read on every request, so that disabling a client or taking a scope from it holds at once, whatever its
//! tokens say. What this server did not sign never reaches the database.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};

use crate::http::State;
use crate::http::error::ManagementError;
use crate::http::observe::request_id;
use crate::identity::reach::Reach;
use crate::identity::seal::Seal;
use crate::identity::{Act, access_tokens, clients, scopes};
use crate::outbound::Outside;
use crate::store::Store;
use crate::store::clients::Client;

/// An authenticated request of a client.
#[derive(Clone, Debug)]
pub(crate) struct Caller(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Data<State>,
    act: Act,
    scopes: Vec<String>,
    reach: Reach,
}

impl Caller {
    /// The database.
    pub(super) fn store(&self) -> &Store {
        &self.0.state.store
    }

    /// On whose behalf, in which request and when.
    pub(super) fn act(&self) -> Act {
        self.0.act.clone()
    }

    /// What the client may see.
    pub(super) fn reach(&self) -> Reach {
        self.0.reach
    }

    /// What calls the outside.
    pub(super) fn outside(&self) -> &Outside {
        &self.0.state.outside
    }

    /// What closes and opens the tokens of a list in this order.
    pub(super) async fn seal(&self, list: &str, sort: &str) -> Result<Seal, ManagementError> {
        let question = format!("management API: {list} {sort}");
        Ok(self.0.state.cursors.seal(self.store(), question).await?)
    }

    /// The URL under which clients reach this server.
    pub(super) fn public_url(&self) -> &str {
        &self.0.state.public_url
    }
}

impl FromRequest for Caller {
    type Error = ManagementError;
    type Future = Ready<Result<Self, ManagementError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(unauthorized))
    }
}

/// Lets requests with a valid access token pass.
pub(super) async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let caller = find(request.request()).await?;
    request.extensions_mut().insert(caller);
    next.call(request).await
}

/// Lets callers with this scope pass.
pub(super) async fn require(
    request: ServiceRequest,
    next: Next<BoxBody>,
    scope: &'static str,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let caller = request.extensions().get::<Caller>().cloned().ok_or_else(unauthorized)?;
    if !caller.0.scopes.iter().any(|held| held == scope) {
        let message = format!("The access token does not hold the scope {scope}");
        return Err(ManagementError::new(StatusCode::FORBIDDEN, "MISSING_SCOPE", message).into());
    }
    next.call(request).await
}

async fn find(request: &HttpRequest) -> Result<Caller, ManagementError> {
    let state = request.app_data::<Data<State>>().ok_or_else(unauthorized)?;
    let token = bearer(request).ok_or_else(unauthorized)?;
    let now = state.clock.now();
    let claims =
        access_tokens::verify(&*state.keys().await?, &state.public_url, token, now).ok_or_else(unauthorized)?;
    let id = claims.azp.clone();
    let client = state.store.read(move |tx| clients::find_enabled(tx, &id)).await?.ok_or_else(unauthorized)?;
    let act =
        Act { actor: format!("client:{}", client.id), request_id: request_id(request), now, ids: state.ids.clone() };
    let scopes = held_scopes(&claims.scope, &client);
    Ok(Caller(Arc::new(Inner { state: state.clone(), act, scopes, reach: Reach::of(client.organization_key) })))
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return None;
    };
    let (scheme, token) = header.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What the token says and the client still has.
fn held_scopes(claimed: &str, client: &Client) -> Vec<String> {
    let granted = scopes::expand(&client.scopes);
    claimed.split(' ').filter(|scope| granted.contains(scope)).map(str::to_owned).collect()
}

fn unauthorized() -> ManagementError {
    ManagementError::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "A valid access token is required")
        .header(WWW_AUTHENTICATE, "Bearer realm=\"management\"")
}
