//! `anteroom sign-in`: the question of the sign-in service, asked by hand.

use serde_json::{Value, json};

use super::output;
use super::session::Session;
use crate::identity::sign_in::{self, Question};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the connection they come through
    #[arg(long, value_name = "ID")]
    connection: String,

    /// The IdP's id for the person: SAML NameID, OIDC sub or oid
    #[arg(long)]
    subject: String,

    /// The email claim
    #[arg(long)]
    email: Option<String>,

    /// The email_verified claim is true
    #[arg(long, requires = "email")]
    email_verified: bool,

    /// The given name claim
    #[arg(long)]
    given_name: Option<String>,

    /// The family name claim
    #[arg(long)]
    family_name: Option<String>,

    /// Code of the organization they want to enter [default: the connection's owner]
    #[arg(long, value_name = "CODE")]
    organization: Option<String>,

    /// Answer, but change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    fn question(self) -> Question {
        Question {
            subject: self.subject,
            email: self.email,
            email_verified: self.email_verified.then_some(Value::Bool(true)),
            given_name: self.given_name,
            family_name: self.family_name,
            organization_code: self.organization,
            request_id: None,
            dry_run: self.dry_run,
        }
    }
}

pub(super) async fn run(session: &Session, args: Args) -> anyhow::Result<()> {
    let connection = args.connection.clone();
    let answer = sign_in::ask(&session.store, &session.act(), &connection, &args.question()).await?;
    let answer = json!(answer);
    if session.json { output::json(&answer) } else { output::lines(&lines(&answer)) }
}

/// The answer for people: the decision, who it is, and each step with its remedy.
fn lines(answer: &Value) -> Vec<String> {
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let facts = [
        ("decision", text("/decision")),
        ("outcome", text("/outcome")),
        ("reason", text("/reason")),
        ("user", text("/user/id")),
        ("email", text("/user/email")),
        ("identity", text("/identity/id")),
    ];
    let mut lines: Vec<String> =
        facts.into_iter().filter_map(|(name, value)| Some(format!("{name:<10}{}", value?))).collect();
    for (at, step) in answer.pointer("/explanation").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let text = |name: &str| step.get(name).and_then(Value::as_str);
        lines.push(format!(
            "{}. {}: {}",
            at + 1,
            text("step").unwrap_or_default(),
            text("finding").unwrap_or_default()
        ));
        lines.extend(text("remedy").map(|remedy| format!("   remedy: {remedy}")));
    }
    if answer.get("dry_run") == Some(&Value::Bool(true)) {
        lines.push("Nothing was changed (--dry-run).".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_reads_as_decision_person_and_steps() {
        let answer = json!({
            "decision": "deny", "outcome": null, "reason": "account_not_found", "user": null, "identity": null,
            "explanation": [{ "step": "subject", "finding": "nobody", "remedy": "provision them" }], "dry_run": true,
        });
        let expected = [
            "decision  deny",
            "reason    account_not_found",
            "1. subject: nobody",
            "   remedy: provision them",
            "Nothing was changed (--dry-run).",
        ];
        assert_eq!(lines(&answer), expected);
    }
}
