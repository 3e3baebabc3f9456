//! `POST /imports`: people from a file of at most 49 MiB, read as it arrives.
//!
//! `?dry_run=true` rehearses. 400 `INVALID_HEADER`, `INVALID_FILE` for a file that is none, before anything is done; what
//! is wrong with a row is told in the answer. Rows are done a hundred at a time: after a 408, 413 or 503 those before are
//! done, and the same file completes them.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::answer::success;
use super::caller::Caller;
use super::params::Params;
use crate::http::body::Pieces;
use crate::http::error::ManagementError;
use crate::identity::import::{Format, Import, Outcome, Told};

/// Bytes of a file, as Kinde takes them.
const MAX_BYTES: usize = 49 * 1024 * 1024;
/// Rows an answer tells of.
const MAX_ROWS: usize = 10_000;
/// What a file may call itself.
const MEDIA_TYPES: &[&str] = &["text/csv", "application/x-ndjson"];

pub(super) async fn create(
    caller: Caller,
    request: HttpRequest,
    params: Params,
    payload: Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let is_dry_run = params.flag("dry_run")?.unwrap_or(false);
    let mut pieces = Pieces::new(&request, payload, MEDIA_TYPES, MAX_BYTES)?;
    let (store, act, reach) = (caller.store().clone(), caller.act(), caller.reach());
    let mut import = Import::new(store, act, reach, format(&request), is_dry_run);
    let mut shown = Shown { is_dry_run, ..Shown::default() };
    while let Some(piece) = pieces.next().await? {
        shown.take(import.feed(&piece).await.map_err(ManagementError::from)?);
    }
    let (told, summary) = import.finish().await.map_err(ManagementError::from)?;
    shown.take(told);
    let mut part = json!(summary);
    if let Some(members) = part.as_object_mut() {
        members.insert("rows_told".into(), json!(shown.rows));
        members.insert("rows_left_out".into(), json!(shown.left_out));
    }
    Ok(success(StatusCode::OK, "import", part))
}

fn format(request: &HttpRequest) -> Format {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.to_ascii_lowercase().starts_with("text/csv") { Format::Csv } else { Format::Ndjson }
}

/// The rows an answer tells of: of a rehearsal all, else those that failed.
#[derive(Debug, Default)]
struct Shown {
    is_dry_run: bool,
    rows: Vec<Told>,
    left_out: usize,
}

impl Shown {
    fn take(&mut self, told: Vec<Told>) {
        for row in told.into_iter().filter(|row| self.is_dry_run || row.outcome == Outcome::Failed) {
            if self.rows.len() < MAX_ROWS { self.rows.push(row) } else { self.left_out += 1 }
        }
    }
}
