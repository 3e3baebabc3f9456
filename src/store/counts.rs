//! How many resources of a kind a connection has, without counting them.
//!
//! Sixteen slots a kind, so that writers on PostgreSQL seldom wait for each other's row.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::directory_counts;
use super::{ConnectionKey, Error, ResourceKey, Tx};

const SLOTS: i64 = 16;
const KINDS: [&str; 2] = ["User", "Group"];

/// Makes the slots that most connections need; those of other kinds come with their first resource.
pub(super) fn prepare(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<(), Error> {
    for kind in KINDS {
        for slot in 0..SLOTS {
            diesel::insert_into(directory_counts::table)
                .values((
                    directory_counts::connection_key.eq(connection),
                    directory_counts::kind.eq(kind),
                    directory_counts::slot.eq(slot),
                    directory_counts::total.eq(0_i64),
                ))
                .execute(tx.connection)?;
        }
    }
    Ok(())
}

/// Counts a resource in (`by` = 1) or out (`by` = -1).
pub(super) fn change(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    key: ResourceKey,
    by: i64,
) -> Result<(), Error> {
    let slot = key.number().rem_euclid(SLOTS);
    let grown = directory_counts::total.eq(directory_counts::total + by);
    let rows = diesel::update(
        directory_counts::table
            .filter(directory_counts::connection_key.eq(connection))
            .filter(directory_counts::kind.eq(kind))
            .filter(directory_counts::slot.eq(slot)),
    )
    .set(grown)
    .execute(tx.connection)?;
    if rows > 0 {
        return Ok(());
    }
    let first = diesel::insert_into(directory_counts::table).values((
        directory_counts::connection_key.eq(connection),
        directory_counts::kind.eq(kind),
        directory_counts::slot.eq(slot),
        directory_counts::total.eq(by),
    ));
    match &mut *tx.connection {
        AnyConnection::Sqlite(inner) => first.execute(inner)?,
        // Another writer may make the slot at the same moment.
        AnyConnection::Postgres(inner) => first
            .on_conflict((directory_counts::connection_key, directory_counts::kind, directory_counts::slot))
            .do_update()
            .set(grown)
            .execute(inner)?,
    };
    Ok(())
}

/// How many resources of the kind there are.
pub fn total(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str) -> Result<i64, Error> {
    let slots: Vec<i64> = directory_counts::table
        .filter(directory_counts::connection_key.eq(connection))
        .filter(directory_counts::kind.eq(kind))
        .select(directory_counts::total)
        .load(tx.connection)?;
    Ok(slots.iter().sum())
}
