//! Replacing a resource (RFC 7644 section 3.5.1).

use std::sync::Arc;

use serde_json::Value;

use super::error::name_taken;
use super::membership::Moves;
use super::{Call, Error, Rendered, Target, ignored, membership, render, user_write};
use crate::scim::project::Projection;
use crate::scim::resource::Document;
use crate::scim::validate::{self, MemberInput, Validated};
use crate::store::resources::{self, Resource};
use crate::store::{Store, Tx};

/// Replaces a resource by a PUT body; read-only values in it are ignored, and nobody is revived by omission.
///
/// # Errors
/// 404, 412 when `If-Match` does not hold, 400 for a body the schemas refuse, 409 `uniqueness`.
pub async fn replace(
    store: &Store,
    call: &Arc<Call>,
    target: &Target,
    body: Value,
    projection: Projection,
) -> Result<Rendered, Error> {
    let validated = target.read(call, body)?;
    ignored::tell(&validated.ignored);
    let (call, target) = (Arc::clone(call), target.clone());
    store
        .write(move |tx| {
            let after = carry_out(tx, &call, &target, &validated)?;
            render::one(tx, &call, &target, &projection, &after)
        })
        .await
}

/// Replaces the target by what a body that was read asks for.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    validated: &Validated,
) -> Result<Resource, Error> {
    let before = resources::lock(tx, call.tenant.key(), target.kind(), &target.id)?.ok_or_else(|| target.missing())?;
    target.check(before.version)?;
    call.hold_schemas(tx, target, Some(&before.document))?;
    let document = validate::successor(&target.resource_type, &before.document, &validated.document)?;
    if target.is_user() {
        person(tx, call, target, (document, validated.active_given), &before)
    } else {
        thing(tx, call, target, (document, validated.members.as_deref()), &before)
    }
}

fn person(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    (mut document, is_active_given): (Document, bool),
    before: &Resource,
) -> Result<Resource, Error> {
    if !is_active_given {
        document.set_active(before.active);
    }
    let content = target.content(document);
    user_write::write(tx, call, target, before, &content)
}

fn thing(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    (document, members): (Document, Option<&[MemberInput]>),
    before: &Resource,
) -> Result<Resource, Error> {
    let moves = membership::set(tx, call, target, before, members.unwrap_or_default())?;
    write_thing(tx, call, target, before, document, &moves)
}

/// Writes what changed of a resource that is not a person: its document, or only its members.
pub(super) fn write_thing(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    before: &Resource,
    document: Document,
    moves: &Moves,
) -> Result<Resource, Error> {
    let old = target.content(before.document.clone());
    let content = target.content(document);
    let after = if old.document != content.document {
        resources::update(tx, call.tenant.key(), before, &old, &content, call.act.now).map_err(name_taken)?
    } else if moves.is_empty() {
        return Ok(before.clone());
    } else {
        resources::bump(tx, call.tenant.key(), before, call.act.now)?
    };
    membership::tell(tx, call, membership::What::Updated(before), &after, moves)?;
    Ok(after)
}
