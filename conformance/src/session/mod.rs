//! One case at work: what it asks is recorded, what it creates is removed.

mod created;
mod stage;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::case::{Case, Step};
use crate::exchange::{Answer, Client, Expect, Idp, Kept, Request, Sent, Trouble, unknown};
use crate::secrets::Secrets;
use crate::target::Target;
use crate::verdict::{Exchange, Stop};
use created::Created;

/// How long a request that was told to come back later waits at most.
const WAIT: Duration = Duration::from_secs(30);

/// Exchanges that are kept, the last ones: what led to a finding.
const TOLD: usize = 30;

/// How often a request that was told to come back later is sent again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts in all.
    pub tries: u32,
    /// Whether each wait is twice as long as the one before.
    pub is_doubling: bool,
}

/// What a run gives to each of its cases.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// What speaks HTTP.
    pub client: &'a Client,
    /// The server under test.
    pub target: &'a Target,
    /// What no report may show.
    pub secrets: &'a Secrets,
    /// When the run is over.
    pub deadline: Instant,
    /// Set when the run is to end early.
    pub interrupted: &'a AtomicBool,
    /// How long identity providers work.
    pub simulation: Simulation,
}

/// How long identity providers work, and at what.
#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    /// What happens in the company follows from it.
    pub seed: u64,
    /// Cycles between which something happens.
    pub cycles: usize,
}

impl Default for Simulation {
    fn default() -> Self {
        Self { seed: 1, cycles: 20 }
    }
}

/// One case at work.
#[derive(Debug)]
pub struct Session<'a> {
    client: &'a Client,
    /// The server under test.
    pub target: &'a Target,
    secrets: &'a Secrets,
    deadline: Instant,
    interrupted: &'a AtomicBool,
    /// How long identity providers work.
    pub simulation: Simulation,
    idp: Idp,
    /// What is done when the server says that it is asked too often.
    pub retry: Retry,
    /// What was kept so far. `run` is unique to the case and the run, `base` the SCIM base URL.
    pub kept: Kept,
    /// What was asked and answered last.
    pub exchanges: VecDeque<Exchange>,
    created: Created,
}

impl<'a> Session<'a> {
    /// A session in which `run` is used in every name.
    pub fn new(setting: Setting<'a>, run: &str) -> Self {
        let Setting { client, target, secrets, deadline, interrupted, simulation } = setting;
        let kept = Kept::from([("run".to_owned(), json!(run)), ("base".to_owned(), json!(target.base))]);
        let retry = Retry { tries: 6, is_doubling: false };
        let (exchanges, created) = (VecDeque::new(), Created::default());
        Self {
            client,
            target,
            secrets,
            deadline,
            interrupted,
            simulation,
            idp: Idp::Rfc,
            retry,
            kept,
            exchanges,
            created,
        }
    }

    /// What makes every name unique to the case and the run.
    pub fn run(&self) -> &str {
        self.kept.get("run").and_then(Value::as_str).unwrap_or_default()
    }

    /// Speaks with the headers of an identity provider from now on.
    pub fn speak_as(&mut self, idp: Idp) {
        self.idp = idp;
    }

    /// Why nothing more is asked, if so.
    ///
    /// # Errors
    /// The run was interrupted, or its time is over.
    pub fn go_on(&self) -> Result<(), Stop> {
        match () {
            () if self.interrupted.load(Ordering::Relaxed) => Err(Stop::Untried("the run was interrupted".to_owned())),
            () if Instant::now() >= self.deadline => Err(Stop::Untried("the time of the whole run is over".to_owned())),
            () => Ok(()),
        }
    }

    /// Sets the stage and takes each step.
    ///
    /// # Errors
    /// The first step that did not go as expected.
    pub async fn play(&mut self, case: &Case) -> Result<(), Stop> {
        self.speak_as(case.idp);
        self.set_stage(&case.given).await?;
        for step in &case.steps {
            self.take(step).await?;
        }
        Ok(())
    }

    async fn take(&mut self, step: &Step) -> Result<(), Stop> {
        let outcome = self.try_step(step).await;
        match outcome {
            Err(Stop::Finding(problem)) if step.is_setup => {
                Err(Stop::Untried(format!("the stage could not be set: {problem}")))
            }
            other => other,
        }
    }

