//! What happens to a person who was found: nothing keeps them out, the subject is bound, they are let in.

use serde_json::json;

use super::answer::{Outcome, Reason};
use super::arrival::{Arrival, Verdict};
use super::join::{self, Entry};
use crate::identity::Error;
use crate::identity::act::About;
use crate::identity::profile;
use crate::scim::canonical::email_key;
use crate::store::Tx;
use crate::store::identities::{self, Identity};
use crate::store::users::{self, Profile, User};

impl Arrival<'_> {
    /// Lets a person who was found and locked in if nothing keeps them out.
    pub(super) fn enter(&mut self, tx: &mut Tx<'_>, outcome: Outcome, identity: &Identity) -> Result<Verdict, Error> {
        let user = users::load(tx, identity.user_key)?;
        if identity.state == "deactivated" {
            self.advise("state", "the directory deactivated the person", "activate the person in the IdP");
            return Ok(Verdict::Deny(Reason::Deactivated, Some(Box::new(identity.clone()))));
        }
        if user.is_suspended {
            self.advise("state", "an administrator suspended the user", "lift the suspension");
            return Ok(Verdict::Deny(Reason::Suspended, Some(Box::new(identity.clone()))));
        }
        let entry = join::entry(tx, self.tenant, &self.asked, Some(user.key), self.question)?;
        if let Some(Verdict::Deny(reason, _)) = self.closed(&entry) {
            return Ok(Verdict::Deny(reason, Some(Box::new(identity.clone()))));
        }
        if outcome == Outcome::Bound {
            self.bind(tx, identity, &user)?;
        }
        self.follow_claims(tx, identity, &user)?;
        self.let_in(tx, outcome, &entry, identity)
    }

    pub(super) fn closed(&mut self, entry: &Entry) -> Option<Verdict> {
        let Entry::Closed(text) = entry else {
            return None;
        };
        self.advise(
            "membership",
            text.clone(),
            "turn self-joining on for the organization, or add the person as a member",
        );
        Some(Verdict::Deny(Reason::NotAMember, None))
    }

    fn bind(&mut self, tx: &mut Tx<'_>, identity: &Identity, user: &User) -> Result<(), Error> {
        identities::set_subject(tx, identity.key, Some(&self.question.subject))?;
        let about = About {
            connection: Some(self.tenant.key()),
            user: Some(&user.id),
            identity: Some(&identity.id),
            resource: None,
        };
        Ok(self.act.event(tx, "identity.bound", about, json!({ "subject": self.question.subject }))?)
    }

    /// Claims update only people the IdP never pushed, and only if the connection says so.
    fn follow_claims(&mut self, tx: &mut Tx<'_>, identity: &Identity, user: &User) -> Result<(), Error> {
        if !self.tenant.settings.is_sync_user_profile_on_login || identity.pushed.is_some() {
            return Ok(());
        }
        let email = self.question.verified_email(self.tenant);
        let profile = Profile {
            email: email.map(str::to_owned).or_else(|| user.email.clone()),
            email_key: email.map_or_else(|| user.email_key.clone(), email_key),
            given_name: self.question.given_name.clone().or_else(|| user.given_name.clone()),
            family_name: self.question.family_name.clone().or_else(|| user.family_name.clone()),
            picture: None,
        };
        let changes = profile::differences(user, &profile);
        if changes.is_empty() {
            return Ok(());
        }
        self.say("profile", "the profile follows the sign-in claims");
        users::set_profile(tx, user.key, &profile, "sign_in", self.act.now)?;
        let about = About {
            connection: Some(self.tenant.key()),
            user: Some(&user.id),
            identity: Some(&identity.id),
            resource: None,
        };
        Ok(self.act.event(tx, "user.updated", about, json!({ "changes": changes }))?)
    }

    pub(super) fn let_in(
        &mut self,
        tx: &mut Tx<'_>,
        outcome: Outcome,
        entry: &Entry,
        identity: &Identity,
    ) -> Result<Verdict, Error> {
        join::join(tx, self.act, self.tenant, &self.asked, entry, identity)?;
        users::record_sign_in(tx, identity.user_key, self.act.now)?;
        identities::record_sign_in(tx, identity.key, self.act.now)?;
        if *entry == Entry::Joins {
            self.say("membership", "the organization's self-join policy made the person a member");
        }
        Ok(Verdict::Allow(outcome, Box::new(identity.clone())))
    }
}
