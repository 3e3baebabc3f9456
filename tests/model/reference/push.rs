//! What a push means: the rules of a POST in order, and of a write to somebody who is here.

use super::replace::Replacement;
use super::{Candidate, Document, Model, Person, Source};

impl Model {
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
            return Some(self.take_over(connection, user, document, subject));
        }
        let trusted = document.matching().map(str::to_owned);
        if let Some(Candidate::One(user)) = trusted.map(|email| self.candidate(connection, &email)) {
            return Some(self.combine(connection, user, document, None, Source::Directory));
        }
        let user = self.make_user(document, "directory");
        Some(self.attach(connection, user, document, None, Source::Directory))
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

    /// A user who comes back: the profile is the directory's from now on.
    fn take_over(&mut self, connection: usize, user: usize, document: &Document, subject: Option<String>) -> usize {
        if let Some(email) = document.matching() {
            self.users[user].email = Some(email.to_owned());
        }
        self.users[user].profile_source = "directory";
        self.attach(connection, user, document, subject, Source::Directory)
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
            let subject = self.people[&at].subject.clone();
            self.leave(at);
            let (former, new) = (user, self.make_user(document, "directory"));
            let user = new;
            self.replacements.push(Replacement { former, new, person: at, subject, on: self.today, is_over: false });
            let new = Person { connection, user, document: document.clone(), is_pushed: true, subject: None };
            self.people.insert(at, new);
            self.join(user, owner, Source::Directory);
            return at;
        }
        if before.matching().is_some() || document.matching().is_some() {
            self.users[user].email = document.matching().map(str::to_owned);
        }
        self.users[user].profile_source = "directory";
        if let Some(person) = self.people.get_mut(&at) {
            (person.is_pushed, person.document) = (true, document.clone());
        }
        self.join(user, owner, Source::Directory);
        at
    }
}

/// The only one there is.
fn only(mut found: impl Iterator<Item = usize>) -> Option<usize> {
    found.next().filter(|_| found.next().is_none())
}
