//! What every command works with: the open database, and on whose behalf.

use std::time::Duration;

use anyhow::Context;

use super::Global;
use crate::clock::Clock;
use crate::id::Ids;
use crate::identity::Act;
use crate::scim::schema::Catalogue;
use crate::store::{DatabaseUrl, Options, Store};

/// An open database and what a command needs beside it.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) json: bool,
}

impl Session {
    /// Opens the database that the command line names.
    pub(super) fn open(global: &Global) -> anyhow::Result<Self> {
        let store = open_store(&global.database_url)?;
        Ok(Self { store, clock: Clock::system(), ids: Ids::random(), json: global.json })
    }

    /// On whose behalf this command acts.
    pub(super) fn act(&self) -> Act {
        Act {
            actor: "command".to_owned(),
            request_id: self.ids.prefixed("run"),
            now: self.clock.now(),
            ids: self.ids.clone(),
        }
    }
}

/// Opens a database for a command: few connections, patient with a server that writes beside it.
///
/// # Errors
/// A database that cannot be reached, or whose schema is newer than this binary.
pub fn open_store(url: &DatabaseUrl) -> anyhow::Result<Store> {
    let options =
        Options { readers: 2, writers: 1, wait: Duration::from_secs(30), paths: Catalogue::core().stored_paths() };
    Store::open(url, &options).context("cannot open the database")
}
