//! The rules of `ARCHITECTURE.md` about the source text: which room may use which, who may name a library, who may read
//! the clock or ask for randomness, that every file says what it is for, and that both backends have the same migrations.
//!
//! The rules are data, at the top. A violation is reported as `file:line` with the rule it breaks.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `src/`, and the rooms it may use besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "server",
            "jobs",
            "http",
            "provisioning",
            "identity",
            "outbound",
            "store",
            "scim",
            "dialogue",
            "config",
            "clock",
            "id",
        ],
    ),
    ("server", &["http", "jobs", "provisioning", "identity", "outbound", "store", "scim", "config", "clock", "id"]),
    ("http", &["provisioning", "identity", "outbound", "store", "scim", "config", "clock", "id"]),
    ("jobs", &["identity", "outbound", "store", "config", "clock", "id"]),
    ("provisioning", &["identity", "store", "scim", "config", "clock", "id"]),
    ("identity", &["outbound", "store", "scim", "config", "clock", "id"]),
    ("outbound", &["config"]),
    ("store", &["scim", "config", "clock", "id"]),
    ("scim", &["clock"]),
    ("dialogue", &[]),
    ("config", &[]),
    ("clock", &[]),
    ("id", &[]),
];

/// A word of the source text, and where alone it may stand; a folder ends in `/`. Test modules are not looked at.
const WORDS: &[(&str, &[&str])] = &[
    ("diesel::", &["store/"]),
    ("diesel_migrations", &["store/"]),
    ("libsqlite3_sys", &["store/"]),
    ("sql_query", &["store/backend.rs"]),
    ("actix_web", &["http/", "server.rs", "cli/serve.rs"]),
    ("scim_filter_parser", &["scim/"]),
    ("anyhow", &["cli/", "server.rs"]),
    ("reqwest", &["outbound/", "dialogue/", "cli/quickstart/"]),
    ("hickory", &["outbound/"]),
    ("Timestamp::now", &["clock.rs"]),
    ("Zoned::now", &["clock.rs"]),
    ("SystemTime", &["clock.rs"]),
    // Durations, never a time of day: how long a request took, how fast requests come.
    ("Instant::now", &["http/observe.rs", "clock.rs"]),
    ("getrandom", &["id.rs"]),
    ("now_v7", &["id.rs"]),
    ("new_v4", &["id.rs"]),
    // The library that makes the signing key takes no randomness from outside.
    ("::generate(", &["identity/signing.rs"]),
];

struct Source {
    /// Path below `src/`.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The text without comments; lines keep their numbers.
    fn code(&self) -> String {
        let is_comment = |line: &str| line.trim_start().starts_with("//");
        self.text.lines().map(|line| if is_comment(line) { "\n".to_owned() } else { format!("{line}\n") }).collect()
    }

    /// The code without the test module at its end.
    fn tested_code(&self) -> String {
        let code = self.code();
        code.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned()
    }

    fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(rust_files(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<Source> {
    let folder = root().join("src");
    let read = |path: PathBuf| Source {
        path: path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(&path).unwrap(),
    };
    rust_files(&folder).into_iter().map(read).collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap().matches('\n').count() + 1
}

/// The rooms a text names by `crate::room` or `crate::{room, ..}`, each with its offset.
fn used_rooms(code: &str) -> Vec<(usize, &str)> {
    let mut used = Vec::new();
    for (offset, matched) in code.match_indices("crate::") {
        let rest = code.get(offset + matched.len()..).unwrap();
        if let Some(group) = rest.strip_prefix('{') {
            used.extend(heads(group).into_iter().map(|head| (offset, head)));
        } else {
            used.push((offset, first_name(rest)));
        }
    }
    used
}

/// The first names of the parts of a group `a::b, c::{d, e}, f}`.
fn heads(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut heads) = (0_u32, 0, Vec::new());
    for (at, byte) in group.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b',' | b'}' if depth == 0 => {
                heads.push(first_name(group.get(start..at).unwrap().trim_start()));
                start = at + 1;
                if byte == b'}' {
                    break;
                }
            }
            b'}' => depth -= 1,
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn first_name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap()
}

#[track_caller]
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn a_room_uses_only_the_rooms_it_may() {
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|(name, _)| *name).collect();
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| source.path != "lib.rs") {
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == source.room()) else {
            violations.push(format!("src/{}:1: no rule says what {} may use", source.path, source.room()));
            continue;
        };
        let code = source.code();
        let of_itself = code.match_indices("anteroom::").map(|(at, found)| {
            let rest = code.get(at + found.len()..).unwrap();
            (at, first_name(rest))
        });
        for (offset, used) in used_rooms(&code).into_iter().chain(of_itself) {
            if rooms.contains(used) && used != source.room() && !allowed.contains(&used) {
                let line = line_of(&code, offset);
                violations.push(format!("src/{}:{line}: {} may not use {used}", source.path, source.room()));
            }
        }
        // `super::` at the top of a room would be a way around `crate::`.
        let is_top = matches!(source.path.split('/').collect::<Vec<_>>()[..], [_] | [_, "mod.rs"]);
        for (line, text) in code.lines().enumerate().filter(|(_, text)| is_top && text.starts_with("use super::")) {
            violations.push(format!("src/{}:{}: {text} leaves the room; write crate::", source.path, line + 1));
        }
    }
    assert_none(&violations);
}

#[test]
fn the_rules_make_no_circle() {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while done.len() < ROOMS.len() {
        let next =
            ROOMS.iter().find(|(name, uses)| !done.contains(name) && uses.iter().all(|used| done.contains(used)));
        let waiting: Vec<_> = ROOMS.iter().map(|(name, _)| *name).filter(|name| !done.contains(name)).collect();
        done.insert(next.unwrap_or_else(|| panic!("a circle, or a room without a rule, among {waiting:?}")).0);
    }
}

#[test]
fn a_library_a_clock_or_randomness_is_named_only_where_it_belongs() {
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let code = source.tested_code();
        for (word, places) in WORDS {
            let is_place = places
                .iter()
                .any(|place| source.path == *place || (place.ends_with('/') && source.path.starts_with(place)));
            for (offset, _) in code.match_indices(word).filter(|_| !is_place) {
                let line = line_of(&code, offset);
                violations.push(format!("src/{}:{line}: {word} belongs in {}", source.path, places.join(", ")));
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let mut violations = Vec::new();
    for folder in ["src", "crates", "tests"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let first = text.lines().find(|line| !line.starts_with("#![")).unwrap_or_default();
            let is_said = first.starts_with("//!") || text.starts_with("#![doc = include_str!");
            if !is_said {
                violations.push(format!("{}:1: begin with //!", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert_none(&violations);
}

#[test]
fn both_backends_have_the_same_migrations_each_with_a_way_back() {
    let names = |backend: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(backend);
        let entries = fs::read_dir(&folder).expect("a folder of migrations").map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                for file in ["up.sql", "down.sql"] {
                    assert!(entry.path().join(file).is_file(), "{}/{file} is missing", entry.path().display());
                }
                entry.file_name().into_string().unwrap()
            })
            .collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres, "a migration is made in both folders, under one name");
}

#[test]
fn the_reader_of_imports_sees_every_form() {
    let code = "use crate::store::Tx;\nuse crate::{scim::{a, b}, identity, http::{\n  self,\n}};\nfn f() { crate::id::hex(); }";
    let seen: Vec<(usize, &str)> = used_rooms(code).into_iter().map(|(at, room)| (line_of(code, at), room)).collect();
    assert_eq!(seen, [(1, "store"), (2, "scim"), (2, "identity"), (2, "http"), (5, "id")]);
}
