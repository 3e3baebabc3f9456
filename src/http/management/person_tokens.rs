//! `POST /users/{id}/scim_tokens`: a short-lived bearer for `/Me` of the user's directory.
//!
//! 400 `USER_NOT_FOUND`, `NO_ENTERPRISE_IDENTITY`, `INVALID_EXPIRY`.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use serde_json::json;

use super::answer::{Answer, OptionalJson, read, success, time};
use super::caller::Caller;
use crate::http::State;
use crate::identity::person_tokens::{self, Request};

pub(super) async fn create(
    caller: Caller,
    user: Path<String>,
    OptionalJson(body): OptionalJson,
    state: Data<State>,
) -> Answer {
    let request: Request = read(body)?;
    let (act, reach, url) = (caller.act(), caller.reach(), caller.public_url().to_owned());
    let grant = move |tx: &mut crate::store::Tx<'_>| person_tokens::grant(tx, &act, reach, &url, &user, &request);
    let claims = caller.store().write(grant).await?;
    let token = person_tokens::sign(&*state.keys().await?, &claims)?;
    let shown = json!({ "token": token, "expires_on": time(Some(claims.exp * 1_000_000)) });
    let mut answer = success(StatusCode::CREATED, "scim_token", shown);
    answer.headers_mut().insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    Ok(answer)
}
