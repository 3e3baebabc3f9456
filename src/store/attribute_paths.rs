//! Attribute paths as numbers: `emails.value` is stored once, and every value row names its key.
//!
//! The table only grows, so a cached entry is true on every server. All paths of the schemas are written when the store
//! opens, outside any use case's transaction: a path that is not cached is therefore one no resource has a value at.

use std::collections::HashMap;
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
    /// [`Error::Internal`] for a path that was not there when the store opened.
    pub(super) fn path_key(&self, path: &str) -> Result<i64, Error> {
        self.paths.get(path).ok_or_else(|| Error::internal(format!("attribute path {path} is not registered")))
    }
}
