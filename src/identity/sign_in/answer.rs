//! What the sign-in service is told: a decision, how it came about, and what would change it.

use serde::{Deserialize, Serialize};

use crate::identity::roles::held::Held;

/// Whether the person may enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Let them in.
    Allow,
    /// Do not.
    Deny,
}

/// How an allowed person was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// By the subject, or where the connection looks subjects up.
    Recognized,
    /// Provisioned before; this subject is bound to them from now on.
    Bound,
    /// A user known by a trusted email; signs in through this connection alone from now on.
    Combined,
    /// Made just in time.
    Created,
}

/// Why the decision is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Allowed.
    Ok,
    /// The connection is disabled or being deleted.
    ConnectionDisabled,
    /// The owner or the asked organization is suspended.
    OrganizationSuspended,
    /// There is no organization with this code.
    OrganizationNotFound,
    /// The asked organization may not use this connection.
    ConnectionNotAllowed,
    /// The directory deactivated the person.
    Deactivated,
    /// An administrator suspended the user.
    Suspended,
    /// The directory deleted the person, or gave their login to somebody else.
    Departed,
    /// The person with this email signed in with another subject before.
    SubjectMismatch,
    /// Several people could be meant.
    Ambiguous,
    /// The user with this email is also a member of another organization.
    MemberElsewhere,
    /// Not a member, and the organization's self-join policy does not let them join.
    NotAMember,
    /// Nobody is known, and no switch makes somebody.
    AccountNotFound,
}

/// One step of the explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What was looked at.
    pub step: String,
    /// What was found.
    pub finding: String,
    /// What an administrator can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// The user in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerUser {
    /// `kp_..`
    pub id: String,
    /// Email as known now.
    pub email: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Codes of the organizations they are a member of.
    pub organizations: Vec<String>,
    /// Their roles there, with the reason.
    #[serde(default)]
    pub roles: Vec<Held>,
}

/// The identity in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerIdentity {
    /// `identity_..`
    pub id: String,
    /// Always `enterprise`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `active`, `deactivated` or `held`.
    pub state: String,
    /// `admin`, `sign_in` or `directory`.
    pub origin: String,
}

/// The whole answer; HTTP 200 for both decisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Allow or deny.
    pub decision: Decision,
    /// How an allowed person was found.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reason: Reason,
    /// Who has arrived; of a denial, who was found.
    pub user: Option<AnswerUser>,
    /// The identity they came by.
    pub identity: Option<AnswerIdentity>,
    /// A line a step.
    pub explanation: Vec<Line>,
    /// Nothing was changed.
    pub dry_run: bool,
}
