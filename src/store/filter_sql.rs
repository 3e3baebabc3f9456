//! From a checked filter to SQL, for both backends.
//!
//! Positive terms become `resources.key IN (SELECT ..)`, which both planners start from; under a negation they become
//! correlated `EXISTS`, because PostgreSQL's `NOT IN` turns quadratic. A value path starts from its most selective term
//! and joins the others on `element`. Client text is always a bind, and the statement is never cached: the shapes are
//! the client's to choose, and a cache of them would grow without bound.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};

use super::backend::AnyBackend;
use super::{ConnectionKey, Error, Tx};
use crate::scim::matches::{Field, Plan, RelatedField, RelatedSide, Term, Test};
use crate::scim::values::{cut, cut_to};

/// Keys shorter than this compare as the uncut value does: a cut key is longer.
const SHORT_BYTES: usize = 508;

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

    fn sql(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Sql(last)) => last.push_str(text),
            _ => self.0.push(Piece::Sql(text.to_owned())),
        }
    }

    fn text(&mut self, value: &str) {
        self.0.push(Piece::Text(value.to_owned()));
    }

    fn number(&mut self, value: i64) {
        self.0.push(Piece::Number(value));
    }
}

/// Whether a term stands under an odd number of negations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Polarity {
    Positive,
    Negative,
}

struct Compiler<'a, 'b> {
    tx: &'a mut Tx<'b>,
    connection: ConnectionKey,
    out: FilterSql,
}

impl Compiler<'_, '_> {
    fn plan(&mut self, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
        match plan {
            Plan::Everything => self.out.sql("1 = 1"),
            Plan::Nothing => self.out.sql("1 = 0"),
            Plan::All(plans) => self.joined(plans, " AND ", |this, plan| this.plan(plan, polarity))?,
            Plan::Any(plans) => self.joined(plans, " OR ", |this, plan| this.plan(plan, polarity))?,
            Plan::Not(inner) => {
                self.out.sql("NOT (");
                self.plan(inner, Polarity::Negative)?;
                self.out.sql(")");
            }
            Plan::Term(term) => self.term(term, polarity)?,
            Plan::Element { path, plan } => self.element(path, plan, polarity)?,
            Plan::Related { side, plan } => self.relation(*side, plan, polarity)?,
        }
        Ok(())
    }

    fn joined<F>(&mut self, plans: &[Plan], word: &str, mut each: F) -> Result<(), Error>
    where
        F: FnMut(&mut Self, &Plan) -> Result<(), Error>,
    {
        self.out.sql("(");
        for (index, plan) in plans.iter().enumerate() {
            if index > 0 {
                self.out.sql(word);
            }
            each(self, plan)?;
        }
        self.out.sql(")");
        Ok(())
    }

    fn term(&mut self, term: &Term, polarity: Polarity) -> Result<(), Error> {
        match &term.field {
            Field::Id => self.column("resources.id", &term.test),
            Field::UserName => self.column("resources.unique_key", &term.test),
            Field::Created => self.time("resources.created", &term.test),
            Field::LastModified => self.time("resources.modified", &term.test),
            Field::Version => self.column("('W/\"' || resources.version || '\"')", &term.test),
            Field::Stored(path) => {
                self.open_values("v", "resource_key", polarity);
                self.path("v", path)?;
                self.out.sql(" AND ");
                self.indexed("v", &term.test);
                self.out.sql(")");
            }
            Field::Related(_) => self.out.sql("1 = 0"),
        }
        Ok(())
    }

    /// Opens a subquery on `attribute_values` for resources of this connection.
    fn open_values(&mut self, alias: &str, key: &str, polarity: Polarity) {
        if polarity == Polarity::Positive {
            self.out.sql(&format!(
                "resources.key IN (SELECT {alias}.{key} FROM attribute_values {alias} WHERE {alias}.connection_key = "
            ));
            self.connection();
        } else {
            self.out.sql(&format!(
                "EXISTS (SELECT 1 FROM attribute_values {alias} WHERE {alias}.connection_key = resources.connection_key \
                 AND {alias}.resource_key = resources.key"
            ));
        }
    }

