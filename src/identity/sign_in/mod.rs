//! Who has arrived? The question the product's sign-in service asks, and its explained answer.
//!
//! The rules run in order, in one write transaction, under the same locks as a push of the same person: the connection
//! and its organization; the identity this subject is bound to; an unclaimed identity of this connection; a departure;
//! a trusted email; just-in-time creation. The first that fits decides; a person who is found and may not enter ends the
//! question. A dry run is the same transaction, undone.

mod answer;
mod arrival;
mod create;
mod departed;
mod enter;
mod find;
mod join;
mod question;
mod recognize;
mod report;
mod trust;

use crate::store::connections::{self, Connection};
use crate::store::locks::{self, Lock};
use crate::store::{ConnectionKey, Store, Tx, identities, sign_in_answers, users};
use crate::{scim::canonical::email_key, store};

pub use answer::{Answer, Decision, Line, Outcome, Reason};
pub use question::Question;

use super::{Act, Error, Tenant, providers};

/// A repeated request id gets the same answer for this long.
const REPEAT_MICROS: i64 = 5 * 60 * 1_000_000;
/// How often a question is asked that collides with a push.
const ATTEMPTS: u32 = 3;

/// Asks, keeps what the answer changes unless it is a dry run, and records it.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`, 400 for a question without a subject, 409 `REQUEST_ID_REUSED`.
pub async fn ask(store: &Store, act: &Act, connection_id: &str, question: &Question) -> Result<Answer, Error> {
    question.check()?;
    let mut attempt = 1;
    loop {
        match ask_once(store, act, connection_id, question).await {
            Err(error) if is_collision(&error) && attempt < ATTEMPTS => attempt += 1,
            answer => return answer,
        }
    }
}

async fn ask_once(store: &Store, act: &Act, connection_id: &str, question: &Question) -> Result<Answer, Error> {
    let (act, id, question) = (act.clone(), connection_id.to_owned(), question.clone());
    let asked = store.write(move |tx| {
        let answer = answer(tx, &act, &id, &question).map_err(Stop::Failed)?;
        if question.dry_run { Err(Stop::Rehearsed(Box::new(answer))) } else { Ok(answer) }
    });
    match asked.await {
        Ok(answer) => Ok(answer),
        Err(Stop::Rehearsed(answer)) => Ok(*answer),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Whether a push took the name, or another question the request id, in between: asked again, the question finds it.
fn is_collision(error: &Error) -> bool {
    match error {
        Error::Store(error) => *error == store::Error::Conflict,
        Error::Refused(refusal) => refusal.code == "USER_NAME_TAKEN",
    }
}

/// Why the transaction is undone.
enum Stop {
    Rehearsed(Box<Answer>),
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

fn answer(tx: &mut Tx<'_>, act: &Act, connection_id: &str, question: &Question) -> Result<Answer, Error> {
    let connection = connections::lock_shared(tx, connection_id)?
        .filter(|connection| providers::is_enterprise(&connection.strategy))
        .ok_or_else(|| Error::not_found("CONNECTION_NOT_FOUND", "no such connection"))?;
    let key = connection.key;
    locks::take(tx, &locks(key, question))?;
    if let Some(given) = repeated(tx, act, key, question)?
        && still_holds(tx, &connection, &given)?
    {
        return Ok(given);
    }
    let tenant = Tenant::load(tx, connection)?;
    let answer = arrival::decide(tx, act, &tenant, question)?;
    if let (Some(request_id), false) = (&question.request_id, question.dry_run) {
        let text = serde_json::to_string(&answer).map_err(store::Error::internal)?;
        sign_in_answers::put(tx, key, request_id, &question.fingerprint(), &text, act.now)?;
    }
    Ok(answer)
}

fn locks(connection: ConnectionKey, question: &Question) -> Vec<Lock> {
    let subject = question.subject.clone();
    let mut locks = vec![
        Lock::Subject(connection, subject.clone()),
        Lock::ExternalId(connection, subject.clone()),
        Lock::UserName(connection, crate::scim::canonical::canonical(&subject)),
    ];
    if let Some(email) = &question.email {
        locks.push(Lock::UserName(connection, crate::scim::canonical::canonical(email)));
        locks.extend(email_key(email).map(Lock::Email));
    }
    locks.extend(email_key(&subject).map(Lock::Email));
    locks
}

/// A repeated answer never lets in who has been shut out since, nor as somebody whose identity it no longer is.
fn still_holds(tx: &mut Tx<'_>, connection: &Connection, given: &Answer) -> Result<bool, Error> {
    let (Decision::Allow, Some(identity)) = (given.decision, &given.identity) else {
        return Ok(true);
    };
    let Some(identity) = identities::find(tx, &identity.id)? else {
        return Ok(false);
    };
    let user = users::load(tx, identity.user_key)?;
    let is_theirs = given.user.as_ref().is_some_and(|answered| answered.id == user.id);
    Ok(connection.state == "active" && identity.state != "deactivated" && !user.is_suspended && is_theirs)
}

/// The answer given to the same request before.
fn repeated(
    tx: &mut Tx<'_>,
    act: &Act,
    connection: ConnectionKey,
    question: &Question,
) -> Result<Option<Answer>, Error> {
    let (Some(request_id), false) = (&question.request_id, question.dry_run) else {
        return Ok(None);
    };
    let Some((asked, answer)) = sign_in_answers::find(tx, connection, request_id, act.now - REPEAT_MICROS)? else {
        return Ok(None);
    };
    if asked != question.fingerprint() {
        let message = "this request_id was used for another question within the last five minutes";
        return Err(Error::conflict("REQUEST_ID_REUSED", message).field("request_id"));
    }
    Ok(Some(serde_json::from_str(&answer).map_err(store::Error::internal)?))
}
