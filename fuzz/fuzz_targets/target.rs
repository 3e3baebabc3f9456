//! The functions that `tests/fuzz` drives with seeded inputs, driven by libFuzzer.
//!
//! From the root of the repository: `cargo +nightly fuzz run patch`. The targets are those of `tests/fuzz/targets/mod.rs`.

#![no_main]

#[path = "../../tests/fuzz/targets/mod.rs"]
#[expect(dead_code, reason = "seeds are for the test")]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    targets::run(env!("CARGO_BIN_NAME"), data);
});
