//! All cases, by group, and the profiles that choose among them.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use include_dir::{Dir, File, include_dir};
use serde::{Deserialize, Serialize};

use crate::case::{About, Case};
use crate::code;
use crate::coded::CodeCase;

static CASES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/cases");

/// Which cases a run consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// RFC 7643, 7644 and 9865.
    Rfc,
    /// What Okta certifies, and Okta at work.
    Okta,
    /// What Entra's validator and gallery ask for, and Entra at work.
    EntraGallery,
    /// Everything, other identity providers included.
    All,
}

impl std::fmt::Display for Profile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Rfc => "rfc",
            Self::Okta => "okta",
            Self::EntraGallery => "entra-gallery",
            Self::All => "all",
        })
    }
}

impl Profile {
    /// Whether a group of cases belongs to it.
    pub fn has(self, group: &str) -> bool {
        match self {
            Self::Rfc => group.starts_with("rfc"),
            Self::Okta => group.starts_with("okta"),
            Self::EntraGallery => group.starts_with("entra"),
            Self::All => true,
        }
    }
}

/// A case, said in data or in code.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Data.
    Written(Box<Case>),
    /// Code.
    Coded(&'static CodeCase),
}

impl Entry {
    /// What the report says of it.
    pub fn about(&self) -> About {
        match self {
            Self::Written(case) => case.about.clone(),
            Self::Coded(case) => case.about(),
        }
    }
}

/// Every case, in the order of the groups and of their files' names; code after the data of its group.
///
/// Files below `own` come beside the built-in ones, or in the place of one of the same name.
///
/// # Errors
/// The file that is no case, with the reason.
pub fn load(own: Option<&Path>) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = code::CASES.iter().map(Entry::Coded).collect();
    for file in files(&CASES) {
        let text = file.contents_utf8().ok_or_else(|| format!("{}: not UTF-8", file.path().display()))?;
        entries.push(Entry::Written(Box::new(parse(file.path(), text)?)));
    }
    for file in own.map(own_files).transpose()?.unwrap_or_default() {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let case = parse(&file, &text)?;
        entries.retain(|entry| entry.about().id != case.about.id);
        entries.push(Entry::Written(Box::new(case)));
    }
    entries.sort_by_cached_key(|entry| {
        let about = entry.about();
        (about.group, matches!(entry, Entry::Coded(_)), about.id)
    });
    Ok(entries)
}

fn files(folder: &'static Dir<'static>) -> Vec<&'static File<'static>> {
    let mut found: Vec<_> = folder.files().collect();
    found.extend(folder.dirs().flat_map(files));
    found
}

/// `<folder>/<group>/<case>.json`, in the order of their names.
fn own_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = |folder: &Path| -> Result<Vec<PathBuf>, String> {
        let said = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(said)?
            .map(|entry| Ok(entry.map_err(said)?.path()))
            .collect::<Result<_, String>>()?;
        paths.sort();
        Ok(paths)
    };
    let mut found = Vec::new();
    for group in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        found.extend(entries(&group)?.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "json")));
    }
    if found.is_empty() { Err(format!("{} has no <group>/<case>.json", folder.display())) } else { Ok(found) }
}

fn parse(path: &Path, text: &str) -> Result<Case, String> {
    let said = |problem: &str| format!("{}: {problem}", path.display());
    let mut case: Case = serde_json::from_str(text).map_err(|error| said(&error.to_string()))?;
    let name = |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).map(str::to_owned);
    case.about.id = name(path.file_stem()).ok_or_else(|| said("no name"))?;
    case.about.group = name(path.parent().and_then(Path::file_name)).ok_or_else(|| said("no folder"))?;
    Ok(case)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::case::Feature;

    #[test]
    fn every_case_has_a_name_of_its_own_and_says_what_it_needs() {
        let mut names = BTreeSet::new();
        for entry in load(None).unwrap() {
            let about = entry.about();
            assert!(names.insert(about.id.clone()), "{} is there twice", about.id);
            assert!(!about.advice.is_empty() && !about.title.ends_with('.'), "{}", about.id);
            let Entry::Written(case) = entry else { continue };
            assert!(!case.steps.is_empty(), "{}", about.id);
            let sends =
                |test: &dyn Fn(&crate::exchange::Request) -> bool| case.steps.iter().any(|step| test(&step.send));
            for (feature, is_used) in [
                (Feature::Patch, sends(&|request| request.method == "PATCH")),
                (Feature::Filter, sends(&|request| request.path.contains("filter="))),
                (Feature::Bulk, sends(&|request| request.path == "/Bulk")),
                (Feature::Sort, sends(&|request| request.path.contains("sortBy"))),
                (Feature::Cursor, sends(&|request| request.path.contains("cursor"))),
                (
                    Feature::Groups,
                    sends(&|request| request.path.starts_with("/Groups")) || !case.given.groups.is_empty(),
                ),
            ] {
                assert!(
                    !is_used || about.needs.contains(&feature),
                    "{} does not say that it needs {feature}",
                    about.id
                );
            }
        }
    }
}
