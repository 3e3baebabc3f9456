//! `POST /connections/{id}/sign_ins`: the sign-in service asks who has arrived.
//!
//! 200 for both decisions; 400 `INVALID_SUBJECT`, `INVALID_CLAIM`; 404 `CONNECTION_NOT_FOUND`; 409 `REQUEST_ID_REUSED`.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::answer::{Answer, read};
use super::caller::Caller;
use super::connections::not_found;
use crate::http::body::Json;
use crate::identity::connections;
use crate::identity::sign_in::{self, Question};

pub(super) async fn ask(caller: Caller, id: Path<String>, Json(body): Json) -> Answer {
    let question: Question = read(body)?;
    let (reach, wanted) = (caller.reach(), id.clone());
    caller.store().read(move |tx| connections::find(tx, reach, &wanted)).await?.ok_or_else(not_found)?;
    let answer = sign_in::ask(caller.store(), &caller.act(), &id, &question).await?;
    Ok(HttpResponse::Ok().json(answer))
}
