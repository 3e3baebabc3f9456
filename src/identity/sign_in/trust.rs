//! The step that combines: a user known by a trusted email signs in through this connection from now on.

use super::answer::{Outcome, Reason};
use super::arrival::{Arrival, Verdict};
use super::join;
use crate::identity::Error;
use crate::identity::combine::{self, Candidate};
use crate::identity::enterprise::Origin;
use crate::store::Tx;
use crate::store::users::User;

impl Arrival<'_> {
    pub(super) fn by_trust(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        let Some(email) = self.question.verified_email(self.tenant).map(str::to_owned) else {
            return Ok(None);
        };
        match combine::candidate(tx, self.tenant, &email)? {
            Candidate::One(user) => self.combine(tx, &user).map(Some),
            Candidate::Nobody(why) => {
                self.say_untrusted(why);
                Ok(None)
            }
            Candidate::Suspended => {
                self.advise("trusted email", "the user with this email is suspended", "lift the suspension");
                Ok(Some(Verdict::Deny(Reason::Suspended, None)))
            }
            Candidate::Ambiguous => {
                self.advise(
                    "trusted email",
                    "several users have this email",
                    "give the right one an enterprise identity on this connection",
                );
                Ok(Some(Verdict::Deny(Reason::Ambiguous, None)))
            }
            Candidate::MemberElsewhere => {
                let remedy = "give the user an enterprise identity on this connection, or remove the other membership";
                self.advise(
                    "trusted email",
                    "the user with this email is also a member of another organization",
                    remedy,
                );
                Ok(Some(Verdict::Deny(Reason::MemberElsewhere, None)))
            }
        }
    }

    fn say_untrusted(&mut self, why: &str) {
        if why == combine::NOT_PROVEN {
            let remedy =
                "prove the domain for the organization: anteroom domain assert --organization CODE --domain DOMAIN";
            self.advise("trusted email", why, remedy);
        } else {
            self.say("trusted email", why);
        }
    }

    fn combine(&mut self, tx: &mut Tx<'_>, user: &User) -> Result<Verdict, Error> {
        self.say("trusted email", "a user with this trusted email exists and may be combined");
        let entry = join::entry_of_newcomer(tx, self.tenant, &self.asked, Some(user.key), self.question)?;
        if let Some(closed) = self.closed(&entry) {
            return Ok(closed);
        }
        let document = self.document();
        if self.is_name_taken(tx, &document)? {
            return Ok(Verdict::Deny(Reason::Ambiguous, None));
        }
        let subject = self.subject_to_bind();
        let made = combine::carry_out(tx, self.act, self.tenant, user, Origin::SignIn, subject, &document)?;
        self.let_in(tx, Outcome::Combined, &entry, &made.identity)
    }
}
