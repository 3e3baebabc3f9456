//! SQL made of pieces, for what diesel's types cannot say: filters and orders of a client's making.
//!
//! A client's text is always a bind. The statement is not kept prepared, unless it is [`Sql::fixed`]: most shapes are the
//! client's to choose, and a cache of them would grow without bound.

use std::marker::PhantomData;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};

use super::backend::{AnyBackend, AnyConnection};

/// A part of a statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Sql {
    pieces: Vec<Piece>,
    /// Whether the statement stays prepared.
    is_fixed: bool,
}

#[derive(Clone, Debug)]
enum Piece {
    Sql(String),
    Text(String),
    Number(i64),
}

impl Sql {
    pub(super) fn sql(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Sql(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Sql(text.to_owned())),
        }
    }

    pub(super) fn text(&mut self, value: &str) {
        self.pieces.push(Piece::Text(value.to_owned()));
    }

    pub(super) fn number(&mut self, value: i64) {
        self.pieces.push(Piece::Number(value));
    }

    /// `LIMIT`, as a sum: a parameter alone SQLite would read while it plans, and plan anew whenever one is bound.
    pub(super) fn limit(&mut self, value: i64) {
        self.sql(" LIMIT ");
        self.number(value);
        self.sql(" + 0");
    }

    /// Has the statement stay prepared: for one whose text is among a few.
    pub(super) fn fixed(self) -> Self {
        Self { is_fixed: true, ..self }
    }

    pub(super) fn append(&mut self, other: Self) {
        self.pieces.extend(other.pieces);
    }
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<AnyBackend> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        if !self.is_fixed {
            out.unsafe_to_cache_prepared();
        }
        for piece in &self.pieces {
            match piece {
                Piece::Sql(text) => out.push_sql(text),
                Piece::Text(value) => out.push_bind_param::<Text, _>(value)?,
                Piece::Number(value) => out.push_bind_param::<BigInt, _>(value)?,
            }
        }
        Ok(())
    }
}

/// A whole query, whose rows have the SQL types `T`.
#[derive(Debug)]
pub(super) struct SqlQuery<T> {
    sql: Sql,
    types: PhantomData<T>,
}

impl<T> SqlQuery<T> {
    pub(super) fn new(sql: Sql) -> Self {
        Self { sql, types: PhantomData }
    }
}

impl<T> Query for SqlQuery<T> {
    type SqlType = T;
}

impl<T> RunQueryDsl<AnyConnection> for SqlQuery<T> {}

impl<T> QueryId for SqlQuery<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<AnyBackend> for SqlQuery<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        self.sql.walk_ast(out)
    }
}
