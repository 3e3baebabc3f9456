//! One question and its answer: a request as data, what must come back, and what is kept of it.
//!
//! The cases, the simulators and the dialogues of a server's own tests speak in these.

pub mod fill;
mod idp;
mod matching;
mod wire;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use fill::Kept;
pub use idp::Idp;
pub use matching::{Difference, difference, first_null};
pub use wire::{Answer, Client, Limits, Sent, Trouble};

/// A SCIM request.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// Relative to the SCIM base URL, as on the wire, query included.
    pub path: String,
    /// Headers beside the usual ones of the identity provider, or in their place; `null` leaves one out.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body; a `text` is sent as it is.
    #[serde(default)]
    pub body: Option<Value>,
    /// The body of a request that is no JSON.
    #[serde(default)]
    pub text: Option<String>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), headers: BTreeMap::new(), body: None, text: None }
    }

    /// A request with a body.
    pub fn with(method: &str, path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(method, path) }
    }

    /// The request with kept values put in, for a server and a token.
    ///
    /// # Errors
    /// The name nobody has kept.
    pub fn filled(&self, idp: Idp, base: &str, token: &str, kept: &Kept) -> Result<Sent, String> {
        let path = fill::text(&self.path, kept)?;
        let body = match (&self.text, &self.body) {
            (Some(text), _) => Some(fill::text(text, kept)?),
            (None, Some(body)) => Some(fill::value(body, kept)?.to_string()),
            (None, None) => None,
        };
        let mut headers = idp.usual_headers(body.is_some());
        headers.insert("authorization".into(), format!("Bearer {token}"));
        for (name, value) in &self.headers {
            let name = name.to_ascii_lowercase();
            match value {
                Some(value) => headers.insert(name, fill::text(value, kept)?),
                None => headers.remove(&name),
            };
        }
        Ok(Sent { method: self.method.clone(), url: format!("{base}{path}"), headers, body })
    }
}

/// What must come back.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// One status or several, of which one.
    pub status: Statuses,
    /// Headers; a value that ends in `*` is a beginning, `*` alone is any.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A part of the body; see [`difference`]. Not looked at in a 204.
    #[serde(default)]
    pub body: Option<Value>,
    /// JSON pointers that must lead nowhere.
    #[serde(default)]
    pub absent: Vec<String>,
    /// No `null` anywhere in the body.
    #[serde(default)]
    pub no_nulls: bool,
    /// Texts that must be nowhere in the body.
    #[serde(default)]
    pub without: Vec<String>,
}

/// One status or several, of which one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
            Self::Many(many) => {
                let many: Vec<String> = many.iter().map(u16::to_string).collect();
                write!(formatter, "one of {}", many.join(", "))
            }
        }
    }
}

impl Expect {
    /// This status, whatever the body.
    pub fn status(status: u16) -> Self {
        Self { status: Statuses::One(status), ..Self::default() }
    }

    /// 200 with this part of a body.
    pub fn ok(body: Value) -> Self {
        Self { body: Some(body), ..Self::default() }
    }

    /// What is wrong with an answer.
    ///
    /// # Errors
    /// The first thing that is not as expected, in words.
    pub fn check(&self, answer: &Answer, kept: &Kept) -> Result<(), String> {
        if !self.status.contains(answer.status) {
            return Err(format!("expected status {}, got {}", self.status, answer.status));
        }
        for (name, wanted) in &self.headers {
            check_header(name, &fill::text(wanted, kept).map_err(|name| unknown(&name))?, answer)?;
        }
        if let Some(wanted) = self.body.as_ref().filter(|_| answer.status != 204) {
            let wanted = fill::value(wanted, kept).map_err(|name| unknown(&name))?;
            if let Some(difference) = difference(&wanted, &answer.body) {
                return Err(difference.to_string());
            }
        }
        for pointer in &self.absent {
            if let Some(got) = answer.body.pointer(pointer) {
                return Err(format!("at {pointer}: expected nothing, got {got}"));
            }
        }
        for text in &self.without {
            let text = fill::text(text, kept).map_err(|name| unknown(&name))?;
            if answer.text.contains(&text) {
                return Err(format!("{text:?} must not be in the answer"));
            }
        }
        match first_null(&answer.body).filter(|_| self.no_nulls) {
            Some(pointer) => Err(format!("at {pointer}: expected no null")),
            None => Ok(()),
        }
    }
}

/// What is said of a name nobody has kept.
pub fn unknown(name: &str) -> String {
    format!("nothing is kept under the name {name:?}")
}

fn check_header(name: &str, wanted: &str, answer: &Answer) -> Result<(), String> {
    let got = answer.header(name);
    let is_match = match (wanted.strip_suffix('*'), got) {
        (Some(beginning), Some(got)) => got.starts_with(beginning),
        (None, Some(got)) => got == wanted,
        (_, None) => false,
    };
    if is_match { Ok(()) } else { Err(format!("header {name}: expected {wanted:?}, got {got:?}")) }
}
