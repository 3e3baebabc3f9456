//! The reference model: who is who, said as plainly as the rules are written, over vectors in memory.
//!
//! It knows nothing of databases, requests or locks. A user is a number here; the history keeps which `kp_` id it has.

mod admin;
mod import;
mod merge;
mod push;
mod replace;
mod sign_in;

use std::collections::BTreeMap;

pub use import::Done;

/// How somebody became a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Admin,
    Directory,
    SignIn,
    SelfJoin,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as in the settings")]
pub struct Connection {
    pub organization: usize,
    pub is_trusted: bool,
    pub is_just_in_time: bool,
    /// `subject_source` is `userName`; else the subject is bound.
    pub is_by_user_name: bool,
    /// No `email_verified` claim is needed.
    pub is_vouched: bool,
    pub is_relinking: bool,
}

#[derive(Clone, Debug, Default)]
pub struct User {
    pub email: Option<String>,
    pub is_suspended: bool,
    pub is_by_admin: bool,
    /// Its email identities.
    pub emails: Vec<String>,
    pub member_of: BTreeMap<usize, Source>,
    pub is_gone: bool,
    /// Who wrote the profile last: `directory`, `sign_in`, or an administrator (empty).
    pub profile_source: &'static str,
}

/// What an IdP says of a person.
#[derive(Clone, Debug)]
pub struct Document {
    pub user_name: String,
    pub external_id: Option<String>,
    pub email: Option<String>,
    pub active: bool,
}

impl Document {
    fn stand_in(value: &str) -> Self {
        let (user_name, email) = (value.to_owned(), Some(value.to_owned()));
        Self { user_name, external_id: None, email, active: true }
    }

    fn named(value: &str) -> Self {
        Self { user_name: value.to_owned(), external_id: None, email: None, active: true }
    }

    /// What is told of it: userName, externalId, matching email.
    pub fn said(&self) -> (Option<&str>, Option<&str>, Option<&str>) {
        (Some(&self.user_name), self.external_id.as_deref(), self.matching())
    }

    /// The email people are matched by.
    fn matching(&self) -> Option<&str> {
        self.email.as_deref().or(Some(self.user_name.as_str())).filter(|value| value.contains('@'))
    }
}

/// An enterprise identity and its resource.
#[derive(Clone, Debug)]
pub struct Person {
    pub connection: usize,
    pub user: usize,
    pub document: Document,
    pub is_pushed: bool,
    pub subject: Option<String>,
}

#[derive(Clone, Debug)]
struct Departure {
    connection: usize,
    user: usize,
    external_id: Option<String>,
    subject: Option<String>,
    user_name: String,
    email: Option<String>,
    expires: u64,
}

/// A user who was combined with an IdP's person, and as whom.
#[derive(Clone, Debug)]
struct Combination {
    user: usize,
    person: usize,
    on: u64,
    before: User,
    /// It was undone, or the user erased.
    is_over: bool,
}

