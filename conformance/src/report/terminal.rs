//! A run told in lines of text; the last one counts.

use crate::catalogue::Entry;
use crate::run::Report;
use crate::verdict::{Counts, Outcome, Verdict};

/// Findings with what was expected and what to do, then the groups, then the counts.
pub fn summary(report: &Report) -> String {
    let mut text = String::new();
    for verdict in [Verdict::Error, Verdict::Failure, Verdict::Deviation, Verdict::Skipped] {
        let found = report.outcomes.iter().filter(|outcome| outcome.verdict == verdict);
        text.extend(found.map(told));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let width = groups(report).iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    text.extend(groups(report).iter().map(|(name, counts)| format!("{name:width$}  {counts}\n")));
    if !report.left_behind.is_empty() {
        text.push_str("\nCreated and not removed:\n");
        text.extend(report.left_behind.iter().map(|path| format!("  {}{path}\n", report.base_url)));
    }
    format!("{text}\n{}: {}\n", report.base_url, report.counts)
}

fn told(outcome: &Outcome) -> String {
    let about = &outcome.about;
    let problem = outcome.problem.as_deref().unwrap_or_default();
    let head = format!("{:9} {} [{}, {}]\n", outcome.verdict.name(), about.id, about.level, about.source);
    if outcome.verdict == Verdict::Skipped {
        return format!("{head}          {problem}\n");
    }
    let asked = outcome.exchanges.last().map(|exchange| exchange.request.lines().next().unwrap_or_default());
    let asked = asked.map(|line| format!("          {line}\n")).unwrap_or_default();
    format!("{head}          {}\n{asked}          {problem}\n          {}\n", about.title, about.advice)
}

/// The groups in their order, with the counts of each.
pub(super) fn groups(report: &Report) -> Vec<(&str, Counts)> {
    let mut names: Vec<&str> = report.outcomes.iter().map(|outcome| outcome.about.group.as_str()).collect();
    names.dedup();
    let of = |name: &str| report.outcomes.iter().filter(|outcome| outcome.about.group == name).collect::<Vec<_>>();
    names.into_iter().map(|name| (name, Counts::of(of(name)))).collect()
}

/// All cases, a line each.
pub fn listing(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let about = entry.about();
        format!("{:28} {:34} {:6} {} ({})\n", about.group, about.id, about.level.to_string(), about.title, about.source)
    };
    entries.iter().map(line).collect()
}
