//! What is said of a question: the explanation of a denial, the answer, the event.

use serde_json::json;

use super::answer::{Answer, AnswerIdentity, AnswerUser, Decision, Reason};
use super::arrival::{Arrival, Verdict};
use super::join::{self, Entry};
use crate::identity::act::About;
use crate::identity::combine::{self, Candidate, NOT_PROVEN};
use crate::identity::roles::held;
use crate::identity::{Error, Reach};
use crate::store::identities::Identity;
use crate::store::users;
use crate::store::{Tx, organizations};

impl Arrival<'_> {
    /// Each switch that would change the answer, and what it would do.
    pub(super) fn explain_nobody(&mut self, tx: &mut Tx<'_>) -> Result<(), Error> {
        if !self.tenant.settings.is_create_missing_user {
            self.explain_creation(tx)?;
        }
        if !self.tenant.settings.is_trusted
            && let Some(email) = self.question.verified_email(self.tenant).map(str::to_owned)
        {
            self.explain_trust(tx, &email)?;
        }
        Ok(())
    }

    fn explain_creation(&mut self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let joining = match join::entry_of_newcomer(tx, self.tenant, &self.asked, None, self.question)? {
            Entry::Closed(policy) => format!(", and let them join: {policy}"),
            _ => String::new(),
        };
        let remedy = format!(
            "provision the person from the IdP; or turn on is_create_missing_user, which creates people at their first sign-in{joining}"
        );
        self.advise("just in time", "nobody is known, and the connection does not create missing users", remedy);
        Ok(())
    }

    fn explain_trust(&mut self, tx: &mut Tx<'_>, email: &str) -> Result<(), Error> {
        let remedy = match combine::candidate_if_trusted(tx, self.tenant, email)? {
            Candidate::One(user) => format!("is_trusted would combine user {}, who has this email", user.id),
            Candidate::Nobody(NOT_PROVEN) => format!("is_trusted would have no effect yet: {NOT_PROVEN}"),
            _ => return Ok(()),
        };
        self.advise("trusted email", "the connection does not trust email addresses", remedy);
        Ok(())
    }

    pub(super) fn answer(&mut self, tx: &mut Tx<'_>, verdict: &Verdict) -> Result<Answer, Error> {
        let (decision, outcome, reason, identity) = match verdict {
            Verdict::Allow(outcome, identity) => (Decision::Allow, Some(*outcome), Reason::Ok, Some(identity)),
            Verdict::Deny(reason, identity) => (Decision::Deny, None, *reason, identity.as_ref()),
        };
        let user = identity.map(|identity| answer_user(tx, identity)).transpose()?;
        Ok(Answer {
            decision,
            outcome,
            reason,
            user,
            identity: identity.map(|identity| AnswerIdentity {
                id: identity.id.clone(),
                kind: identity.kind.clone(),
                state: identity.state.clone(),
                origin: identity.origin.clone(),
            }),
            explanation: std::mem::take(&mut self.lines),
            dry_run: self.question.dry_run,
        })
    }

    pub(super) fn record(&self, tx: &mut Tx<'_>, answer: &Answer, verdict: &Verdict) -> Result<(), Error> {
        let kind =
            if matches!(verdict, Verdict::Allow(..)) { "user.authenticated" } else { "user.authentication_failed" };
        let about = About {
            connection: Some(self.tenant.key()),
            user: answer.user.as_ref().map(|user| user.id.as_str()),
            identity: answer.identity.as_ref().map(|identity| identity.id.as_str()),
            resource: None,
        };
        Ok(self.act.event(tx, kind, about, json!({ "outcome": answer.outcome, "reason": answer.reason }))?)
    }
}

fn answer_user(tx: &mut Tx<'_>, identity: &Identity) -> Result<AnswerUser, Error> {
    let user = users::load(tx, identity.user_key)?;
    Ok(AnswerUser {
        organizations: organizations::list_codes_of_user(tx, user.key)?,
        roles: held::of_user(tx, Reach::everything(), &user)?,
        id: user.id,
        email: user.email,
        given_name: user.given_name,
        family_name: user.family_name,
    })
}
