//! The documents are true: they list what the code has, and name only what exists.
//!
//! Every reason and outcome of a sign-in, every kind of event, every setting, limit and command is documented; every path,
//! test and link that a document names is there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

const DOCUMENTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/cli.md",
    "docs/events.md",
    "docs/guides/cut-over.md",
    "docs/guides/entra.md",
    "docs/guides/just-in-time.md",
    "docs/guides/lifecycle.md",
    "docs/guides/okta.md",
    "docs/guides/pre-provisioned.md",
    "docs/guides/trusted-emails.md",
    "docs/identity-providers.md",
    "docs/import.md",
    "docs/kinde.md",
    "docs/roles.md",
    "docs/scim.md",
    "docs/security-tests.md",
    "docs/schemas.md",
    "docs/settings.md",
    "docs/sign-in.md",
    "docs/troubleshooting.md",
];

/// Whom or what an event is about: the first word of its kind.
const SUBJECTS: &[&str] = &[
    "user",
    "identity",
    "group",
    "resource",
    "schema",
    "organization",
    "connection",
    "directory",
    "token",
    "client",
    "scim_client",
    "property",
    "key",
    "domain",
    "import",
    "role",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// The source files below a folder, test modules at their end left out, with their paths.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&entry).unwrap();
            files.push((entry, text));
        }
    }
    files
}

fn source_text(folder: &str) -> String {
    sources(&root().join(folder)).into_iter().map(|(_, text)| text).collect()
}

/// What stands between backticks in a text, code blocks aside.
fn quoted(text: &str) -> BTreeSet<&str> {
    let parts = text.split("```").step_by(2);
    parts.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// The first cells of the rows of all tables: what a document lists.
fn listed(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
    rows.flat_map(|row| quoted(row.split(" | ").next().unwrap())).collect()
}

#[track_caller]
fn assert_same(what: &str, code: &BTreeSet<String>, document: &BTreeSet<String>) {
    assert!(!code.is_empty(), "{what}: nothing was found in the code");
    let missing: Vec<_> = code.difference(document).collect();
    let invented: Vec<_> = document.difference(code).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "{what}: not documented: {missing:?}; not in the code: {invented:?}"
    );
}

