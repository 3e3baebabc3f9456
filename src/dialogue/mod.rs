//! Dialogues: what an identity provider sends, what it must be answered, and what that meant.
//!
//! A dialogue is a JSON file under `tests/dialogues/<idp>/`: requests as they are on the wire, expected answers in part,
//! and plain words. The tests play every file against a real server; `anteroom quickstart` plays two of them for people to
//! read. The player knows HTTP and JSON and nothing else of this program.

mod fill;
mod matching;
mod play;
mod wire;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub use fill::Kept;
pub use matching::{Difference, difference};
pub use play::{Failure, Target, Told, play};

/// One behaviour of an identity provider, step by step.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialogue {
    /// What it shows, in one line.
    pub title: String,
    /// Who speaks; decides the headers every request carries.
    pub idp: Idp,
    /// Provider code of the directory it needs, such as `okta`.
    pub provider: String,
    /// Strategy of the connection it needs, such as `saml:okta`.
    pub strategy: String,
    /// Options of that connection.
    #[serde(default)]
    pub options: Option<Value>,
    /// Where the behaviour is described.
    pub source: String,
    /// People who must exist before, each with an enterprise identity on the connection.
    #[serde(default)]
    pub people: Vec<Person>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idp {
    /// Okta, custom app of the App Integration Wizard: full PUT.
    OktaAiw,
    /// Okta, app of its catalogue: PATCH.
    OktaOin,
    /// Microsoft Entra ID, default dialect.
    Entra,
    /// Microsoft Entra ID with `?aadOptscim062020`.
    EntraAadoptscim,
    /// OneLogin, whose bodies are templates that administrators write.
    Onelogin,
    /// JumpCloud.
    Jumpcloud,
    /// Google Workspace.
    Google,
    /// PingFederate and PingOne.
    Ping,
    /// Rippling.
    Rippling,
    /// CyberArk Identity.
    Cyberark,
    /// A client that keeps to the RFCs.
    Rfc,
}

/// Somebody who exists before the identity provider speaks; the id of the user is kept as `<as>.user`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name under which ids are kept.
    #[serde(rename = "as")]
    pub name: String,
    /// The email address as the identity provider has it.
    pub email: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "WrittenStep")]
pub struct Step {
    /// What the identity provider does, in plain words.
    pub says: String,
    /// What Anteroom did, in plain words.
    pub did: Option<String>,
    /// What is asked.
    pub ask: Ask,
    /// What must come back.
    pub expect: Expect,
    /// What is kept of the answer: name to JSON pointer.
    pub keep: BTreeMap<String, String>,
}

/// What a step asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A SCIM request.
    Scim(Request),
    /// The sign-in question: `POST /api/v1/connections/{connection}/sign_ins` with this body.
    SignIn(Value),
    /// `GET /api/v1/user` with this id.
    User(String),
}

/// A SCIM request.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// Relative to the SCIM base URL, as on the wire, query included.
    pub path: String,
    /// Headers beside the usual ones of the identity provider, or in their place; `null` leaves one out.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body.
    #[serde(default)]
    pub body: Option<Value>,
}

/// What must come back.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// One status or several, of which one.
    pub status: Statuses,
    /// Headers; a value that ends in `*` is a beginning.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A part of the body; see [`difference`].
    #[serde(default)]
    pub body: Option<Value>,
    /// JSON pointers that must lead nowhere.
    #[serde(default)]
    pub absent: Vec<String>,
    /// No `null` anywhere in the body.
    #[serde(default)]
    pub no_nulls: bool,
}

/// One status or several, of which one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Statuses {
    /// This one.
    One(u16),
    /// One of these.
    Many(Vec<u16>),
}

impl Default for Statuses {
    fn default() -> Self {
        Self::One(200)
    }
}

impl Statuses {
    /// Whether a status is among them.
    pub fn contains(&self, status: u16) -> bool {
        match self {
            Self::One(one) => *one == status,
            Self::Many(many) => many.contains(&status),
        }
    }
}

impl std::fmt::Display for Statuses {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(one) => write!(formatter, "{one}"),
            Self::Many(many) => write!(formatter, "one of {many:?}"),
        }
    }
}

/// A step as it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    says: String,
    #[serde(default)]
    send: Option<Request>,
    #[serde(default)]
    sign_in: Option<Value>,
    #[serde(default)]
    user: Option<UserId>,
    expect: Value,
    #[serde(default)]
    keep: BTreeMap<String, String>,
    #[serde(default)]
    did: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserId {
    id: String,
}

impl TryFrom<WrittenStep> for Step {
    type Error = String;

    fn try_from(written: WrittenStep) -> Result<Self, String> {
        let (ask, expect) = match (written.send, written.sign_in, written.user) {
            (Some(request), None, None) => {
                let expect = serde_json::from_value(written.expect).map_err(|error| error.to_string())?;
                (Ask::Scim(request), expect)
            }
            (None, Some(question), None) => (Ask::SignIn(question), Expect::ok(written.expect)),
            (None, None, Some(user)) => (Ask::User(user.id), Expect::ok(written.expect)),
            _ => return Err(format!("the step {:?} needs one of send, sign_in, user", written.says)),
        };
        Ok(Self { says: written.says, did: written.did, ask, expect, keep: written.keep })
    }
}

impl Expect {
    /// 200 with this part of a body.
    fn ok(body: Value) -> Self {
        Self { body: Some(body), ..Self::default() }
    }
}

impl Dialogue {
    /// Reads a dialogue file.
    ///
    /// # Errors
    /// The text is no JSON, has a member nobody knows, or a step that asks nothing or two things.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_step(step: &str) -> Result<Dialogue, serde_json::Error> {
        Dialogue::parse(&format!(
            r#"{{"title":"t","idp":"okta_aiw","provider":"okta","strategy":"saml:okta","source":"s","steps":[{step}]}}"#
        ))
    }

    #[test]
    fn a_step_asks_exactly_one_thing() {
        let send = r#""send":{"method":"GET","path":"/Users"}"#;
        let scim = with_step(&format!(r#"{{"says":"x",{send},"expect":{{"status":[200,204]}}}}"#)).unwrap();
        assert!(scim.steps[0].expect.status.contains(204));
        let user = with_step(r#"{"says":"x","user":{"id":"{ana.user}"},"expect":{"id":"{ana.user}"}}"#).unwrap();
        assert_eq!(user.steps[0].ask, Ask::User("{ana.user}".into()));
        assert!(with_step(r#"{"says":"x","expect":{"status":200}}"#).is_err());
        assert!(with_step(&format!(r#"{{"says":"x",{send},"sign_in":{{}},"expect":{{"status":200}}}}"#)).is_err());
    }

    #[test]
    fn a_misspelt_member_is_refused() {
        let step = r#"{"says":"x","send":{"method":"GET","path":"/Users"},"expect":{"status":200},"kepe":{}}"#;
        assert!(with_step(step).is_err());
        let step = r#"{"says":"x","send":{"method":"GET","path":"/Users"},"expect":{"statsu":200}}"#;
        assert!(with_step(step).is_err());
    }
}
