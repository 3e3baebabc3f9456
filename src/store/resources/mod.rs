//! SCIM records: a document, a version, an id.
//!
//! Every function takes the [`super::ConnectionKey`] and has it in every query. A write to an existing resource begins with
//! [`lock`]. `attribute_values` and `directory_counts` are kept here, in the same transaction.

mod find;
mod list;
mod names;
mod order;
mod write;

use std::collections::BTreeSet;

use super::schema::resources;
use super::{Error, ResourceKey};
use crate::scim::matches::Plan;
use crate::scim::resource::Document;
use crate::scim::schema::ResourceType;
use crate::scim::sort::SortBy;
use crate::scim::values::{UniqueValue, ValueRow};

pub use find::{find, find_by_unique_key, find_key, list_by_value, load, lock, lock_to_delete};
pub use list::{Start, count, list};
pub use names::{ids_of, keys_of, people_called, related};
pub use write::{bump, delete, insert, update};

/// Resources of some kinds, each with what it is filtered and sorted by.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// The order of equal values does not depend on theirs.
    pub kinds: Vec<Kind<'a>>,
    /// Whether the order is turned round.
    pub is_descending: bool,
}

/// One kind of a [`Listing`].
#[derive(Clone, Debug)]
pub struct Kind<'a> {
    /// Its name.
    pub name: &'a str,
    /// Which resources of it; `None` for all.
    pub filter: Option<&'a Plan>,
    /// Where it has the value of the order.
    pub sort: SortBy,
}

/// A stored SCIM record.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Row key.
    pub key: ResourceKey,
    /// Resource type name, such as `User`.
    pub kind: String,
    /// SCIM id.
    pub id: String,
    /// Grows by one with each change; the ETag.
    pub version: i64,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Microseconds since the epoch; never goes back.
    pub modified: i64,
    /// What must be unique within connection and kind.
    pub unique_key: Option<String>,
    /// What the IdP said; true where a type has no such attribute.
    pub active: bool,
    /// The document, without what is computed at read.
    pub document: Document,
}

/// What a resource holds, with everything the store derives from it.
#[derive(Clone, Debug)]
pub struct Content {
    /// The document.
    pub document: Document,
    /// What must be unique within connection and kind.
    pub unique_key: Option<String>,
    /// See [`Resource`].
    pub active: bool,
    /// The displayName, shown inside groups and members.
    pub display: Option<String>,
    /// What filters and sorts see.
    pub values: BTreeSet<ValueRow>,
    /// What else must be unique within connection and kind.
    pub unique: BTreeSet<UniqueValue>,
}

impl Content {
    /// Derives from a document what the store keeps beside it.
    pub fn of(resource_type: &ResourceType, document: Document) -> Self {
        Self {
            unique_key: document.unique_key(resource_type),
            active: document.active().unwrap_or(true),
            display: document.display_name().map(str::to_owned),
            values: crate::scim::values::rows(resource_type, &document),
            unique: crate::scim::values::unique(resource_type, &document),
            document,
        }
    }
}

type Row = (ResourceKey, String, String, i64, i64, i64, Option<String>, bool, String);
type Columns = (
    resources::key,
    resources::kind,
    resources::id,
    resources::version,
    resources::created,
    resources::modified,
    resources::unique_key,
    resources::active,
    resources::document,
);

const COLUMNS: Columns = (
    resources::key,
    resources::kind,
    resources::id,
    resources::version,
    resources::created,
    resources::modified,
    resources::unique_key,
    resources::active,
    resources::document,
);

fn resource(row: Row) -> Result<Resource, Error> {
    let (key, kind, id, version, created, modified, unique_key, active, document) = row;
    let document = Document::from_stored(&document).map_err(Error::internal)?;
    Ok(Resource { key, kind, id, version, created, modified, unique_key, active, document })
}
