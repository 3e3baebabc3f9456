//! Creating a resource (RFC 7644 section 3.3).

use std::sync::Arc;

use serde_json::Value;

use super::error::name_taken;
use super::{Call, Error, Rendered, Target, ignored, membership, render, user_write};
use crate::identity::linking::{self, Placed};
use crate::scim::project::Projection;
use crate::scim::validate::{self, Validated};
use crate::store::resources::{self, Resource};
use crate::store::{Store, Tx};

/// Makes a resource from a POST body; a person may turn out to be here already.
///
/// # Errors
/// 400 for a body the schemas refuse or that changes what is immutable, 409 `uniqueness` when the name is somebody else's.
pub async fn create(
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
            let made = carry_out(tx, &call, &target, &validated)?;
            render::one(tx, &call, &target, &projection, &made)
        })
        .await
}

/// Makes what a body that was read asks for.
pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    validated: &Validated,
) -> Result<Resource, Error> {
    call.hold_schemas(tx, target, None)?;
    if target.is_user() { person(tx, call, target, validated) } else { thing(tx, call, target, validated) }
}

fn person(tx: &mut Tx<'_>, call: &Call, target: &Target, validated: &Validated) -> Result<Resource, Error> {
    let mut document = validated.document.clone();
    if !validated.active_given {
        document.set_active(true);
    }
    let content = target.content(document);
    match linking::place(tx, &call.act, &call.tenant, &content)? {
        Placed::Existing(before) => {
            call.hold_schemas(tx, target, Some(&before.document))?;
            let document = validate::successor(&target.resource_type, &before.document, &content.document)?;
            user_write::write(tx, call, target, &before, &target.content(document))
        }
        Placed::Made(made) => Ok(*made),
    }
}

fn thing(tx: &mut Tx<'_>, call: &Call, target: &Target, validated: &Validated) -> Result<Resource, Error> {
    let content = target.content(validated.document.clone());
    let id = call.act.ids.resource();
    let made =
        resources::insert(tx, call.tenant.key(), target.kind(), &id, &content, call.act.now).map_err(name_taken)?;
    let moves = membership::set(tx, call, target, &made, validated.members.as_deref().unwrap_or_default())?;
    membership::tell(tx, call, membership::What::Created, &made, &moves)?;
    Ok(made)
}
