//! Compiled schemas, kept by connection and settings version.
//!
//! The version is read with the token on every request, so what is kept is exact on every server. A connection without
//! schemas of its own, as most are, never comes here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::identity::catalogues;
use crate::identity::settings::Settings;
use crate::scim::schema::Catalogue;
use crate::store::connections::Connection;
use crate::store::{ConnectionKey, Error, Store, definitions};

/// Connections whose catalogues are kept; one more and any of them is forgotten.
const KEPT: usize = 1_000;

/// The catalogues of connections with schemas beyond those of the RFC.
#[derive(Debug, Default)]
pub(super) struct Catalogues(Mutex<HashMap<ConnectionKey, (i64, Catalogue)>>);

impl Catalogues {
    /// The catalogue of a connection at its settings version, or a newer one.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn of(
        &self,
        store: &Store,
        connection: &Connection,
        settings: &Settings,
    ) -> Result<Catalogue, Error> {
        if !connection.has_schemas {
            return Ok(catalogues::base(settings));
        }
        if let Some(kept) = self.find(connection) {
            return Ok(kept);
        }
        let (asked, settings) = (connection.clone(), settings.clone());
        // One moment: a definition that is replaced meanwhile is not seen twice.
        let compiled = store.read_of(connection.key, move |tx| {
            let catalogue = catalogues::load(tx, &asked, &settings)?;
            definitions::know_paths(tx, &catalogue.stored_paths())?;
            Ok::<_, Error>(catalogue)
        });
        let compiled = compiled.await?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT && !kept.contains_key(&connection.key) {
            let forgotten = kept.keys().next().copied();
            forgotten.map(|key| kept.remove(&key));
        }
        kept.insert(connection.key, (connection.settings_version, compiled.clone()));
        Ok(compiled)
    }

    fn find(&self, connection: &Connection) -> Option<Catalogue> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (version, catalogue) = kept.get(&connection.key)?;
        (*version == connection.settings_version).then(|| catalogue.clone())
    }
}
