//! `anteroom token list|create|rotate|revoke`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output;
use super::session::Session;
use crate::clock::rfc3339;
use crate::identity::directories::{self, NewToken};
use crate::identity::reach::Reach;
use crate::identity::{Error, tokens};
use crate::store::Tx;
use crate::store::directories::Directory;
use crate::store::tokens::Token;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the tokens of a directory, revoked and expired ones too; never their secrets
    List {
        /// Id of the directory
        #[arg(long, value_name = "ID")]
        directory: String,
    },
    /// Make another token for a directory; the others stay valid
    ///
    /// Prints JSON: token_id, token and expires. The token is shown once. To replace the
    /// others, see rotate.
    Create {
        /// Id of the directory
        #[arg(long, value_name = "ID")]
        directory: String,
        /// Name for administrators
        #[arg(long)]
        name: String,
        /// How long it is valid, such as 90d, 12h, 30m or 45s [default: until it is revoked]
        #[arg(long, value_parser = micros, value_name = "DURATION")]
        expires_in: Option<i64>,
    },
    /// Make a token that takes the place of the others, which expire after an overlap
    ///
    /// Prints JSON: token_id and token. The token is shown once. Give it to the IdP before the overlap ends.
    Rotate {
        /// Id of the directory
        #[arg(long, value_name = "ID")]
        directory: String,
        /// How long the other tokens stay valid, such as 1d, 12h or 30m
        #[arg(long, value_parser = micros, value_name = "DURATION", default_value = "1d")]
        overlap: i64,
    },
    /// Revoke a token: it is refused from the next request on
    Revoke {
        /// Id of the token, as token list shows it
        id: String,
    },
}

/// Reads a duration as microseconds.
pub(super) fn micros(text: &str) -> Result<i64, String> {
    let expected = || "expected a number and a unit, such as 90d, 12h, 30m or 45s".to_owned();
    let (number, seconds) = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)))
        .ok_or_else(expected)?;
    let number: u32 = number.parse().map_err(|_| expected())?;
    i64::from(number).checked_mul(seconds * 1_000_000).filter(|micros| *micros > 0).ok_or_else(expected)
}

pub(super) async fn run(session: &Session, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { directory } => list(session, directory).await,
        Command::Create { directory, name, expires_in } => {
            let act = session.act();
            let made = session.store.write(move |tx| {
                let directory = load(tx, &directory)?;
                tokens::create(tx, &act, &directory, &name, expires_in)
            });
            let (token, secret) = made.await?;
            output::json(&json!({ "token_id": token.id, "token": secret, "expires": token.expires.map(rfc3339) }))
        }
        Command::Rotate { directory, overlap } => {
            let act = session.act();
            let request = NewToken { overlap: Some(overlap / 1_000_000), ..NewToken::default() };
            let made =
                session.store.write(move |tx| directories::rotate(tx, &act, Reach::everything(), &directory, &request));
            let (_, token, secret) = made.await?;
            output::json(&json!({ "token_id": token.id, "token": secret }))
        }
        Command::Revoke { id } => {
            let (act, revoked) = (session.act(), id.clone());
            session.store.write(move |tx| tokens::revoke(tx, &act, &id)).await?;
            output::json(&json!({ "token_id": revoked, "revoked": true }))
        }
    }
}

async fn list(session: &Session, directory: String) -> anyhow::Result<()> {
    let now = session.clock.now();
    let found = session.store.read(move |tx| {
        let directory = load(tx, &directory)?;
        Ok::<_, Error>(tokens::list(tx, &directory)?)
    });
    let found = found.await?;
    if session.json {
        return output::json(&found.iter().map(|token| shown(token, now)).collect());
    }
    let lines: Vec<String> = found
        .iter()
        .map(|token| {
            let used =
                token.last_used.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", rfc3339(at)));
            format!("{}  {}  {}, {used}", token.id, state(token, now), token.name)
        })
        .collect();
    output::lines(&lines)
}

fn load(tx: &mut Tx<'_>, id: &str) -> Result<Directory, Error> {
    let found = directories::find(tx, Reach::everything(), id)?;
    found
        .map(|described| described.directory)
        .ok_or_else(|| Error::not_found("DIRECTORY_NOT_FOUND", format!("There is no directory {id}")))
}

fn state(token: &Token, now: i64) -> &'static str {
    match (token.revoked, token.expires) {
        (Some(_), _) => "revoked",
        (None, Some(expires)) if expires <= now => "expired",
        _ => "valid",
    }
}

fn shown(token: &Token, now: i64) -> Value {
    json!({
        "token_id": token.id,
        "name": token.name,
        "state": state(token, now),
        "created": rfc3339(token.created),
        "expires": token.expires.map(rfc3339),
        "revoked": token.revoked.map(rfc3339),
        "last_used": token.last_used.map(rfc3339),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_and_are_longer_than_nothing() {
        assert_eq!(micros("90d"), Ok(90 * 86_400 * 1_000_000));
        assert_eq!(micros("45s"), Ok(45_000_000));
        for wrong in ["", "d", "90", "0h", "-1d", "1.5h", "90 d", "99999999999d"] {
            assert!(micros(wrong).is_err(), "{wrong}");
        }
    }
}