    fn connection(&mut self) {
        self.out.number(self.connection.number());
    }

    fn path(&mut self, alias: &str, path: &str) -> Result<(), Error> {
        let key = self.tx.path_key(path)?;
        self.out.sql(&format!(" AND {alias}.path_key = "));
        self.out.number(key);
        Ok(())
    }

    /// A test of a row of `attribute_values`, where long values are cut.
    fn indexed(&mut self, alias: &str, test: &Test) {
        let (key, whole) = (format!("{alias}.value_key"), format!("COALESCE({alias}.rest, {alias}.value_key)"));
        match test {
            Test::Present => self.out.sql("1 = 1"),
            Test::Eq(value) => self.equal(alias, value),
            Test::Ne(value) => {
                self.out.sql("NOT (");
                self.equal(alias, value);
                self.out.sql(")");
            }
            Test::Co(value) => self.contains(&whole, value),
            Test::Ew(value) => self.ends(&whole, value),
            Test::Sw(value) if value.len() <= SHORT_BYTES => self.starts(&key, value),
            Test::Sw(value) => {
                self.starts(&key, cut_to(value, SHORT_BYTES));
                self.out.sql(&format!(" AND substr({whole}, 1, length("));
                self.out.text(value);
                self.out.sql(")) = ");
                self.out.text(value);
            }
            Test::Gt(value) => self.ordered(&key, &whole, ">", value),
            Test::Ge(value) => self.ordered(&key, &whole, ">=", value),
            Test::Lt(value) => self.ordered(&key, &whole, "<", value),
            Test::Le(value) => self.ordered(&key, &whole, "<=", value),
        }
    }

    fn equal(&mut self, alias: &str, value: &str) {
        let (key, is_cut) = cut(value);
        self.out.sql(&format!("({alias}.value_key = "));
        self.out.text(key);
        if is_cut {
            self.out.sql(&format!(" AND {alias}.rest IS NOT NULL AND {alias}.rest = "));
            self.out.text(value);
            self.out.sql(")");
        } else {
            self.out.sql(&format!(" AND {alias}.rest IS NULL)"));
        }
    }

    fn ordered(&mut self, key: &str, whole: &str, operator: &str, value: &str) {
        let side = if value.len() <= SHORT_BYTES { key } else { whole };
        self.out.sql(&format!("{side} {operator} "));
        self.out.text(value);
    }

    /// A test of a text column that is never cut.
    fn column(&mut self, column: &str, test: &Test) {
        match test {
            Test::Present => self.out.sql(&format!("{column} IS NOT NULL")),
            Test::Eq(value) => self.compared(column, "=", value),
            Test::Ne(value) => self.compared(column, "<>", value),
            Test::Gt(value) => self.compared(column, ">", value),
            Test::Ge(value) => self.compared(column, ">=", value),
            Test::Lt(value) => self.compared(column, "<", value),
            Test::Le(value) => self.compared(column, "<=", value),
            Test::Co(value) => self.contains(column, value),
            Test::Sw(value) => self.starts(column, value),
            Test::Ew(value) => self.ends(column, value),
        }
    }

    fn compared(&mut self, column: &str, operator: &str, value: &str) {
        self.out.sql(&format!("{column} {operator} "));
        self.out.text(value);
    }

    /// A test of a time column; the key is microseconds as text.
    fn time(&mut self, column: &str, test: &Test) {
        let (operator, value) = match test {
            Test::Eq(value) => ("=", value),
            Test::Ne(value) => ("<>", value),
            Test::Gt(value) => (">", value),
            Test::Ge(value) => (">=", value),
            Test::Lt(value) => ("<", value),
            Test::Le(value) => ("<=", value),
            Test::Present | Test::Co(_) | Test::Sw(_) | Test::Ew(_) => return self.out.sql("1 = 1"),
        };
        self.out.sql(&format!("{column} {operator} "));
        self.out.number(value.parse().unwrap_or(i64::MAX));
    }

