//! `anteroom scim-client create|list|rotate|revoke`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output;
use super::session::Session;
use super::token::micros;
use crate::clock::rfc3339;
use crate::identity::Reach;
use crate::identity::scim_clients::{self, Request};
use crate::store::scim_clients::ScimClient;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an OAuth client of a directory, with a secret, or for assertions of another issuer
    ///
    /// Prints JSON: client_id and client_secret. The secret is shown once. With --issuer and --subject there is none:
    /// the issuer's signed assertions take its place (RFC 7523, Entra's workload identity federation).
    Create(Create),
    /// List the OAuth clients of a directory, revoked ones too; never their secrets
    List {
        /// Id of the directory
        #[arg(long, value_name = "ID")]
        directory: String,
    },
    /// Give a client another secret; the others hold for an overlap
    ///
    /// Prints JSON: client_id and client_secret. The secret is shown once.
    Rotate {
        /// Id of the directory
        #[arg(long, value_name = "ID")]
        directory: String,
        /// Id of the client
        #[arg(long)]
        id: String,
        /// How long the other secrets hold, such as 30d, 12h or 30m
        #[arg(long, value_parser = micros, value_name = "DURATION", default_value = "30d")]
        overlap: i64,
    },
    /// Revoke a client: it is refused from the next request on, whatever its access tokens say
    Revoke {
        /// Id of the directory
        #[arg(long, value_name = "ID")]
        directory: String,
        /// Id of the client
        #[arg(long)]
        id: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct Create {
    /// Id of the directory
    #[arg(long, value_name = "ID")]
    directory: String,

    /// Name for administrators
    #[arg(long)]
    name: String,

    /// How long its access tokens are valid: 60m to 360m, or hours
    #[arg(long, value_parser = micros, value_name = "DURATION", default_value = "60m")]
    token_lifetime: i64,

    /// Who signs its assertions, as their "iss" says it
    #[arg(long, requires = "subject", value_name = "URL")]
    issuer: Option<String>,

    /// Whom its assertions speak of, as their "sub" says it
    #[arg(long, requires = "issuer")]
    subject: Option<String>,

    /// For whom its assertions are meant, as their "aud" says it [default: this server's token endpoint]
    #[arg(long, requires = "issuer")]
    audience: Option<String>,

    /// Where the issuer publishes its keys, a JWK set
    #[arg(long, requires = "issuer", value_name = "URL")]
    keys_url: Option<String>,

    /// File with the issuer's keys, a JWK set
    #[arg(long, requires = "issuer", conflicts_with = "keys_url", value_name = "FILE")]
    keys: Option<PathBuf>,
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create(args) => create(session, args).await,
        Command::List { directory } => list(session, directory).await,
        Command::Rotate { directory, id, overlap } => {
            let (act, wanted) = (session.act(), id.clone());
            let seconds = Some(overlap / 1_000_000);
            let made = session
                .store
                .write(move |tx| scim_clients::rotate(tx, &act, Reach::everything(), &directory, &wanted, seconds));
            output::json(&json!({ "client_id": id, "client_secret": made.await? }))
        }
        Command::Revoke { directory, id } => {
            let (act, wanted) = (session.act(), id.clone());
            let done =
                session.store.write(move |tx| scim_clients::revoke(tx, &act, Reach::everything(), &directory, &wanted));
            done.await?;
            output::json(&json!({ "client_id": id, "revoked": true }))
        }
    }
}

async fn create(session: &Session, args: Create) -> anyhow::Result<()> {
    let request = Request {
        name: Some(args.name),
        token_lifetime: Some(args.token_lifetime / 1_000_000),
        issuer: args.issuer,
        subject: args.subject,
        audience: args.audience,
        keys_url: args.keys_url,
        keys: args.keys.as_deref().map(read_keys).transpose()?,
    };
    let (act, directory) = (session.act(), args.directory);
    let made = session.store.write(move |tx| scim_clients::create(tx, &act, Reach::everything(), &directory, &request));
    let (client, secret) = made.await?;
    output::json(&json!({ "client_id": client.id, "client_secret": secret }))
}

fn read_keys(path: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

async fn list(session: &Session, directory: String) -> anyhow::Result<()> {
    let all = session.store.read(move |tx| scim_clients::list(tx, Reach::everything(), &directory)).await?;
    if session.json {
        return output::json(&all.iter().map(shown).collect());
    }
    let line = |client: &ScimClient| {
        let used = client.last_used.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", rfc3339(at)));
        let by = client.issuer.as_deref().unwrap_or("a secret");
        format!("{}  {}  {}, by {by}, {used}", client.id, state(client), client.name)
    };
    output::lines(&all.iter().map(line).collect::<Vec<_>>())
}

fn state(client: &ScimClient) -> &'static str {
    if client.revoked.is_some() { "revoked" } else { "valid" }
}

fn shown(client: &ScimClient) -> Value {
    json!({
        "client_id": client.id,
        "name": client.name,
        "state": state(client),
        "token_lifetime": client.token_seconds,
        "issuer": client.issuer,
        "subject": client.subject,
        "audience": client.audience,
        "keys_url": client.keys_url,
        "created": rfc3339(client.created),
        "last_used": client.last_used.map(rfc3339),
    })
}
