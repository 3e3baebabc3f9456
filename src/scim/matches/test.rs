//! Tests of one value, over keys.

use scim_filter_parser::{CompareOp, Literal};

use crate::scim::Error;
use crate::scim::schema::{Attribute, AttributeType};
use crate::scim::values::key_of_literal;

/// What a value must pass. The text is a key as [`crate::scim::values`] makes it, uncut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// There is a value.
    Present,
    /// It equals.
    Eq(String),
    /// It differs.
    Ne(String),
    /// It contains.
    Co(String),
    /// It begins with.
    Sw(String),
    /// It ends with.
    Ew(String),
    /// It is greater.
    Gt(String),
    /// It is greater or equal.
    Ge(String),
    /// It is less.
    Lt(String),
    /// It is less or equal.
    Le(String),
}

impl Test {
    /// The test that a comparison with a value other than null makes.
    ///
    /// # Errors
    /// 400 `invalidFilter` when the operator or the value does not fit the attribute's type.
    pub fn of(attribute: &Attribute, path: &str, op: CompareOp, value: &Literal) -> Result<Self, Error> {
        if !allows(attribute.kind, op) {
            return Err(Error::invalid_filter(format!("{path} cannot be compared with {}", op.as_str())));
        }
        let key = key_of_literal(attribute, value).ok_or_else(|| {
            Error::invalid_filter(format!("the value that {path} is compared with has the wrong type"))
        })?;
        Ok(Self::new(op, key))
    }

    /// The test of an operator and a key.
    pub fn new(op: CompareOp, key: String) -> Self {
        match op {
            CompareOp::Eq => Self::Eq(key),
            CompareOp::Ne => Self::Ne(key),
            CompareOp::Co => Self::Co(key),
            CompareOp::Sw => Self::Sw(key),
            CompareOp::Ew => Self::Ew(key),
            CompareOp::Gt => Self::Gt(key),
            CompareOp::Ge => Self::Ge(key),
            CompareOp::Lt => Self::Lt(key),
            CompareOp::Le => Self::Le(key),
        }
    }

    /// Whether a key passes. Order is that of bytes.
    pub fn passes(&self, key: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Eq(wanted) => key == wanted,
            Self::Ne(wanted) => key != wanted,
            Self::Co(part) => key.contains(part.as_str()),
            Self::Sw(part) => key.starts_with(part.as_str()),
            Self::Ew(part) => key.ends_with(part.as_str()),
            Self::Gt(bound) => key > bound.as_str(),
            Self::Ge(bound) => key >= bound.as_str(),
            Self::Lt(bound) => key < bound.as_str(),
            Self::Le(bound) => key <= bound.as_str(),
        }
    }
}

fn allows(kind: AttributeType, op: CompareOp) -> bool {
    match op {
        CompareOp::Eq | CompareOp::Ne => !matches!(kind, AttributeType::Binary | AttributeType::Complex),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => {
            matches!(kind, AttributeType::String | AttributeType::Reference)
        }
        CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le => {
            !matches!(kind, AttributeType::Boolean | AttributeType::Binary | AttributeType::Complex)
        }
    }
}
