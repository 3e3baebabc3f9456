//! Facts about the database itself: keys for signing, versions of key functions.

use diesel::prelude::*;

use super::schema::store_meta;
use super::{Error, Tx};

/// The value kept under `name`.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, Error> {
    Ok(store_meta::table
        .filter(store_meta::name.eq(name))
        .select(store_meta::value)
        .get_result(tx.connection)
        .optional()?)
}

/// Keeps a value that is not there yet.
///
/// # Errors
/// [`Error::Conflict`] when it is.
pub fn insert(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), Error> {
    diesel::insert_into(store_meta::table)
        .values((store_meta::name.eq(name), store_meta::value.eq(value)))
        .execute(tx.connection)?;
    Ok(())
}

/// Asks the database for nothing, to see that it answers.
pub fn ping(tx: &mut Tx<'_>) -> Result<(), Error> {
    find(tx, "ping").map(drop)
}
