//! A connection together with what its settings mean.

use super::settings::Settings;
use crate::store::connections::Connection;
use crate::store::directories;
use crate::store::{ConnectionKey, Error, Tx};

/// The connection a push or a sign-in is about.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The connection's row.
    pub connection: Connection,
    /// Its settings.
    pub settings: Settings,
    provider: Option<String>,
}

impl Tenant {
    /// Reads the settings of a connection; `provider` is its directory's, if it has one.
    pub fn new(connection: Connection, provider: Option<String>) -> Self {
        let settings = Settings::parse(&connection.options);
        Self { connection, settings, provider }
    }

    /// Loads the directory's provider too.
    pub fn load(tx: &mut Tx<'_>, connection: Connection) -> Result<Self, Error> {
        let directory = directories::find_of_connection(tx, connection.key)?;
        Ok(Self::new(connection, directory.map(|directory| directory.provider)))
    }

    /// The row key.
    pub fn key(&self) -> ConnectionKey {
        self.connection.key
    }

    /// Kinde's provider code; empty without a directory.
    pub fn provider(&self) -> &str {
        self.provider.as_deref().unwrap_or_default()
    }
}