    fn contains(&mut self, column: &str, value: &str) {
        self.out.sql(&format!("instr({column}, "));
        self.out.text(value);
        self.out.sql(") > 0");
    }

    /// A prefix as a range of bytes, which an index serves.
    fn starts(&mut self, column: &str, prefix: &str) {
        self.out.sql(&format!("({column} >= "));
        self.out.text(prefix);
        if let Some(after) = after_prefix(prefix) {
            self.out.sql(&format!(" AND {column} < "));
            self.out.text(&after);
        }
        self.out.sql(")");
    }

    fn ends(&mut self, column: &str, suffix: &str) {
        self.out.sql(&format!("(length({column}) >= length("));
        self.out.text(suffix);
        self.out.sql(&format!(") AND substr({column}, length({column}) - length("));
        self.out.text(suffix);
        self.out.sql(") + 1) = ");
        self.out.text(suffix);
        self.out.sql(")");
    }

    /// A value path: its rows start from the most selective term, the others join on the element.
    fn element(&mut self, path: &str, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
        let (driver, others) = driver(plan);
        self.open_values("e", "resource_key", polarity);
        match driver {
            Some((path, test)) => {
                self.path("e", path)?;
                self.out.sql(" AND ");
                self.indexed("e", test);
            }
            None => self.path("e", path)?,
        }
        for other in others {
            self.out.sql(" AND ");
            self.same_element(other)?;
        }
        self.out.sql(")");
        Ok(())
    }

    /// A condition on other values of the element `e`.
    fn same_element(&mut self, plan: &Plan) -> Result<(), Error> {
        match plan {
            Plan::All(plans) => self.joined(plans, " AND ", Self::same_element),
            Plan::Any(plans) => self.joined(plans, " OR ", Self::same_element),
            Plan::Not(inner) => {
                self.out.sql("NOT (");
                self.same_element(inner)?;
                self.out.sql(")");
                Ok(())
            }
            Plan::Term(Term { field: Field::Stored(path), test, .. }) => {
                self.out.sql(
                    "EXISTS (SELECT 1 FROM attribute_values f WHERE f.connection_key = e.connection_key \
                     AND f.resource_key = e.resource_key AND f.element = e.element",
                );
                self.path("f", path)?;
                self.out.sql(" AND ");
                self.indexed("f", test);
                self.out.sql(")");
                Ok(())
            }
            Plan::Everything => {
                self.out.sql("1 = 1");
                Ok(())
            }
            Plan::Nothing | Plan::Term(_) | Plan::Element { .. } | Plan::Related { .. } => {
                self.out.sql("1 = 0");
                Ok(())
            }
        }
    }

    /// Members of a group, or groups of a member: `r` is the one on the other side.
    fn relation(&mut self, side: RelatedSide, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
        let (ours, theirs) = match side {
            RelatedSide::Members => ("group_key", "member_key"),
            RelatedSide::Groups => ("member_key", "group_key"),
        };
        let from = format!(
            "FROM members m JOIN resources r ON r.connection_key = m.connection_key AND r.key = m.{theirs} WHERE m.connection_key = "
        );
        if polarity == Polarity::Positive {
            self.out.sql(&format!("resources.key IN (SELECT m.{ours} {from}"));
            self.connection();
        } else {
            self.out.sql(&format!("EXISTS (SELECT 1 {from}resources.connection_key AND m.{ours} = resources.key"));
        }
        self.out.sql(" AND ");
        self.related(plan, "r")?;
        self.out.sql(")");
        Ok(())
    }

