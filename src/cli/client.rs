//! `anteroom client create|list|rotate|disable|enable`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use super::session::Session;
use super::token::micros;
use crate::clock::rfc3339;
use crate::identity::{clients, organizations};
use crate::store::clients::{self as rows, Client};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a client of the management API
    ///
    /// Prints JSON: client_id, client_secret and scopes. The secret is shown once. Get an access token with it from
    /// POST /oauth2/token (grant_type=client_credentials).
    Create(Create),
    /// List the clients; never their secrets
    List,
    /// Give a client another secret; the others hold for an overlap
    ///
    /// Prints JSON: client_id and client_secret. The secret is shown once.
    Rotate {
        /// Id of the client
        #[arg(long)]
        id: String,
        /// How long the other secrets hold, such as 30d, 12h or 30m
        #[arg(long, value_parser = micros, value_name = "DURATION", default_value = "30d")]
        overlap: i64,
    },
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
        Command::List => list(session).await,
        Command::Rotate { id, overlap } => {
            let (act, wanted) = (session.act(), id.clone());
            let secret = session.store.write(move |tx| clients::rotate(tx, &act, &wanted, overlap)).await?;
            output::json(&json!({ "client_id": id, "client_secret": secret }))
        }
        Command::Disable { id } => set_disabled(session, id, true).await,
        Command::Enable { id } => set_disabled(session, id, false).await,
    }
}

async fn list(session: &Session) -> anyhow::Result<()> {
    let all = session.store.read(rows::list).await?;
    let state = |client: &Client| if client.is_disabled { "disabled" } else { "enabled" };
    if session.json {
        let shown = |client: &Client| {
            json!({
                "client_id": client.id, "name": client.name, "scopes": client.scopes, "state": state(client),
                "is_bound": client.organization_key.is_some(), "created": rfc3339(client.created),
            })
        };
        return output::json(&all.iter().map(shown).collect());
    }
    let bound = |client: &Client| if client.organization_key.is_some() { ", of one organization" } else { "" };
    let line = |client: &Client| {
        format!("{}  {}{}  {}: {}", client.id, state(client), bound(client), client.name, client.scopes)
    };
    output::lines(&all.iter().map(line).collect::<Vec<_>>())
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
