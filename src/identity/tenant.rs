//! A connection together with what its settings mean.

use super::catalogues;
use super::settings::Settings;
use crate::scim::schema::Catalogue;
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
    /// Its schemas and resource types.
    pub catalogue: Catalogue,
    provider: Option<String>,
}

impl Tenant {
    /// A connection with its settings and catalogue; `provider` is its directory's, if it has one.
    pub fn new(connection: Connection, settings: Settings, catalogue: Catalogue, provider: Option<String>) -> Self {
        Self { connection, settings, catalogue, provider }
    }

    /// Loads the directory's provider and the catalogue too.
    pub fn load(tx: &mut Tx<'_>, connection: Connection) -> Result<Self, Error> {
        let directory = directories::find_of_connection(tx, connection.key)?;
        let settings = Settings::parse(&connection.options);
        let catalogue = catalogues::load(tx, &connection, &settings)?;
        Ok(Self::new(connection, settings, catalogue, directory.map(|directory| directory.provider)))
    }

    /// The row key.
    pub fn key(&self) -> ConnectionKey {
        self.connection.key
    }

    /// Whether members that are not here yet are kept until they come.
    pub fn keeps_pending_members(&self) -> bool {
        self.settings.keeps_pending_members(self.provider())
    }

    /// Kinde's provider code; empty without a directory.
    pub fn provider(&self) -> &str {
        self.provider.as_deref().unwrap_or_default()
    }
}
