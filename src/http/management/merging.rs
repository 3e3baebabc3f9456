//! `POST /users/{id}/merge` and `POST /connections/{id}/move`: two users become one.
//!
//! 400 `USER_NOT_FOUND`, `SAME_USER`, `ENTERPRISE_IDENTITY_EXISTS`, `NOTHING_TO_MERGE`, `USER_IN_OTHER_ORGANIZATION`; of a
//! move `SAME_CONNECTION`, `OTHER_ORGANIZATION`, `CONNECTION_HAS_DIRECTORY`, `CONNECTION_DELETED`, 404
//! `CONNECTION_NOT_FOUND`. With `dry_run` both tell what they would do, and do nothing.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answer, read, success};
use super::caller::Caller;
use crate::http::body::Json;
use crate::identity::merge;
use crate::identity::merge::cut_over::{Counts, CutOver, Person};

/// People an answer lists; all are counted.
const SHOWN: usize = 10_000;

/// Who becomes part of the user in the path.
#[derive(Debug, Deserialize)]
struct Merge {
    user_id: String,
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn merge(caller: Caller, keep: Path<String>, Json(body): Json) -> Answer {
    let Merge { user_id, dry_run } = read(body)?;
    let merged = merge::carry_out(caller.store(), &caller.act(), caller.reach(), &keep, &user_id, dry_run).await?;
    Ok(success(StatusCode::OK, "merge", json!(merged)))
}

/// Where the people of the connection in the path go.
#[derive(Debug, Deserialize)]
struct Move {
    to: String,
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn move_people(caller: Caller, from: Path<String>, Json(body): Json) -> Answer {
    let Move { to, dry_run } = read(body)?;
    let ids = [from.into_inner(), to];
    let mut work = CutOver::new(caller.store().clone(), caller.act(), caller.reach(), ids, dry_run);
    let mut people: Vec<Person> = Vec::new();
    let mut counts = Counts::default();
    while let Some(page) = work.next().await? {
        for person in &page {
            counts.add(person);
        }
        people.extend(page.into_iter().take(SHOWN.saturating_sub(people.len())));
    }
    Ok(success(StatusCode::OK, "move", json!({ "dry_run": dry_run, "counts": counts, "people": people })))
}
