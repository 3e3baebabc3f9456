//! What administrators do, and what time does.

use super::{Combination, Document, Model, Person, Source, User};

/// Days in which a combination can be undone.
pub(super) const UNDO_DAYS: u64 = 30;

impl Model {
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
        let at = self.attach(connection, user, &Document::stand_in(value), None, Source::Admin);
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

    /// Takes a combination apart; an error is the status of the refusal. The answer is the new user.
    pub fn undo(&mut self, at: usize) -> Result<usize, u16> {
        let Combination { user, person, on, before, is_over } = self.combinations[at].clone();
        let owner = |model: &Self| model.connections[model.people[&person].connection].organization;
        if is_over {
            return Err(409);
        }
        if on + UNDO_DAYS <= self.today {
            return Err(400);
        }
        // A login that was given to somebody else comes back as another identity than the one that was combined.
        let was_replaced =
            self.replacements.iter().any(|replaced| replaced.person == person && replaced.former == user);
        let is_theirs = !was_replaced && self.people.get(&person).is_some_and(|person| person.user == user);
        let has = |other: &User, email: &String| other.emails.contains(email);
        let is_taken = |email: &String| self.users.iter().any(|other| has(other, email));
        if !is_theirs || before.emails.iter().any(is_taken) {
            return Err(409);
        }
        let owner = owner(self);
        let Person { document, is_pushed, .. } = self.people[&person].clone();
        let is_suspended = self.users[user].is_suspended;
        let made = self.make_user(&document, if is_pushed { "directory" } else { "sign_in" });
        self.users[made].is_suspended = is_suspended;
        self.join(made, owner, if is_pushed { Source::Directory } else { Source::SignIn });
        if let Some(person) = self.people.get_mut(&person) {
            person.user = made;
        }
        let was_member = before.member_of.contains_key(&owner);
        let former = &mut self.users[user];
        (former.email, former.emails, former.profile_source) = (before.email, before.emails, before.profile_source);
        if !was_member && matches!(former.member_of.get(&owner), Some(Source::Directory | Source::SignIn)) {
            former.member_of.remove(&owner);
        }
        self.combinations[at].is_over = true;
        Ok(made)
    }

    /// Erases a user with everything that is theirs.
    pub fn erase(&mut self, user: usize) {
        self.people.retain(|_, person| person.user != user);
        self.departures.retain(|gone| gone.user != user);
        self.users[user] = User { is_gone: true, ..User::default() };
        self.end_undos(user);
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
}
