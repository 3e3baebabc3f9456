//! From a checked filter to SQL, for both backends.
//!
//! Positive terms become `resources.key IN (SELECT ..)`, which both planners start from; under a negation they become
//! correlated `EXISTS`, because PostgreSQL's `NOT IN` turns quadratic. A value path starts from its most selective term
//! and joins the others on `element`. Client text is always a bind, and the statement is never cached: the shapes are
//! the client's to choose, and a cache of them would grow without bound.

mod compile;
mod driver;
mod groups;
mod test;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};

use super::backend::AnyBackend;
use super::{ConnectionKey, Error, Tx};
use crate::scim::matches::Plan;

use compile::{Compiler, Polarity};

pub(super) use driver::unindexed_terms;

/// A compiled filter: a boolean expression over `resources`.
#[derive(Clone, Debug, Default)]
pub(super) struct FilterSql(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Sql(String),
    Text(String),
    Number(i64),
}

impl FilterSql {
    /// Compiles a plan for the resources of one connection.
    pub(super) fn compile(tx: &mut Tx<'_>, connection: ConnectionKey, plan: &Plan) -> Result<Self, Error> {
        let mut compiler = Compiler { tx, connection, out: Self::default() };
        compiler.plan(plan, Polarity::Positive)?;
        Ok(compiler.out)
    }

    /// Compiles a plan about the members of a group, where `resources` is the member.
    pub(super) fn compile_members(tx: &mut Tx<'_>, connection: ConnectionKey, plan: &Plan) -> Result<Self, Error> {
        let mut compiler = Compiler { tx, connection, out: Self::default() };
        compiler.related(plan, "resources")?;
        Ok(compiler.out)
    }

    pub(super) fn sql(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Sql(last)) => last.push_str(text),
            _ => self.0.push(Piece::Sql(text.to_owned())),
        }
    }

    pub(super) fn text(&mut self, value: &str) {
        self.0.push(Piece::Text(value.to_owned()));
    }

    pub(super) fn number(&mut self, value: i64) {
        self.0.push(Piece::Number(value));
    }
}

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
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for piece in &self.0 {
            match piece {
                Piece::Sql(text) => out.push_sql(text),
                Piece::Text(value) => out.push_bind_param::<Text, _>(value)?,
                Piece::Number(value) => out.push_bind_param::<BigInt, _>(value)?,
            }
        }
        Ok(())
    }
}
