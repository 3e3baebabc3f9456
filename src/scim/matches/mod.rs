//! What a filter asks (RFC 7644 section 3.4.2.2), decided once for the database and for memory.
//!
//! [`check`] resolves a filter against the schemas and turns every literal into the key under which values are indexed
//! ([`crate::scim::values`]). The store compiles the [`Plan`] to SQL; [`resource`] and [`select`] evaluate the same
//! plan in memory, over the same rows.

mod ask;
mod check;
mod evaluate;
mod test;
#[cfg(test)]
mod tests;

pub use check::{check, members};
pub use evaluate::{resource, select};
pub use test::Test;

pub use super::schema::RelatedSide;

/// A filter whose meaning is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Every plan holds.
    All(Vec<Plan>),
    /// Some plan holds.
    Any(Vec<Plan>),
    /// The plan does not hold.
    Not(Box<Plan>),
    /// A value passes a test. Outside an element: some value does.
    Term(Term),
    /// Never holds.
    Nothing,
    /// Always holds.
    Everything,
    /// Some element of the attribute satisfies the plan, whose terms are about that element.
    Element {
        /// The stored path of the attribute.
        path: String,
        /// What one element must satisfy.
        plan: Box<Plan>,
    },
    /// Some member of the group, or some group of the member, satisfies the plan.
    Related {
        /// Which of the two.
        side: RelatedSide,
        /// What the other one must satisfy; its terms are [`Field::Related`].
        plan: Box<Plan>,
    },
}

impl Plan {
    /// Whether it holds, where that is so of every resource alike.
    pub fn constant(&self) -> Option<bool> {
        match self {
            Self::Everything => Some(true),
            Self::Nothing => Some(false),
            Self::Not(plan) => plan.constant().map(|holds| !holds),
            Self::All(plans) => joined(plans, false),
            Self::Any(plans) => joined(plans, true),
            Self::Term(_) | Self::Element { .. } | Self::Related { .. } => None,
        }
    }
}

/// What several plans come to, of which one decides by being `decisive`.
fn joined(plans: &[Plan], decisive: bool) -> Option<bool> {
    if plans.iter().any(|plan| plan.constant() == Some(decisive)) {
        return Some(decisive);
    }
    plans.iter().all(|plan| plan.constant().is_some()).then_some(!decisive)
}

/// A test of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Where the value is.
    pub field: Field,
    /// What it must pass.
    pub test: Test,
}

/// Where a value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The id of the resource.
    Id,
    /// The canonical `userName`.
    UserName,
    /// When the resource was made, in microseconds; the test's key is their decimal text.
    Created,
    /// When the resource was changed last, in microseconds; the test's key is their decimal text.
    LastModified,
    /// The entity tag, `W/"n"`.
    Version,
    /// The indexed values of a path.
    Stored(String),
    /// Something about the other end of a membership.
    Related(RelatedField),
}

/// What is known about the other end of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedField {
    /// Its id.
    Value,
    /// Of a member the name of its resource type in lower case; of a group `direct` or `indirect`.
    Kind,
    /// Its displayName, canonical.
    Display,
}
