//! Why can't they sign in? What is wrong with a connection, said before somebody asks.
//!
//! Reads only. What it lists is bounded, what it counts is exact; nothing of the options is shown, they may hold secrets.

mod idp;
mod people;
mod settings;

use serde::Serialize;

pub use idp::Check;

use super::{Error, Reach, Tenant};
use crate::outbound::http::Fetcher;
use crate::store::{Tx, diagnosis as rows};

/// Rows of each list.
const SHOWN: usize = 500;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody, or none of those it is about, can sign in or be provisioned.
    Error,
    /// A setting has no effect, or another than it seems to have.
    Warning,
}

/// Something that cannot work as it is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// One of the codes in docs/troubleshooting.md.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What an administrator can do about it.
    pub remedy: String,
}

/// The numbers of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct People {
    /// With an enterprise identity on it.
    pub total: i64,
    /// The directory deactivated them.
    pub deactivated: i64,
    /// An administrator suspended their user.
    pub suspended: i64,
    /// The IdP has not spoken of them.
    pub never_pushed: i64,
    /// They have not signed in.
    pub never_signed_in: i64,
}

/// Somebody who would be denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// `kp_..`.
    pub user_id: String,
    /// Public id of the enterprise identity.
    pub identity_id: String,
    /// As the IdP names them.
    pub identity: String,
    /// The reason the sign-in question would give.
    pub reason: &'static str,
    /// What an administrator can do about it.
    pub remedy: &'static str,
}

/// Users who have one email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The email.
    pub email: String,
    /// The user with the identity on this connection.
    pub user_id: String,
    /// The others.
    pub others: Vec<String>,
    /// The commands that would make one user of two, where that can be: each tells what it would do.
    pub proposals: Vec<String>,
}

/// A denial that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecentDenial {
    /// RFC 3339.
    pub occurred: String,
    /// Whom it was about, where somebody was found.
    pub user_id: Option<String>,
    /// The reason that was given.
    pub reason: String,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// `conn_..`.
    pub connection_id: String,
    /// What cannot work.
    pub findings: Vec<Finding>,
    /// What the IdP was asked; empty when it was not, or the options do not lead to it.
    pub idp_checks: Vec<Check>,
    /// The numbers.
    pub people: People,
    /// Who would be denied, 500 at most.
    pub denied: Vec<Denied>,
    /// Whether there are more.
    pub denied_has_more: bool,
    /// Who is here twice, from 500 pairs at most.
    pub duplicates: Vec<Duplicate>,
    /// Denials among the last 2,000 events of the connection, latest first, 100 at most.
    pub recent_denials: Vec<RecentDenial>,
    #[serde(skip)]
    idp: idp::Target,
}

impl Diagnosis {
    /// Asks the IdP, too: outside of any transaction, as that takes seconds when it does not answer.
    pub async fn ask_idp(&mut self, fetcher: &Fetcher) {
        let outcome = self.idp.check(fetcher).await;
        self.idp_checks = outcome.checks;
        self.findings.extend(outcome.findings);
    }
}

/// Looks at a connection.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`.
pub fn diagnose(tx: &mut Tx<'_>, reach: Reach, id: &str, now: i64) -> Result<Diagnosis, Error> {
    let missing = || Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}"));
    let connection = reach.find_connection(tx, id)?.ok_or_else(missing)?;
    let tenant = Tenant::load(tx, connection)?;
    let facts = settings::Facts::load(tx, &tenant)?;
    let numbers = rows::count(tx, tenant.key())?;
    let (denied, denied_has_more) = people::denied(tx, &tenant, facts.owner.as_ref())?;
    Ok(Diagnosis {
        connection_id: tenant.connection.id.clone(),
        findings: settings::findings(&tenant, &facts, now),
        idp_checks: Vec::new(),
        idp: idp::Target::of(&tenant.connection),
        people: People {
            total: numbers.people,
            deactivated: numbers.deactivated,
            suspended: numbers.suspended,
            never_pushed: numbers.never_pushed,
            never_signed_in: numbers.never_signed_in,
        },
        denied,
        denied_has_more,
        duplicates: people::duplicates(tx, reach, &tenant)?,
        recent_denials: people::recent_denials(tx, &tenant)?,
    })
}
