//! Plans to subqueries: which table each term asks, and how subqueries hang together.

use super::driver::driver;
use crate::scim::matches::{Field, Plan, RelatedField, RelatedSide, Term};
use crate::store::sql::Sql;
use crate::store::{ConnectionKey, Error, Tx};

/// Whether a term stands under an odd number of negations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    Positive,
    Negative,
}

pub(super) struct Compiler<'a, 'b> {
    pub(super) tx: &'a mut Tx<'b>,
    pub(super) connection: ConnectionKey,
    pub(super) out: Sql,
}

impl Compiler<'_, '_> {
    pub(super) fn plan(&mut self, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
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
            Plan::Related { side: RelatedSide::Groups, plan } => self.groups(plan, polarity)?,
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
            Field::Id => self.out.column("resources.id", &term.test),
            Field::UserName => self.out.column("resources.unique_key", &term.test),
            Field::Created => self.out.time("resources.created", &term.test),
            Field::LastModified => self.out.time("resources.modified", &term.test),
            Field::Version => self.out.column("('W/\"' || resources.version || '\"')", &term.test),
            Field::Stored(path) => {
                self.open_values("v", "resource_key", polarity);
                self.path("v", path)?;
                self.out.sql(" AND ");
                self.out.indexed("v", &term.test);
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

    pub(super) fn connection(&mut self) {
        self.out.number(self.connection.number());
    }

    fn path(&mut self, alias: &str, path: &str) -> Result<(), Error> {
        let key = self.tx.path_key(path)?;
        self.out.sql(&format!(" AND {alias}.path_key = "));
        self.out.number(key);
        Ok(())
    }

    /// A value path: its rows start from the most selective term, the others join on the element.
    fn element(&mut self, path: &str, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
        let (driver, others) = driver(plan);
        self.open_values("e", "resource_key", polarity);
        match driver {
            Some((path, test)) => {
                self.path("e", path)?;
                self.out.sql(" AND ");
                self.out.indexed("e", test);
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
                self.out.indexed("f", test);
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

    /// Members of a group, or the groups a member is in itself: `r` is the one on the other side.
    pub(super) fn relation(&mut self, side: RelatedSide, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
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

    pub(super) fn related(&mut self, plan: &Plan, alias: &str) -> Result<(), Error> {
        match plan {
            Plan::All(plans) => self.joined(plans, " AND ", |this, plan| this.related(plan, alias))?,
            Plan::Any(plans) => self.joined(plans, " OR ", |this, plan| this.related(plan, alias))?,
            Plan::Not(inner) => {
                self.out.sql("NOT (");
                self.related(inner, alias)?;
                self.out.sql(")");
            }
            Plan::Term(Term { field: Field::Related(field), test, .. }) => match field {
                RelatedField::Value => self.out.column(&format!("{alias}.id"), test),
                RelatedField::Kind => self.out.column(&format!("lower({alias}.kind)"), test),
                RelatedField::Display => {
                    self.out.sql(&format!(
                        "EXISTS (SELECT 1 FROM attribute_values d WHERE d.connection_key = {alias}.connection_key \
                         AND d.resource_key = {alias}.key"
                    ));
                    self.path("d", "displayName")?;
                    self.out.sql(" AND ");
                    self.out.indexed("d", test);
                    self.out.sql(")");
                }
            },
            Plan::Everything => self.out.sql("1 = 1"),
            Plan::Nothing | Plan::Term(_) | Plan::Element { .. } | Plan::Related { .. } => self.out.sql("1 = 0"),
        }
        Ok(())
    }
}
