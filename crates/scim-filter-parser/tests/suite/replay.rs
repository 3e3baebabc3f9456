//! Drives the fuzz target without a fuzzer: the committed corpus, then a fixed
//! number of inputs made from it by a seeded generator.

use std::fs;
use std::path::Path;

use crate::fuzz::fuzz;

const INPUTS: usize = 100_000;

const TOKENS: [&str; 40] = [
    "a",
    "userName",
    "name.familyName",
    "urn:x:2.0:User:a",
    "$ref",
    "not",
    "and",
    "or",
    "pr",
    "eq",
    "NE",
    "co",
    "gt",
    " ",
    " ",
    " ",
    " ",
    "\t",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    ".",
    "\"x\"",
    "\"",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\",
    "true",
    "null",
    "1",
    "-1.5e3",
    "01",
    ":",
    "\u{e9}",
    "\0",
    "\n",
    "work",
];

/// The generator of Marsaglia, so that every run sees the same inputs.
struct XorShift(u64);

impl XorShift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap().max(1);
        usize::try_from(self.next() % bound).unwrap()
    }

    fn token(&mut self) -> &'static [u8] {
        TOKENS[self.below(TOKENS.len())].as_bytes()
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn the_corpus_holds() {
    let corpus = corpus();
    assert!(!corpus.is_empty());
    for data in corpus {
        fuzz(&data);
    }
}

#[test]
fn seeded_soups_of_tokens_hold() {
    let mut random = XorShift(0x5C1F_11E7);
    for _ in 0..INPUTS {
        let mut data = vec![u8::try_from(random.below(4)).unwrap()];
        for _ in 0..random.below(24) {
            data.extend_from_slice(random.token());
        }
        fuzz(&data);
    }
}

#[test]
fn seeded_mutations_of_the_corpus_hold() {
    let corpus = corpus();
    let mut random = XorShift(0x0DD_BA11);
    for _ in 0..INPUTS {
        let mut data = corpus[random.below(corpus.len())].clone();
        for _ in 0..=random.below(3) {
            let at = random.below(data.len());
            match random.below(4) {
                0 => data.truncate(at.max(1)),
                1 => data[at] = u8::try_from(random.below(128)).unwrap(),
                2 => drop(data.splice(at..at, random.token().iter().copied())),
                _ => drop(data.drain(at..(at + random.below(6)).min(data.len()))),
            }
            data.resize(data.len().max(1), 3);
        }
        fuzz(&data);
    }
}
