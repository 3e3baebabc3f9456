//! Sorted pages as SQL (RFC 7644 section 3.4.2.3): row keys in order, from an offset or a position on.
//!
//! The order has two parts: resources that have a value, by value and row key, then those that have none, by row key.
//! Each part is a statement of its own, because an index serves each: the primary key of `attribute_values`, or the unique
//! index of `resources`, has the values in order. What is not sorted by anything has only the second part.

use super::{Kind, Listing};
use crate::scim::cursor::Position;
use crate::scim::sort::SortBy;
use crate::scim::values::cut;
use crate::store::filter_sql;
use crate::store::sql::Sql;
use crate::store::{ConnectionKey, Error, Tx};

/// One of the two parts of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Resources that have a value.
    Valued,
    /// Resources that have none.
    Unvalued,
}

impl Part {
    /// Both in the direction of a page.
    pub(super) fn of(is_reversed: bool) -> [Self; 2] {
        if is_reversed { [Self::Unvalued, Self::Valued] } else { [Self::Valued, Self::Unvalued] }
    }

    /// The part that a position is in.
    pub(super) fn with(position: &Position) -> Self {
        if position.value.is_some() { Self::Valued } else { Self::Unvalued }
    }

    /// Whether resources that are sorted so can be in it.
    pub(super) fn has(self, by: &SortBy) -> bool {
        match by {
            SortBy::Nothing => self == Self::Unvalued,
            SortBy::Stored(_) => true,
            _ => self == Self::Valued,
        }
    }
}

/// Which rows of a part a statement reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice<'a> {
    /// Only those beyond it.
    pub(super) beyond: Option<&'a Position>,
    /// Rows left out at the start.
    pub(super) offset: i64,
    /// Rows at most.
    pub(super) limit: i64,
    /// Whether the order is turned round.
    pub(super) is_reversed: bool,
}

