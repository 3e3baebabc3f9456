//! Pages and counts, filtered by the database alone.

use diesel::prelude::*;

use super::{COLUMNS, Resource, Row, resource};
use crate::scim::matches::Plan;
use crate::store::filter_sql::{FilterSql, unindexed_terms};
use crate::store::schema::resources;
use crate::store::{ConnectionKey, Error, Tx, counts};

/// Values one filter may pass over because no index serves it.
const SCANNED_VALUES: i64 = 20_000_000;

/// One page of a kind in creation order: `limit` resources after `offset`.
pub fn list(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &str,
    filter: Option<&Plan>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Resource>, Error> {
    let mut query = resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .order(resources::key)
        .offset(offset)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(plan) = filter {
        query = query.filter(FilterSql::compile(tx, connection, plan)?);
    }
    query.load::<Row>(tx.connection)?.into_iter().map(resource).collect()
}

/// How many resources of a kind satisfy a filter.
///
/// # Errors
/// [`Error::TooMany`] for a filter that no index serves, over a directory too large to pass over.
pub fn count(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &str, filter: Option<&Plan>) -> Result<i64, Error> {
    let Some(plan) = filter else {
        return counts::total(tx, connection, kind);
    };
    let passes = unindexed_terms(plan);
    if passes > 0 && passes.saturating_mul(counts::total(tx, connection, kind)?) > SCANNED_VALUES {
        return Err(Error::TooMany);
    }
    Ok(resources::table
        .filter(resources::connection_key.eq(connection))
        .filter(resources::kind.eq(kind))
        .filter(FilterSql::compile(tx, connection, plan)?)
        .count()
        .get_result(tx.connection)?)
}
