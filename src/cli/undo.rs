//! `anteroom undo`: what a trusted email combined, taken apart again.

use serde_json::{Value, json};

use super::output;
use super::session::Session;
use crate::clock::rfc3339;
use crate::identity::Reach;
use crate::identity::undo;
use crate::store::undos::Undoable;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the event to undo
    #[arg(required_unless_present = "list")]
    event_id: Option<String>,

    /// List what can be undone, newest first
    #[arg(long, conflicts_with_all = ["event_id", "dry_run"])]
    list: bool,

    /// Check everything, but change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(session: &Session, args: Args) -> anyhow::Result<()> {
    let Some(id) = args.event_id else {
        return list(session).await;
    };
    let undone = undo::carry_out(&session.store, &session.act(), Reach::everything(), &id, args.dry_run).await?;
    output::json(&json!({
        "event_id": undone.event_id, "kind": undone.kind, "by_event": undone.by_event, "user_id": undone.user_id,
        "new_user_id": undone.new_user_id, "dry_run": undone.is_dry_run,
    }))
}

async fn list(session: &Session) -> anyhow::Result<()> {
    let now = session.act().now;
    let (listed, has_more) = session.store.read(move |tx| undo::list(tx, Reach::everything(), now)).await?;
    if session.json {
        let shown: Value = listed.iter().map(shown).collect();
        return output::json(&json!({ "undoable": shown, "has_more": has_more }));
    }
    let mut lines: Vec<String> = listed.iter().map(line).collect();
    if has_more {
        lines.push("and more".to_owned());
    }
    output::lines(&lines)
}

fn shown(event: &Undoable) -> Value {
    json!({
        "event_id": event.event_id, "kind": event.kind, "occurred_on": rfc3339(event.occurred),
        "user_id": event.user_id, "connection_id": event.connection_id, "until": rfc3339(undo::until(event)),
    })
}

fn line(event: &Undoable) -> String {
    let user = event.user_id.as_deref().unwrap_or_default();
    let until = rfc3339(undo::until(event));
    format!("{}  {}  {user}  {}  until {until}", event.event_id, event.kind, event.connection_id)
}
