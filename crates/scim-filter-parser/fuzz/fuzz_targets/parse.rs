//! The function that `tests/suite/replay.rs` drives with seeded inputs, driven by libFuzzer.
//!
//! From the folder of the crate, with `tests/corpus` as the seeds:
//! `mkdir -p fuzz/corpus/parse && cargo +nightly fuzz run parse fuzz/corpus/parse tests/corpus`

#![no_main]

#[path = "../../tests/suite/fuzz.rs"]
mod promises;

libfuzzer_sys::fuzz_target!(|data: &[u8]| promises::fuzz(data));
