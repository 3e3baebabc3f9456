//! Two users become one, and two again.

use super::admin::UNDO_DAYS;
use super::replace::Replacement;
use super::{Model, User};

/// Two who were made one; `person` is the identity of the one who stayed.
#[derive(Clone, Debug)]
pub(super) struct Merge {
    keep: usize,
    from: usize,
    person: usize,
    had_identity: bool,
    on: u64,
    before: (User, User),
    /// It was undone, or the user erased.
    is_over: bool,
}

impl Model {
    /// Makes one of two; an error is the status of the refusal.
    pub fn merge(&mut self, keep: usize, from: usize) -> Result<usize, u16> {
        let (kept, moved) = (self.enterprise_of(keep), self.enterprise_of(from));
        if keep == from || kept.is_some() == moved.is_some() {
            return Err(400);
        }
        let before = (self.users[keep].clone(), self.users[from].clone());
        let other = std::mem::replace(&mut self.users[from], User { is_gone: true, ..User::default() });
        if let Some(person) = moved.and_then(|at| self.people.get_mut(&at)) {
            person.user = keep;
            let document = person.document.clone();
            self.users[keep].emails.clear();
            if !other.profile_source.is_empty()
                && let Some(email) = document.matching()
            {
                self.users[keep].email = Some(email.to_owned());
            }
            if !other.profile_source.is_empty() {
                self.users[keep].profile_source = other.profile_source;
            }
        }
        for (organization, source) in other.member_of {
            self.join(keep, organization, source);
        }
        self.users[keep].is_suspended |= other.is_suspended;
        for gone in self.departures.iter_mut().filter(|gone| gone.user == from) {
            gone.user = keep;
        }
        let Some(person) = kept.or(moved) else { return Err(400) };
        self.merges.push(Merge {
            keep,
            from,
            person,
            had_identity: kept.is_some(),
            on: self.today,
            before,
            is_over: false,
        });
        Ok(self.merges.len() - 1)
    }

    /// Makes two of one again; an error is the status of the refusal.
    pub fn unmerge(&mut self, at: usize) -> Result<(), u16> {
        let Merge { keep, from, person, had_identity, on, before: (kept, merged), is_over } = self.merges[at].clone();
        if is_over {
            return Err(409);
        }
        if on + UNDO_DAYS <= self.today {
            return Err(400);
        }
        let theirs = self.people.get(&person).filter(|person| person.user == keep).cloned();
        let given_back = if had_identity { &merged.emails } else { &kept.emails };
        let is_taken = given_back.iter().any(|email| self.users.iter().any(|user| user.emails.contains(email)));
        let (Some(theirs), false) = (theirs, is_taken) else { return Err(409) };
        let is_of_directory = self.users[keep].profile_source == "directory";
        for organization in merged.member_of.keys().filter(|organization| !kept.member_of.contains_key(organization)) {
            self.users[keep].member_of.remove(organization);
        }
        self.users[keep].is_suspended &= !merged.is_suspended || kept.is_suspended;
        self.users[from] = merged;
        if !had_identity {
            if let Some(person) = self.people.get_mut(&person) {
                person.user = from;
            }
            if is_of_directory {
                let of_document = theirs.document.matching().map(str::to_owned);
                let user = &mut self.users[from];
                (user.email, user.profile_source) = (of_document.or(user.email.take()), "directory");
            }
            let user = &mut self.users[keep];
            (user.email, user.emails, user.profile_source) = (kept.email, kept.emails, kept.profile_source);
        }
        self.merges[at].is_over = true;
        Ok(())
    }
}

impl Model {
    /// Nothing about an erased user can be undone, nor about those who were merged into them.
    pub(super) fn end_undos(&mut self, user: usize) {
        for combination in self.combinations.iter_mut().filter(|combination| combination.user == user) {
            combination.is_over = true;
        }
        let has = |of: &&mut Replacement| of.former == user || of.new == user;
        for replacement in self.replacements.iter_mut().filter(has) {
            replacement.is_over = true;
        }
        let merged: Vec<usize> =
            self.merges.iter().filter(|merge| merge.keep == user && !merge.is_over).map(|merge| merge.from).collect();
        for merge in self.merges.iter_mut().filter(|merge| merge.keep == user) {
            merge.is_over = true;
        }
        for user in merged {
            self.end_undos(user);
        }
    }
}
