//! `anteroom diagnose`: what keeps the people of a connection out.

use serde_json::json;

use super::output;
use super::session::Session;
use crate::config::Outbound;
use crate::identity::Reach;
use crate::identity::diagnosis::{self, Diagnosis, Severity};
use crate::outbound::http::Fetcher;
use crate::scim::error::excerpt;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the connection
    #[arg(long, value_name = "ID")]
    connection: String,
    /// Do not ask the identity provider whether it is there and knows the client id and secret
    #[arg(long)]
    offline: bool,
    #[command(flatten)]
    outbound: Outbound,
}

pub(super) async fn run(session: &Session, args: Args) -> anyhow::Result<()> {
    let now = session.clock.now();
    let found = session.store.read(move |tx| diagnosis::diagnose(tx, Reach::everything(), &args.connection, now));
    let mut found = found.await?;
    if !args.offline {
        found.ask_idp(&Fetcher::new(&args.outbound)).await;
    }
    if session.json { output::json(&json!(found)) } else { output::lines(&lines(&found)) }
}

/// The diagnosis for people. Texts that a client chose are cut: nothing in them is for the terminal.
fn lines(found: &Diagnosis) -> Vec<String> {
    let people = &found.people;
    let mut lines = vec![format!(
        "{} people: {} deactivated, {} suspended, {} never pushed, {} never signed in",
        people.total, people.deactivated, people.suspended, people.never_pushed, people.never_signed_in
    )];
    for finding in &found.findings {
        let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
        lines.push(format!("{severity}: {} ({})", finding.message, finding.code));
        lines.push(format!("   remedy: {}", finding.remedy));
    }
    for check in found.idp_checks.iter().filter(|check| check.result == "ok") {
        lines.push(format!("asked the IdP: {} is fine", check.check.replace('_', " ")));
    }
    for person in &found.denied {
        lines.push(format!("denied: {} {}: {}", person.user_id, excerpt(&person.identity), person.reason));
        lines.push(format!("   remedy: {}", person.remedy));
    }
    if found.denied_has_more {
        lines.push("and more who would be denied".to_owned());
    }
    for same in &found.duplicates {
        lines.push(format!("duplicate: {} {} and {}", excerpt(&same.email), same.user_id, same.others.join(", ")));
        lines.extend(same.proposals.iter().map(|proposal| format!("   remedy: {proposal}")));
    }
    for denial in &found.recent_denials {
        let user = denial.user_id.as_deref().unwrap_or("nobody known");
        lines.push(format!("was denied: {} {user}: {}", denial.occurred, denial.reason));
    }
    lines
}
