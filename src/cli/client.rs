//! `anteroom client create|disable|enable`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::{clients, organizations};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a client of the management API
    ///
    /// Prints JSON: client_id, client_secret and scopes. The secret is shown once. Get an access token with it from
    /// POST /oauth2/token (grant_type=client_credentials).
    Create(Create),
    /// Disable a client: it is refused from the next request on, whatever its access tokens say
    Disable {
        /// Id of the client
        #[arg(long)]
        id: String,
    },
    /// Enable a disabled client
    Enable {
        /// Id of the client
        #[arg(long)]
        id: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct Create {
    /// Name for administrators
    #[arg(long)]
    name: String,

    /// Scopes, separated by commas or spaces, such as create:sign_ins,read:users; all grants every scope
    #[arg(long, required = true, num_args = 1..)]
    scopes: Vec<String>,

    /// Code or name of the one organization whose objects the client may see and change [default: everything]
    #[arg(long, value_name = "CODE|NAME")]
    organization: Option<String>,
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(args) => create(session, args).await,
        Command::Disable { id } => set_disabled(session, id, true).await,
        Command::Enable { id } => set_disabled(session, id, false).await,
    }
}

async fn set_disabled(session: &Session, id: String, is_disabled: bool) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| clients::set_disabled(tx, &act, &wanted, is_disabled)).await?;
    output::json(&json!({ "client_id": id, "is_disabled": is_disabled }))
}

async fn create(session: &Session, args: Create) -> anyhow::Result<()> {
    let act = session.act();
    let made = session.store.write(move |tx| {
        let organization =
            args.organization.as_deref().map(|text| organizations::load_by_code_or_name(tx, text)).transpose()?;
        clients::create(tx, &act, &args.name, &args.scopes, organization.as_ref())
    });
    let (client, secret) = made.await?;
    output::json(&json!({ "client_id": client.id, "client_secret": secret, "scopes": client.scopes }))
}