    async fn try_step(&mut self, step: &Step) -> Result<(), Stop> {
        let answer = self.ask(&step.says, &step.send).await?;
        step.expect.check(&answer, &self.kept).map_err(Stop::Finding)?;
        for (name, place) in &step.keep {
            let value = match place.strip_prefix("header:") {
                Some(header) => answer.header(header).map(Value::from),
                None => answer.body.pointer(place).cloned(),
            };
            let value = value.ok_or_else(|| Stop::Finding(format!("the answer has no {place}")))?;
            self.kept.insert(name.clone(), value);
        }
        Ok(())
    }

    /// Asks and checks the answer.
    ///
    /// # Errors
    /// The answer is not as expected, or there is none.
    pub async fn expect(&mut self, says: &str, request: &Request, expect: &Expect) -> Result<Answer, Stop> {
        let answer = self.ask(says, request).await?;
        expect.check(&answer, &self.kept).map_err(Stop::Finding)?;
        Ok(answer)
    }

    /// Asks; what was created is noted.
    ///
    /// # Errors
    /// There is no answer, or the time of the whole run is over.
    pub async fn ask(&mut self, says: &str, request: &Request) -> Result<Answer, Stop> {
        let mut answers = self.ask_at_once(says, std::slice::from_ref(request)).await?;
        answers.pop().ok_or_else(|| Stop::Untried("nothing was asked".to_owned()))?.map_err(Stop::from)
    }

    /// Asks several things at the same time; the answers are in the order of the requests.
    ///
    /// # Errors
    /// The time of the whole run is over, or a request names what nobody has kept.
    pub async fn ask_at_once(
        &mut self,
        says: &str,
        requests: &[Request],
    ) -> Result<Vec<Result<Answer, Trouble>>, Stop> {
        self.go_on()?;
        let filled = |request: &Request| request.filled(self.idp, &self.target.base, &self.target.token, &self.kept);
        let sent: Vec<Sent> =
            requests.iter().map(filled).collect::<Result<_, _>>().map_err(|name| Stop::Untried(unknown(&name)))?;
        let (client, retry, deadline) = (self.client, self.retry, self.deadline);
        let answers = join_all(sent.iter().map(|sent| send(client, sent, retry, deadline))).await;
        for (sent, answer) in sent.iter().zip(&answers) {
            self.note(says, sent, answer.as_ref());
        }
        if answers.iter().any(Result::is_err) {
            self.go_on()?;
        }
        Ok(answers)
    }

    /// Asks with a body that arrives in so many pieces.
    ///
    /// # Errors
    /// As for [`Session::ask`].
    pub async fn ask_slowly(
        &mut self,
        says: &str,
        request: &Request,
        pieces: usize,
        pause: Duration,
    ) -> Result<Answer, Stop> {
        let filled = request.filled(self.idp, &self.target.base, &self.target.token, &self.kept);
        let sent = filled.map_err(|name| Stop::Untried(unknown(&name)))?;
        let answer = self.client.send_slowly(&sent, pieces, pause).await;
        self.note(says, &sent, answer.as_ref());
        Ok(answer?)
    }

    fn note(&mut self, says: &str, sent: &Sent, answer: Result<&Answer, &Trouble>) {
        if self.exchanges.len() == TOLD {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back(Exchange::of(says, sent, answer, self.secrets));
        self.created.note(&self.target.base, sent, answer.ok());
    }
}

/// Sends, and comes back later when told to. What is on its way when the time of the run is over may still arrive.
async fn send(client: &Client, sent: &Sent, retry: Retry, deadline: Instant) -> Result<Answer, Trouble> {
    let (mut tries, mut factor) = (1, 1);
    loop {
        let answer = client.send(sent).await?;
        let wait = answer.header("retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        let wait = wait.filter(|wait| answer.status == 429 && *wait <= WAIT && tries < retry.tries);
        match wait.map(|wait| (wait * factor).min(WAIT)).filter(|wait| Instant::now() + *wait < deadline) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Ok(answer),
        }
        tries += 1;
        factor *= if retry.is_doubling { 2 } else { 1 };
    }
}
