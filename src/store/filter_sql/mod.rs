//! From a checked filter to SQL, for both backends.
//!
//! Positive terms become `resources.key IN (SELECT ..)`, which both planners start from; under a negation they become
//! correlated `EXISTS`, because PostgreSQL's `NOT IN` turns quadratic. A value path starts from its most selective term
//! and joins the others on `element`.

mod compile;
mod driver;
mod groups;
mod test;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;

use super::backend::AnyBackend;
use super::sql::Sql;
use super::{ConnectionKey, Error, Tx};
use crate::scim::matches::Plan;

use compile::{Compiler, Polarity};

pub(super) use driver::unindexed_terms;

/// Compiles a plan for the resources of one connection, in a statement about `resources`.
pub(super) fn compile(tx: &mut Tx<'_>, connection: ConnectionKey, plan: &Plan) -> Result<Sql, Error> {
    let mut compiler = Compiler { tx, connection, out: Sql::default() };
    compiler.plan(plan, Polarity::Positive)?;
    Ok(compiler.out)
}

/// Compiles a plan about the members of a group, where `resources` is the member.
pub(super) fn compile_members(tx: &mut Tx<'_>, connection: ConnectionKey, plan: &Plan) -> Result<FilterSql, Error> {
    let mut compiler = Compiler { tx, connection, out: Sql::default() };
    compiler.related(plan, "resources")?;
    Ok(FilterSql(compiler.out))
}

/// A compiled filter as diesel's `filter` takes it.
#[derive(Clone, Debug)]
pub(super) struct FilterSql(Sql);

impl Expression for FilterSql {
    type SqlType = Bool;
}

impl<T> AppearsOnTable<T> for FilterSql {}
impl<T> SelectableExpression<T> for FilterSql {}

impl ValidGrouping<()> for FilterSql {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for FilterSql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<AnyBackend> for FilterSql {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}
