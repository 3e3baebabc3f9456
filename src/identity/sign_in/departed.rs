//! The steps that look among those who left: somebody the directory removed does not come back by signing in.

use super::answer::Reason;
use super::arrival::{Arrival, Verdict};
use crate::identity::departures::external_key;
use crate::identity::settings::SubjectSource;
use crate::identity::{Error, Tenant};
use crate::scim::canonical::{canonical, email_key};
use crate::store::departures::{self, Departure};
use crate::store::{Tx, resources};

impl Arrival<'_> {
    pub(super) fn by_departed_subject(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        let Some(departure) = leaver(tx, self.tenant, &self.question.subject, self.act.now)? else {
            return Ok(None);
        };
        if is_back(tx, self.tenant, &departure)? {
            self.say("departure", "the directory removed this person and provisioned them again since");
            return Ok(None);
        }
        Ok(Some(self.departed()))
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

/// Who left with this subject: bound to it, or found by it as this connection finds people.
fn leaver(tx: &mut Tx<'_>, tenant: &Tenant, subject: &str, now: i64) -> Result<Option<Departure>, Error> {
    let connection = tenant.key();
    if let Some(found) = departures::find_by_subject(tx, connection, subject, now)? {
        return Ok(Some(found));
    }
    Ok(match tenant.settings.subject_source() {
        SubjectSource::Bound | SubjectSource::ExternalId => {
            departures::find_by_external(tx, connection, &external_key(subject), now)?
        }
        SubjectSource::UserName => departures::find_by_user_name(tx, connection, &canonical(subject), now)?,
        SubjectSource::Email => match email_key(subject) {
            Some(key) => departures::find_by_email(tx, connection, &key, now)?,
            None => None,
        },
    })
}

/// Whether the directory has somebody with the externalId of the one who left.
fn is_back(tx: &mut Tx<'_>, tenant: &Tenant, departure: &Departure) -> Result<bool, Error> {
    let Some(external_id) = &departure.external_key else {
        return Ok(false);
    };
    Ok(!resources::list_by_value(tx, tenant.key(), "User", "externalId", external_id, 1)?.is_empty())
}
