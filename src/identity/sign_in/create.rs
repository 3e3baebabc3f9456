//! The step that makes somebody just in time, and what a person made at sign-in is called in the directory.

use super::answer::{Outcome, Reason};
use super::arrival::{Arrival, Verdict};
use super::join;
use crate::identity::Error;
use crate::identity::enterprise::{self, Made, Origin};
use crate::scim::canonical::canonical;
use crate::scim::resource::Document;
use crate::store::{Tx, resources, users};

impl Arrival<'_> {
    pub(super) fn just_in_time(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if !self.tenant.settings.is_create_missing_user {
            return Ok(None);
        }
        let entry = join::entry(tx, self.tenant, &self.asked, None, self.question)?;
        if let Some(closed) = self.closed(&entry) {
            return Ok(Some(closed));
        }
        let name = self.new_user_name();
        if self.is_name_taken(tx, &name)? {
            return Ok(Some(Verdict::Deny(Reason::Ambiguous, None)));
        }
        self.say("just in time", "nobody is known, and the connection creates missing users");
        let made = self.create(tx, &name)?;
        self.let_in(tx, Outcome::Created, &entry, &made.identity).map(Some)
    }

    fn create(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<Made, Error> {
        let document = self.document(name);
        let user = enterprise::make_user(tx, self.act, self.tenant, &document, Origin::SignIn)?;
        if let Some(key) = &user.email_key
            && users::list_by_email(tx, key, 2)?.len() > 1
        {
            self.advise(
                "just in time",
                "another user has this email already",
                "if they are one person, turn on trusted emails or give the first one an enterprise identity",
            );
        }
        enterprise::attach(tx, self.act, self.tenant, user.key, Origin::SignIn, self.subject_to_bind(), &document)
    }

    /// A name the directory knows for somebody else is not given twice.
    pub(super) fn is_name_taken(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<bool, Error> {
        let taken = resources::find_by_unique_key(tx, self.tenant.key(), "User", &canonical(name))?.is_some();
        if taken {
            self.advise(
                "userName",
                "the directory has another person with this userName",
                "let the IdP send the email or externalId of the person, so that they are recognized",
            );
        }
        Ok(taken)
    }

    /// The userName of somebody made here: the verified email, else the subject, so that an unproven email never
    /// becomes what a later push is matched by.
    fn new_user_name(&self) -> String {
        self.question.verified_email(self.tenant).unwrap_or(&self.question.subject).to_owned()
    }

    pub(super) fn document(&self, name: &str) -> Document {
        let mut document = if self.question.verified_email(self.tenant) == Some(name) {
            Document::stand_in(name)
        } else {
            Document::named(name)
        };
        document.set_name(self.question.given_name.as_deref(), self.question.family_name.as_deref());
        document
    }

    pub(super) fn subject_to_bind(&self) -> Option<&str> {
        self.is_binding().then_some(self.question.subject.as_str())
    }
}
