//! The command: options, a run, reports, and an exit code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::case::Level;
use crate::catalogue::{Entry, Profile};
use crate::exchange::{Client, Limits};
use crate::expected::Expected;
use crate::report;
use crate::run::{Plan, Report};
use crate::session::Simulation;
use crate::standard;
use crate::target::Target;
use crate::verdict::Verdict;

/// The run could not begin, or its reports could not be written.
const NOT_RUN: u8 = 2;

/// What is tested, with which cases, and what is made of it.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// SCIM base URL of the server, such as `https://scim.example.com/v2`
    #[arg(long, env = "SCIM_BASE_URL", value_name = "URL", required_unless_present_any = ["list", "sentences"])]
    base_url: Option<String>,
    /// Bearer token; the environment variable keeps it out of the list of processes
    #[arg(long, env = "SCIM_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// File that holds the token
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// Which cases: the standards, what an identity provider certifies and sends, or everything
    #[arg(long, value_enum, default_value_t = Profile::All)]
    profile: Profile,
    /// Only the case of this name, or the groups that begin with it; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Folder with cases of your own, `<group>/<case>.json`; one of the name of a built-in case takes its place
    #[arg(long, value_name = "FOLDER")]
    cases: Option<PathBuf>,
    /// Leave out cases about attributes that the server's /Schemas do not list
    #[arg(long)]
    adaptive: bool,
    /// What makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Must)]
    fail_on: FailOn,
    /// Compare with a JSON file of expected verdicts instead; what differs makes the exit code 1
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Write that file from this run; explanations in it are kept
    #[arg(long, requires = "expect")]
    update: bool,
    /// What happens in the companies of the identity providers at work follows from this number
    #[arg(long, value_name = "NUMBER", default_value_t = Simulation::default().seed)]
    seed: u64,
    /// How many cycles an identity provider works
    #[arg(long, value_name = "NUMBER", default_value_t = Simulation::default().cycles)]
    cycles: usize,
    /// How long one answer may take
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    timeout: Duration,
    /// How long the whole run may take
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = duration)]
    deadline: Duration,
    /// Certificate authority to trust besides the usual ones, PEM
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Write a report: .html for people, .json for programs, .xml for CI servers (`JUnit`); may be given several times
    #[arg(long, value_name = "FILE", value_parser = report_file)]
    report: Vec<PathBuf>,
    /// Show the cases and test nothing
    #[arg(long)]
    list: bool,
    /// Show the sentences of the standards with the cases that try them, as Markdown, and test nothing
    #[arg(long)]
    sentences: bool,
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A failure or an error
    Must,
    /// Also what the standard recommends
    Should,
    /// Also what the standard leaves open
    May,
    /// Nothing
    Never,
}

