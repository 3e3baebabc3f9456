//! What another catalogue would mean for resources that are stored already.
//!
//! Documents and index rows are a function of the schemas. A change that would give stored values another meaning is
//! named here, for whoever loads it to be refused while there are such values; everything else takes effect at once.

use super::{Attribute, Catalogue, ResourceType, Top};

/// An attribute of a resource type, by the path under which its values are indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The resource type.
    pub kind: String,
    /// The stored path.
    pub path: String,
}

/// What would change for stored resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Resource types that go, or move to another endpoint or schema.
    pub gone: Vec<String>,
    /// Attributes whose stored values would be lost or read otherwise.
    pub unfit: Vec<Affected>,
    /// Attributes that must be unique from now on.
    pub made_unique: Vec<Affected>,
    /// Attributes that need not be unique any more.
    pub made_common: Vec<Affected>,
}

impl Catalogue {
    /// What it means for stored resources that `next` takes the place of this catalogue.
    pub fn changes_to(&self, next: &Self) -> Changes {
        let mut changes = Changes::default();
        for old in self.resource_types() {
            match next.resource_types().iter().find(|new| new.name == old.name) {
                Some(new) if new.endpoint == old.endpoint && new.schema.id == old.schema.id => {
                    compare(old, new, &mut changes);
                }
                _ => changes.gone.push(old.name.clone()),
            }
        }
        changes
    }
}

fn compare(old: &ResourceType, new: &ResourceType, changes: &mut Changes) {
    let affected = |path| Affected { kind: old.name.clone(), path };
    for was in old.stored() {
        let now = new.stored().find(|now| now.urn == was.urn && now.attribute.name == was.attribute.name);
        let Some(now) = now.filter(|now| is_read_alike(was.attribute, now.attribute)) else {
            changes.unfit.push(affected(was.path()));
            continue;
        };
        for sub in kept(was.attribute) {
            let same = kept(now.attribute).find(|other| other.name == sub.name);
            if !same.is_some_and(|same| is_read_alike(sub, same)) {
                changes.unfit.push(affected(format!("{}.{}", was.path(), sub.name)));
            }
        }
    }
    let (before, after) = (unique_paths(old), unique_paths(new));
    changes.made_unique.extend(after.iter().filter(|path| !before.contains(path)).cloned().map(affected));
    changes.made_common.extend(before.iter().filter(|path| !after.contains(path)).cloned().map(affected));
}

/// The sub-attributes whose values are stored.
fn kept(attribute: &Attribute) -> impl Iterator<Item = &Attribute> {
    attribute.sub_attributes.iter().filter(|sub| sub.is_writable() && !sub.is_secret())
}

fn is_read_alike(was: &Attribute, now: &Attribute) -> bool {
    was.kind == now.kind && was.multi_valued == now.multi_valued && was.case_exact == now.case_exact
}

fn unique_paths(resource_type: &ResourceType) -> Vec<String> {
    let path = |(top, sub): (Top<'_>, Option<&Attribute>)| match sub {
        Some(sub) => format!("{}.{}", top.path(), sub.name),
        None => top.path(),
    };
    resource_type.unique().map(path).collect()
}
