//! `anteroom identity add|unbind|delete`.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;

use super::output;
use super::session::Session;
use crate::identity::reach::Reach;
use crate::identity::{erase, identities};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Give a user another way to sign in
    ///
    /// An enterprise identity ties the user to a connection and replaces every other identity. Prints JSON: the
    /// identity's id.
    Add(Add),
    /// Release the subject an enterprise identity is bound to; the next sign-in binds anew
    #[command(group(clap::ArgGroup::new("which").required(true).args(["id", "connection"])))]
    Unbind {
        /// Id of the identity
        id: Option<String>,
        /// Release every identity of this connection instead
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
    /// Delete a way to sign in; a person whom the directory has written can only be removed there
    Delete {
        /// Id of the identity
        #[arg(long)]
        id: String,
        /// Yes, delete it
        #[arg(long, required = true)]
        yes: bool,
    },
}

#[derive(Clone, Debug, Args)]
pub(super) struct Add {
    /// Id of the user
    #[arg(long, value_name = "ID")]
    user: String,

    /// Type of the identity
    #[arg(long = "type", value_name = "TYPE", value_parser = PossibleValuesParser::new(["email", "username", "phone", "social", "enterprise"]))]
    kind: String,

    /// The value; of an enterprise identity the email as the IdP has it
    #[arg(long)]
    value: String,

    /// Id of the connection of an enterprise or social identity
    #[arg(long, value_name = "ID", required_if_eq_any([("kind", "enterprise"), ("kind", "social")]))]
    connection: Option<String>,

    /// Move a user who has an enterprise identity to another connection; the old directory must be gone or never have
    /// written the person
    #[arg(long, requires = "connection")]
    replace: bool,
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    let act = session.act();
    match command {
        Command::Add(Add { user, kind, value, connection, replace }) => {
            let (kind, value) = (Some(kind), Some(value));
            let request = identities::Request { kind, value, connection_id: connection, replace };
            let made = session.store.write(move |tx| identities::add(tx, &act, Reach::everything(), &user, &request));
            output::json(&json!({ "id": made.await? }))
        }
        Command::Unbind { connection: Some(connection), .. } => {
            let unbound = identities::unbind_all(&session.store, &act, Reach::everything(), &connection).await?;
            output::json(&json!({ "connection_id": connection, "unbound": unbound }))
        }
        Command::Unbind { id, .. } => {
            let id = id.unwrap_or_default();
            let unbound = id.clone();
            session.store.write(move |tx| identities::unbind(tx, &act, Reach::everything(), &id)).await?;
            output::json(&json!({ "id": unbound, "unbound": true }))
        }
        Command::Delete { id, .. } => {
            let deleted = id.clone();
            session.store.write(move |tx| erase::identity(tx, &act, Reach::everything(), &id)).await?;
            output::json(&json!({ "id": deleted, "deleted": true }))
        }
    }
}
