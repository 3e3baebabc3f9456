//! The key pairs that sign tokens, past and present.

use diesel::prelude::*;

use super::schema::signing_keys;
use super::{Error, Tx};

/// A key pair. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    /// The thumbprint of the public key (RFC 7638).
    pub kid: String,
    /// PKCS#8 PEM.
    pub pem: String,
    /// When it was made.
    pub created: i64,
    /// Signs from then on, until another does.
    pub signs_from: i64,
    /// Verifies until then; `None` while no other has taken its place.
    pub retires: Option<i64>,
}

/// All pairs, those that sign last first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SigningKey>, Error> {
    Ok(signing_keys::table.order((signing_keys::signs_from.desc(), signing_keys::kid.desc())).load(tx.connection)?)
}

/// Adds a pair; one that is there stays as it is.
pub fn insert(tx: &mut Tx<'_>, key: &SigningKey) -> Result<(), Error> {
    let insert = diesel::insert_into(signing_keys::table).values(key.clone()).on_conflict_do_nothing();
    match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        super::backend::AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(())
}

/// Lets every pair but one retire at this time, if it would verify longer.
pub fn retire_others(tx: &mut Tx<'_>, kid: &str, at: i64) -> Result<(), Error> {
    let others = signing_keys::table.filter(signing_keys::kid.ne(kid));
    let longer = signing_keys::retires.is_null().or(signing_keys::retires.gt(at).assume_not_null());
    diesel::update(others.filter(longer)).set(signing_keys::retires.eq(Some(at))).execute(tx.connection)?;
    Ok(())
}

/// Removes what retired before this time.
pub fn delete_retired(tx: &mut Tx<'_>, now: i64) -> Result<(), Error> {
    let retired = signing_keys::table.filter(signing_keys::retires.le(now).assume_not_null());
    diesel::delete(retired).execute(tx.connection)?;
    Ok(())
}
