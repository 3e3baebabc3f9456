//! What the standards demand, sentence by sentence, in our words, each with the cases that try it.
//!
//! The files under `standard/` have a sentence a line: section, level, sentence, and `case: a, b`, or `no: why it cannot be
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

    /// As a row of a table.
    fn row(&self) -> String {
        let names: Vec<String> = self.cases().map(|name| format!("`{name}`")).collect();
        let tried = self.reason().map_or_else(|| names.join(", "), |reason| format!("not: {reason}"));
        format!("| {} | {} | {tried} |\n", self.level, self.text.replace('|', "\\|"))
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

const STANDARDS: [(&str, &str); 3] =
    [("RFC 7643", "rfc7643.txt"), ("RFC 7644", "rfc7644.txt"), ("RFC 9865", "rfc9865.txt")];

fn lines(file: &str) -> impl Iterator<Item = &'static str> {
    let text = FILES.get_file(file).and_then(|file| file.contents_utf8()).unwrap_or_default();
    text.lines().filter(|line| !line.is_empty())
}

/// All sentences, standard by standard, in the order of the text.
pub fn sentences() -> impl Iterator<Item = Sentence> {
    STANDARDS
        .into_iter()
        .flat_map(|(standard, file)| lines(file).filter_map(move |line| Sentence::parse(standard, line)))
}

/// The sentences as a page of Markdown: a table for each section.
pub fn page() -> String {
    let tried = sentences().filter(|sentence| sentence.reason().is_none()).count();
    let mut page = format!(
        "# What the standards demand, and the cases that try it\n\n\
         Every sentence of RFC 7643, RFC 7644 and RFC 9865 that demands, recommends or allows something, in our words. {tried} of\n\
         {} are tried; of the others the table says why they cannot be tried from outside. Made by\n\
         `cargo run -p scim-conformance -- --sentences`.\n",
        sentences().count(),
    );
    for (standard, file) in STANDARDS {
        page.push_str(&["\n## ", standard, "\n"].concat());
        for line in lines(file) {
            if let Some(section) = line.strip_prefix("# ") {
                page.push_str(
                    &["\n### ", section, "\n\n| level | sentence | tried by |\n| --- | --- | --- |\n"].concat(),
                );
            } else if let Some(sentence) = Sentence::parse(standard, line) {
                page.push_str(&sentence.row());
            }
        }
    }
    page
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
            crate::catalogue::load(None).unwrap().into_iter().map(|entry| entry.about().id).collect();
        let written = STANDARDS.iter().flat_map(|(_, file)| lines(file)).filter(|line| !line.starts_with('#'));
        assert_eq!(written.count(), sentences().count());
        for sentence in sentences() {
            let levels = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];
            assert!(levels.contains(&sentence.level) && sentence.text.ends_with('.'), "{sentence:?}");
            assert!(sentence.cases().next().is_some() || sentence.reason().is_some(), "{sentence:?}");
            assert_eq!(sentence.cases().find(|name| !names.contains(*name)), None);
        }
        assert!(sentences_of("create-answers-201").iter().any(|sentence| sentence.section == "3.3"));
    }

    #[test]
    fn the_page_in_the_docs_is_made_of_these_sentences() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/conformance-sentences.md");
        if std::env::var_os("ANTEROOM_UPDATE_EXPECTED").is_some() {
            std::fs::write(file, page()).unwrap();
        }
        assert!(std::fs::read_to_string(file).unwrap() == page(), "ANTEROOM_UPDATE_EXPECTED=1 writes it anew");
    }
}
