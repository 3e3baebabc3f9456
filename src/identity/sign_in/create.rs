//! The step that makes somebody just in time, and what a person made at sign-in is called in the directory.

use super::answer::{Outcome, Reason};
use super::arrival::{Arrival, Verdict};
use super::join;
use crate::identity::Error;
use crate::identity::enterprise::{self, Made, Origin};
use crate::identity::settings::SubjectSource;
use crate::scim::canonical::{email_key, unique_key};
use crate::scim::resource::Document;
use crate::store::{Tx, resources, users};

impl Arrival<'_> {
    pub(super) fn just_in_time(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if !self.tenant.settings.is_create_missing_user {
            return Ok(None);
        }
        let entry = join::entry_of_newcomer(tx, self.tenant, &self.asked, None, self.question)?;
        if let Some(closed) = self.closed(&entry) {
            return Ok(Some(closed));
        }
        let document = self.document();
        if self.is_name_taken(tx, &document)? {
            return Ok(Some(Verdict::Deny(Reason::Ambiguous, None)));
        }
        self.say("just in time", "nobody is known, and the connection creates missing users");
        let made = self.create(tx, &document)?;
        self.let_in(tx, Outcome::Created, &entry, &made.identity).map(Some)
    }

    fn create(&mut self, tx: &mut Tx<'_>, document: &Document) -> Result<Made, Error> {
        let user = enterprise::make_user(tx, self.act, self.tenant, document, Origin::SignIn)?;
        if let Some(key) = &user.email_key
            && users::list_by_email(tx, key, 2)?.len() > 1
        {
            self.advise(
                "just in time",
                "another user has this email already",
                "if they are one person, turn on trusted emails or give the first one an enterprise identity",
            );
        }
        enterprise::attach(tx, self.act, self.tenant, user.key, Origin::SignIn, self.subject_to_bind(), document)
    }

    /// A name the directory knows for somebody else is not given twice.
    pub(super) fn is_name_taken(&mut self, tx: &mut Tx<'_>, document: &Document) -> Result<bool, Error> {
        let Some(name) = unique_key(document.user_name().unwrap_or_default()) else {
            self.advise("userName", "the subject is too long to be a userName", "let the IdP send a shorter one");
            return Ok(true);
        };
        let taken = resources::find_by_unique_key(tx, self.tenant.key(), "User", &name)?.is_some();
        if taken {
            self.advise(
                "userName",
                "the directory has another person with this userName",
                "let the IdP send the email or externalId of the person, so that they are recognized",
            );
        }
        Ok(taken)
    }

    /// What the directory holds of somebody made at sign-in: what the next sign-in and the first push find them by.
    pub(super) fn document(&self) -> Document {
        let subject = self.question.subject.as_str();
        let email = self.question.verified_email(self.tenant);
        let mut document = match (self.tenant.settings.subject_source(), email) {
            (SubjectSource::Email, _) => Document::stand_in(subject),
            (SubjectSource::UserName, _) => Document::named(subject),
            (_, Some(email)) => Document::stand_in(email),
            (_, None) => Document::named(&self.unproven_name()),
        };
        match (self.tenant.settings.subject_source(), email) {
            (SubjectSource::UserName, Some(email)) => document.set_email(email),
            (SubjectSource::ExternalId, _) => document.set_external_id(subject),
            _ => {}
        }
        document.set_name(self.question.given_name.as_deref(), self.question.family_name.as_deref());
        document
    }

    /// The userName of somebody without a verified email: the subject. An address that nothing vouches for is not taken,
    /// because a later push would find the person by it.
    fn unproven_name(&self) -> String {
        let subject = &self.question.subject;
        let is_name = unique_key(subject).is_some();
        if is_name && (email_key(subject).is_none() || self.question.is_subject_verified(self.tenant)) {
            subject.clone()
        } else {
            self.act.ids.prefixed("person")
        }
    }

    pub(super) fn subject_to_bind(&self) -> Option<&str> {
        self.is_binding().then_some(self.question.subject.as_str())
    }
}
