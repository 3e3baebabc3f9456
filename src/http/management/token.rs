//! `POST /oauth2/token`: client credentials (RFC 6749 section 4.4) for an access token, of the management API or of one
//! directory; and `GET /.well-known/jwks`, the keys that sign access tokens.
//!
//! The id of a client says which kind it is. A client of a directory may be spoken for by another issuer (RFC 7523).
//!
//! Errors are OAuth's, not the management API's: 400 `invalid_request`, `unsupported_grant_type`, `invalid_scope`; 401
//! `invalid_client`. A form that is too long (413) or too slow (408) is an `invalid_request` with its own status. No answer
//! may be stored by a cache (section 5.1).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

use crate::http::error::ManagementError;
use crate::http::{State, body};
use crate::identity::scim_clients::{self, access, assertion};
use crate::identity::{access_tokens, clients, scopes};
use crate::store;
use crate::store::clients::Client;
use crate::store::scim_clients::ScimClient;

/// A rotated key is published two minutes before it signs.
const JWKS_CACHE: &str = "public, max-age=60";

/// The form; `audience` and what else clients send is accepted and decides nothing: there is one API.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

pub(super) async fn issue(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, OauthError> {
    let asked: Asked = body::read_form(&request, payload).await.map_err(|refusal| OauthError::form(&refusal))?;
    check_grant_type(&asked)?;
    if let Some(assertion) = &asked.client_assertion {
        check_assertion_type(&request, &asked)?;
        return for_scim(&state, by_assertion(&state, &asked, assertion).await?).await;
    }
    let (id, secret) = credentials(&request, &asked)?;
    let now = state.clock.now();
    if scim_clients::is_id(&id) {
        let found = state.store.read(move |tx| scim_clients::find_by_secret(tx, &id, &secret, now)).await?;
        return for_scim(&state, found.ok_or(OauthError::InvalidClient)?).await;
    }
    let found = state.store.read(move |tx| clients::find_by_secret(tx, &id, &secret, now)).await?;
    let client = found.ok_or(OauthError::InvalidClient)?;
    let scope = granted(&client, asked.scope.as_deref())?;
    let keys = state.keys().await?;
    let token = access_tokens::issue(&keys, &state.public_url, &state.ids, now, &client.id, &scope)?;
    Ok(answer(&token, access_tokens::VALID_SECONDS, &scope))
}

fn answer(token: &str, seconds: i64, scope: &str) -> HttpResponse {
    let body = json!({ "access_token": token, "token_type": "bearer", "expires_in": seconds, "scope": scope });
    uncached(StatusCode::OK).json(body)
}

/// A token for the one directory of a client; whatever scope was asked for, there is one.
async fn for_scim(state: &State, client: ScimClient) -> Result<HttpResponse, OauthError> {
    let now = state.clock.now();
    let token = access::issue(&*state.keys().await?, &state.public_url, &state.ids, now, &client)?;
    state.store.write(move |tx| store::scim_clients::touch(tx, client.key, now)).await?;
    Ok(answer(&token, client.token_seconds, "scim"))
}

/// The client that another issuer speaks for in an assertion.
async fn by_assertion(state: &State, asked: &Asked, assertion: &str) -> Result<ScimClient, OauthError> {
    let named = asked.client_id.clone().or_else(|| assertion::named_client(assertion));
    let id = named.ok_or(OauthError::InvalidClient)?;
    let found = state.store.read(move |tx| scim_clients::find_live(tx, &id)).await?;
    let client = found.ok_or(OauthError::InvalidClient)?;
    let url = &state.public_url;
    let audiences = [format!("{url}/oauth2/token"), url.clone(), format!("{url}/scim")];
    let holds = assertion::holds(&state.outside, &client, assertion, &audiences, state.clock.now()).await;
    if holds { Ok(client) } else { Err(OauthError::InvalidClient) }
}

/// The public keys that access tokens are signed with.
pub(super) async fn jwks(state: Data<State>) -> Result<HttpResponse, ManagementError> {
    let keys = state.keys().await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, JWKS_CACHE)).json(keys.jwks(state.clock.now())))
}

