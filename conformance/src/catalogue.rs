//! All cases, by group, and the profiles that choose among them.

use clap::ValueEnum;
use include_dir::{Dir, File, include_dir};
use serde::{Deserialize, Serialize};

use crate::case::{About, Case};
use crate::code::{self, CodeCase};

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
/// # Errors
/// The file that is no case, with the reason.
pub fn load() -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for file in files(&CASES) {
        entries.push(Entry::Written(Box::new(parse(file)?)));
    }
    entries.extend(code::CASES.iter().map(Entry::Coded));
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

fn parse(file: &File<'_>) -> Result<Case, String> {
    let path = file.path();
    let said = |problem: &str| format!("{}: {problem}", path.display());
    let text = file.contents_utf8().ok_or_else(|| said("not UTF-8"))?;
    let mut case: Case = serde_json::from_str(text).map_err(|error| said(&error.to_string()))?;
    let name = |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).map(str::to_owned);
    case.about.id = name(path.file_stem()).ok_or_else(|| said("no name"))?;
    case.about.group = name(path.parent().map(std::path::Path::as_os_str)).ok_or_else(|| said("no folder"))?;
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
        for entry in load().unwrap() {
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
