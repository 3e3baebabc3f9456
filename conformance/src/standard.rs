//! What the standards demand, sentence by sentence, in our words, each with the cases that try it.
//!
//! The files under `standard/` have a sentence a line: section, level, sentence, and `case: a, b` or `no: why it cannot be
//! tried from outside`, parted by ` | `; a line that begins with `#` names a section.

use include_dir::{Dir, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/standard");

/// One demand of a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Such as `RFC 7644`.
    pub standard: &'static str,
    /// Such as `3.5.2`.
    pub section: &'static str,
    /// `MUST`, `MUST NOT`, `SHOULD`, `SHOULD NOT` or `MAY`.
    pub level: &'static str,
    /// In our words.
    pub text: &'static str,
    /// The cases that try it, parted by commas; or why none does.
    tried: &'static str,
}

impl Sentence {
    /// The cases that try it.
    pub fn cases(&self) -> impl Iterator<Item = &'static str> {
        self.tried.strip_prefix("case: ").into_iter().flat_map(|names| names.split(", "))
    }

    /// Why none does.
    pub fn reason(&self) -> Option<&'static str> {
        self.tried.strip_prefix("no: ")
    }

    fn parse(standard: &'static str, line: &'static str) -> Option<Self> {
        let mut fields = line.split(" | ");
        let sentence = Self {
            standard,
            section: fields.next()?,
            level: fields.next()?,
            text: fields.next()?,
            tried: fields.next()?,
        };
        fields.next().is_none().then_some(sentence)
    }
}

/// All sentences, standard by standard, in the order of the text.
pub fn sentences() -> impl Iterator<Item = Sentence> {
    [("RFC 7643", "rfc7643.txt"), ("RFC 7644", "rfc7644.txt"), ("RFC 9865", "rfc9865.txt")].into_iter().flat_map(
        |(standard, file)| {
            let text = FILES.get_file(file).and_then(|file| file.contents_utf8()).unwrap_or_default();
            let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
            lines.filter_map(move |line| Sentence::parse(standard, line))
        },
    )
}

/// The sentences a case tries.
pub fn sentences_of(case: &str) -> Vec<Sentence> {
    sentences().filter(|sentence| sentence.cases().any(|name| name == case)).collect()
}