fn check_assertion_type(request: &HttpRequest, asked: &Asked) -> Result<(), OauthError> {
    if asked.client_assertion_type.as_deref() != Some(assertion::TYPE) {
        return Err(OauthError::invalid_request("client_assertion_type is not the JWT bearer's"));
    }
    if asked.client_secret.is_some() || request.headers().contains_key(AUTHORIZATION) {
        return Err(OauthError::invalid_request("an assertion comes without a secret"));
    }
    Ok(())
}

fn check_grant_type(asked: &Asked) -> Result<(), OauthError> {
    match asked.grant_type.as_deref() {
        Some("client_credentials") => Ok(()),
        Some(_) => Err(OauthError::UnsupportedGrantType),
        None => Err(OauthError::invalid_request("grant_type is missing")),
    }
}

/// Client id and secret from the header or from the form, not from both (section 2.3).
fn credentials(request: &HttpRequest, asked: &Asked) -> Result<(String, String), OauthError> {
    match (request.headers().get(AUTHORIZATION), &asked.client_secret) {
        (Some(_), Some(_)) => {
            Err(OauthError::invalid_request("credentials come in the header or in the form, not in both"))
        }
        (Some(header), None) => header.to_str().ok().and_then(basic).ok_or(OauthError::InvalidClient),
        (None, Some(secret)) => {
            let id = asked.client_id.clone().ok_or(OauthError::InvalidClient)?;
            Ok((id, secret.clone()))
        }
        (None, None) => Err(OauthError::InvalidClient),
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    let text = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok()).flatten()?;
    let text = String::from_utf8(text).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The scopes asked for, or all the client has.
fn granted(client: &Client, asked: Option<&str>) -> Result<String, OauthError> {
    let held = scopes::expand(&client.scopes);
    let asked: Vec<&str> = asked.unwrap_or_default().split(' ').filter(|scope| !scope.is_empty()).collect();
    if asked.is_empty() {
        return Ok(held.join(" "));
    }
    match asked.iter().find(|scope| !held.contains(*scope)) {
        None => Ok(asked.join(" ")),
        Some(scope) => Err(OauthError::InvalidScope((*scope).to_owned())),
    }
}

fn uncached(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store")).insert_header((PRAGMA, "no-cache"));
    response
}

/// A refusal in OAuth's words (section 5.2).
#[derive(Debug, thiserror::Error)]
pub(super) enum OauthError {
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("{1}")]
    InvalidForm(StatusCode, String),
    #[error("only client_credentials is supported")]
    UnsupportedGrantType,
    #[error("unknown client or wrong secret")]
    InvalidClient,
    #[error("the client was not granted {0}")]
    InvalidScope(String),
    #[error("not available")]
    Failed(ManagementError),
}

impl OauthError {
    fn invalid_request(description: &'static str) -> Self {
        Self::InvalidRequest(description)
    }

    /// What is wrong with the form, in OAuth's shape; another media type is a 400 here.
    fn form(refusal: &actix_web::Error) -> Self {
        let status = match refusal.as_response_error().status_code() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::BAD_REQUEST,
            status => status,
        };
        Self::InvalidForm(status, refusal.to_string())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) | Self::InvalidForm(..) => "invalid_request",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidClient => "invalid_client",
            Self::InvalidScope(_) => "invalid_scope",
            Self::Failed(_) => "server_error",
        }
    }
}

impl From<store::Error> for OauthError {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl ResponseError for OauthError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::InvalidClient => StatusCode::UNAUTHORIZED,
            Self::InvalidForm(status, _) => *status,
            Self::Failed(error) => error.status_code(),
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Failed(error) = self {
            return error.error_response();
        }
        let mut response = uncached(self.status_code());
        if matches!(self, Self::InvalidClient) {
            response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"management\""));
        }
        response.json(json!({ "error": self.code(), "error_description": self.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_read_and_anything_else_is_none() {
        // a:b:c - the secret may hold a colon.
        assert_eq!(basic("Basic YTpiOmM="), Some(("a".into(), "b:c".into())));
        assert_eq!(basic("basic YTpiOmM="), Some(("a".into(), "b:c".into())));
        for header in ["Bearer YTpi", "Basic", "Basic !!", "Basic YQ=="] {
            assert_eq!(basic(header), None, "{header}");
        }
    }
}
