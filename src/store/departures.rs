//! Departures: who left a connection, kept for a while so that a return or a stale sign-in is understood.

use diesel::dsl::{IntoBoxed, Select};
use diesel::prelude::*;

use super::backend::AnyBackend;
use super::schema::departures;
use super::{ConnectionKey, Error, Tx, UserKey};

/// Somebody who left.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Departure {
    /// Row key.
    pub key: i64,
    /// The user who remains, unable to sign in.
    pub user_key: UserKey,
    /// The externalId as it is matched.
    pub external_key: Option<String>,
    /// The subject that was bound.
    pub subject: Option<String>,
    /// The userName as it is matched.
    pub user_name_key: String,
    /// The matching email's key.
    pub email_key: Option<String>,
    /// Microseconds since the epoch.
    pub departed: i64,
    /// Forgotten from then on.
    pub expires: i64,
}

/// What is needed for a departure.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = departures)]
pub struct NewDeparture {
    /// See [`Departure`].
    pub connection_key: ConnectionKey,
    /// See [`Departure`].
    pub user_key: UserKey,
    /// See [`Departure`].
    pub external_key: Option<String>,
    /// See [`Departure`].
    pub subject: Option<String>,
    /// See [`Departure`].
    pub user_name_key: String,
    /// See [`Departure`].
    pub email_key: Option<String>,
    /// See [`Departure`].
    pub departed: i64,
    /// See [`Departure`].
    pub expires: i64,
}

/// Records a departure.
pub fn insert(tx: &mut Tx<'_>, new: &NewDeparture) -> Result<(), Error> {
    diesel::insert_into(departures::table).values(new).execute(tx.connection)?;
    Ok(())
}

type Latest<'a> = IntoBoxed<'a, Select<departures::table, Columns>, AnyBackend>;

/// The departures from a connection that still hold at `now`, latest first.
fn live<'a>(connection: ConnectionKey, now: i64) -> Latest<'a> {
    departures::table
        .select(COLUMNS)
        .into_boxed()
        .filter(departures::connection_key.eq(connection))
        .filter(departures::expires.gt(now))
        .order(departures::key.desc())
}

/// The latest departure with this externalId key that still holds at `now`.
pub fn find_by_external(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    external_key: &str,
    now: i64,
) -> Result<Option<Departure>, Error> {
    let query = live(connection, now).filter(departures::external_key.eq(external_key));
    Ok(query.limit(1).get_result(tx.connection).optional()?)
}

/// The latest departure of a subject that still holds at `now`.
pub fn find_by_subject(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    subject: &str,
    now: i64,
) -> Result<Option<Departure>, Error> {
    let query = live(connection, now).filter(departures::subject.eq(subject));
    Ok(query.limit(1).get_result(tx.connection).optional()?)
}

/// The latest departure with an email that still holds at `now`.
pub fn find_by_email(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    email_key: &str,
    now: i64,
) -> Result<Option<Departure>, Error> {
    let query = live(connection, now).filter(departures::email_key.eq(email_key));
    Ok(query.limit(1).get_result(tx.connection).optional()?)
}

/// The latest departure of a userName that still holds at `now`.
pub fn find_by_user_name(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    user_name_key: &str,
    now: i64,
) -> Result<Option<Departure>, Error> {
    let query = live(connection, now).filter(departures::user_name_key.eq(user_name_key));
    Ok(query.limit(1).get_result(tx.connection).optional()?)
}

/// Whether a user left this connection and is remembered.
pub fn has_left(tx: &mut Tx<'_>, connection: ConnectionKey, user: UserKey) -> Result<bool, Error> {
    let rows: i64 = departures::table
        .filter(departures::connection_key.eq(connection))
        .filter(departures::user_key.eq(user))
        .count()
        .get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Lets what was recorded of one user count as another's.
pub fn set_user(tx: &mut Tx<'_>, from: UserKey, to: UserKey) -> Result<(), Error> {
    diesel::update(departures::table.filter(departures::user_key.eq(from)))
        .set(departures::user_key.eq(to))
        .execute(tx.connection)?;
    Ok(())
}

/// Forgets that a user left this connection: they are back.
pub fn delete_of_user(tx: &mut Tx<'_>, connection: ConnectionKey, user: UserKey) -> Result<(), Error> {
    diesel::delete(
        departures::table.filter(departures::connection_key.eq(connection)).filter(departures::user_key.eq(user)),
    )
    .execute(tx.connection)?;
    Ok(())
}

/// Removes a departure.
pub fn delete(tx: &mut Tx<'_>, key: i64) -> Result<(), Error> {
    diesel::delete(departures::table.filter(departures::key.eq(key))).execute(tx.connection)?;
    Ok(())
}

/// Departures that no longer hold at `now`, oldest first, `limit` at most.
pub fn list_expired(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<Departure>, Error> {
    Ok(departures::table
        .filter(departures::expires.le(now))
        .order(departures::key)
        .limit(limit)
        .select(COLUMNS)
        .load(tx.connection)?)
}

/// How many departures a user has.
pub fn count_of_user(tx: &mut Tx<'_>, user: UserKey) -> Result<i64, Error> {
    Ok(departures::table.filter(departures::user_key.eq(user)).count().get_result(tx.connection)?)
}

type Columns = (
    departures::key,
    departures::user_key,
    departures::external_key,
    departures::subject,
    departures::user_name_key,
    departures::email_key,
    departures::departed,
    departures::expires,
);

const COLUMNS: Columns = (
    departures::key,
    departures::user_key,
    departures::external_key,
    departures::subject,
    departures::user_name_key,
    departures::email_key,
    departures::departed,
    departures::expires,
);
