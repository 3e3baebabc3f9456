//! Leases of periodic work, so that one server of many does it.

use diesel::prelude::*;

use super::schema::jobs;
use super::{Error, Tx};

/// Takes the lease of a job until `until`, unless another holder's lasts. True when it is ours.
pub fn take_lease(tx: &mut Tx<'_>, name: &str, holder: &str, now: i64, until: i64) -> Result<bool, Error> {
    let taken = diesel::update(jobs::table.filter(jobs::name.eq(name)).filter(jobs::lease_until.le(now)))
        .set((jobs::holder.eq(Some(holder)), jobs::lease_until.eq(until), jobs::started.eq(Some(now))))
        .execute(tx.connection)?;
    if taken == 1 {
        return Ok(true);
    }
    let known: i64 = jobs::table.filter(jobs::name.eq(name)).count().get_result(tx.connection)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(jobs::table)
        .values((
            jobs::name.eq(name),
            jobs::holder.eq(Some(holder)),
            jobs::lease_until.eq(until),
            jobs::started.eq(Some(now)),
        ))
        .execute(tx.connection)?;
    Ok(true)
}

/// Ends a run: the next one is due at `next`.
pub fn finish(tx: &mut Tx<'_>, name: &str, now: i64, next: i64, error: Option<&str>) -> Result<(), Error> {
    diesel::update(jobs::table.filter(jobs::name.eq(name)))
        .set((jobs::lease_until.eq(next), jobs::finished.eq(Some(now)), jobs::error.eq(error)))
        .execute(tx.connection)?;
    Ok(())
}
