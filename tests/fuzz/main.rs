//! The fuzz targets, driven with seeded inputs: the same ones in every run, until it is told to go on.
//!
//! `ANTEROOM_FUZZ_CASES` inputs for each target, or `ANTEROOM_FUZZ_SECONDS` of them; `ANTEROOM_FUZZ_TARGET` chooses one
//! target and `ANTEROOM_FUZZ_SEED` other inputs.

#![expect(
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod mutate;
#[path = "../random/mod.rs"]
mod random;
mod targets;

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use random::{Random, setting};
use targets::{TARGETS, Target};

/// Inputs for each target in an ordinary run.
const CASES: u64 = 400;

#[test]
fn every_seed_is_read() {
    for target in TARGETS {
        for seed in target.seeds {
            assert!(check(target, seed.as_bytes()), "{}: {seed}", target.name);
        }
    }
}

#[test]
fn no_input_breaks_a_promise() {
    let chosen = std::env::var("ANTEROOM_FUZZ_TARGET").ok();
    let seconds = setting("ANTEROOM_FUZZ_SECONDS", 0);
    let cases = setting("ANTEROOM_FUZZ_CASES", if seconds > 0 { u64::MAX } else { CASES });
    let targets = TARGETS.iter().filter(|target| chosen.as_deref().is_none_or(|name| name == target.name));
    for target in targets {
        let mut random = Random::new(setting("ANTEROOM_FUZZ_SEED", 1));
        let (begun, mut made, mut read) = (Instant::now(), 0, 0);
        while made < cases && (seconds == 0 || begun.elapsed() < Duration::from_secs(seconds)) {
            read += u64::from(check(target, &mutate::input(&mut random, target)));
            made += 1;
        }
        println!("{}: {made} inputs, {read} of them read, in {:.1} s", target.name, begun.elapsed().as_secs_f64());
        assert!(read * 50 >= made, "{}: too few inputs are read to the end", target.name);
    }
}

/// Runs a target, and says which input it was that broke it.
fn check(target: &Target, data: &[u8]) -> bool {
    let is_read = catch_unwind(|| targets::run(target.name, data));
    is_read.unwrap_or_else(|_| panic!("{} is broken by: {}", target.name, String::from_utf8_lossy(data)))
}
