//! Attribute paths as numbers: `emails.value` is stored once, and every value row names its key.
//!
//! The table only grows, so a cached entry is true on every server. The paths of the RFC's schemas are written when the
//! store opens, those of others in the transaction that loads them. What is cached was read when it was committed: a
//! write never caches, because it may come to nothing.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::attribute_paths;
use super::{Error, Tx};

#[derive(Debug, Default)]
pub(super) struct PathCache(RwLock<HashMap<String, i64>>);

impl PathCache {
    pub(super) fn get(&self, path: &str) -> Option<i64> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path).copied()
    }

    /// Writes the paths that are missing and loads them all.
    pub(super) fn fill(&self, connection: &mut AnyConnection, paths: &[String]) -> Result<(), Error> {
        self.load(connection)?;
        for path in paths.iter().filter(|path| self.get(path).is_none()) {
            let inserted = diesel::insert_into(attribute_paths::table)
                .values(attribute_paths::path.eq(path))
                .execute(connection)
                .map_err(Error::from);
            match inserted {
                Ok(_) | Err(Error::Conflict) => {}
                Err(other) => return Err(other),
            }
        }
        self.load(connection)
    }

    fn load(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        let rows: Vec<(String, i64)> =
            attribute_paths::table.select((attribute_paths::path, attribute_paths::key)).load(connection)?;
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(rows);
        Ok(())
    }
}

impl Tx<'_> {
    /// The key of a path of the schemas.
    ///
    /// # Errors
    /// [`Error::Internal`] for a path that no schema was loaded with.
    pub(super) fn path_key(&mut self, path: &str) -> Result<i64, Error> {
        if let Some(key) = self.paths.get(path) {
            return Ok(key);
        }
        // Another server loaded a schema, or this transaction does.
        let found: Option<i64> = attribute_paths::table
            .filter(attribute_paths::path.eq(path))
            .select(attribute_paths::key)
            .get_result(self.connection)
            .optional()?;
        found.ok_or_else(|| Error::internal(format!("attribute path {path} is not registered")))
    }
}

/// Writes the paths that are missing; loads of definitions come one after the other.
pub(super) fn register(tx: &mut Tx<'_>, paths: &[String]) -> Result<(), Error> {
    let present: HashSet<String> =
        attribute_paths::table.select(attribute_paths::path).load(tx.connection)?.into_iter().collect();
    for path in paths.iter().filter(|path| !present.contains(*path)) {
        diesel::insert_into(attribute_paths::table).values(attribute_paths::path.eq(path)).execute(tx.connection)?;
    }
    Ok(())
}

/// Caches the paths that are not cached yet; for reads, which see what is committed.
pub(super) fn know(tx: &mut Tx<'_>, paths: &[String]) -> Result<(), Error> {
    if paths.iter().all(|path| tx.paths.get(path).is_some()) {
        return Ok(());
    }
    tx.paths.load(tx.connection)
}
