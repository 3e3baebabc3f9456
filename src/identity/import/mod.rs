//! People from a file: Kinde's columns, and which connection each belongs to (Kinde: "import users in bulk").
//!
//! A file is read as it arrives ([`Reader`]), and carried out in transactions of a hundred rows ([`Import`]), each row whole
//! or not at all (`apply.rs`). A row never overwrites: it makes a person, or completes one who is here. So a file that was
//! imported can be imported again, and one that was interrupted is completed.

mod apply;
mod cells;
mod check;
mod columns;
mod csv;
mod export;
mod json;
mod reader;
mod record;
mod rehearsal;
mod row;
mod who;

use serde::Serialize;
use serde_json::json;

use super::act::{About, Act};
use super::reach::Reach;
use super::{Error, enterprise};
use crate::store::locks::{self, Lock};
use crate::store::{self, Store, Tx};

pub use cells::guarded;
pub use export::{Export, Page};
pub use reader::{Format, Reader};
pub use record::{MAX_RECORD_BYTES, Record};
use rehearsal::Seen;
pub use row::Row;

/// Rows of a transaction.
const BATCH: usize = 100;

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A user was made.
    Created,
    /// A user who was here got an identity, a membership or the id.
    Completed,
    /// Everything was as the row says, or is somebody else's to say by now.
    Unchanged,
    /// Nothing was changed; the code says why.
    Failed,
}

impl Outcome {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Completed => "completed",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

/// A row as it is reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Where the row begins in the file, from 1.
    pub line: u64,
    /// The row's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The row's first email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What happened.
    pub outcome: Outcome,
    /// The user; of a rehearsal only one who is here already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Why it failed, as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Why it failed, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Whether it was a rehearsal.
    pub dry_run: bool,
    /// Rows read; those without any value are not counted.
    pub rows: u64,
    /// Rows that made a user.
    pub created: u64,
    /// Rows that completed a user.
    pub completed: u64,
    /// Rows that changed nothing.
    pub unchanged: u64,
    /// Rows that failed.
    pub failed: u64,
    /// Columns of the file that Anteroom has no place for.
    pub not_kept: Vec<String>,
}

impl Summary {
    fn count(&mut self, told: &Told) {
        self.rows += 1;
        *match told.outcome {
            Outcome::Created => &mut self.created,
            Outcome::Completed => &mut self.completed,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Failed => &mut self.failed,
        } += 1;
    }
}

/// An import at work.
#[derive(Debug)]
pub struct Import {
    store: Store,
    act: Act,
    reach: Reach,
    reader: Reader,
    waiting: Vec<Record>,
    seen: Seen,
    summary: Summary,
}

impl Import {
    /// An import that has read nothing yet.
    pub fn new(store: Store, act: Act, reach: Reach, format: Format, is_dry_run: bool) -> Self {
        let summary = Summary { dry_run: is_dry_run, ..Summary::default() };
        let reader = Reader::new(format);
        Self { store, act, reach, reader, waiting: Vec::new(), seen: Seen::default(), summary }
    }

    /// Takes the next bytes of the file; tells of the rows that were carried out.
    ///
    /// # Errors
    /// A file that cannot be an import, found at its beginning; those of the store, where rows before it are done.
    pub async fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Told>, Error> {
        self.reader.feed(bytes, &mut self.waiting)?;
        self.work(BATCH).await
    }

    /// Carries out what is left.
    ///
    /// # Errors
    /// As [`Import::feed`].
    pub async fn finish(mut self) -> Result<(Vec<Told>, Summary), Error> {
        self.reader.finish(&mut self.waiting)?;
        let told = self.work(1).await?;
        self.summary.not_kept = self.reader.not_kept();
        if self.summary.created + self.summary.completed > 0 && !self.summary.dry_run {
            let (act, after) = (self.act.clone(), json!({ "after": self.summary }));
            self.store.write(move |tx| act.event(tx, "import.finished", About::default(), after.clone())).await?;
        }
        Ok((told, self.summary))
    }

    /// Carries out batches while there are this many rows.
    async fn work(&mut self, least: usize) -> Result<Vec<Told>, Error> {
        let mut told = Vec::new();
        while self.waiting.len() >= least {
            let rest = self.waiting.split_off(BATCH.min(self.waiting.len()));
            let batch = std::mem::replace(&mut self.waiting, rest);
            let done = self.carry_out(batch).await?;
            for row in &done {
                self.summary.count(row);
            }
            told.extend(done);
        }
        Ok(told)
    }

    async fn carry_out(&mut self, batch: Vec<Record>) -> Result<Vec<Told>, Error> {
        let (act, reach, is_dry_run) = (self.act.clone(), self.reach, self.summary.dry_run);
        let rows = batch.clone();
        let done = self.store.write(move |tx| {
            let done = apply_all(tx, &act, reach, &rows).map_err(Stop::Failed)?;
            if is_dry_run { Err(Stop::Rehearsed(done)) } else { Ok(done) }
        });
        match done.await {
            Ok(done) => Ok(done),
            Err(Stop::Rehearsed(done)) => Ok(self.seen.rehearsed(&batch, done)),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

/// Why the transaction is undone.
enum Stop {
    Rehearsed(Vec<Told>),
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Carries out the rows of a batch, each in a savepoint of its own.
fn apply_all(tx: &mut Tx<'_>, act: &Act, reach: Reach, batch: &[Record]) -> Result<Vec<Told>, Error> {
    lock(tx, reach, batch)?;
    let mut done = Vec::with_capacity(batch.len());
    for record in batch {
        let applied = match &record.row {
            Ok(row) => tx.savepoint(|tx| apply::apply(tx, act, reach, row)),
            Err(refusal) => Err(Error::Refused(refusal.clone())),
        };
        done.push(told(record, applied)?);
    }
    Ok(done)
}

/// One import at a time, and the locks of every person of the batch, before any row is locked: a push takes them so.
fn lock(tx: &mut Tx<'_>, reach: Reach, batch: &[Record]) -> Result<(), Error> {
    let mut wanted = vec![Lock::Imports];
    for row in batch.iter().filter_map(|record| record.row.as_ref().ok()) {
        if let (Ok(Some(connection)), Some(value)) = (check::connection(tx, reach, row), row.enterprise_value()) {
            wanted.extend(enterprise::locks(&connection, value.trim()));
        }
    }
    Ok(locks::take(tx, &wanted)?)
}

fn told(record: &Record, applied: Result<(Outcome, String), Error>) -> Result<Told, Error> {
    let row = record.row.as_ref().ok();
    let (id, email) = (row.and_then(|row| row.id.clone()), row.and_then(|row| row.email().map(str::to_owned)));
    let told =
        Told { line: record.line, id, email, outcome: Outcome::Failed, user_id: None, code: None, message: None };
    match applied {
        Ok((outcome, user)) => Ok(Told { outcome, user_id: Some(user), ..told }),
        Err(Error::Refused(refusal)) => {
            Ok(Told { code: Some(refusal.code), message: Some(refusal.message.clone()), ..told })
        }
        Err(store @ Error::Store(_)) => Err(store),
    }
}
