//! `anteroom connection set|disable|enable|delete|restore|move|pending`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output;
use super::session::Session;
use crate::clock::rfc3339;
use crate::identity::connections::{self, Change};
use crate::identity::merge::cut_over::{Counts, CutOver, Outcome, Person};
use crate::identity::{Reach, pending_members};
use crate::scim::error::excerpt;
use crate::store::pending_members::Pending;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Set options of a connection; what is not named stays
    ///
    /// Secrets are better given through the management API: other users of this machine can read a command line.
    Set {
        /// Id of the connection
        #[arg(long)]
        id: String,
        /// An option and its value as JSON or text, such as is_trusted=true; null takes it away
        #[arg(value_name = "OPTION=VALUE", required = true, value_parser = option)]
        options: Vec<(String, Value)>,
    },
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
    /// Delete a connection: nobody signs in through it from now on; for seven days it can be restored
    ///
    /// Its directory must be deleted first. Afterwards its people and groups are removed; users keep their id.
    Delete {
        /// Id of the connection
        #[arg(long)]
        id: String,
        /// Yes, delete it
        #[arg(long, required = true)]
        yes: bool,
    },
    /// Restore a deleted connection within seven days, as it was
    Restore {
        /// Id of the connection
        #[arg(long)]
        id: String,
    },
    /// Move the people of an old connection to a new one that knows them already; they keep their user ids
    ///
    /// Without --yes it tells who would be whom. People are paired by externalId, else by email. The directory of the old
    /// connection must be deleted first, and the new IdP should have pushed everybody.
    Move {
        /// Id of the old connection
        #[arg(long, value_name = "ID")]
        from: String,
        /// Id of the new connection
        #[arg(long, value_name = "ID")]
        to: String,
        /// Yes, move them
        #[arg(long)]
        yes: bool,
    },
    /// List the members that groups wait for: named by the IdP, and not here yet
    Pending {
        /// Id of the connection
        #[arg(long)]
        id: String,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Set { id, options } => set(session, id, options).await,
        Command::Disable { id } => set_enabled(session, id, false).await,
        Command::Enable { id } => set_enabled(session, id, true).await,
        Command::Delete { id, .. } => delete(session, id).await,
        Command::Restore { id } => restore(session, id).await,
        Command::Move { from, to, yes } => move_people(session, [from, to], !yes).await,
        Command::Pending { id } => pending(session, id).await,
    }
}

fn option(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("write OPTION=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok((name.to_owned(), value))
}

async fn set(session: &Session, id: String, options: Vec<(String, Value)>) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    let set: Vec<String> = options.iter().map(|(name, _)| name.clone()).collect();
    let change = Change { options: Some(options.into_iter().collect()), ..Change::default() };
    session.store.write(move |tx| connections::update(tx, &act, Reach::everything(), &wanted, &change)).await?;
    output::json(&json!({ "connection_id": id, "set": set }))
}

async fn set_enabled(session: &Session, id: String, is_enabled: bool) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| connections::set_enabled(tx, &act, &wanted, is_enabled)).await?;
    output::json(&json!({ "connection_id": id, "is_enabled": is_enabled }))
}

async fn delete(session: &Session, id: String) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    let until = session.store.write(move |tx| connections::delete(tx, &act, Reach::everything(), &wanted)).await?;
    output::json(&json!({ "connection_id": id, "restorable_until": rfc3339(until) }))
}

async fn restore(session: &Session, id: String) -> anyhow::Result<()> {
    let (act, wanted) = (session.act(), id.clone());
    session.store.write(move |tx| connections::restore(tx, &act, Reach::everything(), &wanted)).await?;
    output::json(&json!({ "connection_id": id, "restored": true }))
}

async fn move_people(session: &Session, ids: [String; 2], is_dry_run: bool) -> anyhow::Result<()> {
    let mut cut_over = CutOver::new(session.store.clone(), session.act(), Reach::everything(), ids, is_dry_run);
    let (mut people, mut counts) = (Vec::new(), Counts::default());
    while let Some(page) = cut_over.next().await? {
        for person in page {
            counts.add(&person);
            if session.json { people.push(person) } else { output::lines(&[moved(&person)])? }
        }
    }
    if session.json {
        return output::json(&json!({ "dry_run": is_dry_run, "counts": counts, "people": people }));
    }
    let Counts { paired, unpaired, ambiguous, failed } = counts;
    let done = if is_dry_run { "would move" } else { "moved" };
    output::lines(&[format!(
        "{paired} {done}, {unpaired} have no counterpart, {ambiguous} are ambiguous, {failed} failed"
    )])
}

fn moved(person: &Person) -> String {
    let identity = excerpt(&person.identity);
    let more = match (person.outcome, &person.new_user_id, person.paired_by) {
        (Outcome::Failed, ..) => person.message.clone().unwrap_or_default(),
        (_, Some(new), Some(by)) if person.has_signed_in == Some(true) => {
            format!("by {by}, instead of {new}, who has signed in")
        }
        (_, Some(new), Some(by)) => format!("by {by}, instead of {new}"),
        _ => String::new(),
    };
    let outcome = match person.outcome {
        Outcome::Paired => "paired",
        Outcome::Moved => "moved",
        Outcome::Unpaired => "no counterpart",
        Outcome::Ambiguous => "ambiguous",
        Outcome::Failed => "failed",
    };
    format!("{}  {identity}  {outcome} {more}", person.user_id).trim_end().to_owned()
}

async fn pending(session: &Session, id: String) -> anyhow::Result<()> {
    let found = session.store.read(move |tx| pending_members::list(tx, Reach::everything(), &id));
    let (pending, has_more) = found.await?;
    if session.json {
        let shown: Value = pending.iter().map(shown).collect();
        return output::json(&json!({ "pending_members": shown, "has_more": has_more }));
    }
    let mut lines: Vec<String> = pending.iter().map(line).collect();
    if has_more {
        lines.push("and more".to_owned());
    }
    output::lines(&lines)
}

fn shown(pending: &Pending) -> Value {
    json!({ "group_id": pending.group_id, "group_name": pending.group_name, "value": pending.value })
}

fn line(pending: &Pending) -> String {
    // A client chose the texts: nothing in them is for the terminal.
    let name = excerpt(pending.group_name.as_deref().unwrap_or_default());
    format!("{}  {name}  waits for {}", pending.group_id, excerpt(&pending.value))
}
