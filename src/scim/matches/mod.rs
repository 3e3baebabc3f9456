//! What a filter means, decided once.
//!
//! [`check`] resolves a filter against the schemas and refuses what makes no sense for an attribute's type; the
//! [`Plan`] it returns is compiled to SQL by the store and evaluated in memory for PATCH value paths, so that both
//! answer alike. A multi-valued attribute satisfies a comparison when some element does; a single-valued `ne` is the
//! negation of `eq`, absent values included; inside `[..]` the element is the resource.

mod check;
mod evaluate;

pub use check::{check, check_element, members};
pub use evaluate::{element, holds};

/// A filter in terms the store understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// All of these.
    All(Vec<Plan>),
    /// Any of these.
    Any(Vec<Plan>),
    /// Not this.
    Not(Box<Plan>),
    /// One comparison.
    Term(Term),
    /// Some element of the complex attribute stored at `path` satisfies the plan.
    Element {
        /// Stored path of the attribute.
        path: String,
        /// About values of one element.
        plan: Box<Plan>,
    },
    /// Some member of the group, or some group of the member, satisfies the plan.
    Related {
        /// Which.
        side: RelatedSide,
        /// About [`Field::Related`] fields.
        plan: Box<Plan>,
    },
    /// No resource.
    Nothing,
    /// Every resource.
    Everything,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// What is compared.
    pub field: Field,
    /// How, and with what.
    pub test: Test,
}

/// What a term compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The resource's id.
    Id,
    /// The canonical userName of a User.
    UserName,
    /// `meta.created`; the key is microseconds since the epoch in decimal.
    Created,
    /// `meta.lastModified`; likewise.
    LastModified,
    /// `meta.version`.
    Version,
    /// The values stored at this path.
    Stored(String),
    /// A part of a member or a group.
    Related(RelatedField),
}

/// A part of a member or of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedField {
    /// Its id.
    Value,
    /// Its resource type, in lower case.
    Kind,
    /// Its displayName.
    Display,
}

/// Which side of a membership is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedSide {
    /// The members of a group.
    Members,
    /// The groups of a member.
    Groups,
}

/// A comparison with a key as [`super::values`] makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the filter grammar's operators")]
pub enum Test {
    Present,
    Eq(String),
    Ne(String),
    Co(String),
    Sw(String),
    Ew(String),
    Gt(String),
    Ge(String),
    Lt(String),
    Le(String),
}
