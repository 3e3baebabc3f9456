//! Who has arrived? Steps in order; the first that fits decides.

use super::{Candidate, Connection, Departure, Document, Model, Person, Question, Source, Verdict};

impl Model {
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
                self.combine(connection, user, &document, subject, Source::SignIn);
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
        let user = self.make_user(&document, "sign_in");
        self.attach(connection, user, &document, subject, Source::SignIn);
        Verdict::Allow("created", user)
    }
}
