//! Deleting a resource (RFC 7644 section 3.6): its id answers 404 for ever.

use std::sync::Arc;

use super::{Call, Error, Target, membership};
use crate::identity::{groups, lifecycle};
use crate::store::{Store, Tx, resources};

/// Deletes a resource; of a person, the user stays, unable to sign in.
///
/// # Errors
/// 404, 412 when `If-Match` does not hold.
pub async fn delete(store: &Store, call: &Arc<Call>, target: &Target) -> Result<(), Error> {
    let (call, target) = (Arc::clone(call), target.clone());
    store.write(move |tx| carry_out(tx, &call, &target)).await
}

/// Deletes the target.
pub(super) fn carry_out(tx: &mut Tx<'_>, call: &Call, target: &Target) -> Result<(), Error> {
    let gone =
        resources::lock_to_delete(tx, call.tenant.key(), target.kind(), &target.id)?.ok_or_else(|| target.missing())?;
    target.check(gone.version)?;
    if target.is_user() {
        lifecycle::departing(tx, &call.act, &call.tenant, &gone)?;
    }
    groups::leave(tx, &call.act, call.tenant.key(), &gone)?;
    if target.is_user() {
        lifecycle::departed(tx, &call.act, &call.tenant, &gone)?;
    } else {
        membership::tell(tx, call, membership::What::Deleted, &gone, &membership::Moves::default())?;
    }
    resources::delete(tx, call.tenant.key(), &gone)?;
    Ok(())
}
