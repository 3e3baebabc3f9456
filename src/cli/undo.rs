//! `anteroom undo`: what a trusted email combined, taken apart again.

use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::Reach;
use crate::identity::undo::{self, Listed};

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
    output::json(&json!(undone))
}

async fn list(session: &Session) -> anyhow::Result<()> {
    let now = session.clock.now();
    let (listed, has_more) = session.store.read(move |tx| undo::list(tx, Reach::everything(), now)).await?;
    if session.json {
        return output::json(&json!({ "undoable": listed, "has_more": has_more }));
    }
    let mut lines: Vec<String> = listed.iter().map(line).collect();
    if has_more {
        lines.push("and more".to_owned());
    }
    output::lines(&lines)
}

fn line(event: &Listed) -> String {
    let Listed { event_id, kind, user_id, connection_id, until, .. } = event;
    format!("{event_id}  {kind}  {user_id}  {connection_id}  until {until}")
}
