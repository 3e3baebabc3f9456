//! CSV as it arrives: RFC 4180 by the csv-core crate, in buffers that do not grow.

use csv_core::ReadRecordResult;

use super::columns::Header;
use super::record::{MAX_RECORD_BYTES, Record};
use crate::identity::Error;

/// Cells of one record that are read.
const MAX_CELLS: usize = 100;

/// Reads one file.
#[derive(Debug)]
pub struct Reader {
    core: csv_core::Reader,
    header: Option<Header>,
    text: Vec<u8>,
    text_length: usize,
    ends: Vec<usize>,
    cells: usize,
    is_too_long: bool,
    newlines: u64,
    last_byte: u8,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            core: csv_core::Reader::new(),
            header: None,
            text: vec![0; MAX_RECORD_BYTES],
            text_length: 0,
            ends: vec![0; MAX_CELLS],
            cells: 0,
            is_too_long: false,
            newlines: 0,
            last_byte: 0,
        }
    }
}

impl Reader {
    pub(super) fn feed(&mut self, mut bytes: &[u8], records: &mut Vec<Record>) -> Result<(), Error> {
        while !bytes.is_empty() {
            bytes = self.step(bytes, records)?.unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, records: &mut Vec<Record>) -> Result<(), Error> {
        while self.step(&[], records)?.is_some() {}
        if self.header.is_none() {
            return Err(Error::invalid("INVALID_HEADER", "The file is empty"));
        }
        Ok(())
    }

    pub(super) fn not_kept(&self) -> Vec<String> {
        self.header.as_ref().map(|header| header.not_kept.clone()).unwrap_or_default()
    }

    /// Reads up to the end of a record; what is left, or none at the end of the file.
    fn step<'a>(&mut self, bytes: &'a [u8], records: &mut Vec<Record>) -> Result<Option<&'a [u8]>, Error> {
        let (_, text) = self.text.split_at_mut(self.text_length);
        let (_, ends) = self.ends.split_at_mut(self.cells);
        let (result, taken, written, cells) = self.core.read_record(bytes, text, ends);
        let (read, rest) = bytes.split_at(taken);
        self.newlines += read.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.last_byte = read.last().copied().unwrap_or(self.last_byte);
        self.text_length += written;
        self.cells += cells;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                (self.is_too_long, self.text_length, self.cells) = (true, 0, 0);
            }
            ReadRecordResult::Record => self.record(records)?,
            ReadRecordResult::End => return Ok(None),
        }
        Ok(Some(rest))
    }

    fn record(&mut self, records: &mut Vec<Record>) -> Result<(), Error> {
        let (text, _) = self.text.split_at(self.text_length);
        let (ends, _) = self.ends.split_at(self.cells);
        let within = text.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        let last = if self.last_byte == b'\n' { self.newlines } else { self.newlines + 1 };
        let line = last.saturating_sub(within).max(1);
        let cells = cells(text, ends);
        let is_too_long = std::mem::take(&mut self.is_too_long);
        (self.text_length, self.cells) = (0, 0);
        match &self.header {
            _ if is_too_long && self.header.is_none() => {
                return Err(Error::invalid("INVALID_HEADER", "The file begins with no header line"));
            }
            None => self.header = Some(Header::read(&cells?)?),
            _ if is_too_long => records.push(Record::too_long(line, ": is a quote not closed?")?),
            Some(header) => {
                let row = cells.and_then(|cells| header.row(&cells));
                if let Some(row) = row.transpose() {
                    records.push(Record::new(line, row)?);
                }
            }
        }
        Ok(())
    }
}

fn cells<'a>(text: &'a [u8], ends: &[usize]) -> Result<Vec<&'a str>, Error> {
    let mut begin = 0;
    let cells = ends.iter().map(|end| {
        let cell = text.get(begin..*end).unwrap_or_default();
        begin = *end;
        std::str::from_utf8(cell).map_err(|_| Error::invalid("INVALID_ENCODING", "The text is not UTF-8: save it so"))
    });
    cells.collect()
}
