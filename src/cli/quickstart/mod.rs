//! `anteroom quickstart`: the whole story in one command, against a real server.
//!
//! Makes a database in the current folder, serves it on a free loopback port, plays what Okta and Entra send (the same
//! dialogue files the tests play) over HTTP, asks the sign-in question, and keeps serving.

mod page;
mod stage;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;

use crate::clock::Clock;
use crate::config::ServeConfig;
use crate::dialogue::{Dialogue, Kept, Target, play};
use crate::id::Ids;
use crate::identity::Act;
use crate::server::Server;
use crate::store::{DatabaseUrl, ServeLock};
use page::Page;
use stage::{Side, Stage};

const DATABASE: &str = "anteroom-quickstart.db";
const OKTA: &str = include_str!("../../../tests/dialogues/okta_aiw/story.json");
const ENTRA: &str = include_str!("../../../tests/dialogues/entra/story.json");
const QUESTIONS: &str = include_str!("questions.json");

/// See what Anteroom does: a server, two identity providers, four people at the door
///
/// Makes anteroom-quickstart.db in the current folder, starts a server on a free loopback port and plays what Okta and
/// Microsoft Entra ID send to it. Then asks who may sign in, prints the explained answers, and keeps serving.
#[derive(Clone, Debug, Args)]
pub(super) struct Quickstart {
    /// Remove the database of an earlier run first
    #[arg(long)]
    reset: bool,

    /// End after the story instead of serving on
    #[arg(long)]
    exit: bool,
}

/// Runs the command.
///
/// # Errors
/// The database of an earlier run is there, the server does not start, or a story does not go as it is written.
pub(super) fn run(args: &Quickstart) -> anyhow::Result<()> {
    let database = prepare(Path::new(DATABASE), args.reset)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, show(args, &database))
}

/// Makes sure that there is no database yet; one that is being served is never removed.
fn prepare(file: &Path, reset: bool) -> anyhow::Result<DatabaseUrl> {
    let database = DatabaseUrl::Sqlite(file.to_owned());
    if file.exists() && !reset {
        bail!("{} is there from an earlier run: give --reset to start over, or remove it", file.display());
    }
    let _lock = ServeLock::take(&database)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        let name = PathBuf::from(name);
        if name.exists() {
            std::fs::remove_file(&name).with_context(|| format!("cannot remove {}", name.display()))?;
        }
    }
    Ok(database)
}

async fn show(args: &Quickstart, database: &DatabaseUrl) -> anyhow::Result<()> {
    let server = Server::build(&ServeConfig::default(), database, Clock::system(), Ids::random())?;
    let [okta, entra, questions] = [OKTA, ENTRA, QUESTIONS].map(Dialogue::parse);
    let (okta, entra, questions) = (okta?, entra?, questions?);
    let stage = set_stage(&server, [&okta, &entra, &questions]).await?;
    let (url, handle) = (server.public_url().to_owned(), server.handle());
    let running = tokio::task::spawn_local(server.run());

    let stdout = std::io::stdout();
    let is_styled = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut page = Page::new(stdout.lock(), is_styled);
    page.opening(&url, DATABASE, &stage)?;
    let access_token = access_token(&url, &stage).await?;
    let target = |side: &Side| side.target(&url, &access_token);
    let kept = tell(&mut page, &okta, &target(&stage.okta), stage.kept()).await?;
    tell(&mut page, &entra, &target(&stage.entra), stage.kept()).await?;
    tell(&mut page, &questions, &target(&stage.okta), kept).await?;
    if args.exit {
        page.end()?;
        handle.stop(true).await;
    } else {
        page.invitation(DATABASE, &stage)?;
    }
    drop(page);
    Ok(running.await??)
}

async fn set_stage(server: &Server, dialogues: [&Dialogue; 3]) -> anyhow::Result<Stage> {
    let act = Act {
        actor: "command".into(),
        request_id: "quickstart".into(),
        now: Clock::system().now(),
        ids: Ids::random(),
    };
    let (url, dialogues) = (server.public_url().to_owned(), dialogues.map(Clone::clone));
    Ok(server.store().write(move |tx| stage::set(tx, &act, &url, dialogues.each_ref())).await?)
}

/// Plays a dialogue and tells each step.
async fn tell<W: Write>(page: &mut Page<W>, dialogue: &Dialogue, target: &Target, kept: Kept) -> anyhow::Result<Kept> {
    page.title(&dialogue.title)?;
    let mut written = Ok(());
    let played = play(dialogue, target, kept, |told| {
        if written.is_ok() {
            written = page.step(told);
        }
    });
    let kept = played.await?;
    written?;
    Ok(kept)
}

/// Gets an access token as the sign-in service would: client credentials.
async fn access_token(url: &str, stage: &Stage) -> anyhow::Result<String> {
    let form =
        format!("grant_type=client_credentials&client_id={}&client_secret={}", stage.client_id, stage.client_secret);
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    let request =
        client.post(format!("{url}/oauth2/token")).header("content-type", "application/x-www-form-urlencoded");
    let answer: Value = request.body(form).send().await?.error_for_status()?.json().await?;
    let token = answer.get("access_token").and_then(Value::as_str);
    token.map(str::to_owned).context("the server gave no access token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_database_is_kept_unless_reset_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(DATABASE);
        let [wal, shm] = ["db-wal", "db-shm"].map(|extension| file.with_extension(extension));
        for name in [&file, &wal, &shm] {
            std::fs::write(name, "old").unwrap();
        }
        assert!(prepare(&file, false).unwrap_err().to_string().contains("--reset"));
        assert!(file.exists() && wal.exists());
        prepare(&file, true).unwrap();
        assert!(!file.exists() && !wal.exists() && !shm.exists());
        prepare(&file, false).unwrap();
    }

    #[test]
    fn a_database_that_is_served_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(DATABASE);
        std::fs::write(&file, "in use").unwrap();
        let _served = ServeLock::take(&DatabaseUrl::Sqlite(file.clone())).unwrap();
        assert!(prepare(&file, true).is_err());
        assert!(file.exists());
    }

    #[test]
    fn the_stories_can_be_read() {
        for story in [OKTA, ENTRA, QUESTIONS] {
            let dialogue = Dialogue::parse(story).unwrap();
            assert!(dialogue.steps.iter().all(|step| step.did.is_some()), "{}", dialogue.title);
        }
    }
}
