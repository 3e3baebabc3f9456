//! `anteroom organization suspend|restore`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::organizations;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Suspend an organization: its IdPs are refused and nobody signs in to it, from the next request on
    Suspend {
        /// Code of the organization
        #[arg(long)]
        code: String,
    },
    /// Restore a suspended organization
    Restore {
        /// Code of the organization
        #[arg(long)]
        code: String,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let (code, is_suspended) = match command {
        Command::Suspend { code } => (code, true),
        Command::Restore { code } => (code, false),
    };
    let (act, wanted) = (session.act(), code.clone());
    session.store.write(move |tx| organizations::set_suspended(tx, &act, &wanted, is_suspended)).await?;
    output::json(&json!({ "organization_code": code, "is_suspended": is_suspended }))
}
