//! `anteroom jobs run --once`.

use clap::Subcommand;
use serde_json::json;

use super::output;
use super::session::Session;
use crate::config::Dns;
use crate::jobs::Runner;
use crate::outbound::dns::Resolver;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the jobs that are due; a server does so by itself
    Run {
        /// Run them once and end
        #[arg(long, required = true)]
        once: bool,
        #[command(flatten)]
        dns: Dns,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let Command::Run { once: _, dns } = command;
    let (store, clock, ids) = (session.store.clone(), session.clock.clone(), session.ids.clone());
    let ran = Runner { store, clock, ids, resolver: Resolver::new(&dns) }.run_due().await?;
    if session.json {
        return output::json(&json!({ "ran": ran }));
    }
    let nothing = vec!["Nothing was due.".to_owned()];
    let lines = if ran.is_empty() { nothing } else { ran.iter().map(|name| format!("ran {name}")).collect() };
    output::lines(&lines)
}
