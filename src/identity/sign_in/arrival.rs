//! The steps of the question, in order, each leaving a line of explanation.

use serde_json::json;

use super::answer::{Answer, AnswerIdentity, AnswerUser, Decision, Line, Outcome, Reason};
use super::find::{self, Found};
use super::join::{self, Asked, Entry};
use super::question::Question;
use crate::identity::act::About;
use crate::identity::combine::{self, Candidate};
use crate::identity::enterprise::{self, Made, Origin};
use crate::identity::settings::SubjectSource;
use crate::identity::{Act, Error, Tenant};
use crate::scim::canonical::{canonical, email_key};
use crate::scim::resource::Document;
use crate::store::identities::{self, Identity};
use crate::store::users::{self, Profile, User};
use crate::store::{Tx, departures, organizations, resources};

/// Decides, and does what the decision says.
pub(super) fn decide(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, question: &Question) -> Result<Answer, Error> {
    let mut arrival = Arrival { act, tenant, question, asked: Asked::Nowhere, lines: Vec::new() };
    let verdict = arrival.verdict(tx)?;
    let answer = arrival.answer(tx, &verdict)?;
    arrival.record(tx, &answer, &verdict)?;
    Ok(answer)
}

/// What the steps came to.
#[derive(Debug)]
enum Verdict {
    Allow(Outcome, Box<Identity>),
    Deny(Reason, Option<Box<Identity>>),
}

struct Arrival<'a> {
    act: &'a Act,
    tenant: &'a Tenant,
    question: &'a Question,
    asked: Asked,
    lines: Vec<Line>,
}

