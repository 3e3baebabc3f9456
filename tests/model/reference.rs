//! The reference model: who is who, said as plainly as the rules are written, over vectors in memory.
//!
//! It knows nothing of databases, requests or locks. A user is a number here; the history keeps which `kp_` id it has.

use std::collections::BTreeMap;

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
    pub domains: BTreeMap<String, usize>,
    today: u64,
    made: usize,
}

impl Model {
    pub fn new(self_join: Vec<bool>, connections: Vec<Connection>) -> Self {
        let (users, people, departures, domains) = (Vec::new(), BTreeMap::new(), Vec::new(), BTreeMap::new());
        Self { self_join, connections, users, people, departures, domains, today: 0, made: 0 }
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

    /// The person a POST means, made if there is none; nothing when the userName is somebody else's.
    pub fn post(&mut self, connection: usize, document: &Document) -> Option<usize> {
        let named = self.of(connection).find(|(_, person)| person.document.user_name == document.user_name);
        if let Some((at, person)) = named {
            let is_same = document.external_id.is_some() && person.document.external_id == document.external_id;
            let comes_back = !person.document.active && is_same;
            return (!person.is_pushed || comes_back).then(|| self.changed(at, document));
        }
        if let Some(at) = self.by_external_id(connection, document).or_else(|| self.by_email(connection, document)) {
            return Some(self.changed(at, document));
        }
        if let Some((user, subject)) = self.returning(connection, document) {
            return Some(self.attach(connection, user, document, true, subject, Source::Directory));
        }
        let trusted = document.matching().map(str::to_owned);
        if let Some(Candidate::One(user)) = trusted.map(|email| self.candidate(connection, &email)) {
            return Some(self.combine(connection, user, document, true, None, Source::Directory));
        }
        let user = self.make_user(document);
        Some(self.attach(connection, user, document, true, None, Source::Directory))
    }

    fn by_external_id(&self, connection: usize, document: &Document) -> Option<usize> {
        let id = document.external_id.as_ref()?;
        let same = || self.of(connection).filter(|(_, person)| person.document.external_id.as_ref() == Some(id));
        let inactive: Vec<usize> = same().filter(|(_, person)| !person.document.active).map(|(at, _)| at).collect();
        if let [only] = inactive[..] {
            return Some(only);
        }
        let bound = self.of(connection).filter(|(_, person)| person.subject.as_ref() == Some(id));
        let known = bound.chain(same().filter(|(_, person)| person.subject.is_none()));
        only(known.filter(|(_, person)| !person.is_pushed).map(|(at, _)| at))
    }

    fn by_email(&self, connection: usize, document: &Document) -> Option<usize> {
        let email = document.matching()?;
        let same = self.of(connection).filter(|(_, person)| person.document.matching() == Some(email));
        only(same.filter(|(_, person)| !person.is_pushed).map(|(at, _)| at))
    }

    fn returning(&self, connection: usize, document: &Document) -> Option<(usize, Option<String>)> {
        let id = document.external_id.as_ref().filter(|_| self.connections[connection].is_relinking)?;
        let gone = self.live(connection).find(|gone| gone.external_id.as_ref() == Some(id))?;
        let user = &self.users[gone.user];
        let owner = self.connections[connection].organization;
        let has_moved_on = self.enterprise_of(gone.user).is_some()
            || !user.emails.is_empty()
            || user.member_of.keys().any(|organization| *organization != owner);
        let is_free =
            |subject: &String| !self.of(connection).any(|(_, person)| person.subject.as_ref() == Some(subject));
        (!has_moved_on).then(|| (gone.user, gone.subject.clone().filter(is_free)))
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

    fn make_user(&mut self, document: &Document) -> usize {
        self.users.push(User { email: document.matching().map(str::to_owned), ..User::default() });
        self.users.len() - 1
    }

    fn attach(
        &mut self,
        connection: usize,
        user: usize,
        document: &Document,
        is_pushed: bool,
        subject: Option<String>,
        source: Source,
    ) -> usize {
        self.users[user].emails.clear();
        self.departures.retain(|gone| gone.connection != connection || gone.user != user);
        self.join(user, self.connections[connection].organization, source);
        if let (Some(email), true) = (document.matching(), is_pushed) {
            self.users[user].email = Some(email.to_owned());
        }
        self.add(Person { connection, user, document: document.clone(), is_pushed, subject })
    }

    fn combine(
        &mut self,
        connection: usize,
        user: usize,
        document: &Document,
        is_pushed: bool,
        subject: Option<String>,
        source: Source,
    ) -> usize {
        let at = self.attach(connection, user, document, is_pushed, subject, source);
        if let Some(email) = document.matching() {
            self.users[user].email = Some(email.to_owned());
        }
        at
    }

    /// A write about somebody who is here; nothing when the userName is somebody else's.
    pub fn write(&mut self, at: usize, document: &Document) -> Option<usize> {
        let connection = self.people[&at].connection;
        let is_same =
            |(other, person): (usize, &Person)| other != at && person.document.user_name == document.user_name;
        let is_taken = self.of(connection).any(is_same);
        (!is_taken).then(|| self.changed(at, document))
    }

    fn changed(&mut self, at: usize, document: &Document) -> usize {
        let Person { connection, document: before, user, .. } = self.people[&at].clone();
        let owner = self.connections[connection].organization;
        let has_both = before.external_id.is_some() && document.external_id.is_some();
        if !before.active && document.active && has_both && before.external_id != document.external_id {
            self.leave(at);
            let user = self.make_user(document);
            let new = Person { connection, user, document: document.clone(), is_pushed: true, subject: None };
            self.people.insert(at, new);
            self.join(user, owner, Source::Directory);
            return at;
        }
        if before.matching().is_some() || document.matching().is_some() {
            self.users[user].email = document.matching().map(str::to_owned);
        }
        if let Some(person) = self.people.get_mut(&at) {
            (person.is_pushed, person.document) = (true, document.clone());
        }
        self.join(user, owner, Source::Directory);
        at
    }

    fn leave(&mut self, at: usize) {
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

    pub fn delete(&mut self, at: usize) {
        self.leave(at);
    }

    /// A user with an email identity; nothing when somebody has it.
    pub fn create_user(&mut self, organization: Option<usize>, email: &str) -> Option<usize> {
        if self.users.iter().any(|user| user.emails.iter().any(|other| other == email)) {
            return None;
        }
        let member_of = organization.map(|organization| (organization, Source::Admin)).into_iter().collect();
        let (is_by_admin, emails) = (true, vec![email.to_owned()]);
        self.users.push(User { email: Some(email.to_owned()), is_by_admin, emails, member_of, ..User::default() });
        Some(self.users.len() - 1)
    }

    /// Gives a user an identity before the IdP speaks of them; an error is the status of the refusal.
    pub fn pre_create(&mut self, user: usize, connection: usize, value: &str) -> Result<usize, u16> {
        if self.enterprise_of(user).is_some() {
            return Err(400);
        }
        if self.of(connection).any(|(_, person)| person.document.user_name == value) {
            return Err(409);
        }
        let at = self.attach(connection, user, &Document::stand_in(value), false, None, Source::Admin);
        if self.users[user].email.is_none() {
            self.users[user].email = Some(value.to_owned());
        }
        Ok(at)
    }

    pub fn add_member(&mut self, user: usize, organization: usize) {
        self.join(user, organization, Source::Admin);
    }

    /// Releases a subject; false when none is bound.
    pub fn unbind(&mut self, at: usize) -> bool {
        self.people.get_mut(&at).is_some_and(|person| person.subject.take().is_some())
    }

    /// Days pass, and what is over by then is forgotten.
    pub fn pass(&mut self, days: u64) {
        self.today += days;
        let (kept, over): (Vec<_>, Vec<_>) = self.departures.drain(..).partition(|gone| gone.expires > self.today);
        self.departures = kept;
        for user in over.into_iter().map(|gone| gone.user) {
            let is_held = self.departures.iter().any(|gone| gone.user == user)
                || self.enterprise_of(user).is_some()
                || !self.users[user].emails.is_empty()
                || !self.users[user].member_of.is_empty();
            self.users[user].is_gone |= !is_held;
        }
    }

    /// Who has arrived? Steps in order; the first that fits decides.
    pub fn sign_in(&mut self, connection: usize, question: &Question) -> Verdict {
        let settings = self.connections[connection].clone();
        let is_verified = question.is_verified.unwrap_or(settings.is_vouched);
        let email = question.email.clone().filter(|_| is_verified);
        let subject = Some(&question.subject);
        let by_subject = if settings.is_by_user_name {
            self.of(connection).find(|(_, person)| person.document.user_name == question.subject)
        } else {
            self.of(connection).find(|(_, person)| person.subject.as_ref() == subject)
        };
        if let Some((at, _)) = by_subject {
            return self.enter("recognized", at, None);
        }
        if !settings.is_by_user_name {
            let same = self.of(connection).filter(|(_, person)| person.document.external_id.as_ref() == subject);
            if let Some(verdict) = self.provisioned(same.map(|(at, _)| at).collect(), question) {
                return verdict;
            }
        }
        let leaver = self.live(connection).find(|gone| gone.subject.as_ref() == subject).or_else(|| {
            self.live(connection).find(|gone| {
                if settings.is_by_user_name {
                    gone.user_name == question.subject
                } else {
                    gone.external_id.as_ref() == subject
                }
            })
        });
        let is_back = |gone: &Departure| {
            gone.external_id.is_some() && self.of(connection).any(|(_, it)| it.document.external_id == gone.external_id)
        };
        if leaver.is_some_and(|gone| !is_back(gone)) {
            return Verdict::Deny("departed", None);
        }
        if let Some(email) = &email {
            if !settings.is_by_user_name {
                let same = self.of(connection).filter(|(_, person)| person.document.matching() == Some(email));
                if let Some(verdict) = self.provisioned(same.map(|(at, _)| at).collect(), question) {
                    return verdict;
                }
            }
            if self.live(connection).any(|gone| gone.email.as_ref() == Some(email)) {
                return Verdict::Deny("departed", None);
            }
        }
        self.newcomer(connection, &settings, email, question)
    }

    /// A person found who is not bound: let in, or the end of the question.
    fn provisioned(&mut self, found: Vec<usize>, question: &Question) -> Option<Verdict> {
        let (free, mut taken): (Vec<_>, Vec<_>) = found.into_iter().partition(|at| self.people[at].subject.is_none());
        if let ([], [claimed]) = (&free[..], &taken[..]) {
            return Some(Verdict::Deny("subject_mismatch", Some(self.people[claimed].user)));
        }
        taken.retain(|at| self.people[at].document.active || free.is_empty());
        match (&free[..], taken.is_empty()) {
            ([], true) => None,
            ([one], true) => Some(self.enter("bound", *one, Some(question.subject.clone()))),
            _ => Some(Verdict::Deny("ambiguous", None)),
        }
    }

    fn enter(&mut self, outcome: &'static str, at: usize, binds: Option<String>) -> Verdict {
        let Person { connection, user, document, .. } = self.people[&at].clone();
        let owner = self.connections[connection].organization;
        if !document.active {
            return Verdict::Deny("deactivated", Some(user));
        }
        if self.users[user].is_suspended {
            return Verdict::Deny("suspended", Some(user));
        }
        if !self.users[user].member_of.contains_key(&owner) && !self.self_join[owner] {
            return Verdict::Deny("not_a_member", Some(user));
        }
        self.join(user, owner, Source::SelfJoin);
        if let (Some(person), Some(subject)) = (self.people.get_mut(&at), binds) {
            person.subject = Some(subject);
        }
        Verdict::Allow(outcome, user)
    }

    fn newcomer(
        &mut self,
        connection: usize,
        settings: &Connection,
        email: Option<String>,
        question: &Question,
    ) -> Verdict {
        let owner = settings.organization;
        let document = match (&email, settings.is_by_user_name) {
            (Some(email), false) => Document::stand_in(email),
            (email, _) => Document { email: email.clone(), ..Document::named(&question.subject) },
        };
        let subject = (!settings.is_by_user_name).then(|| question.subject.clone());
        let is_taken = self.of(connection).any(|(_, person)| person.document.user_name == document.user_name);
        match email.map(|email| self.candidate(connection, &email)) {
            Some(Candidate::Denied(reason)) => return Verdict::Deny(reason, None),
            Some(Candidate::One(user)) => {
                if !self.users[user].member_of.contains_key(&owner) && !self.self_join[owner] {
                    return Verdict::Deny("not_a_member", None);
                }
                if is_taken {
                    return Verdict::Deny("ambiguous", None);
                }
                self.combine(connection, user, &document, false, subject, Source::SignIn);
                return Verdict::Allow("combined", user);
            }
            Some(Candidate::Nobody) | None => {}
        }
        if !settings.is_just_in_time {
            return Verdict::Deny("account_not_found", None);
        }
        if !self.self_join[owner] {
            return Verdict::Deny("not_a_member", None);
        }
        if is_taken {
            return Verdict::Deny("ambiguous", None);
        }
        let user = self.make_user(&document);
        self.attach(connection, user, &document, false, subject, Source::SignIn);
        Verdict::Allow("created", user)
    }
}

/// The only one there is.
fn only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    found.next().filter(|_| found.next().is_none())
}
