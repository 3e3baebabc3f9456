//! Comparing a run with what was expected of it: findings that are known, and cases that stopped running.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::run::Report;
use crate::verdict::Verdict;

/// Cases by name, with the verdict each must come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Expected(BTreeMap<String, Known>);

/// What is known of a case.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
enum Known {
    /// Its verdict.
    Verdict(Verdict),
    /// Its verdict, and why.
    Explained {
        /// Its verdict.
        verdict: Verdict,
        /// Why.
        why: String,
    },
}

impl Known {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Verdict(verdict) | Self::Explained { verdict, .. } => *verdict,
        }
    }
}

impl Expected {
    /// Reads a file of expectations.
    ///
    /// # Errors
    /// The text is no JSON object of verdicts.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// What a run came to, with the explanations given so far.
    pub fn of(report: &Report, before: &Self) -> Self {
        let known = |outcome: &crate::verdict::Outcome| {
            let kept = before.0.get(&outcome.about.id).filter(|known| known.verdict() == outcome.verdict);
            (outcome.about.id.clone(), kept.cloned().unwrap_or(Known::Verdict(outcome.verdict)))
        };
        Self(report.outcomes.iter().map(known).collect())
    }

    /// Where a run differs, a line each.
    pub fn differences(&self, report: &Report) -> Vec<String> {
        let got: BTreeMap<&str, Verdict> =
            report.outcomes.iter().map(|outcome| (outcome.about.id.as_str(), outcome.verdict)).collect();
        let mut lines = Vec::new();
        for (id, known) in &self.0 {
            let (wanted, got) = (known.verdict().name(), got.get(id.as_str()).map(|verdict| verdict.name()));
            if got != Some(wanted) {
                lines.push(format!("{id}: expected {wanted}, got {}", got.unwrap_or("nothing: it was not run")));
            }
        }
        let is_new = |id: &&&str| !self.0.contains_key(**id);
        lines.extend(got.keys().filter(is_new).map(|id| format!("{id}: not in the file of expectations")));
        lines
    }
}