impl FailOn {
    fn is_met(self, verdict: Verdict, level: Level) -> bool {
        match verdict {
            Verdict::Failure | Verdict::Error => self != Self::Never,
            Verdict::Deviation => match self {
                Self::Should => level == Level::Should,
                Self::May => true,
                Self::Must | Self::Never => false,
            },
            Verdict::Pass | Verdict::Skipped => false,
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration = text.parse().map_err(|_| "not a duration such as 30s or 10m".to_owned())?;
    Duration::try_from(parsed).ok().filter(|duration| !duration.is_zero()).ok_or_else(|| "must be positive".to_owned())
}

impl Options {
    /// Runs, reports, and says how it went: 0, 1 for findings, 2 when it could not run.
    pub async fn run(self) -> ExitCode {
        match self.try_run().await {
            Ok(is_good) => ExitCode::from(u8::from(!is_good)),
            Err(problem) => {
                let _ = writeln!(std::io::stderr(), "error: {problem}");
                ExitCode::from(NOT_RUN)
            }
        }
    }

    async fn try_run(&self) -> Result<bool, String> {
        if self.sentences {
            print(&standard::page())?;
            return Ok(true);
        }
        let plan = Plan {
            profile: self.profile,
            only: self.only.clone(),
            own: self.cases.clone(),
            is_adaptive: self.adaptive,
            deadline: self.deadline,
            simulation: Simulation { seed: self.seed, cycles: self.cycles },
            interrupted: Arc::default(),
        };
        let entries = plan.entries()?;
        if self.list {
            print(&report::listing(&entries))?;
            return Ok(true);
        }
        let expected = self.expected()?;
        let client = Client::new(self.limits()?)?;
        let base = self.base_url.as_deref().unwrap_or_default();
        let target = Target::discover(&client, base, &self.token()?).await.map_err(|error| error.to_string())?;
        let listener = tokio::spawn(interrupt(Arc::clone(&plan.interrupted)));
        let progress = progress(&entries);
        let report = plan
            .run(&client, &target, &entries, |outcome| {
                progress.set_message(outcome.about.id.clone());
                progress.inc(1);
            })
            .await;
        listener.abort();
        progress.finish_and_clear();
        self.write(&report)?;
        let verdict = match &expected {
            None => self.judge(&report),
            Some(expected) => self.compare(expected, &report)?,
        };
        print(&report::summary(&report))?;
        Ok(verdict)
    }

    fn limits(&self) -> Result<Limits, String> {
        let authority = self.ca_file.as_deref().map(read).transpose()?;
        Ok(Limits { timeout: self.timeout, authority: authority.map(String::into_bytes), ..Limits::default() })
    }

    fn token(&self) -> Result<String, String> {
        let token = match (&self.token, &self.token_file) {
            (Some(token), _) => token.clone(),
            (None, Some(file)) => read(file)?,
            (None, None) => return Err("a token is needed: --token, --token-file or SCIM_TOKEN".to_owned()),
        };
        Ok(token.trim().to_owned())
    }

    fn expected(&self) -> Result<Option<Expected>, String> {
        let Some(file) = &self.expect else { return Ok(None) };
        if self.update && !file.exists() {
            return Ok(Some(Expected::default()));
        }
        Expected::parse(&read(file)?).map(Some).map_err(|error| format!("{}: {error}", file.display()))
    }

    fn write(&self, report: &Report) -> Result<(), String> {
        for file in &self.report {
            let text = match extension(file) {
                "json" => report::json(report)?,
                "xml" => report::junit(report)?,
                _ => report::html(report),
            };
            save(file, &text)?;
        }
        Ok(())
    }

    fn judge(&self, report: &Report) -> bool {
        !report.outcomes.iter().any(|outcome| self.fail_on.is_met(outcome.verdict, outcome.about.level))
    }

    /// Whether the run is as expected; what differs is printed.
    fn compare(&self, expected: &Expected, report: &Report) -> Result<bool, String> {
        if self.update {
            let text =
                serde_json::to_string_pretty(&Expected::of(report, expected)).map_err(|error| error.to_string())?;
            self.expect.as_deref().map(|file| save(file, &format!("{text}\n"))).transpose()?;
            return Ok(true);
        }
        let differences = expected.differences(report);
        for line in &differences {
            print(&format!("unexpected  {line}\n"))?;
        }
        Ok(differences.is_empty())
    }
}

fn extension(file: &Path) -> &str {
    file.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn report_file(text: &str) -> Result<PathBuf, String> {
    let file = PathBuf::from(text);
    let is_known = ["html", "json", "xml"].contains(&extension(&file));
    if is_known { Ok(file) } else { Err("must end in .html, .json or .xml".to_owned()) }
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

fn save(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| format!("cannot print: {error}"))
}

/// Ends the run at the first Ctrl-C, so that what was created is removed, and the program at the second.
async fn interrupt(interrupted: Arc<AtomicBool>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        interrupted.store(true, Ordering::Relaxed);
        let _ = writeln!(std::io::stderr(), "removing what was created; Ctrl-C again to stop at once");
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(i32::from(NOT_RUN));
    }
}

/// A bar on a terminal, nothing elsewhere.
fn progress(entries: &[Entry]) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(entries.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len}  {wide_msg}") {
        bar.set_style(style);
    }
    bar
}
