//! Walks from group to group: what is above a group, how deep it goes below, and the groups of people.
//!
//! They are recursive queries, which diesel's DSL does not have. `UNION` drops what was found before, so a walk ends
//! whatever the rows hold; `is_group` has partial indexes, so it passes over no people.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::members::Related;
use super::sql::{Sql, SqlQuery};
use super::{ConnectionKey, Error, ResourceKey, Tx};
use crate::scim::limits;

/// Groups a walk starts from in one statement.
const CHUNK: usize = 500;

/// The groups that a group is in, directly or through others, each with how many levels it is above at most.
pub fn list_above(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    group: ResourceKey,
) -> Result<Vec<(ResourceKey, i64)>, Error> {
    let mut walk = Sql::default();
    walk.sql("WITH RECURSIVE above(key, level) AS (SELECT m.group_key, 1 FROM members m WHERE m.connection_key = ");
    walk.number(connection.number());
    walk.sql(" AND m.is_group AND m.member_key = ");
    walk.number(group.number());
    walk.sql(
        " UNION SELECT m.group_key, a.level + 1 FROM above a JOIN members m ON m.is_group AND m.member_key = a.key",
    );
    walk.sql(" AND m.connection_key = ");
    walk.number(connection.number());
    walk.sql(" WHERE a.level < ");
    walk.number(limits::GROUP_DEPTH);
    walk.sql(") SELECT key, CAST(MAX(level) AS BIGINT) FROM above GROUP BY key");
    Ok(SqlQuery::<(BigInt, BigInt)>::new(walk).load(tx.connection)?)
}

/// How many levels there are from these groups down to the deepest group below them, their own included.
pub fn height(tx: &mut Tx<'_>, connection: ConnectionKey, groups: &BTreeSet<ResourceKey>) -> Result<i64, Error> {
    let groups: Vec<ResourceKey> = groups.iter().copied().collect();
    let mut height = 0;
    for chunk in groups.chunks(CHUNK) {
        let mut walk = Sql::default();
        walk.sql(
            "WITH RECURSIVE below(key, level) AS (SELECT m.member_key, 2 FROM members m WHERE m.connection_key = ",
        );
        walk.number(connection.number());
        walk.sql(" AND m.is_group AND m.group_key IN (");
        keys(&mut walk, chunk);
        walk.sql(") UNION SELECT m.member_key, b.level + 1 FROM below b JOIN members m ON m.is_group");
        walk.sql(" AND m.group_key = b.key AND m.connection_key = ");
        walk.number(connection.number());
        walk.sql(" WHERE b.level < ");
        walk.number(limits::GROUP_DEPTH);
        walk.sql(") SELECT CAST(COALESCE(MAX(level), 1) AS BIGINT) FROM below");
        height = height.max(SqlQuery::<BigInt>::new(walk).get_result::<i64>(tx.connection)?);
    }
    Ok(height)
}

/// The groups of several people at once, by person, oldest group first, and whether the person is a member of the group
/// itself; `limit` rows at most.
pub fn list_groups_of(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    people: &[ResourceKey],
    limit: i64,
) -> Result<Vec<(ResourceKey, Related, bool)>, Error> {
    let mut walk = Sql::default();
    walk.sql("WITH RECURSIVE above(person, key, hops) AS (SELECT m.member_key, m.group_key, 0 FROM members m");
    walk.sql(" WHERE m.connection_key = ");
    walk.number(connection.number());
    walk.sql(" AND m.member_key IN (");
    keys(&mut walk, people);
    walk.sql(
        ") UNION SELECT a.person, m.group_key, 1 FROM above a JOIN members m ON m.is_group AND m.member_key = a.key",
    );
    walk.sql(" AND m.connection_key = ");
    walk.number(connection.number());
    walk.sql(") SELECT a.person, r.id, r.kind, r.display, MIN(a.hops) = 0 FROM (SELECT person, key, hops FROM above");
    // A group is found twice at most, so that enough are left to see that there are too many; the walk goes no further.
    walk.limit(limit.saturating_mul(2));
    walk.sql(") a JOIN resources r ON r.key = a.key AND r.connection_key = ");
    walk.number(connection.number());
    walk.sql(" GROUP BY a.person, r.key, r.id, r.kind, r.display ORDER BY a.person, r.key");
    walk.limit(limit);
    let walk = if people.len() == 1 { walk.fixed() } else { walk };
    let rows: Vec<(ResourceKey, String, String, Option<String>, bool)> =
        SqlQuery::<(BigInt, Text, Text, Nullable<Text>, Bool)>::new(walk).load(tx.connection)?;
    let row = |(person, id, kind, display, is_direct)| (person, Related { id, kind, display }, is_direct);
    Ok(rows.into_iter().map(row).collect())
}

fn keys(sql: &mut Sql, keys: &[ResourceKey]) {
    for (index, key) in keys.iter().enumerate() {
        if index > 0 {
            sql.sql(", ");
        }
        sql.number(key.number());
    }
}
