//! The job of an identity provider: cycle after cycle, it makes the server's people and groups those of the company.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::company::{Company, Key, Person, Team};
use super::dialect::{Dialect, Patience};
use crate::exchange::{Answer, Request};
use crate::session::{Retry, Session};
use crate::verdict::Stop;

/// Attempts after which Okta gives a task up.
const OKTA_TRIES: u32 = 10;
/// Microsoft publishes no threshold. The job is taken into quarantine after so many cycles in a row in which, of at least
/// so many objects, more than half failed.
const BAD_CYCLES: usize = 3;
const OBJECTS: usize = 4;
/// Cycles an object of Entra's waits at most before it is tried again.
const LONGEST_WAIT: u32 = 3;

/// The job at work.
pub(super) struct Job<'s, 'a> {
    pub session: &'s mut Session<'a>,
    pub dialect: &'static Dialect,
    pub company: Company,
    pub cycle: usize,
    /// Who was made on the server, as the job remembers it.
    pub accounts: BTreeMap<Key, Account>,
    /// Ids of people who were erased and are left on the server, without access.
    pub left: BTreeSet<String>,
    /// Paths of what was deleted.
    pub gone: Vec<String>,
    /// Groups that were made on the server.
    pub groups: BTreeMap<Key, Pushed>,
    /// What is not in step, and when it is tried again.
    pub overdue: BTreeMap<Object, Overdue>,
    bad_cycles: usize,
}

/// Somebody on the server.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub id: String,
    /// What was written last.
    pub sent: Person,
    /// Whether that arrived, and nothing else.
    pub is_sure: bool,
}

/// A group on the server.
#[derive(Clone, Debug)]
pub(super) struct Pushed {
    pub id: String,
    /// The name written last; `None` when nobody knows whether it arrived.
    pub name: Option<String>,
    /// Ids of its members.
    pub members: BTreeSet<String>,
    /// Ids that were added or removed, nobody knows whether successfully.
    pub unsure: BTreeSet<String>,
    /// The group of which this was made.
    pub seen: Team,
}

/// What a cycle brings into step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Object {
    Person(Key),
    Group(Key),
}

/// Something that failed.
#[derive(Debug)]
pub(super) struct Overdue {
    due: usize,
    tries: u32,
    pub problem: String,
}

/// Why an object is not in step.
pub(super) enum Miss {
    /// It is tried again.
    Later(String),
    /// The job ends.
    Ends(Stop),
}

impl From<Stop> for Miss {
    fn from(stop: Stop) -> Self {
        Self::Ends(stop)
    }
}

pub(super) fn differs<T>(text: impl Into<String>) -> Result<T, Miss> {
    Err(Miss::Ends(Stop::Finding(text.into())))
}

pub(super) fn later<T>(text: impl Into<String>) -> Result<T, Miss> {
    Err(Miss::Later(text.into()))
}

/// Whether a cycle had anything to do with an object.
pub(super) type Done = Result<bool, Miss>;

impl<'s, 'a> Job<'s, 'a> {
    /// A job that has done nothing yet.
    pub(super) fn new(session: &'s mut Session<'a>, dialect: &'static Dialect, company: Company) -> Self {
        session.speak_as(dialect.idp);
        if dialect.patience == Patience::Okta {
            session.retry = Retry { tries: OKTA_TRIES, is_doubling: true };
        }
        let (accounts, groups, overdue) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (left, gone) = (BTreeSet::new(), Vec::new());
        Self { session, dialect, company, cycle: 0, accounts, left, gone, groups, overdue, bad_cycles: 0 }
    }

    /// Brings everything into step that is not; whether there was anything to do.
    pub(super) async fn run_cycle(&mut self) -> Result<bool, Stop> {
        self.cycle += 1;
        let (mut tried, mut failed) = (0, 0);
        for object in self.objects() {
            if self.overdue.get(&object).is_some_and(|overdue| overdue.due > self.cycle) {
                continue;
            }
            let done = match object {
                Object::Person(key) => self.sync_person(key).await,
                Object::Group(key) => self.sync_group(key).await,
            };
            match done {
                Ok(did) => {
                    tried += usize::from(did);
                    self.overdue.remove(&object);
                }
                Err(Miss::Ends(stop)) => return Err(stop),
                Err(Miss::Later(problem)) => {
                    tried += 1;
                    failed += 1;
                    self.postpone(object, problem)?;
                }
            }
        }
        self.watch(tried, failed)?;
        Ok(tried > 0)
    }

