//! `anteroom organization set|suspend|restore`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::Reach;
use crate::identity::organizations::{self, Request};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say who may join an organization by themselves; what is not named stays
    Set(Set),
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

#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = true, args = ["self_join", "allowed_domains"])]
pub(super) struct Set {
    /// Code of the organization
    #[arg(long)]
    code: String,
    /// Whether those who name the organization at sign-in become members
    #[arg(long, value_name = "BOOL")]
    self_join: Option<bool>,
    /// The only domains whose people may join, with commas between them; empty for any domain
    #[arg(long, value_name = "DOMAINS")]
    allowed_domains: Option<String>,
}

async fn set(session: &Session, Set { code, self_join, allowed_domains }: Set) -> anyhow::Result<()> {
    let domains: Option<Vec<String>> = allowed_domains
        .map(|list| list.split(',').filter(|domain| !domain.trim().is_empty()).map(str::to_owned).collect());
    let request = Request {
        is_auto_membership_enabled: self_join,
        is_auto_join_domain_list: domains.as_ref().map(|domains| !domains.is_empty()),
        allowed_domains: domains,
        ..Request::default()
    };
    let (act, wanted) = (session.act(), code.clone());
    session.store.write(move |tx| organizations::update(tx, &act, Reach::everything(), &wanted, &request)).await?;
    output::json(&json!({ "organization_code": code, "set": true }))
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let (code, is_suspended) = match command {
        Command::Set(args) => return set(session, args).await,
        Command::Suspend { code } => (code, true),
        Command::Restore { code } => (code, false),
    };
    let (act, wanted) = (session.act(), code.clone());
    session.store.write(move |tx| organizations::set_suspended(tx, &act, &wanted, is_suspended)).await?;
    output::json(&json!({ "organization_code": code, "is_suspended": is_suspended }))
}
