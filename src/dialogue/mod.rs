//! Dialogues: what an identity provider sends, what it must be answered, and what that meant.
//!
//! A dialogue is a JSON file under `tests/dialogues/<idp>/`: requests as they are on the wire, expected answers in part,
//! and plain words. The tests play every file against a real server; `anteroom quickstart` plays two of them for people to
//! read. Requests, expectations and how they are matched are those of `scim_conformance`; the player knows nothing else of
//! this program.

mod play;

use std::collections::BTreeMap;

pub use scim_conformance::exchange::{Expect, Idp, Kept, Request};
use serde::Deserialize;
use serde_json::Value;

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