#[derive(Clone, Debug)]
pub struct Question {
    pub subject: String,
    pub email: Option<String>,
    /// The claim, if it was sent.
    pub is_verified: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allow(&'static str, usize),
    Deny(&'static str, Option<usize>),
}

/// Whom a trusted email stands for.
enum Candidate {
    One(usize),
    Nobody,
    Denied(&'static str),
}

/// Days a departure is remembered.
const DEPARTURE_DAYS: u64 = 30;

pub struct Model {
    pub self_join: Vec<bool>,
    pub connections: Vec<Connection>,
    pub users: Vec<User>,
    /// By number; a number is never used again.
    pub people: BTreeMap<usize, Person>,
    departures: Vec<Departure>,
    combinations: Vec<Combination>,
    merges: Vec<merge::Merge>,
    replacements: Vec<replace::Replacement>,
    pub domains: BTreeMap<String, usize>,
    today: u64,
    made: usize,
}

impl Model {
    pub fn new(self_join: Vec<bool>, connections: Vec<Connection>) -> Self {
        let (users, people, domains) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let (departures, combinations, merges, replacements) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            self_join,
            connections,
            users,
            people,
            departures,
            combinations,
            merges,
            replacements,
            domains,
            today: 0,
            made: 0,
        }
    }

    fn of(&self, connection: usize) -> impl Iterator<Item = (usize, &Person)> {
        self.people.iter().filter(move |(_, person)| person.connection == connection).map(|(at, person)| (*at, person))
    }

    fn enterprise_of(&self, user: usize) -> Option<usize> {
        self.people.iter().find(|(_, person)| person.user == user).map(|(at, _)| *at)
    }

    fn live(&self, connection: usize) -> impl Iterator<Item = &Departure> {
        let today = self.today;
        self.departures.iter().rev().filter(move |gone| gone.connection == connection && gone.expires > today)
    }

    fn add(&mut self, person: Person) -> usize {
        self.made += 1;
        self.people.insert(self.made, person);
        self.made
    }

    fn join(&mut self, user: usize, organization: usize, source: Source) {
        self.users[user].member_of.entry(organization).or_insert(source);
    }

    fn candidate(&self, connection: usize, email: &str) -> Candidate {
        let Connection { organization: owner, is_trusted, .. } = self.connections[connection];
        let domain = email.split_once('@').map_or("", |(_, domain)| domain);
        if !is_trusted || self.domains.get(domain) != Some(&owner) {
            return Candidate::Nobody;
        }
        let has_left = |user| self.departures.iter().any(|gone| gone.connection == connection && gone.user == user);
        let (mut here, mut is_elsewhere) = (Vec::new(), false);
        for (at, user) in self.users.iter().enumerate().filter(|(_, user)| !user.is_gone) {
            let is_meant = user.email.as_deref() == Some(email) && user.is_by_admin && self.enterprise_of(at).is_none();
            let is_owners = user.member_of.is_empty() || user.member_of.contains_key(&owner);
            if !is_meant || !is_owners || has_left(at) {
                continue;
            }
            if user.member_of.keys().any(|organization| *organization != owner) {
                is_elsewhere = true;
            } else {
                here.push(at);
            }
        }
        match (&here[..], is_elsewhere) {
            ([one], false) if self.users[*one].is_suspended => Candidate::Denied("suspended"),
            ([one], false) => Candidate::One(*one),
            ([_, ..], _) => Candidate::Denied("ambiguous"),
            ([], true) => Candidate::Denied("member_elsewhere"),
            ([], false) => Candidate::Nobody,
        }
    }

    fn make_user(&mut self, document: &Document, profile_source: &'static str) -> usize {
        let email = document.matching().map(str::to_owned);
        self.users.push(User { email, profile_source, ..User::default() });
        self.users.len() - 1
    }

    fn attach(
        &mut self,
        connection: usize,
        user: usize,
        document: &Document,
        subject: Option<String>,
        source: Source,
    ) -> usize {
        self.users[user].emails.clear();
        self.departures.retain(|gone| gone.connection != connection || gone.user != user);
        self.join(user, self.connections[connection].organization, source);
        let is_pushed = source == Source::Directory;
        self.add(Person { connection, user, document: document.clone(), is_pushed, subject })
    }

    /// The person is gone, and remembered for a while.
    pub fn leave(&mut self, at: usize) {
        let gone = self.people.remove(&at).unwrap();
        let email = gone.document.matching().map(str::to_owned);
        let expires = self.today + DEPARTURE_DAYS;
        let Person { connection, user, subject, document, .. } = gone;
        let Document { external_id, user_name, .. } = document;
        self.departures.push(Departure { connection, user, external_id, subject, user_name, email, expires });
        let owner = self.connections[connection].organization;
        if self.users[user].member_of.get(&owner) == Some(&Source::Directory) {
            self.users[user].member_of.remove(&owner);
        }
    }

    /// An existing user becomes the IdP's person; what they were is kept, to be given back.
    fn combine(
        &mut self,
        connection: usize,
        user: usize,
        document: &Document,
        subject: Option<String>,
        source: Source,
    ) -> usize {
        let before = self.users[user].clone();
        let person = self.attach(connection, user, document, subject, source);
        if let Some(email) = document.matching() {
            self.users[user].email = Some(email.to_owned());
        }
        self.users[user].profile_source = if source == Source::Directory { "directory" } else { "sign_in" };
        self.combinations.push(Combination { user, person, on: self.today, before, is_over: false });
        person
    }

    /// How many combinations there were.
    pub fn combined(&self) -> usize {
        self.combinations.len()
    }
}
