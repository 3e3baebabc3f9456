//! What came of each case, and of the whole run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::case::{About, Level};
use crate::exchange::{Answer, Sent, Trouble};
use crate::secrets::Secrets;

/// Bytes of a body a report shows.
const SHOWN: usize = 20_000;

/// Why a case did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The server does not behave as the case says.
    Finding(String),
    /// The behaviour could not be tried.
    Untried(String),
    /// The server cannot be asked, for a reason only found on the way.
    Skipped(String),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Untried(trouble.to_string())
    }
}

/// What came of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The server behaves as the case says.
    Pass,
    /// It does not, and the standard only recommends or allows it.
    Deviation,
    /// It does not, and must.
    Failure,
    /// It could not be tried.
    Error,
    /// It was not tried, because the server says that it cannot do what is needed.
    Skipped,
}

impl Verdict {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Deviation => "deviation",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }

    /// What a stop means for a behaviour of this level.
    pub fn of(stop: Option<&Stop>, level: Level) -> Self {
        match (stop, level) {
            (None, _) => Self::Pass,
            (Some(Stop::Finding(_)), Level::Must | Level::Idp) => Self::Failure,
            (Some(Stop::Finding(_)), Level::Should | Level::May) => Self::Deviation,
            (Some(Stop::Untried(_)), _) => Self::Error,
            (Some(Stop::Skipped(_)), _) => Self::Skipped,
        }
    }
}

/// A request and its answer, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// What was asked, in plain words.
    pub says: String,
    /// The request line, headers and body.
    pub request: String,
    /// The status, headers and body; or why there is none.
    pub answer: String,
    /// The status.
    pub status: Option<u16>,
    /// Milliseconds until the last byte was here.
    pub took: Option<u64>,
}

impl Exchange {
    /// What was sent and answered, in the form of HTTP.
    pub fn of(says: &str, sent: &Sent, answer: Result<&Answer, &Trouble>, secrets: &Secrets) -> Self {
        let mut request = format!("{} {}\n", sent.method, secrets.cut(&sent.url));
        let headers = sent.headers.iter();
        request.extend(headers.map(|(name, value)| format!("{name}: {}\n", secrets.cut_header(name, value))));
        if let Some(body) = &sent.body {
            request.push('\n');
            request.push_str(&shortened(&secrets.cut_body(body)));
        }
        let (answer, status, took) = match answer {
            Ok(answer) => (told(answer, secrets), Some(answer.status), Some(millis(answer.took))),
            Err(trouble) => (secrets.cut(&trouble.to_string()), None, None),
        };
        Self { says: secrets.cut(says), request, answer, status, took }
    }
}

fn told(answer: &Answer, secrets: &Secrets) -> String {
    let mut told = format!("{}\n", answer.status);
    told.extend(answer.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        format!("{name}: {}\n", secrets.cut_header(name.as_str(), &value))
    }));
    if !answer.text.is_empty() {
        told.push('\n');
        told.push_str(&shortened(&secrets.cut_body(&answer.text)));
    }
    told
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN).and_then(|(place, _)| text.get(..place)) {
        Some(start) => format!("{start}\n... ({} bytes in all)", text.len()),
        None => text.to_owned(),
    }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The case.
    #[serde(flatten)]
    pub about: About,
    /// What came of it.
    pub verdict: Verdict,
    /// What was wrong, or why it was not tried.
    pub problem: Option<String>,
    /// Milliseconds it took.
    pub took: u64,
    /// What was asked and answered, where the case did not pass; the last ones.
    pub exchanges: Vec<Exchange>,
}

/// How many cases came to each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// [`Verdict::Pass`].
    pub pass: usize,
    /// [`Verdict::Deviation`].
    pub deviation: usize,
    /// [`Verdict::Failure`].
    pub failure: usize,
    /// [`Verdict::Error`].
    pub error: usize,
    /// [`Verdict::Skipped`].
    pub skipped: usize,
}

impl Counts {
    /// The counts of some outcomes.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            *match outcome.verdict {
                Verdict::Pass => &mut counts.pass,
                Verdict::Deviation => &mut counts.deviation,
                Verdict::Failure => &mut counts.failure,
                Verdict::Error => &mut counts.error,
                Verdict::Skipped => &mut counts.skipped,
            } += 1;
        }
        counts
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pass, deviation, failure, error, skipped } = self;
        write!(
            formatter,
            "{pass} passed, {deviation} deviations, {failure} failures, {error} errors, {skipped} skipped"
        )
    }
}
