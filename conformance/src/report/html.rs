//! A run as one page that needs nothing else: by section, each finding with what was asked and answered.

use maud::{DOCTYPE, Markup, PreEscaped, html as page};

use super::terminal::groups;
use crate::run::Report;
use crate::standard;
use crate::verdict::{Counts, Exchange, Outcome, Verdict};

const STYLE: &str = include_str!("report.css");

/// Verdicts with the word for their number, worst first.
fn parts(counts: &Counts) -> [(Verdict, usize, &'static str); 5] {
    [
        (Verdict::Failure, counts.failure, "failures"),
        (Verdict::Error, counts.error, "errors"),
        (Verdict::Deviation, counts.deviation, "deviations"),
        (Verdict::Pass, counts.pass, "passed"),
        (Verdict::Skipped, counts.skipped, "skipped"),
    ]
}

/// The page.
pub fn html(report: &Report) -> String {
    let findings: Vec<&Outcome> = report.outcomes.iter().filter(|outcome| is_finding(outcome)).collect();
    let body = page! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "SCIM conformance: " (report.base_url) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.kind { "SCIM conformance report" }
                    h1 { (report.base_url) }
                    p { (verdict_of(&report.counts)) }
                    (bar(&report.counts))
                    dl {
                        @if report.only.is_empty() { dt { "Profile" } dd { (report.profile) } }
                        @else { dt { "Only" } dd { (report.only.join(", ")) } }
                        dt { "Tested" } dd { time { (report.began.strftime("%Y-%m-%d %H:%M UTC")) } }
                        dt { "Took" } dd { (format!("{:.1} s", seconds(report.took))) }
                        dt { "With" } dd { (report.tool) ", seed " (report.seed) }
                    }
                }
                main {
                    @if !findings.is_empty() {
                        h2 { "What to mend" }
                        ol.index { @for finding in &findings { li { (badge(finding.verdict)) " " a href=(format!("#{}", finding.about.id)) { (finding.about.title) } } } }
                    }
                    @for (name, counts) in groups(report) { (section(report, name, &counts)) }
                    @if !report.left_behind.is_empty() {
                        h2 { "Created and not removed" }
                        ul { @for path in &report.left_behind { li { code { (path) } } } }
                    }
                }
                footer {
                    p { "MUST, SHOULD and MAY are the standard's words; IDP is what an identity provider's synchronization needs. \
                         A failure breaks a MUST or an IDP; a deviation a SHOULD or a MAY; an error could not be tried. \
                         Tokens and passwords were removed from what is shown." }
                }
            }
        }
    };
    body.into_string()
}

/// Of `rfc7644-3.3-create`: `RFC 7644 section 3.3, create`.
fn heading(group: &str) -> String {
    let mut parts = group.splitn(3, '-');
    match (parts.next().and_then(|first| first.strip_prefix("rfc")), parts.next(), parts.next()) {
        (Some(number), Some(section), Some(about)) => {
            format!("RFC {number} section {section}, {}", about.replace('-', " "))
        }
        (Some(number), Some(about), None) => format!("RFC {number}, {about}"),
        _ => group.replace('-', " "),
    }
}

/// Only what is not nought.
fn brief(counts: &Counts) -> String {
    let some = parts(counts).into_iter().filter(|(_, count, _)| *count > 0);
    some.map(|(_, count, name)| format!("{count} {}", if count == 1 { name.trim_end_matches('s') } else { name }))
        .collect::<Vec<_>>()
        .join(", ")
}

fn is_finding(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Failure | Verdict::Error | Verdict::Deviation)
}

fn verdict_of(counts: &Counts) -> String {
    match (counts.failure + counts.error, counts.deviation) {
        (0, 0) => format!("All {} cases that were tried passed.", counts.pass),
        (0, 1) => "Nothing that must hold is broken; one recommendation is not followed.".to_owned(),
        (0, some) => format!("Nothing that must hold is broken; {some} recommendations are not followed."),
        (1, _) => "One case needs attention.".to_owned(),
        (some, _) => format!("{some} cases need attention."),
    }
}

fn bar(counts: &Counts) -> Markup {
    page! {
        div.bar role="img" aria-label=(counts) {
            @for (verdict, count, _) in parts(counts) { @if count > 0 { span class=(verdict.name()) style=(format!("flex-grow:{count}")) {} } }
        }
        ul.legend {
            @for (verdict, count, name) in parts(counts) { @if count > 0 { li { span.dot.(verdict.name()) {} b { (count) } " " (name) } } }
        }
    }
}

fn badge(verdict: Verdict) -> Markup {
    page! { span.badge.(verdict.name()) { (verdict.name()) } }
}

fn section(report: &Report, name: &str, counts: &Counts) -> Markup {
    let outcomes = || report.outcomes.iter().filter(|outcome| outcome.about.group == name);
    page! {
        section {
            h2 { (heading(name)) small { (brief(counts)) } }
            @for outcome in outcomes().filter(|outcome| is_finding(outcome)) { (finding(outcome)) }
            @if outcomes().any(|outcome| !is_finding(outcome)) {
                details.others {
                    summary { "Passed and skipped" }
                    @for outcome in outcomes().filter(|outcome| !is_finding(outcome)) { (other(outcome)) }
                }
            }
        }
    }
}

fn finding(outcome: &Outcome) -> Markup {
    let about = &outcome.about;
    page! {
        article id=(about.id) class=(outcome.verdict.name()) {
            h3 { (badge(outcome.verdict)) " " (about.title) }
            p.meta { code { (about.id) } " · " (about.level) " · " (about.source) }
            (demand(outcome))
            @if let Some(problem) = &outcome.problem { p.problem { (problem) } }
            p.advice { b { "What to do: " } (about.advice) }
            details {
                summary {
                    @if outcome.exchanges.len() == 1 { "The request and its answer" }
                    @else { (outcome.exchanges.len()) " requests and answers" }
                }
                @for exchange in &outcome.exchanges { (exchanged(exchange)) }
            }
        }
    }
}

fn demand(outcome: &Outcome) -> Markup {
    let sentences = standard::sentences_of(&outcome.about.id);
    page! {
        @if !outcome.about.why.is_empty() { p { (outcome.about.why) } }
        @for sentence in sentences {
            blockquote { (sentence.text) " " cite { (sentence.standard) " section " (sentence.section) ", " (sentence.level) } }
        }
    }
}

fn other(outcome: &Outcome) -> Markup {
    let about = &outcome.about;
    page! {
        p id=(about.id) {
            (badge(outcome.verdict)) " " (about.title) " "
            span.meta { code { (about.id) } " · " (about.level) " · " (about.source) @if let Some(reason) = &outcome.problem { " · " (reason) } }
        }
    }
}

fn exchanged(exchange: &Exchange) -> Markup {
    page! {
        div.exchange {
            p { (exchange.says) @if let Some(took) = exchange.took { span.meta { " · " (took) " ms" } } }
            div.pair { pre { (exchange.request) } pre { (exchange.answer) } }
        }
    }
}

fn seconds(millis: u64) -> f64 {
    std::time::Duration::from_millis(millis).as_secs_f64()
}
