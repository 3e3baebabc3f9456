//! The commands on the pages of `docs/guides` are carried out in their order, and print what the pages say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Bench;

/// Words in capitals that stand for an id printed before, by what such an id begins with.
const IDS: [(&str, &str); 6] = [
    ("org_", "ORGANIZATION_CODE"),
    ("conn_", "CONNECTION_ID"),
    ("directory_", "DIRECTORY_ID"),
    ("kp_", "USER_ID"),
    ("identity_", "IDENTITY_ID"),
    ("event_", "EVENT_ID"),
];

/// The fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).collect()
}

/// Remembers the ids that a command printed.
fn remember(ids: &mut BTreeMap<&'static str, String>, printed: &str) {
    for word in printed.split(|character: char| !character.is_ascii_alphanumeric() && character != '_') {
        let known = IDS.iter().find(|(prefix, _)| word.strip_prefix(prefix).is_some_and(|rest| rest.len() > 9));
        if let Some((_, name)) = known {
            ids.insert(*name, word.to_owned());
        }
    }
}

/// As a shell reads single quotes: what stands between them is one word.
fn unquoted(line: &str) -> String {
    let parts = line.split('\'').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { part.replace(' ', "~") } else { part.to_owned() }).collect()
}

fn play(page: &str) -> usize {
    let (bench, mut ids, mut printed, mut played) = (Bench::new(), BTreeMap::<&str, String>::new(), String::new(), 0);
    for (language, text) in blocks(page) {
        if language == "csv" {
            fs::write(bench.folder.path().join("people.csv"), text).unwrap();
            continue;
        }
        if language == "text" {
            for line in text.lines() {
                assert!(printed.contains(line), "{line}\nis not in\n{printed}");
            }
            continue;
        }
        for line in text.lines() {
            let mut words = line.strip_prefix("anteroom ").map_or_else(|| panic!("{line}"), unquoted);
            for (name, id) in &ids {
                words = words.replace(*name, id);
            }
            printed = bench.text(&words);
            remember(&mut ids, &printed);
            played += 1;
        }
    }
    played
}

#[test]
fn the_commands_of_every_guide_do_what_the_guide_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides");
    let mut pages: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    assert!(pages.len() >= 6);
    for page in pages {
        let played = play(&fs::read_to_string(&page).unwrap());
        assert!(played > 1, "{} has commands", page.display());
    }
}
