//! Modifying a resource (RFC 7644 section 3.5.2): all operations or none.

use std::sync::Arc;

use serde_json::Value;

use super::replace::write_thing;
use super::{Call, Error, Rendered, Target, ignored, membership, render, user_write};
use crate::scim::patch::{self, Operation};
use crate::scim::project::Projection;
use crate::scim::references;
use crate::store::resources::{self, Resource};
use crate::store::{Store, Tx, members};

/// A group with more members answers 204 unless attributes were asked for, so that a delta's answer stays small.
const SHOWN_MEMBERS: usize = 1_000;

/// Applies a PatchOp body; `None` means 204.
///
/// # Errors
/// 404, 412 when `If-Match` does not hold, 400 with the operation's fault, 409 `uniqueness`.
pub async fn patch(
    store: &Store,
    call: &Arc<Call>,
    target: &Target,
    body: Value,
    projection: Projection,
) -> Result<Option<Rendered>, Error> {
    let operations = patch::parse(&call.catalogue, &target.resource_type, &body, &call.quirks)?;
    let (call, target) = (Arc::clone(call), target.clone());
    let (rendered, left_aside) = store
        .write(move |tx| {
            let (after, left_aside) = carry_out(tx, &call, &target, &operations)?;
            let is_brief = !projection.is_explicit() && is_large(tx, &call, &target, &after)?;
            let rendered = if is_brief { None } else { Some(render::one(tx, &call, &target, &projection, &after)?) };
            Ok::<_, Error>((rendered, left_aside))
        })
        .await?;
    ignored::tell(&left_aside);
    Ok(rendered)
}

/// Whether a resource is a group whose members are not shown after a change.
pub(super) fn is_large(tx: &mut Tx<'_>, call: &Call, target: &Target, after: &Resource) -> Result<bool, Error> {
    Ok(target.is_group() && members::are_more_than(tx, call.tenant.key(), &[after.key], SHOWN_MEMBERS)?)
}

/// What the resource is after the operations, and the names that were left aside.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    operations: &[Operation],
) -> Result<(Resource, Vec<String>), Error> {
    let before = resources::lock(tx, call.tenant.key(), target.kind(), &target.id)?.ok_or_else(|| target.missing())?;
    target.check(before.version)?;
    call.hold_schemas(tx, target, Some(&before.document))?;
    apply(tx, call, target, operations, &before)
}

fn apply(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    operations: &[Operation],
    before: &Resource,
) -> Result<(Resource, Vec<String>), Error> {
    let patched = patch::apply(&call.catalogue, &target.resource_type, &before.document, operations, &call.quirks)?;
    references::check(
        &call.catalogue,
        &target.resource_type,
        Some(&before.document),
        &patched.document,
        &call.base_url,
    )?;
    if target.is_user() {
        let mut content = target.content(patched.document);
        // What is unassigned decides nothing: a removal brings nobody back and shuts nobody out.
        if content.document.active().is_none() {
            content.active = before.active;
        }
        let after = user_write::write(tx, call, target, before, &content)?;
        return Ok((after, patched.ignored));
    }
    let moves = membership::apply(tx, call, target, before, &patched.members)?;
    Ok((write_thing(tx, call, target, before, patched.document, &moves)?, patched.ignored))
}