    /// Who is gone comes first, for their logins may belong to others now.
    fn objects(&self) -> Vec<Object> {
        let (people, groups) = (&self.company.people, &self.company.teams);
        let gone = self.accounts.keys().filter(|key| !people.contains_key(key));
        let dissolved = self.groups.keys().filter(|key| !groups.contains_key(key));
        let mut objects: Vec<Object> = gone.chain(people.keys()).map(|key| Object::Person(*key)).collect();
        objects.extend(dissolved.chain(groups.keys()).map(|key| Object::Group(*key)));
        objects
    }

    fn postpone(&mut self, object: Object, problem: String) -> Result<(), Stop> {
        let tries = self.overdue.get(&object).map_or(1, |overdue| overdue.tries + 1);
        if self.dialect.patience == Patience::Okta && tries >= OKTA_TRIES {
            return Err(Stop::Finding(format!("given up after {tries} attempts: {problem}")));
        }
        let wait = match self.dialect.patience {
            Patience::Entra => 1 << (tries - 1).min(LONGEST_WAIT),
            Patience::Okta | Patience::EachCycle => 1,
        };
        self.overdue.insert(object, Overdue { due: self.cycle + wait, tries, problem });
        Ok(())
    }

    fn watch(&mut self, tried: usize, failed: usize) -> Result<(), Stop> {
        let is_bad = tried >= OBJECTS && failed * 2 > tried;
        self.bad_cycles = if is_bad { self.bad_cycles + 1 } else { 0 };
        if self.dialect.patience != Patience::Entra || self.bad_cycles < BAD_CYCLES {
            return Ok(());
        }
        let last = self.overdue.values().last().map_or("", |overdue| overdue.problem.as_str());
        Err(Stop::Finding(format!("the job is in quarantine: {failed} of {tried} objects failed, such as: {last}")))
    }

    /// Asks, and takes a status that is none of `good`, or no answer at all, for a failure.
    pub(super) async fn send(&mut self, says: &str, request: &Request, good: &[u16]) -> Result<Answer, Miss> {
        let Request { method, path, .. } = request;
        let mut answers = self.session.ask_at_once(says, std::slice::from_ref(request)).await?;
        match answers.pop() {
            Some(Ok(answer)) if good.contains(&answer.status) => Ok(answer),
            Some(Ok(answer)) if answer.status == 429 && self.dialect.patience == Patience::Okta => {
                let problem = "status 429 without a Retry-After of whole seconds; Okta waits five minutes";
                differs(format!("{says}: {problem}"))
            }
            Some(Ok(answer)) => later(format!("{says}: {method} {path} answered status {}", answer.status)),
            Some(Err(trouble)) => later(format!("{says}: {trouble}")),
            None => later(format!("{says}: nothing was asked")),
        }
    }
}

pub(super) fn id_of(resource: &Value) -> Option<String> {
    resource.get("id")?.as_str().map(str::to_owned)
}

/// The id of the one resource a look-up found, which must be what was looked up.
pub(super) fn the_one(list: &Answer, attribute: &str, wanted: &str) -> Result<Option<String>, Miss> {
    let found = list.body.get("Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    match found {
        [] => Ok(None),
        [one] => {
            let got = one.get(attribute).and_then(Value::as_str).unwrap_or_default();
            if got.to_lowercase() != wanted.to_lowercase() {
                return differs(format!("looking {wanted} up finds {got}"));
            }
            id_of(one).map_or_else(|| differs(format!("{wanted} is listed without an id")), |id| Ok(Some(id)))
        }
        several => differs(format!("looking {wanted} up finds {} resources", several.len())),
    }
}
