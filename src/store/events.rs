//! Events: one fact a row, written in the transaction of the change it tells.

use diesel::prelude::*;
use serde_json::Value;

use super::schema::events;
use super::{ConnectionKey, Error, Tx};

/// One fact, to be appended.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// Public id, `event_` and 32 hex digits.
    pub id: String,
    /// What happened, such as `user.adopted`.
    pub kind: &'a str,
    /// Microseconds since the epoch.
    pub occurred: i64,
    /// The connection it happened on.
    pub connection: Option<ConnectionKey>,
    /// Public id of the user.
    pub user_id: Option<&'a str>,
    /// Public id of the identity.
    pub identity_id: Option<&'a str>,
    /// SCIM id of the resource.
    pub resource_id: Option<&'a str>,
    /// Who did it: `token:ID`, `client:ID`, `sign_in`, `command`, `job`.
    pub actor: &'a str,
    /// The request it happened in.
    pub request_id: &'a str,
    /// Before and after by attribute, and what else the reader needs.
    pub data: Value,
}

/// An event as it is read back.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Recorded {
    /// See [`Event`].
    pub id: String,
    /// See [`Event`].
    pub kind: String,
    /// See [`Event`].
    pub occurred: i64,
    /// See [`Event`].
    pub user_id: Option<String>,
    /// See [`Event`].
    pub identity_id: Option<String>,
    /// See [`Event`].
    pub resource_id: Option<String>,
    /// See [`Event`].
    pub actor: String,
    /// See [`Event`].
    pub request_id: String,
    /// JSON text.
    pub data: String,
}

/// Appends an event.
pub fn append(tx: &mut Tx<'_>, event: &Event<'_>) -> Result<(), Error> {
    diesel::insert_into(events::table)
        .values((
            events::id.eq(&event.id),
            events::kind.eq(event.kind),
            events::occurred.eq(event.occurred),
            events::connection_key.eq(event.connection),
            events::user_id.eq(event.user_id),
            events::identity_id.eq(event.identity_id),
            events::resource_id.eq(event.resource_id),
            events::actor.eq(event.actor),
            events::request_id.eq(event.request_id),
            events::data.eq(event.data.to_string()),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// The events of a connection in the order they were written, `limit` at most.
pub fn list(tx: &mut Tx<'_>, connection: ConnectionKey, limit: i64) -> Result<Vec<Recorded>, Error> {
    Ok(events::table
        .filter(events::connection_key.eq(connection))
        .order(events::key)
        .limit(limit)
        .select((
            events::id,
            events::kind,
            events::occurred,
            events::user_id,
            events::identity_id,
            events::resource_id,
            events::actor,
            events::request_id,
            events::data,
        ))
        .load(tx.connection)?)
}

/// Whether an event of this kind tells of a user.
pub fn has_any(tx: &mut Tx<'_>, user_id: &str, kind: &str) -> Result<bool, Error> {
    let of = events::table.filter(events::user_id.eq(user_id)).filter(events::kind.eq(kind));
    Ok(of.select(events::key).limit(1).get_result::<i64>(tx.connection).optional()?.is_some())
}

/// Public ids of the users who were merged into this one.
pub fn list_merged_into(tx: &mut Tx<'_>, user_id: &str) -> Result<Vec<String>, Error> {
    let away = events::table.filter(events::kind.eq("user.merged_away"));
    let of: Vec<Option<String>> = away
        .filter(events::data.like(format!("%\"into\":\"{user_id}\"%")))
        .select(events::user_id)
        .load(tx.connection)?;
    Ok(of.into_iter().flatten().collect())
}

/// Lets the events about a user say nothing but `data`: who they were is erased, that something happened stays. Of those
/// about others, some hold something of them: the subject they had, or what they were before they were two again.
pub fn empty_of_user(tx: &mut Tx<'_>, user_id: &str, data: &Value) -> Result<(), Error> {
    let of_others = events::kind.eq_any(["user.replaced", "user.merged", "user.moved"]);
    let of_others = of_others.and(events::data.like(format!("%\"{user_id}\"%")));
    diesel::update(events::table.filter(events::user_id.eq(user_id).or(of_others)))
        .set(events::data.eq(data.to_string()))
        .execute(tx.connection)?;
    Ok(())
}
