//! Which events can be undone, and which were.

use diesel::prelude::*;

use super::schema::{connections, events, undos, users};
use super::{ConnectionKey, Error, OrganizationKey, Tx};

/// An event as somebody who undoes it needs it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Done {
    /// Public id.
    pub id: String,
    /// What happened.
    pub kind: String,
    /// Microseconds since the epoch.
    pub occurred: i64,
    /// The connection it happened on.
    pub connection_key: Option<ConnectionKey>,
    /// Public id of the user.
    pub user_id: Option<String>,
    /// Public id of the identity.
    pub identity_id: Option<String>,
    /// SCIM id of the resource.
    pub resource_id: Option<String>,
    /// JSON text.
    pub data: String,
}

/// An event that can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Undoable {
    /// Public id of the event.
    pub event_id: String,
    /// What happened.
    pub kind: String,
    /// Microseconds since the epoch.
    pub occurred: i64,
    /// Public id of the user.
    pub user_id: String,
    /// Public id of the connection.
    pub connection_id: String,
}

/// The event with this public id.
pub fn find_event(tx: &mut Tx<'_>, id: &str) -> Result<Option<Done>, Error> {
    Ok(events::table
        .filter(events::id.eq(id))
        .select((
            events::id,
            events::kind,
            events::occurred,
            events::connection_key,
            events::user_id,
            events::identity_id,
            events::resource_id,
            events::data,
        ))
        .get_result(tx.connection)
        .optional()?)
}

/// The events of these kinds since `after` that were not undone and whose user is there, newest first, `limit` at most; those on
/// one organization's connections, or all.
pub fn list(
    tx: &mut Tx<'_>,
    kinds: &[&str],
    after: i64,
    organization: Option<OrganizationKey>,
    limit: i64,
) -> Result<Vec<Undoable>, Error> {
    let listed = events::table
        .inner_join(connections::table.on(events::connection_key.eq(connections::key.nullable())))
        .inner_join(users::table.on(events::user_id.eq(users::id.nullable())))
        .left_join(undos::table.on(undos::event_id.eq(events::id)))
        .filter(events::kind.eq_any(kinds.to_vec()))
        .filter(events::occurred.gt(after))
        .filter(undos::event_id.is_null())
        .order((events::occurred.desc(), events::key.desc()))
        .select((events::id, events::kind, events::occurred, users::id, connections::id))
        .limit(limit);
    Ok(match organization {
        Some(organization) => listed.filter(connections::organization_key.eq(organization)).load(tx.connection)?,
        None => listed.load(tx.connection)?,
    })
}

/// Whether an event was undone.
pub fn is_undone(tx: &mut Tx<'_>, event_id: &str) -> Result<bool, Error> {
    let rows: i64 = undos::table.filter(undos::event_id.eq(event_id)).count().get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Records that an event was undone, and by which one.
///
/// # Errors
/// [`Error::Conflict`] when it was undone already.
pub fn insert(tx: &mut Tx<'_>, event_id: &str, by_event: &str, now: i64) -> Result<(), Error> {
    diesel::insert_into(undos::table)
        .values((undos::event_id.eq(event_id), undos::undone.eq(now), undos::by_event.eq(by_event)))
        .execute(tx.connection)?;
    Ok(())
}
