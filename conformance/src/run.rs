//! Running cases one after the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use crate::catalogue::{self, Entry, Profile};
use crate::exchange::Client;
use crate::secrets::Secrets;
use crate::session::{Session, Setting, Simulation};
use crate::target::Target;
use crate::verdict::{Counts, Outcome, Stop, Verdict};

/// What a run consists of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which cases.
    pub profile: Profile,
    /// Of those, the cases and groups of these names; all when empty.
    pub only: Vec<String>,
    /// A folder of cases beside the built-in ones.
    pub own: Option<PathBuf>,
    /// Leaves out what is about attributes that `/Schemas` does not list.
    pub is_adaptive: bool,
    /// How long the whole run may take.
    pub deadline: Duration,
    /// How long identity providers work, and at what.
    pub simulation: Simulation,
    /// When set, the run ends with the case it is at; what that created is removed.
    pub interrupted: Arc<AtomicBool>,
}

/// What came of a run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The program and its version.
    pub tool: String,
    /// The SCIM base URL.
    pub base_url: String,
    /// Which cases.
    pub profile: Profile,
    /// Of those, the cases and groups of these names; all when empty.
    pub only: Vec<String>,
    /// Of the identity providers at work.
    pub seed: u64,
    /// When it began.
    pub began: Timestamp,
    /// Milliseconds it took.
    pub took: u64,
    /// How many cases came to each verdict.
    pub counts: Counts,
    /// What was created and could not be removed.
    pub left_behind: Vec<String>,
    /// Every case.
    pub outcomes: Vec<Outcome>,
}

impl Plan {
    /// The cases it consists of.
    ///
    /// # Errors
    /// A case that is none, or a name of `only` that nothing has.
    pub fn entries(&self) -> Result<Vec<Entry>, String> {
        let entries = catalogue::load(self.own.as_deref())?;
        let names = |entry: &Entry, name: &String| {
            let about = entry.about();
            about.id == *name || about.group.starts_with(name.as_str())
        };
        if let Some(name) = self.only.iter().find(|name| !entries.iter().any(|entry| names(entry, name))) {
            return Err(format!("no case and no group is called {name:?}; --list shows them"));
        }
        let is_chosen = |entry: &Entry| match self.only.as_slice() {
            [] => self.profile.has(&entry.about().group),
            only => only.iter().any(|name| names(entry, name)),
        };
        Ok(entries.into_iter().filter(is_chosen).collect())
    }

    /// Plays the cases against a server, and tells of each when it is over.
    pub async fn run(
        &self,
        client: &Client,
        target: &Target,
        entries: &[Entry],
        mut tell: impl FnMut(&Outcome),
    ) -> Report {
        let (began, clock) = (now(), Instant::now());
        let secrets = Secrets::new(&[&target.token]);
        let deadline = clock + self.deadline;
        let simulation = self.simulation;
        let setting =
            Setting { client, target, secrets: &secrets, deadline, interrupted: &self.interrupted, simulation };
        let run = format!("{:x}", began.as_millisecond());
        let (mut outcomes, mut left_behind) = (Vec::new(), Vec::new());
        for (entry, number) in entries.iter().zip(1_usize..) {
            let mut session = Session::new(setting, &format!("{run}x{number}"));
            let outcome = self.play(&mut session, entry).await;
            left_behind.extend(session.clean_up().await);
            tell(&outcome);
            outcomes.push(outcome);
        }
        Report {
            tool: format!("scim-conformance {}", env!("CARGO_PKG_VERSION")),
            base_url: secrets.cut(&target.base),
            profile: self.profile,
            only: self.only.clone(),
            seed: self.simulation.seed,
            began,
            took: millis(clock),
            counts: Counts::of(&outcomes),
            left_behind,
            outcomes,
        }
    }

    async fn play(&self, session: &mut Session<'_>, entry: &Entry) -> Outcome {
        let (about, clock) = (entry.about(), Instant::now());
        let stop = match session.target.claims.refuse(&about, self.is_adaptive) {
            Some(reason) => Some(Stop::Skipped(reason)),
            None => match (session.go_on(), entry) {
                (Err(over), _) => Some(over),
                (Ok(()), Entry::Written(case)) => session.play(case).await.err(),
                (Ok(()), Entry::Coded(case)) => (case.play)(session).await.err(),
            },
        };
        let verdict = Verdict::of(stop.as_ref(), about.level);
        let exchanges = std::mem::take(&mut session.exchanges);
        Outcome {
            verdict,
            problem: stop.map(|stop| match stop {
                Stop::Finding(text) | Stop::Untried(text) | Stop::Skipped(text) => text,
            }),
            about,
            took: millis(clock),
            exchanges: if verdict == Verdict::Pass { Vec::new() } else { exchanges.into() },
        }
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a report says when it was made")]
fn now() -> Timestamp {
    Timestamp::now()
}
