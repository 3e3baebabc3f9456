//! `anteroom keys list|rotate`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output;
use super::session::Session;
use crate::clock::rfc3339;
use crate::identity::signing;
use crate::store::signing_keys::{self as rows, SigningKey};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the keys: from when on each signs, until when it verifies
    List,
    /// Make a key that takes the place of the others
    ///
    /// It is published at once and signs in two minutes, when every server has read it; the others verify until the
    /// tokens they signed are over. Prints JSON: kid and signs_from.
    Rotate {
        /// Sign with it at once and end what the others signed within a minute: for a key that somebody may have seen
        #[arg(long)]
        at_once: bool,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List => list(session).await,
        Command::Rotate { at_once } => {
            // The first key is made when a server needs it; a rotation has one to take the place of.
            signing::load_keys(&session.store, session.clock.now()).await?;
            let act = session.act();
            let made = session.store.write(move |tx| signing::rotate(tx, &act, at_once)).await?;
            output::json(&json!({ "kid": made.kid, "signs_from": rfc3339(made.signs_from) }))
        }
    }
}

async fn list(session: &Session) -> anyhow::Result<()> {
    let all = session.store.read(rows::list).await?;
    if session.json {
        return output::json(&all.iter().map(shown).collect());
    }
    let line = |key: &SigningKey| {
        let until = key.retires.map_or_else(|| "another takes its place".to_owned(), rfc3339);
        format!("{}  signs from {}, verifies until {until}", key.kid, rfc3339(key.signs_from))
    };
    output::lines(&all.iter().map(line).collect::<Vec<_>>())
}

fn shown(key: &SigningKey) -> Value {
    json!({ "kid": key.kid, "signs_from": rfc3339(key.signs_from), "retires": key.retires.map(rfc3339) })
}
