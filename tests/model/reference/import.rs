//! What a row of a file does: it makes a person, or completes one who is here.

use super::{Document, Model, Source, User};

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Created(usize),
    Completed(usize),
    Unchanged(usize),
    Failed(&'static str),
}

impl Model {
    /// A row with an email, perhaps an organization, perhaps a connection.
    pub fn import(&mut self, email: &str, organization: Option<usize>, connection: Option<usize>) -> Done {
        match self.meant(email, connection) {
            Err(code) => Done::Failed(code),
            Ok(Some(user)) => self.complete(user, email, organization, connection),
            Ok(None) => {
                let emails = if connection.is_none() { vec![email.to_owned()] } else { Vec::new() };
                let email_of = Some(email.to_owned());
                self.users.push(User { email: email_of, is_by_admin: true, emails, ..User::default() });
                let user = self.users.len() - 1;
                self.tie(user, email, organization, connection);
                Done::Created(user)
            }
        }
    }

    /// The user with the identity, else the only one with the email in the profile.
    fn meant(&self, email: &str, connection: Option<usize>) -> Result<Option<usize>, &'static str> {
        let has = |user: &User| user.emails.iter().any(|own| own == email);
        let mut found: Vec<usize> = (0..self.users.len()).filter(|at| has(&self.users[*at])).collect();
        if let Some(connection) = connection {
            let named = self.of(connection).find(|(_, person)| person.document.user_name == email);
            let same = self.of(connection).filter(|(_, person)| person.document.matching() == Some(email));
            let same: Vec<usize> =
                named.map_or_else(|| same.map(|(_, person)| person.user).collect(), |(_, one)| vec![one.user]);
            if same.len() > 1 {
                return Err("AMBIGUOUS_USER");
            }
            found.extend(same);
        }
        if found.is_empty() {
            let is_elsewhere = |at: usize| {
                self.enterprise_of(at)
                    .is_some_and(|person| connection.is_some_and(|own| self.people[&person].connection != own))
            };
            let is_here = |at: &usize| {
                !self.users[*at].is_gone && self.users[*at].email.as_deref() == Some(email) && !is_elsewhere(*at)
            };
            found = (0..self.users.len()).filter(is_here).collect();
        }
        found.sort_unstable();
        found.dedup();
        if found.len() > 1 { Err("AMBIGUOUS_USER") } else { Ok(found.pop()) }
    }

    fn complete(&mut self, user: usize, email: &str, organization: Option<usize>, connection: Option<usize>) -> Done {
        let on = self.enterprise_of(user).map(|person| self.people[&person].connection);
        if on.is_some() && connection.is_some() && on != connection {
            return Done::Failed("ENTERPRISE_IDENTITY_EXISTS");
        }
        let emails = &self.users[user].emails;
        if on.is_none() && connection.is_none() && !emails.is_empty() && !emails.iter().any(|own| own == email) {
            return Done::Failed("DUPLICATE_ID");
        }
        let is_new_member = organization.is_some_and(|at| !self.users[user].member_of.contains_key(&at));
        let ties = connection.filter(|_| on.is_none());
        self.tie(user, email, organization, ties);
        if is_new_member || ties.is_some() { Done::Completed(user) } else { Done::Unchanged(user) }
    }

    fn tie(&mut self, user: usize, email: &str, organization: Option<usize>, connection: Option<usize>) {
        if let Some(organization) = organization {
            self.join(user, organization, Source::Admin);
        }
        if let Some(connection) = connection {
            self.attach(connection, user, &Document::stand_in(email), None, Source::Admin);
        }
    }
}
