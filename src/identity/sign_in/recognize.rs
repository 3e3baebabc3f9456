//! The steps that look among the people of the connection: by the subject, by externalId, by a verified email.

use super::answer::{Outcome, Reason};
use super::arrival::{Arrival, Verdict};
use super::find::{self, Found};
use crate::identity::Error;
use crate::identity::settings::SubjectSource;
use crate::store::Tx;

impl Arrival<'_> {
    pub(super) fn by_subject(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if self.tenant.settings.subject_source() == SubjectSource::Email
            && !self.question.is_subject_verified(self.tenant)
        {
            self.advise(
                "subject",
                "the connection finds people by email, and nothing vouches for this one",
                "send email_verified as the IdP does, or let the connection recognize people by an immutable id (subject_source)",
            );
            return Ok(Some(Verdict::Deny(Reason::AccountNotFound, None)));
        }
        match find::settled(tx, |tx| find::by_subject(tx, self.tenant, self.question))? {
            Found::One(identity) => {
                self.say("subject", "the subject belongs to a person of this connection");
                self.enter(tx, Outcome::Recognized, &identity).map(Some)
            }
            Found::Several => {
                self.advise(
                    "subject",
                    "the subject fits several people",
                    "make the attribute the subject is looked up by unique in the IdP",
                );
                Ok(Some(Verdict::Deny(Reason::Ambiguous, None)))
            }
            Found::Claimed(_) | Found::Nobody => {
                self.say("subject", "no person of this connection has this subject");
                Ok(None)
            }
        }
    }

    pub(super) fn by_external_id(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if !self.is_binding() {
            return Ok(None);
        }
        let found = find::settled(tx, |tx| find::by_external_id(tx, self.tenant, self.question))?;
        self.provisioned(tx, found, "externalId")
    }

    pub(super) fn by_email(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if !self.is_binding() {
            return Ok(None);
        }
        let Some(email) = self.question.verified_email(self.tenant).map(str::to_owned) else {
            self.say_unverified();
            return Ok(None);
        };
        let found = find::settled(tx, |tx| find::by_email(tx, self.tenant, &email))?;
        self.provisioned(tx, found, "email")
    }

    fn say_unverified(&mut self) {
        if self.question.email.is_none() {
            self.say("email", "no email was given, so none was matched");
        } else {
            let remedy = "only JSON true counts as email_verified; a SAML, WS-Federation or tenant-pinned Entra connection vouches for its emails unless it says otherwise";
            self.advise(
                "email",
                "the email is not verified or is none that can be matched, so it was not matched",
                remedy,
            );
        }
    }

    pub(super) fn is_binding(&self) -> bool {
        self.tenant.settings.subject_source() == SubjectSource::Bound
    }

    /// A person of this connection whom no subject has claimed is bound to this one.
    fn provisioned(&mut self, tx: &mut Tx<'_>, found: Found, by: &str) -> Result<Option<Verdict>, Error> {
        match found {
            Found::One(identity) => {
                self.say(by, format!("a provisioned person has this {by}, and nobody has signed in as them yet"));
                self.enter(tx, Outcome::Bound, &identity).map(Some)
            }
            Found::Several => {
                self.advise(
                    by,
                    format!("several provisioned people have this {by}"),
                    "correct the duplicates in the IdP's directory",
                );
                Ok(Some(Verdict::Deny(Reason::Ambiguous, None)))
            }
            Found::Claimed(identity) => {
                let remedy = format!(
                    "if it is the same person, release the old subject: POST /api/v1/identities/{}/unbind",
                    identity.id
                );
                self.advise(by, format!("the person with this {by} signed in with another subject before"), remedy);
                Ok(Some(Verdict::Deny(Reason::SubjectMismatch, Some(identity))))
            }
            Found::Nobody => {
                self.say(by, format!("no provisioned person has this {by}"));
                Ok(None)
            }
        }
    }
}
