//! A login that was taken for somebody else's is given back.

use super::Model;
use super::admin::UNDO_DAYS;

/// A person whose login was somebody else's from then on.
#[derive(Clone, Debug)]
pub(super) struct Replacement {
    pub(super) former: usize,
    pub(super) new: usize,
    pub(super) person: usize,
    pub(super) subject: Option<String>,
    pub(super) on: u64,
    /// It was undone, or one of the two erased.
    pub(super) is_over: bool,
}

impl Model {
    /// How many logins were taken for somebody else's.
    pub fn replaced(&self) -> usize {
        self.replacements.len()
    }

    /// Gives a login back; an error is the status of the refusal.
    pub fn give_back(&mut self, at: usize) -> Result<(), u16> {
        let Replacement { former, new, person, subject, on, is_over } = self.replacements[at].clone();
        if is_over {
            return Err(409);
        }
        if on + UNDO_DAYS <= self.today {
            return Err(400);
        }
        let is_theirs = self.people.get(&person).is_some_and(|person| person.user == new);
        if self.users[former].is_gone || !is_theirs || self.enterprise_of(former).is_some() {
            return Err(409);
        }
        self.merge(former, new).map_err(|_| 409_u16)?;
        let connection = self.people[&person].connection;
        let is_bound = self.of(connection).any(|(_, other)| other.subject.is_some() && other.subject == subject);
        if let Some(person) = self.people.get_mut(&person)
            && person.subject.is_none()
            && !is_bound
        {
            person.subject = subject;
        }
        self.departures.retain(|gone| gone.connection != connection || gone.user != former);
        self.replacements[at].is_over = true;
        Ok(())
    }
}