/// The variants of an enumeration, as serde writes them.
fn variants(source: &str, name: &str) -> BTreeSet<String> {
    let (_, rest) = source.split_once(&format!("pub enum {name} {{")).unwrap_or_else(|| panic!("no enum {name}"));
    let (body, _) = rest.split_once("\n}").unwrap();
    let names = body.lines().map(str::trim).filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    names.map(|line| snake_case(line.trim_end_matches(','))).collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (at, character) in name.char_indices() {
        if character.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[test]
fn every_finding_of_a_diagnosis_is_documented() {
    let source = source_text("src/identity/diagnosis");
    let after = |word| source.split(word).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    let codes = ["found,", "error(", "code: "]
        .into_iter()
        .flat_map(after)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    let document = read("docs/troubleshooting.md");
    let (_, table) = document.split_once("| finding |").unwrap();
    assert_same("findings", &codes, &listed(table).into_iter().map(str::to_owned).collect());
}

/// A remedy that names a command names one that can be given: who is shut out tries it at once.
#[test]
fn every_command_that_a_remedy_names_is_one() {
    let source = source_text("src/identity");
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let remedies =
        lines.filter_map(|line| line.split_once("anteroom ")).map(|(_, rest)| rest.split(['"', ',']).next().unwrap());
    let mut found = 0;
    for remedy in remedies {
        let words = remedy.split(' ').map(|word| if word == "PROVIDER" { "okta" } else { word });
        let parsed = anteroom::cli::Cli::command().try_get_matches_from(std::iter::once("anteroom").chain(words));
        assert!(parsed.is_ok(), "{remedy}: {}", parsed.unwrap_err());
        found += 1;
    }
    assert!(found >= 4, "{found} commands were found");
}

#[test]
fn every_reason_and_outcome_of_a_sign_in_is_documented() {
    let (source, document) = (source_text("src/identity/sign_in"), read("docs/sign-in.md"));
    for (name, heading) in [("Reason", "## Reasons"), ("Outcome", "## Outcomes")] {
        let section = document.split("\n## ").find(|section| heading.ends_with(section.lines().next().unwrap()));
        let listed = listed(section.unwrap()).into_iter().map(str::to_owned).collect();
        assert_same(name, &variants(&source, name), &listed);
    }
}

#[test]
fn every_kind_of_event_is_documented() {
    let mut kinds = BTreeSet::new();
    for (path, text) in sources(&root().join("src")) {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        // Text literals, comments included: prose with quotation marks around a kind would have to be documented too.
        for literal in code.split('"').skip(1) {
            if let Some((subject, fact)) = literal.split_once('.')
                && SUBJECTS.contains(&subject)
                && fact.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            {
                kinds.insert(literal.to_owned());
            }
        }
        // A use case of groups says what happened; `tell` puts the type of the resource before it.
        for call in code.split("membership::What::").skip(1) {
            let what = call.split(|character: char| !character.is_alphabetic()).next().unwrap().to_lowercase();
            kinds.insert(format!("group.{what}"));
            kinds.insert(format!("resource.{what}"));
        }
        for call in code.split(".event(tx, \"").skip(1) {
            let subject = call.split(['.', '"']).next().unwrap();
            assert!(SUBJECTS.contains(&subject), "{}: {subject} is a new subject of events", path.display());
        }
    }
    let document = read("docs/events.md");
    let listed = listed(&document).into_iter().filter(|word| word.contains('.')).map(str::to_owned).collect();
    assert_same("events", &kinds, &listed);
}

#[test]
fn every_setting_of_a_connection_is_documented() {
    let source = read("src/identity/settings.rs");
    let (_, rest) = source.split_once("pub struct Settings {").unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let fields: BTreeSet<&str> =
        lines.filter_map(|line| line.trim_start_matches("pub ").split_once(": ").map(|(name, _)| name)).collect();
    assert!(fields.len() > 5, "{fields:?}");
    let document = read("docs/settings.md");
    let missing: Vec<_> = fields.difference(&listed(&document)).copied().collect();
    assert!(missing.is_empty(), "docs/settings.md does not list {missing:?}");
    // Options that hold no secret are shown; the metadata is a document of its own.
    let asked = read("src/identity/diagnosis/idp/mod.rs");
    let asked = asked.split("given(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name);
    let kept_back = ["client_secret", "saml_idp_metadata_xml"];
    let shown = read("src/identity/connections/list.rs");
    for name in fields.iter().copied().chain(asked) {
        let is_shown = shown.contains(&format!("\"{name}\""));
        assert_eq!(is_shown, !kept_back.contains(&name), "{name} in what is shown of a connection");
    }
}

#[test]
fn every_command_and_every_option_of_the_server_is_documented() {
    fn leaves(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            leaves(sub, &format!("{path} {}", sub.get_name()), found);
        }
        if command.get_subcommands().next().is_none() {
            found.insert(path.to_owned());
        }
    }
    let root = anteroom::cli::Cli::command();
    let (mut commands, document) = (BTreeSet::new(), read("docs/cli.md"));
    leaves(&root, "anteroom", &mut commands);
    let headings = document.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect();
    assert_same("commands", &commands, &headings);

    let settings = read("docs/settings.md");
    let serve = root.find_subcommand("serve").unwrap();
    let options: Vec<&str> =
        serve.get_arguments().chain(root.get_arguments()).filter_map(clap::Arg::get_long).collect();
    for option in options.into_iter().filter(|option| !["help", "version", "json"].contains(option)) {
        assert!(
            quoted(&settings).contains(format!("--{option}").as_str()),
            "docs/settings.md does not name --{option}"
        );
    }
}

#[test]
fn every_limit_is_documented_with_the_number_that_is_enforced() {
    let (source, document) = (read("src/scim/limits.rs"), read("SECURITY.md"));
    let constants = source.lines().filter_map(|line| line.strip_prefix("pub const "));
    let mut limits: Vec<(String, &str)> = Vec::new();
    for constant in constants {
        let (name, rest) = constant.split_once(": ").unwrap();
        let (_, expression) = rest.trim_end_matches(';').split_once(" = ").unwrap();
        match expression.split_once(" { ") {
            None => limits.push((name.to_owned(), expression)),
            Some((_, fields)) => {
                let fields = fields.trim_end_matches(" }").split(", ").map(|field| field.split_once(": ").unwrap());
                limits.extend(fields.map(|(field, number)| (format!("{name}.{field}"), number)));
            }
        }
    }
    assert!(limits.len() > 10, "{limits:?}");
    for (name, expression) in limits {
        let factors = expression.split(" * ");
        let number: u64 = factors.map(|factor| factor.replace('_', "").parse::<u64>().unwrap()).product();
        let row = document.lines().find(|line| line.contains(&format!("`{name}`")));
        let row = row.unwrap_or_else(|| panic!("SECURITY.md does not list {name}"));
        let said: String = row.chars().filter(|character| *character != ',').collect();
        let numbers: Vec<&str> = said.split(|c: char| !c.is_ascii_digit()).collect();
        assert!(numbers.contains(&number.to_string().as_str()), "{name} is {number}, SECURITY.md says {row}");
    }
}

#[test]
fn every_path_a_document_names_exists() {
    const ROOTS: &[&str] = &["src/", "tests/", "crates/", "migrations/", "docs/", ".ci/"];
    for document in DOCUMENTS {
        let text = read(document);
        for word in quoted(&text) {
            let path = word.split(['<', '*', ' ', ':']).next().unwrap();
            let is_path = ROOTS.iter().any(|root| word.starts_with(root));
            assert!(!is_path || root().join(path).exists(), "{document} names {word}");
        }
        for link in text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            let folder = root().join(document).parent().unwrap().to_owned();
            assert!(link.starts_with("http") || folder.join(link).exists(), "{document} links to {link}");
        }
    }
}

#[test]
fn every_test_that_an_invariant_names_exists() {
    let architecture = read("ARCHITECTURE.md");
    let section = architecture.split("\n## ").find(|section| section.starts_with("Invariants")).unwrap();
    assert!(named_tests("ARCHITECTURE.md", section) > 10);
}

#[test]
fn every_item_of_the_security_list_names_tests_that_exist_or_says_why_there_is_none() {
    let document = read("docs/security-tests.md");
    assert!(named_tests("docs/security-tests.md", &document) > 80);
    for row in document.lines().filter(|line| line.starts_with("| V-") || line.starts_with("| T-")) {
        let cell = held_by(row);
        assert!(cell.starts_with('`') || cell.starts_with("No test"), "{row}");
    }
}

/// The last cell of a row.
fn held_by(row: &str) -> &str {
    row.trim_end_matches(" |").rsplit(" | ").next().unwrap()
}

/// How many tests the last cells of a document's rows name; each of them must be there.
fn named_tests(document: &str, text: &str) -> usize {
    let everything = ["src", "crates", "tests"].map(source_text).concat();
    let cells = text.lines().filter(|line| line.starts_with("| ")).map(held_by);
    let words = cells.flat_map(quoted).filter(|word| word.contains('_') && !word.contains(['/', '.']));
    let mut named = 0;
    for test in words {
        named += 1;
        assert!(everything.contains(&format!("fn {test}(")), "{document} names the test {test}");
    }
    named
}