/// The keys of a slice with their values, as columns `key` and `value`; `None` where no kind has such resources.
pub(super) fn keys(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    listing: &Listing<'_>,
    part: Part,
    slice: Slice<'_>,
) -> Result<Option<Sql>, Error> {
    let kinds: Vec<&Kind<'_>> = listing.kinds.iter().filter(|kind| part.has(&kind.sort)).collect();
    let mut sql = Sql::default();
    let inner = if kinds.len() == 1 { slice } else { Slice { offset: 0, limit: slice.offset + slice.limit, ..slice } };
    for (number, kind) in kinds.iter().enumerate() {
        sql.sql(if number == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        branch(tx, connection, kind, part, inner, &mut sql)?;
        sql.sql(&format!(") k{number}"));
    }
    if kinds.len() > 1 {
        ordered(&["2".to_owned(), "1".to_owned()], slice, &mut sql);
    }
    Ok((!kinds.is_empty()).then_some(sql))
}

/// The number of resources of a kind that satisfy its filter, in one part or in both.
pub(super) fn count(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &Kind<'_>,
    part: Option<Part>,
) -> Result<Sql, Error> {
    let mut sql = Sql::default();
    sql.sql("SELECT COUNT(*)");
    rows(tx, connection, kind, part, &mut sql)?;
    Ok(sql)
}

/// The slice of one kind.
fn branch(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &Kind<'_>,
    part: Part,
    slice: Slice<'_>,
    sql: &mut Sql,
) -> Result<(), Error> {
    sql.sql("SELECT resources.key AS key, ");
    value(&kind.sort, part, sql);
    sql.sql(" AS value");
    rows(tx, connection, kind, Some(part), sql)?;
    let columns = columns(&kind.sort, part);
    if let Some(position) = slice.beyond {
        beyond(&kind.sort, &columns, position, slice.is_reversed, sql);
    }
    ordered(&columns, slice, sql);
    Ok(())
}

/// `FROM` and `WHERE`: the resources of a part that satisfy the filter.
fn rows(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    kind: &Kind<'_>,
    part: Option<Part>,
    sql: &mut Sql,
) -> Result<(), Error> {
    let path = if let SortBy::Stored(path) = &kind.sort { Some(tx.path_key(path)?) } else { None };
    match (path, part) {
        (Some(path), Some(Part::Valued)) => {
            // SQLite takes a cross join as the order of its loops: the values in order, unless a filter leaves few resources.
            let join = if kind.is_filtered_by_index() { ", " } else { " CROSS JOIN " };
            sql.sql(&format!(" FROM attribute_values s{join}resources WHERE s.connection_key = "));
            sql.number(connection.number());
            sql.sql(" AND s.path_key = ");
            sql.number(path);
            sql.sql(" AND s.is_sort AND resources.key = s.resource_key AND ");
        }
        _ => sql.sql(" FROM resources WHERE "),
    }
    sql.sql("resources.connection_key = ");
    sql.number(connection.number());
    sql.sql(" AND resources.kind = ");
    sql.text(kind.name);
    if let (Some(path), Some(Part::Unvalued)) = (path, part) {
        sql.sql(
            " AND NOT EXISTS (SELECT 1 FROM attribute_values s WHERE s.connection_key = resources.connection_key \
             AND s.resource_key = resources.key AND s.is_sort AND s.path_key = ",
        );
        sql.number(path);
        sql.sql(")");
    }
    if let Some(plan) = kind.filter {
        sql.sql(" AND ");
        sql.append(filter_sql::compile(tx, connection, plan)?);
    }
    Ok(())
}

/// The value as text that compares as the order does.
fn value(by: &SortBy, part: Part, sql: &mut Sql) {
    match (by, part) {
        (SortBy::Constant(text), Part::Valued) => {
            // Joined to a column, it is compared by bytes on PostgreSQL too.
            sql.sql("substr(resources.id, 1, 0) || ");
            sql.text(text);
        }
        (SortBy::Stored(_), Part::Valued) => sql.sql("COALESCE(s.rest, s.value_key)"),
        (by, Part::Valued) => sql.sql(&column(by)),
        (_, Part::Unvalued) => sql.sql("CAST(NULL AS TEXT)"),
    }
}

/// The columns that the order of a part compares, one after the other.
fn columns(by: &SortBy, part: Part) -> Vec<String> {
    match (by, part) {
        (SortBy::Stored(_), Part::Valued) => {
            vec!["s.value_key".to_owned(), "COALESCE(s.rest, '')".to_owned(), "s.resource_key".to_owned()]
        }
        (SortBy::Nothing | SortBy::Constant(_), _) | (_, Part::Unvalued) => vec!["resources.key".to_owned()],
        (by, Part::Valued) => vec![column(by), "resources.key".to_owned()],
    }
}

/// Numbers get as many digits each, so that their text sorts as they do.
fn column(by: &SortBy) -> String {
    let number = |column| format!("CAST(resources.{column} + 1000000000000000000 AS TEXT)");
    match by {
        SortBy::UserName => "resources.unique_key".to_owned(),
        SortBy::Created => number("created"),
        SortBy::LastModified => number("modified"),
        SortBy::Version => number("version"),
        _ => "resources.id".to_owned(),
    }
}

/// Leaves out what does not come after a position.
fn beyond(by: &SortBy, columns: &[String], position: &Position, is_reversed: bool, sql: &mut Sql) {
    let operator = if is_reversed { '<' } else { '>' };
    if let (SortBy::Constant(text), Some(value)) = (by, &position.value)
        && text != value
    {
        let is_after = (text > value) != is_reversed;
        return sql.sql(if is_after { "" } else { " AND 1 = 0" });
    }
    let (key, rest) = match (by, &position.value) {
        (SortBy::Stored(_), Some(value)) => {
            let (key, is_cut) = cut(value);
            (Some(key), Some(if is_cut { value.as_str() } else { "" }))
        }
        (SortBy::Nothing | SortBy::Constant(_), _) | (_, None) => (None, None),
        (_, Some(value)) => (Some(value.as_str().into()), None),
    };
    if let (Some(key), Some(first)) = (&key, columns.first()) {
        // What the row comparison implies, in a form that every planner finds an index for.
        sql.sql(&format!(" AND {first} {operator}= "));
        sql.text(key);
    }
    sql.sql(&format!(" AND ({}) {operator} (", columns.join(", ")));
    for text in key.as_deref().into_iter().chain(rest) {
        sql.text(text);
        sql.sql(", ");
    }
    sql.number(position.key);
    sql.sql(")");
}

/// `ORDER BY`, `LIMIT` and `OFFSET`.
fn ordered(columns: &[String], slice: Slice<'_>, sql: &mut Sql) {
    let direction = if slice.is_reversed { " DESC" } else { "" };
    let columns: Vec<String> = columns.iter().map(|column| format!("{column}{direction}")).collect();
    sql.sql(&format!(" ORDER BY {}", columns.join(", ")));
    sql.limit(slice.limit);
    sql.sql(" OFFSET ");
    sql.number(slice.offset);
}
