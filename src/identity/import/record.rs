//! A row of a file, or why it is none.

use super::row::Row;
use crate::identity::Error;
use crate::identity::error::Refusal;

/// Bytes of one record; more is no person.
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// A row of the file, or why it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it begins, from 1.
    pub line: u64,
    /// The row.
    pub row: Result<Row, Box<Refusal>>,
}

impl Record {
    pub(super) fn new(line: u64, row: Result<Row, Error>) -> Result<Self, Error> {
        match row {
            Ok(row) => Ok(Self { line, row: Ok(row) }),
            Err(Error::Refused(refusal)) => Ok(Self { line, row: Err(refusal) }),
            Err(store @ Error::Store(_)) => Err(store),
        }
    }

    /// The record that is longer than one may be.
    pub(super) fn too_long(line: u64, hint: &str) -> Result<Self, Error> {
        let message = format!("The record is longer than {MAX_RECORD_BYTES} bytes{hint}");
        Self::new(line, Err(Error::invalid("RECORD_TOO_LONG", message)))
    }
}
