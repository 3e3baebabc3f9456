//! `anteroom schema load|list|show|remove`.

use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};

use super::output;
use super::session::Session;
use crate::clock::rfc3339;
use crate::identity::schemas::{self, Change, Owner, Shown};
use crate::identity::{Error, Reach};
use crate::scim;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Load schemas and resource types from a JSON file in the form of RFC 7643
    ///
    /// The file holds one Schema or ResourceType, an array of them, or a ListResponse. A definition takes the place of the
    /// one with the same name. What would harm stored resources is refused.
    Load {
        /// The file
        file: PathBuf,
        /// Id of the connection; without it the definitions are every connection's
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
        /// Check everything and say what would change, but change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List what was loaded
    List {
        /// Id of the connection; without it what is every connection's is listed
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
    /// Show one schema or resource type as it can be loaded again
    Show {
        /// URN of the schema or name of the resource type
        id: String,
        /// Id of the connection; without it one of every connection's is shown
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
    /// Remove a schema or resource type that nothing stored needs
    Remove {
        /// URN of the schema or name of the resource type
        id: String,
        /// Id of the connection; without it one of every connection's is removed
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Load { file, connection, dry_run } => {
            let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let value = scim::json::parse(&bytes).map_err(anyhow::Error::msg);
            let value = value.with_context(|| format!("{} is not JSON", file.display()))?;
            change(session, connection, Change::parse(value)?, dry_run).await
        }
        Command::Remove { id, connection } => change(session, connection, Change::Remove(id), false).await,
        Command::List { connection } => list(session, connection).await,
        Command::Show { id, connection } => {
            let found = session.store.read(move |tx| {
                let owner = Owner::load(tx, Reach::everything(), connection.as_deref())?;
                schemas::find(tx, &owner, &id)
            });
            output::json(&found.await?.definition)
        }
    }
}

async fn change(
    session: &Session,
    connection: Option<String>,
    change: Change,
    is_rehearsal: bool,
) -> anyhow::Result<()> {
    let act = session.act();
    let outcome = schemas::change(&session.store, &act, Reach::everything(), connection, change, is_rehearsal).await?;
    let mut shown = outcome.to_json();
    if let Some(object) = shown.as_object_mut() {
        object.insert("dry_run".to_owned(), is_rehearsal.into());
    }
    output::json(&shown)
}

async fn list(session: &Session, connection: Option<String>) -> anyhow::Result<()> {
    let found = session.store.read(move |tx| {
        let owner = Owner::load(tx, Reach::everything(), connection.as_deref())?;
        Ok::<_, Error>(schemas::list(tx, &owner)?)
    });
    let found = found.await?;
    if session.json {
        return output::json(&found.iter().map(shown).collect::<Value>());
    }
    let line = |shown: &Shown| format!("{:<14} {}  loaded {}", shown.kind, shown.id, rfc3339(shown.loaded));
    output::lines(&found.iter().map(line).collect::<Vec<_>>())
}

fn shown(shown: &Shown) -> Value {
    json!({ "id": shown.id, "type": shown.kind, "loaded_on": rfc3339(shown.loaded) })
}
