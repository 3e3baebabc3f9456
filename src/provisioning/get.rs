//! Reading one resource (RFC 7644 section 3.4.1).

use std::sync::Arc;

use super::{Call, Error, Rendered, Target, render};
use crate::scim::project::Projection;
use crate::store::{Store, resources};

/// The resource with this id.
///
/// # Errors
/// 404 when this connection has none.
pub async fn get(store: &Store, call: &Arc<Call>, target: &Target, projection: Projection) -> Result<Rendered, Error> {
    let (call, target) = (Arc::clone(call), target.clone());
    store
        .read_of(call.tenant.key(), move |tx| {
            let found =
                resources::find(tx, call.tenant.key(), target.kind(), &target.id)?.ok_or_else(|| target.missing())?;
            render::one(tx, &call, &target, &projection, &found)
        })
        .await
}
