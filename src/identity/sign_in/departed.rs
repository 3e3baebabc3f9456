//! The steps that look among those who left: somebody the directory removed does not come back by signing in.

use super::answer::Reason;
use super::arrival::{Arrival, Verdict};
use crate::identity::Error;
use crate::scim::canonical::email_key;
use crate::store::{Tx, departures};

impl Arrival<'_> {
    pub(super) fn by_departed_subject(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        let found = departures::find_by_subject(tx, self.tenant.key(), &self.question.subject, self.act.now)?;
        Ok(found.map(|_| self.departed()))
    }

    pub(super) fn by_departed_email(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        let Some(key) = self.question.verified_email(self.tenant).and_then(email_key) else {
            return Ok(None);
        };
        let found = departures::find_by_email(tx, self.tenant.key(), &key, self.act.now)?;
        Ok(found.map(|_| self.departed()))
    }

    fn departed(&mut self) -> Verdict {
        self.advise("departure", "the directory removed this person", "let the IdP provision the person again");
        Verdict::Deny(Reason::Departed, None)
    }
}
