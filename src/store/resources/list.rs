//! Pages and counts, filtered and sorted by the database alone.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::order::{self, Part, Slice};
use super::{Kind, Listing, Resource, Row, resource};
use crate::scim::cursor::Position;
use crate::scim::sort::SortBy;
use crate::store::filter_sql::unindexed_terms;
use crate::store::sql::{Sql, SqlQuery};
use crate::store::{ConnectionKey, Error, Tx, counts};

/// Values one list may pass over because no index serves it.
const SCANNED_VALUES: i64 = 20_000_000;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// After so many resources.
    Offset(i64),
    /// After the resource at this position.
    After(Position),
    /// Before the resource at this position: the page ends there.
    Before(Position),
}

type Columns = (BigInt, Text, Text, BigInt, BigInt, BigInt, Nullable<Text>, Bool, Text);
type Keyed = (Row, Option<String>);

/// Up to `limit` resources in order, each with its position.
pub fn list(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    listing: &Listing<'_>,
    start: &Start,
    limit: i64,
) -> Result<Vec<(Resource, Position)>, Error> {
    let (mut offset, beyond, is_backward) = match start {
        Start::Offset(offset) => (*offset, None, false),
        Start::After(position) => (0, Some(position), false),
        Start::Before(position) => (0, Some(position), true),
    };
    let is_reversed = listing.is_descending != is_backward;
    let first = beyond.map(Part::with);
    let mut page: Vec<(Resource, Position)> = Vec::new();
    for part in Part::of(is_reversed).into_iter().skip_while(|part| first.is_some_and(|first| first != *part)) {
        let missing = limit - i64::try_from(page.len()).unwrap_or(i64::MAX);
        let beyond = beyond.filter(|position| Part::with(position) == part);
        let found = read(tx, connection, listing, part, Slice { beyond, offset, limit: missing, is_reversed })?;
        if !found.is_empty() {
            offset = 0;
        } else if offset > 0 {
            offset = (offset - count_part(tx, connection, listing, part)?).max(0);
        }
        page.extend(found);
    }
    if is_backward {
        page.reverse();
    }
    Ok(page)
}

fn read(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    listing: &Listing<'_>,
    part: Part,
    slice: Slice<'_>,
) -> Result<Vec<(Resource, Position)>, Error> {
    let keys = if slice.limit > 0 { order::keys(tx, connection, listing, part, slice)? } else { None };
    let Some(keys) = keys else {
        return Ok(Vec::new());
    };
    let direction = if slice.is_reversed { " DESC" } else { "" };
    let mut sql = Sql::default();
    sql.sql(
        "SELECT resources.key, resources.kind, resources.id, resources.version, resources.created, resources.modified, \
         resources.unique_key, resources.active, resources.document, page.value FROM (",
    );
    sql.append(keys);
    sql.sql(") page JOIN resources ON resources.key = page.key AND resources.connection_key = ");
    sql.number(connection.number());
    sql.sql(&format!(" ORDER BY page.value{direction}, page.key{direction}"));
    let rows: Vec<Keyed> = SqlQuery::<(Columns, Nullable<Text>)>::new(sql).load(tx.connection)?;
    rows.into_iter()
        .map(|(row, value)| Ok((Position { value, key: row.0.number() }, resource(row)?)))
        .map(|keyed| keyed.map(|(position, resource)| (resource, position)))
        .collect()
}

/// How many resources of a listing there are.
///
/// # Errors
/// [`Error::TooMany`] for a filter and an order that no index serves, over a directory too large to pass over.
pub fn count(tx: &mut Tx<'_>, connection: ConnectionKey, listing: &Listing<'_>) -> Result<i64, Error> {
    let (mut total, mut work) = (0, 0_i64);
    for kind in &listing.kinds {
        let passes = kind.passes();
        let all = if passes > 0 || kind.filter.is_none() { counts::total(tx, connection, kind.name)? } else { 0 };
        work = work.saturating_add(passes.saturating_mul(all));
        if work > SCANNED_VALUES {
            return Err(Error::TooMany);
        }
        total += if kind.filter.is_some() { number(tx, connection, kind, None)? } else { all };
    }
    Ok(total)
}

impl Kind<'_> {
    /// Whether an index leaves few resources for the filter to pass over.
    pub(super) fn is_filtered_by_index(&self) -> bool {
        self.filter.is_some_and(|plan| unindexed_terms(plan) == 0)
    }

    /// How often all resources of the kind are passed over, because no index serves its filter or its order.
    fn passes(&self) -> i64 {
        // Those that have no value at a path are in no index.
        let is_ordered = matches!(self.sort, SortBy::Nothing | SortBy::Constant(_) | SortBy::UserName);
        self.filter.map_or(0, unindexed_terms) + i64::from(!is_ordered)
    }
}

fn count_part(tx: &mut Tx<'_>, connection: ConnectionKey, listing: &Listing<'_>, part: Part) -> Result<i64, Error> {
    let mut total = 0;
    for kind in listing.kinds.iter().filter(|kind| part.has(&kind.sort)) {
        total += number(tx, connection, kind, Some(part))?;
    }
    Ok(total)
}

fn number(tx: &mut Tx<'_>, connection: ConnectionKey, kind: &Kind<'_>, part: Option<Part>) -> Result<i64, Error> {
    let sql = order::count(tx, connection, kind, part)?;
    Ok(SqlQuery::<BigInt>::new(sql).get_result(tx.connection)?)
}
