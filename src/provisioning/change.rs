//! A write in two halves, so that one request and an operation among many (RFC 7644 section 3.7) are the same thing: it is
//! read and held against the schemas, which needs no database, then it is carried out in a transaction.

use serde_json::Value;

use super::{Call, Error, Target, create, delete, patch, replace};
use crate::scim;
use crate::scim::bulk::Method;
use crate::scim::patch::Operation;
use crate::scim::validate::Validated;
use crate::store::Tx;
use crate::store::resources::Resource;

/// A write that fits the schemas.
#[derive(Debug)]
pub(super) enum Change {
    /// A POST.
    Create(Validated),
    /// A PUT.
    Replace(Validated),
    /// A PATCH.
    Patch(Vec<Operation>),
    /// A DELETE.
    Delete,
}

/// What a change made.
#[derive(Debug)]
pub(super) struct Changed {
    /// The status that the single request would have.
    pub(super) status: u16,
    /// The resource afterwards; `None` when it is gone.
    pub(super) resource: Option<Resource>,
    /// Names that were given and not taken.
    pub(super) ignored: Vec<String>,
}

impl Change {
    /// Reads a body.
    ///
    /// # Errors
    /// 413 for one that is too large for the target, and what the schemas refuse.
    pub(super) fn read(call: &Call, target: &Target, method: Method, body: Value) -> Result<Self, scim::Error> {
        let limit = target.body_bytes();
        if body.to_string().len() > limit {
            return Err(scim::Error::new(413, format!("the data is larger than {limit} bytes")));
        }
        Ok(match method {
            Method::Post => Self::Create(target.read(call, body)?),
            Method::Put => Self::Replace(target.read(call, body)?),
            Method::Patch => {
                Self::Patch(scim::patch::parse(&call.catalogue, &target.resource_type, &body, &call.quirks)?)
            }
            Method::Delete => Self::Delete,
        })
    }

    /// Does it.
    ///
    /// # Errors
    /// As the single request.
    pub(super) fn carry_out(&self, tx: &mut Tx<'_>, call: &Call, target: &Target) -> Result<Changed, Error> {
        Ok(match self {
            Self::Create(validated) => Changed {
                status: 201,
                resource: Some(create::carry_out(tx, call, target, validated)?),
                ignored: validated.ignored.clone(),
            },
            Self::Replace(validated) => Changed {
                status: 200,
                resource: Some(replace::carry_out(tx, call, target, validated)?),
                ignored: validated.ignored.clone(),
            },
            Self::Patch(operations) => {
                let (after, ignored) = patch::carry_out(tx, call, target, operations)?;
                let status = if patch::is_large(tx, call, target, &after)? { 204 } else { 200 };
                Changed { status, resource: Some(after), ignored }
            }
            Self::Delete => {
                delete::carry_out(tx, call, target)?;
                Changed { status: 204, resource: None, ignored: Vec::new() }
            }
        })
    }
}