impl Arrival<'_> {
    fn say(&mut self, step: &str, finding: impl Into<String>) {
        self.lines.push(Line { step: step.into(), finding: finding.into(), remedy: None });
    }

    fn advise(&mut self, step: &str, finding: impl Into<String>, remedy: impl Into<String>) {
        self.lines.push(Line { step: step.into(), finding: finding.into(), remedy: Some(remedy.into()) });
    }

    fn verdict(&mut self, tx: &mut Tx<'_>) -> Result<Verdict, Error> {
        if let Some(refused) = self.check_connection(tx)? {
            return Ok(refused);
        }
        for step in [
            Self::by_subject,
            Self::by_external_id,
            Self::by_departed_subject,
            Self::by_email,
            Self::by_departed_email,
            Self::by_trust,
            Self::just_in_time,
        ] {
            if let Some(verdict) = step(self, tx)? {
                return Ok(verdict);
            }
        }
        self.explain_nobody();
        Ok(Verdict::Deny(Reason::AccountNotFound, None))
    }

    fn check_connection(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if self.tenant.connection.state != "active" {
            self.advise(
                "connection",
                format!("the connection is {}", self.tenant.connection.state),
                "enable the connection",
            );
            return Ok(Some(Verdict::Deny(Reason::ConnectionDisabled, None)));
        }
        self.asked = join::asked(tx, self.tenant, self.question)?;
        if let Asked::Refused(reason, text) = &self.asked {
            let (reason, text) = (*reason, text.clone());
            self.say("organization", text);
            return Ok(Some(Verdict::Deny(reason, None)));
        }
        self.say("connection", "the connection and its organization are active");
        Ok(None)
    }

    fn by_subject(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        match find::by_subject(tx, self.tenant, self.question)? {
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

    fn is_binding(&self) -> bool {
        self.tenant.settings.subject_source() == SubjectSource::Bound
    }

    fn by_external_id(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if !self.is_binding() {
            return Ok(None);
        }
        let found = find::by_external_id(tx, self.tenant, self.question)?;
        self.provisioned(tx, found, "externalId")
    }

    fn by_email(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        if !self.is_binding() {
            return Ok(None);
        }
        let Some(email) = self.question.verified_email(self.tenant).map(str::to_owned) else {
            self.say("email", "no verified email was given, so no email was matched");
            return Ok(None);
        };
        let found = find::by_email(tx, self.tenant, &email)?;
        self.provisioned(tx, found, "email")
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

    fn by_departed_subject(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        let found = departures::find_by_subject(tx, self.tenant.key(), &self.question.subject, self.act.now)?;
        Ok(found.map(|_| self.departed()))
    }

    fn by_departed_email(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
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

    fn by_trust(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
        let Some(email) = self.question.verified_email(self.tenant).map(str::to_owned) else {
            return Ok(None);
        };
        match combine::candidate(tx, self.tenant, &email)? {
            Candidate::One(user) => self.combine(tx, &user, &email).map(Some),
            Candidate::Nobody(why) => {
                self.say("trusted email", why);
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

    fn combine(&mut self, tx: &mut Tx<'_>, user: &User, email: &str) -> Result<Verdict, Error> {
        self.say("trusted email", "a user with this trusted email exists and may be combined");
        let owner_asked = matches!(&self.asked, Asked::Organization(asked) if Some(asked.key) == self.tenant.connection.organization_key);
        let entry = if owner_asked {
            Entry::Open
        } else {
            join::entry(tx, self.tenant, &self.asked, Some(user.key), self.question)?
        };
        if let Some(closed) = self.closed(&entry) {
            return Ok(closed);
        }
        if self.is_name_taken(tx, email)? {
            return Ok(Verdict::Deny(Reason::Ambiguous, None));
        }
        let document = self.document(email);
        let subject = self.subject_to_bind();
        let made = combine::carry_out(tx, self.act, self.tenant, user, Origin::SignIn, subject, &document)?;
        self.let_in(tx, Outcome::Combined, &entry, &made.identity)
    }

    fn just_in_time(&mut self, tx: &mut Tx<'_>) -> Result<Option<Verdict>, Error> {
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
    fn is_name_taken(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<bool, Error> {
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

    fn document(&self, name: &str) -> Document {
        let mut document = if self.question.verified_email(self.tenant) == Some(name) {
            Document::stand_in(name)
        } else {
            Document::named(name)
        };
        document.set_name(self.question.given_name.as_deref(), self.question.family_name.as_deref());
        document
    }

    fn subject_to_bind(&self) -> Option<&str> {
        self.is_binding().then_some(self.question.subject.as_str())
    }

    fn closed(&mut self, entry: &Entry) -> Option<Verdict> {
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

    /// Lets a found person in if nothing keeps them out.
    fn enter(&mut self, tx: &mut Tx<'_>, outcome: Outcome, found: &Identity) -> Result<Verdict, Error> {
        let identity = identities::lock(tx, found.key)?.unwrap_or_else(|| found.clone());
        let user = users::load(tx, identity.user_key)?;
        if identity.state == "deactivated" {
            self.advise("state", "the directory deactivated the person", "activate the person in the IdP");
            return Ok(Verdict::Deny(Reason::Deactivated, Some(Box::new(identity))));
        }
        if user.is_suspended {
            self.advise("state", "an administrator suspended the user", "lift the suspension");
            return Ok(Verdict::Deny(Reason::Suspended, Some(Box::new(identity))));
        }
        let entry = join::entry(tx, self.tenant, &self.asked, Some(user.key), self.question)?;
        if let Some(Verdict::Deny(reason, _)) = self.closed(&entry) {
            return Ok(Verdict::Deny(reason, Some(Box::new(identity))));
        }
        if outcome == Outcome::Bound {
            self.bind(tx, &identity, &user)?;
        }
        self.follow_claims(tx, &identity, &user)?;
        self.let_in(tx, outcome, &entry, &identity)
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
        self.say("profile", "the profile follows the sign-in claims");
        Ok(users::set_profile(tx, user.key, &profile, "sign_in", self.act.now)?)
    }

    fn let_in(
        &mut self,
        tx: &mut Tx<'_>,
        outcome: Outcome,
        entry: &Entry,
        identity: &Identity,
    ) -> Result<Verdict, Error> {
        join::join(tx, self.act, &self.asked, entry, identity.user_key)?;
        users::record_sign_in(tx, identity.user_key, self.act.now)?;
        identities::record_sign_in(tx, identity.key, self.act.now)?;
        if *entry == Entry::Joins {
            self.say("membership", "the organization's self-join policy made the person a member");
        }
        Ok(Verdict::Allow(outcome, Box::new(identity.clone())))
    }

    /// Each switch that would change the answer, and what it would do.
    fn explain_nobody(&mut self) {
        if !self.tenant.settings.is_create_missing_user {
            let remedy = "provision the person from the IdP; or turn on is_create_missing_user, which creates people at their first sign-in";
            self.advise("just in time", "nobody is known, and the connection does not create missing users", remedy);
        }
        if !self.tenant.settings.is_trusted {
            let remedy =
                "is_trusted would combine an existing user of the organization with this email, for proven domains";
            self.advise("trusted email", "the connection does not trust email addresses", remedy);
        }
    }

    fn answer(&mut self, tx: &mut Tx<'_>, verdict: &Verdict) -> Result<Answer, Error> {
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

    fn record(&self, tx: &mut Tx<'_>, answer: &Answer, verdict: &Verdict) -> Result<(), Error> {
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
        id: user.id,
        email: user.email,
        given_name: user.given_name,
        family_name: user.family_name,
    })
}
