//! A run as JUnit XML, for CI servers.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::terminal::groups;
use crate::run::Report;
use crate::verdict::{Outcome, Verdict};

/// A suite for each group; deviations are passed tests that say so in their output.
///
/// # Errors
/// It cannot be written as XML, which would be a fault of this program.
pub fn junit(report: &Report) -> Result<String, String> {
    let mut xml = Xml::new(format!("{} {}", report.tool, report.base_url));
    xml.set_time(Duration::from_millis(report.took));
    for (name, _) in groups(report) {
        let mut suite = TestSuite::new(name);
        let outcomes = report.outcomes.iter().filter(|outcome| outcome.about.group == name);
        suite.add_test_cases(outcomes.map(case));
        xml.add_test_suite(suite);
    }
    xml.to_string().map_err(|error| error.to_string())
}

fn case(outcome: &Outcome) -> TestCase {
    let problem = outcome.problem.clone().unwrap_or_default();
    let mut status = match outcome.verdict {
        Verdict::Pass | Verdict::Deviation => TestCaseStatus::success(),
        Verdict::Failure => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Skipped => TestCaseStatus::skipped(),
    };
    status.set_message(problem.clone());
    let mut case = TestCase::new(outcome.about.id.clone(), status);
    case.set_classname(outcome.about.group.clone());
    case.set_time(Duration::from_millis(outcome.took));
    if outcome.verdict == Verdict::Deviation {
        case.set_system_out(format!("deviation ({}): {problem}", outcome.about.level));
    }
    if matches!(outcome.verdict, Verdict::Failure | Verdict::Error) {
        let said = outcome
            .exchanges
            .iter()
            .map(|exchange| format!("> {}\n{}\n{}\n\n", exchange.says, exchange.request, exchange.answer));
        case.set_system_out(said.collect::<String>());
    }
    case
}