    fn related(&mut self, plan: &Plan, alias: &str) -> Result<(), Error> {
        match plan {
            Plan::All(plans) => self.joined(plans, " AND ", |this, plan| this.related(plan, alias))?,
            Plan::Any(plans) => self.joined(plans, " OR ", |this, plan| this.related(plan, alias))?,
            Plan::Not(inner) => {
                self.out.sql("NOT (");
                self.related(inner, alias)?;
                self.out.sql(")");
            }
            Plan::Term(Term { field: Field::Related(field), test, .. }) => match field {
                RelatedField::Value => self.column(&format!("{alias}.id"), test),
                RelatedField::Kind => self.column(&format!("lower({alias}.kind)"), test),
                RelatedField::Display => {
                    self.out.sql(&format!(
                        "EXISTS (SELECT 1 FROM attribute_values d WHERE d.connection_key = {alias}.connection_key \
                         AND d.resource_key = {alias}.key"
                    ));
                    self.path("d", "displayName")?;
                    self.out.sql(" AND ");
                    self.indexed("d", test);
                    self.out.sql(")");
                }
            },
            Plan::Everything => self.out.sql("1 = 1"),
            Plan::Nothing | Plan::Term(_) | Plan::Element { .. } | Plan::Related { .. } => self.out.sql("1 = 0"),
        }
        Ok(())
    }
}

/// The term a value path starts from, and the conditions that remain.
fn driver(plan: &Plan) -> (Option<(&str, &Test)>, Vec<&Plan>) {
    let terms: Vec<&Plan> = match plan {
        Plan::All(plans) => plans.iter().collect(),
        other => vec![other],
    };
    let best = terms.iter().enumerate().filter_map(|(index, plan)| Some((rank(plan)?, index))).min();
    let Some((_, chosen)) = best else {
        return (None, terms);
    };
    let mut driver = None;
    let mut others = Vec::new();
    for (index, plan) in terms.into_iter().enumerate() {
        match plan {
            Plan::Term(Term { field: Field::Stored(path), test, .. }) if index == chosen => {
                driver = Some((path.as_str(), test));
            }
            other => others.push(other),
        }
    }
    (driver, others)
}

/// How many rows a term may leave, as an order: `type` and booleans are worth little, equality much.
fn rank(plan: &Plan) -> Option<u8> {
    let Plan::Term(Term { field: Field::Stored(path), test, .. }) = plan else {
        return None;
    };
    let is_coarse = [".type", ".primary"].iter().any(|end| path.ends_with(end));
    match (test, is_coarse) {
        (Test::Eq(_), false) => Some(0),
        (Test::Sw(_), false) => Some(1),
        (Test::Gt(_) | Test::Ge(_) | Test::Lt(_) | Test::Le(_), false) => Some(2),
        (Test::Eq(_), true) => Some(3),
        (Test::Co(_) | Test::Ew(_), false) => Some(4),
        _ => None,
    }
}

/// The least text that is greater than every text with this prefix.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
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

/// How many comparisons of a plan no index serves: each costs a pass over every value.
pub(super) fn unindexed_terms(plan: &Plan) -> i64 {
    match plan {
        Plan::All(plans) if plans.iter().any(|plan| unindexed_terms(plan) == 0) => 0,
        Plan::All(plans) | Plan::Any(plans) => plans.iter().map(unindexed_terms).sum(),
        Plan::Not(inner) => unindexed_terms(inner).max(1),
        Plan::Element { plan, .. } => i64::from(driver(plan).0.is_none()),
        Plan::Related { .. } | Plan::Nothing | Plan::Everything => 0,
        Plan::Term(term) => i64::from(matches!(term.test, Test::Co(_) | Test::Ew(_) | Test::Ne(_))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_after_a_prefix_is_greater_than_all_that_begin_with_it() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{D7FF}").as_deref(), Some("a\u{E000}"));
        assert_eq!(after_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{10FFFF}"), None);
        assert_eq!(after_prefix(""), None);
        assert!("ab\u{10FFFF}\u{10FFFF}" < after_prefix("ab").unwrap().as_str());
    }
}
