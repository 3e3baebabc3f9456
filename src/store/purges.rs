//! Removing what is left of a connection, a bounded number of rows at a time: a directory may hold millions.

use diesel::prelude::*;

use super::schema::{departures, identities, members, resources};
use super::{ConnectionKey, Error, ResourceKey, Tx};

/// Rows that one step removes; a resource's values go with it.
const ROWS: i64 = 500;

/// Removes some rows: identities, then members, resources and departures; whether there were any.
pub fn step(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<bool, Error> {
    Ok(identities(tx, connection)?
        || members(tx, connection)?
        || resources(tx, connection)?
        || departures(tx, connection)?)
}

fn identities(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<bool, Error> {
    let of_connection = identities::table.filter(identities::connection_key.eq(connection));
    let keys: Vec<i64> = of_connection.select(identities::key).limit(ROWS).load(tx.connection)?;
    Ok(diesel::delete(identities::table.filter(identities::key.eq_any(keys))).execute(tx.connection)? > 0)
}

fn members(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<bool, Error> {
    let of_connection = members::table.filter(members::connection_key.eq(connection));
    let first: Option<ResourceKey> =
        of_connection.select(members::group_key).limit(1).get_result(tx.connection).optional()?;
    let Some(group) = first else { return Ok(false) };
    let of_group = of_connection.filter(members::group_key.eq(group));
    let keys: Vec<ResourceKey> = of_group.select(members::member_key).limit(ROWS).load(tx.connection)?;
    Ok(diesel::delete(of_group.filter(members::member_key.eq_any(keys))).execute(tx.connection)? > 0)
}

fn resources(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<bool, Error> {
    let of_connection = resources::table.filter(resources::connection_key.eq(connection));
    let keys: Vec<ResourceKey> = of_connection.select(resources::key).limit(ROWS).load(tx.connection)?;
    Ok(diesel::delete(of_connection.filter(resources::key.eq_any(keys))).execute(tx.connection)? > 0)
}

fn departures(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<bool, Error> {
    let of_connection = departures::table.filter(departures::connection_key.eq(connection));
    let keys: Vec<i64> = of_connection.select(departures::key).limit(ROWS).load(tx.connection)?;
    Ok(diesel::delete(departures::table.filter(departures::key.eq_any(keys))).execute(tx.connection)? > 0)
}
