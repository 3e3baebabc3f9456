//! `anteroom connection disable|enable`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::connections;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Disable a connection: its IdP is refused and nobody signs in through it, from the next request on
    Disable {
        /// Id of the connection
        #[arg(long)]
        id: String,
    },
    /// Enable a disabled connection
    Enable {
        /// Id of the connection
        #[arg(long)]
        id: String,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let (id, is_enabled) = match command {
        Command::Disable { id } => (id, false),
        Command::Enable { id } => (id, true),
    };
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| connections::set_enabled(tx, &act, &wanted, is_enabled)).await?;
    output::json(&json!({ "connection_id": id, "is_enabled": is_enabled }))
}
