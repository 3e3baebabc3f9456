//! From stored resources to what the client is shown.

use std::collections::{BTreeSet, HashMap};

use super::{Call, Error, Target};
use crate::scim::project::{MemberRef, Projection, View};
use crate::scim::{self, limits};
use crate::store::members::{self, Related};
use crate::store::resources::{self, Resource};
use crate::store::{ResourceKey, Tx, nesting};

/// A resource as it is sent.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// JSON text.
    pub body: String,
    /// `meta.location`.
    pub location: String,
    /// Its version, for the ETag.
    pub version: i64,
}

/// What is related to each resource of a page: the groups and managers of people, the members of groups.
#[derive(Debug, Default)]
pub(super) struct Relations {
    related: HashMap<ResourceKey, Vec<MemberRef>>,
    managers: HashMap<String, Related>,
}

impl Relations {
    /// Loads, in at most two statements, what the projection asks for.
    pub(super) fn load(
        tx: &mut Tx<'_>,
        call: &Call,
        target: &Target,
        projection: &Projection,
        page: &[&Resource],
    ) -> Result<Self, Error> {
        let mut related: HashMap<ResourceKey, Vec<MemberRef>> = HashMap::new();
        for (key, other) in related_to(tx, call, target, projection, page)? {
            related.entry(key).or_default().push(other);
        }
        let managers: BTreeSet<String> =
            page.iter().filter_map(|person| person.document.manager_id()).map(str::to_owned).collect();
        Ok(Self {
            related,
            managers: resources::related(tx, call.tenant.key(), &managers.into_iter().collect::<Vec<_>>())?,
        })
    }

    fn take(&mut self, key: ResourceKey) -> Vec<MemberRef> {
        self.related.remove(&key).unwrap_or_default()
    }

    fn manager(&self, resource: &Resource) -> Option<Related> {
        resource.document.manager_id().and_then(|id| self.managers.get(id)).cloned()
    }
}

/// The groups or members of a page, where they will be shown.
fn related_to(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    projection: &Projection,
    page: &[&Resource],
) -> Result<Vec<(ResourceKey, MemberRef)>, Error> {
    let keys: Vec<ResourceKey> = page.iter().map(|resource| resource.key).collect();
    let wants = |name| !keys.is_empty() && projection.wants(&target.resource_type, name);
    if target.is_user() && wants("groups") {
        groups(tx, call, &keys)
    } else if target.is_group() && wants("members") {
        shown_members(tx, call, &keys)
    } else {
        Ok(Vec::new())
    }
}

fn shown_members(tx: &mut Tx<'_>, call: &Call, groups: &[ResourceKey]) -> Result<Vec<(ResourceKey, MemberRef)>, Error> {
    let connection = call.tenant.key();
    if members::are_more_than(tx, connection, groups, limits::SHOWN_MEMBERS)? {
        return Err(too_large("members"));
    }
    let rows = members::list_of_groups(tx, connection, groups)?;
    Ok(rows.into_iter().map(|(key, member)| (key, reference(call, member))).collect())
}

/// The groups of people, direct and through other groups.
fn groups(tx: &mut Tx<'_>, call: &Call, people: &[ResourceKey]) -> Result<Vec<(ResourceKey, MemberRef)>, Error> {
    let most = i64::try_from(limits::SHOWN_MEMBERS).unwrap_or(i64::MAX);
    let rows = nesting::list_groups_of(tx, call.tenant.key(), people, most.saturating_add(1))?;
    if rows.len() > limits::SHOWN_MEMBERS {
        return Err(too_large("groups"));
    }
    let shown = |(key, group, is_direct)| {
        let kind = if is_direct { "direct" } else { "indirect" };
        (key, MemberRef { kind: kind.to_owned(), ..reference(call, group) })
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Renders one resource inside the transaction that read or wrote it.
pub(super) fn one(
    tx: &mut Tx<'_>,
    call: &Call,
    target: &Target,
    projection: &Projection,
    resource: &Resource,
) -> Result<Rendered, Error> {
    let mut relations = Relations::load(tx, call, target, projection, &[resource])?;
    let value = value(call, target, projection, resource, &mut relations);
    Ok(Rendered {
        body: bounded(value.to_string())?,
        location: location(call, target, &resource.id),
        version: resource.version,
    })
}

/// Renders resources of several types, in their order; what is related is loaded once a type.
pub(super) fn many(
    tx: &mut Tx<'_>,
    call: &Call,
    targets: &[Target],
    projection: &Projection,
    resources: &[Resource],
) -> Result<Vec<serde_json::Value>, Error> {
    let mut related = HashMap::new();
    for target in targets {
        let own: Vec<&Resource> = resources.iter().filter(|resource| resource.kind == target.kind()).collect();
        related.insert(target.kind(), (target, Relations::load(tx, call, target, projection, &own)?));
    }
    let show = |resource: &Resource| {
        let (target, relations) = related.get_mut(resource.kind.as_str())?;
        Some(value(call, target, projection, resource, relations))
    };
    Ok(resources.iter().filter_map(show).collect())
}

/// An answer, unless it would be too large to be sent whole; nothing is ever shortened silently.
///
/// # Errors
/// 400 `tooMany` naming what to leave out.
pub(super) fn bounded(body: String) -> Result<String, Error> {
    if body.len() > limits::ANSWER_BYTES {
        return Err(too_large("members"));
    }
    Ok(body)
}

fn too_large(what: &str) -> Error {
    let message = format!("the answer would be too large: ask with excludedAttributes={what}, or for fewer");
    scim::Error::too_many(message).into()
}

/// One resource as JSON, with what is related to it.
fn value(
    call: &Call,
    target: &Target,
    projection: &Projection,
    resource: &Resource,
    relations: &mut Relations,
) -> serde_json::Value {
    let related = relations.take(resource.key);
    let (groups, members) = if target.is_user() { (related, Vec::new()) } else { (Vec::new(), related) };
    let view = View {
        id: &resource.id,
        document: &resource.document,
        created: resource.created,
        modified: resource.modified,
        version: resource.version,
        location: location(call, target, &resource.id),
        groups,
        members,
        manager: relations.manager(resource).map(|row| reference(call, row)),
    };
    crate::scim::project::render(&target.resource_type, projection, &view)
}

fn reference(call: &Call, row: Related) -> MemberRef {
    let endpoint = call.catalogue.resource_type(&row.kind).map_or("/Users", |found| found.endpoint.as_str());
    MemberRef {
        reference: format!("{}{endpoint}/{}", call.base_url, row.id),
        value: row.id,
        display: row.display,
        kind: row.kind,
    }
}

/// The URL of a resource.
pub(super) fn location(call: &Call, target: &Target, id: &str) -> String {
    format!("{}{}/{id}", call.base_url, target.resource_type.endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_sent_whole_or_refused() {
        assert!(bounded("x".repeat(limits::ANSWER_BYTES)).is_ok());
        let refused = bounded("x".repeat(limits::ANSWER_BYTES + 1));
        assert!(matches!(refused, Err(Error::Scim(error)) if error.scim_type == Some(scim::ScimType::TooMany)));
    }
}
