//! Cases: one behaviour each, as data.
//!
//! A case is a JSON file under `cases/<group>/`. The group says who asks for the behaviour: a section of a standard, or an
//! identity provider. What data cannot say is in [`code`](crate::code).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::exchange::{Expect, Idp, Request};

/// How binding a behaviour is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// The standard leaves it open; a client may still be glad of it.
    May,
    /// The standard recommends it.
    Should,
    /// An identity provider's synchronization breaks without it.
    Idp,
    /// The standard demands it.
    Must,
}

impl std::fmt::Display for Level {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::May => "MAY",
            Self::Should => "SHOULD",
            Self::Idp => "IDP",
            Self::Must => "MUST",
        })
    }
}

/// What a server must be able to do for a case to be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Feature {
    /// PATCH.
    Patch,
    /// Bulk requests.
    Bulk,
    /// Filters.
    Filter,
    /// Sorted lists.
    Sort,
    /// Versions in `ETag`.
    Etag,
    /// Passwords that can be set.
    ChangePassword,
    /// Paging by cursor (RFC 9865).
    Cursor,
    /// Groups.
    Groups,
    /// The enterprise extension of users.
    Enterprise,
}

impl std::fmt::Display for Feature {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Patch => "patch",
            Self::Bulk => "bulk",
            Self::Filter => "filter",
            Self::Sort => "sort",
            Self::Etag => "etag",
            Self::ChangePassword => "changePassword",
            Self::Cursor => "cursor",
            Self::Groups => "groups",
            Self::Enterprise => "enterprise",
        })
    }
}

/// What the report says of a case, whether it is data or code.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Kebab-case, unique over all groups: the name of the file.
    #[serde(skip_deserializing)]
    pub id: String,
    /// The folder it is in.
    #[serde(skip_deserializing)]
    pub group: String,
    /// What a server does that behaves well, in one line.
    pub title: String,
    /// RFC and section, or the vendor's page.
    pub source: String,
    /// How binding it is.
    pub level: Level,
    /// What the server must be able to do.
    #[serde(default)]
    pub needs: Vec<Feature>,
    /// Attributes of users that it is about, such as `title` or `name.givenName`: with `--adaptive`, a server without one of
    /// them is not asked.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Why it matters, where no sentence of a standard says so.
    #[serde(default)]
    pub why: String,
    /// What to do when it fails.
    pub advice: String,
}

/// One behaviour.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Case {
    /// What the report says of it.
    #[serde(flatten)]
    pub about: About,
    /// Who asks; decides the headers every request carries.
    #[serde(default)]
    pub idp: Idp,
    /// Who and what must exist before.
    #[serde(default)]
    pub given: Given,
    /// What happens.
    pub steps: Vec<Step>,
}

/// Who and what must exist before; each is removed again afterwards.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// People by name: what differs from a usual person (merge patch). Kept as `<name>` (the id), `<name>.body`,
    /// `<name>.userName` and `<name>.etag`.
    #[serde(default)]
    pub users: Map<String, Value>,
    /// Groups by name: `members` names people or groups given before. Kept as the people are, with `<name>.displayName`.
    #[serde(default)]
    pub groups: Map<String, Value>,
}

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is asked, in plain words.
    pub says: String,
    /// The request.
    pub send: Request,
    /// What must come back.
    pub expect: Expect,
    /// What is kept of the answer: name to JSON pointer, or to `header:<name>`.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// It only sets the stage: when it fails, the behaviour could not be tried.
    #[serde(default)]
    pub is_setup: bool,
}
