//! The real binary, command by command, on an SQLite file of its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

mod access;
mod directory;
#[expect(dead_code, unreachable_pub, reason = "shared with the API tests")]
#[path = "../api/support/dns.rs"]
mod dns;
mod guides;
mod identity;
mod import;
mod oauth;
mod quickstart;
mod schema;
mod switches;
mod usage;

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a database that commands work on.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Runs a command; words are separated by spaces, `~` in a word stands for a space.
    fn run(&self, line: &str) -> Output {
        let url = format!("sqlite:{}", self.folder.path().join("test.db").display());
        Command::new(env!("CARGO_BIN_EXE_anteroom"))
            .args(line.split(' ').map(|word| word.replace('~', " ")))
            .env_clear()
            .env("ANTEROOM_DATABASE_URL", url)
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    /// What a command that succeeds prints.
    fn text(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that succeeds prints, as JSON.
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.text(line)).unwrap()
    }

    /// What a command that fails says.
    fn failure(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(1), "{line}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty(), "{line}");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// A field of an object that is a text.
fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} in {value}"))
}
