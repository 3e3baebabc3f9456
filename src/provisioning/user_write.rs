//! Writing a person that exists: the resource, then the user behind it.

use super::error::name_taken;
use super::{Call, Error, Target};
use crate::identity::{lifecycle, pending_members};
use crate::store::Tx;
use crate::store::resources::{self, Content, Resource};

/// Replaces what a locked User holds; equal content keeps version and time, but adoption is recorded all the same.
pub(super) fn write(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    before: &Resource,
    content: &Content,
) -> Result<Resource, Error> {
    let old = target.content(before.document.clone());
    let after = if old.document == content.document {
        before.clone()
    } else {
        resources::update(tx, call.tenant.key(), before, &old, content, call.act.now).map_err(name_taken)?
    };
    lifecycle::changed(tx, &call.act, &call.tenant, before, &after)?;
    if called(before) != called(&after) {
        pending_members::arrived(tx, &call.act, &call.tenant, &after)?;
    }
    Ok(after)
}

/// What a group that was pushed early may call a person.
fn called(person: &Resource) -> [Option<&str>; 2] {
    [person.document.user_name(), person.document.external_id()]
}
