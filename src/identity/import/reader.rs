//! A file as it arrives, piece by piece, turned into rows; nothing but the record at hand is kept.

use super::record::Record;
use super::{csv, json};
use crate::identity::Error;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8, with a header line.
    Csv,
    /// A JSON object a line, UTF-8.
    Ndjson,
}

impl Format {
    /// The format that the end of a file's name stands for.
    pub fn of_name(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }
}

/// Reads one file.
#[derive(Debug)]
pub enum Reader {
    /// See [`Format`].
    Csv(Box<csv::Reader>),
    /// See [`Format`].
    Ndjson(json::Reader),
}

impl Reader {
    /// A reader at the beginning of a file.
    pub fn new(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv(Box::default()),
            Format::Ndjson => Self::Ndjson(json::Reader::default()),
        }
    }

    /// Takes the next bytes, and puts the rows that ended in them into `records`.
    ///
    /// # Errors
    /// A header line that is none; no rows are read then.
    pub fn feed(&mut self, bytes: &[u8], records: &mut Vec<Record>) -> Result<(), Error> {
        match self {
            Self::Csv(reader) => reader.feed(bytes, records),
            Self::Ndjson(reader) => reader.feed(bytes, records),
        }
    }

    /// Takes the end of the file.
    ///
    /// # Errors
    /// As [`Reader::feed`], and a file without anything in it.
    pub fn finish(&mut self, records: &mut Vec<Record>) -> Result<(), Error> {
        match self {
            Self::Csv(reader) => reader.finish(records),
            Self::Ndjson(reader) => reader.finish(records),
        }
    }

    /// The columns that were there and for which Anteroom has no place, in order.
    pub fn not_kept(&self) -> Vec<String> {
        match self {
            Self::Csv(reader) => reader.not_kept(),
            Self::Ndjson(reader) => reader.not_kept(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::record::MAX_RECORD_BYTES;
    use super::*;

    fn read(format: Format, pieces: &[&[u8]]) -> Result<Vec<Record>, String> {
        let (mut reader, mut records) = (Reader::new(format), Vec::new());
        for piece in pieces {
            reader.feed(piece, &mut records).map_err(|error| error.to_string())?;
        }
        reader.finish(&mut records).map_err(|error| error.to_string())?;
        Ok(records)
    }

    fn told(format: Format, text: &str) -> Vec<(u64, String)> {
        let records = read(format, &[text.as_bytes()]).unwrap();
        let told = records.into_iter().map(|record| {
            let row = record.row.map(|row| row.email().unwrap_or_default().to_owned());
            (record.line, row.unwrap_or_else(|refusal| refusal.code.to_owned()))
        });
        told.collect()
    }

    fn lines(wanted: &[(u64, &str)]) -> Vec<(u64, String)> {
        wanted.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    #[test]
    fn a_row_is_told_by_the_line_it_begins_on() {
        let text = "\u{feff}Email , first_name\r\na@x.test,Ana\r\n,\r\n\r\n\"b@x.test\",\"Ben\"\r\nc@x.test,\"two\r\nlines\"\r\nd@x.test,D";
        assert_eq!(
            told(Format::Csv, text),
            lines(&[(2, "a@x.test"), (5, "b@x.test"), (6, "INVALID_VALUE"), (8, "d@x.test")])
        );
        assert_eq!(told(Format::Csv, &text.replace("\r\n", "\n")), told(Format::Csv, text));
        let person = |email: &str| format!(r#"{{"identities":[{{"type":"email","identity":"{email}"}}]}}"#);
        let text = format!("\u{feff}{}\n\n{{\r\n{}", person("a@x.test"), person("b@x.test"));
        assert_eq!(told(Format::Ndjson, &text), lines(&[(1, "a@x.test"), (3, "INVALID_JSON"), (4, "b@x.test")]));
    }

    #[test]
    fn what_is_no_row_says_why_and_the_next_one_is_read() {
        for (row, code) in [
            ("a@x.test", "WRONG_NUMBER_OF_CELLS"),
            ("a@x.test,A,A,A", "WRONG_NUMBER_OF_CELLS"),
            ("a@x.test,perhaps,A", "INVALID_VALUE"),
            ("a@x.test,,=HYPERLINK(1)", "FORMULA"),
            ("a@x.test,,@x", "FORMULA"),
            ("a@x.test,,a\u{0}b", "INVALID_VALUE"),
            ("a@x.test,,a\u{1b}[2Jb", "INVALID_VALUE"),
        ] {
            let text = format!("email,email_verified,first_name\n{row}\nb@x.test,TRUE,'=1\n");
            assert_eq!(told(Format::Csv, &text), lines(&[(2, code), (3, "b@x.test")]), "{row:?}");
        }
        for (row, code) in [
            ("[]", "INVALID_JSON"),
            (r#"{"email":"a@x.test"}"#, "INVALID_JSON"),
            (r#"{"id":"a","ID":"b"}"#, "INVALID_JSON"),
            (r#"{"id":7}"#, "INVALID_JSON"),
            (r#"{"id":"a\u0000"}"#, "INVALID_JSON"),
            (r#"{"id":"a\u001b"}"#, "INVALID_VALUE"),
            (r#"{"organizations":[{}]}"#, "INVALID_JSON"),
        ] {
            let text = format!("{{}}\n{row}\n{{}}\n");
            assert_eq!(told(Format::Ndjson, &text), lines(&[(1, ""), (2, code), (3, "")]), "{row:?}");
        }
        let invalid = read(Format::Csv, &[b"email\na\xff@x.test\nb@x.test"]).unwrap();
        assert_eq!(invalid[0].row.as_ref().unwrap_err().code, "INVALID_ENCODING");
        assert!(invalid[1].row.is_ok());
    }

    #[test]
    fn a_file_that_is_none_is_refused_at_its_beginning() {
        let long = vec![b'x'; MAX_RECORD_BYTES + 1];
        for (format, bytes, reason) in [
            (Format::Csv, &b""[..], "is empty"),
            (Format::Csv, b"email;first_name\na@x.test;A", "commas"),
            (Format::Csv, b"email,e-mail\n", "no column \"e-mail\""),
            (Format::Csv, b"email,EMAIL\n", "twice"),
            (Format::Csv, b"\xff\xfee\x00m\x00", "UTF-8"),
            (Format::Csv, &long, "no header line"),
            (Format::Ndjson, b"\n\n", "is empty"),
            (Format::Ndjson, b"[\n{}\n]", "an object a line"),
        ] {
            let refusal = read(format, &[bytes]).unwrap_err();
            assert!(refusal.contains(reason), "{refusal}");
        }
    }

    /// A gigabyte would be told in the same way; what is kept of a record never grows.
    #[test]
    fn an_endless_record_is_told_and_not_kept() {
        let filler = vec![b'x'; 1024 * 1024];
        let csv: Vec<&[u8]> = [&b"email\na@x.test\n\""[..]]
            .into_iter()
            .chain([&filler[..]; 20])
            .chain([&b"\"\nb@x.test\n"[..]])
            .collect();
        let read_csv = read(Format::Csv, &csv).unwrap();
        let json: Vec<&[u8]> = [&b"{}\n"[..]].into_iter().chain([&filler[..]; 20]).chain([&b"\n{}"[..]]).collect();
        let read_json = read(Format::Ndjson, &json).unwrap();
        for (records, at) in [(read_csv, [2, 3, 4]), (read_json, [1, 2, 3])] {
            assert_eq!(records.iter().map(|record| record.line).collect::<Vec<_>>(), at);
            assert_eq!(records[1].row.as_ref().unwrap_err().code, "RECORD_TOO_LONG");
            assert!(records[0].row.is_ok() && records[2].row.is_ok());
        }
    }

    proptest! {
        #[test]
        fn how_a_file_is_cut_into_pieces_makes_no_difference(
            text in "(email,first_name\r?\n)?([a-c@.]{0,5}|\"[a,\n\"]{0,4}\"?|,|\r?\n|\\{\\}){0,30}",
            cuts in proptest::collection::vec(0_usize..120, 0..6),
        ) {
            for format in [Format::Csv, Format::Ndjson] {
                let mut at: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
                at.extend([0, text.len()]);
                at.sort_unstable();
                let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &text.as_bytes()[pair[0]..pair[1]]).collect();
                prop_assert_eq!(read(format, &pieces), read(format, &[text.as_bytes()]));
            }
        }
    }
}
