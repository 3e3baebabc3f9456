//! Filters about the groups of people, who are in a group directly or through other groups.
//!
//! A positive term walks down from the groups it is about, so that a look-up by id starts from the index; a negated one
//! walks up from each person. Only a filter that asks for `type` must tell both ways of being in a group apart: a group
//! that is both counts as direct.

use super::compile::{Compiler, Polarity};
use super::driver::asks_type;
use crate::scim::matches::{Field, Plan, RelatedField, RelatedSide, Term};
use crate::store::Error;

impl Compiler<'_, '_> {
    pub(super) fn groups(&mut self, plan: &Plan, polarity: Polarity) -> Result<(), Error> {
        // Whoever is in some group is in one directly.
        if *plan == Plan::Everything {
            return self.relation(RelatedSide::Groups, plan, polarity);
        }
        if !asks_type(plan) {
            return self.within(plan, polarity, Reach::Any);
        }
        match (of_type(plan, "direct"), of_type(plan, "indirect")) {
            (direct, Plan::Nothing) => self.relation(RelatedSide::Groups, &direct, polarity),
            (Plan::Nothing, indirect) => self.within(&indirect, polarity, Reach::Indirect),
            (direct, indirect) => {
                self.out.sql("(");
                self.relation(RelatedSide::Groups, &direct, polarity)?;
                self.out.sql(" OR ");
                self.within(&indirect, polarity, Reach::Indirect)?;
                self.out.sql(")");
                Ok(())
            }
        }
    }

    fn within(&mut self, plan: &Plan, polarity: Polarity, reach: Reach) -> Result<(), Error> {
        match polarity {
            Polarity::Positive => self.below(plan, reach),
            Polarity::Negative => self.above(plan, reach),
        }
    }

    /// From the groups `r` down to people; `top` tells where a walk began, where that matters.
    fn below(&mut self, plan: &Plan, reach: Reach) -> Result<(), Error> {
        let top = if reach == Reach::Any { "0" } else { "r.key" };
        self.out.sql(&format!(
            "resources.key IN (WITH RECURSIVE below(top, key) AS (SELECT {top}, r.key FROM resources r \
             WHERE r.kind = 'Group' AND r.connection_key = "
        ));
        self.connection();
        self.out.sql(" AND ");
        self.related(plan, "r")?;
        self.out.sql(
            " UNION SELECT b.top, n.member_key FROM below b JOIN members n ON n.is_group AND n.group_key = b.key \
             AND n.connection_key = ",
        );
        self.connection();
        self.out
            .sql(") SELECT m.member_key FROM below b JOIN members m ON m.group_key = b.key AND m.connection_key = ");
        self.connection();
        if reach == Reach::Indirect {
            // A count and no NOT EXISTS, of which PostgreSQL makes a join with all members.
            self.out.sql(
                " AND (SELECT COUNT(*) FROM members d WHERE d.connection_key = m.connection_key \
                 AND d.group_key = b.top AND d.member_key = m.member_key) = 0",
            );
        }
        self.out.sql(")");
        Ok(())
    }

    /// From one person up to the groups `r`.
    fn above(&mut self, plan: &Plan, reach: Reach) -> Result<(), Error> {
        self.out.sql(
            "EXISTS (WITH RECURSIVE above(key) AS (SELECT m.group_key FROM members m \
             WHERE m.connection_key = resources.connection_key AND m.member_key = resources.key \
             UNION SELECT n.group_key FROM above a JOIN members n ON n.is_group AND n.member_key = a.key \
             AND n.connection_key = ",
        );
        self.connection();
        self.out.sql(") SELECT 1 FROM above a JOIN resources r ON r.key = a.key AND r.connection_key = ");
        self.connection();
        self.out.sql(" WHERE ");
        self.related(plan, "r")?;
        if reach == Reach::Indirect {
            self.out.sql(
                " AND NOT EXISTS (SELECT 1 FROM members d WHERE d.connection_key = r.connection_key \
                 AND d.group_key = r.key AND d.member_key = resources.key)",
            );
        }
        self.out.sql(")");
        Ok(())
    }
}

/// Which ways of being in a group count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Any,
    Indirect,
}

/// What remains of a plan for groups that people are in this way.
fn of_type(plan: &Plan, word: &str) -> Plan {
    match plan {
        Plan::Term(Term { field: Field::Related(RelatedField::Kind), test }) => settled(test.passes(word)),
        Plan::Not(inner) => match of_type(inner, word) {
            Plan::Everything => Plan::Nothing,
            Plan::Nothing => Plan::Everything,
            other => Plan::Not(Box::new(other)),
        },
        Plan::All(plans) => joined(plans, word, &Plan::Everything, &Plan::Nothing, Plan::All),
        Plan::Any(plans) => joined(plans, word, &Plan::Nothing, &Plan::Everything, Plan::Any),
        other => other.clone(),
    }
}

fn settled(holds: bool) -> Plan {
    if holds { Plan::Everything } else { Plan::Nothing }
}

/// The parts without those that change nothing; one that decides alone is the whole.
fn joined(plans: &[Plan], word: &str, idle: &Plan, decisive: &Plan, join: fn(Vec<Plan>) -> Plan) -> Plan {
    let mut parts: Vec<Plan> = plans.iter().map(|plan| of_type(plan, word)).filter(|plan| plan != idle).collect();
    if parts.contains(decisive) {
        return decisive.clone();
    }
    match (parts.pop(), parts.is_empty()) {
        (None, _) => idle.clone(),
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            join(parts)
        }
    }
}
