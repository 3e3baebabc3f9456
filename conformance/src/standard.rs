//! What the standards demand, sentence by sentence, in our words, each with the cases that try it.
//!
//! The files under `standard/` have a sentence a line: section, level, sentence, and `case: a, b`, or `no: why it cannot be
//! tried from outside`, or `open: a, b` of cases that are still to be written (issue 6), parted by ` | `; a line that begins
//! with `#` names a section.

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
    [("RFC 7644", "rfc7644.txt")].into_iter().flat_map(|(standard, file)| {
        let text = FILES.get_file(file).and_then(|file| file.contents_utf8()).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        lines.filter_map(move |line| Sentence::parse(standard, line))
    })
}

/// The sentences a case tries.
pub fn sentences_of(case: &str) -> Vec<Sentence> {
    sentences().filter(|sentence| sentence.cases().any(|name| name == case)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_a_sentence_and_every_case_it_names_exists() {
        let names: BTreeSet<String> =
            crate::catalogue::load().unwrap().into_iter().map(|entry| entry.about().id).collect();
        let text = FILES.get_file("rfc7644.txt").and_then(|file| file.contents_utf8()).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(lines.count(), sentences().count());
        for sentence in sentences() {
            let levels = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];
            assert!(levels.contains(&sentence.level) && sentence.text.ends_with('.'), "{sentence:?}");
            let is_answered = sentence.cases().next().is_some() || sentence.reason().is_some();
            assert!(is_answered || sentence.tried.starts_with("open: "), "{sentence:?}");
            assert_eq!(sentence.cases().find(|name| !names.contains(*name)), None);
        }
        assert!(sentences_of("create-answers-201").iter().any(|sentence| sentence.section == "3.3"));
    }
}
