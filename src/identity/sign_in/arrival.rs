//! The steps of the question, in order, each leaving a line of explanation.

use super::answer::{Answer, Line, Outcome, Reason};
use super::join::{self, Asked};
use super::question::Question;
use crate::identity::{Act, Error, Tenant};
use crate::store::Tx;
use crate::store::identities::Identity;

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
pub(super) enum Verdict {
    Allow(Outcome, Box<Identity>),
    Deny(Reason, Option<Box<Identity>>),
}

/// A question on its way through the steps.
pub(super) struct Arrival<'a> {
    pub(super) act: &'a Act,
    pub(super) tenant: &'a Tenant,
    pub(super) question: &'a Question,
    pub(super) asked: Asked,
    pub(super) lines: Vec<Line>,
}

impl Arrival<'_> {
    pub(super) fn say(&mut self, step: &str, finding: impl Into<String>) {
        self.lines.push(Line { step: step.into(), finding: finding.into(), remedy: None });
    }

    pub(super) fn advise(&mut self, step: &str, finding: impl Into<String>, remedy: impl Into<String>) {
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
        self.explain_nobody(tx)?;
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
}
