//! Resource types (RFC 7643 section 6): an endpoint, its schema and the extensions of it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Attribute, Schema, Uniqueness, find};

pub(super) const RESOURCE_TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// A kind of resource and where it is served; cheap to clone.
#[derive(Clone, Debug)]
pub struct ResourceType {
    /// `User`, `Group` or a custom name.
    pub name: String,
    /// The path below the base URL, with its slash: `/Users`.
    pub endpoint: String,
    /// For people.
    pub description: String,
    /// The core schema.
    pub schema: Arc<Schema>,
    /// Schemas that add to it.
    pub extensions: Vec<Extension>,
    /// `schemas`, `id`, `externalId`, `meta`: what every resource has (RFC 7643 section 3.1).
    pub common: Arc<Vec<Attribute>>,
}

/// A schema that adds to a resource type.
#[derive(Clone, Debug)]
pub struct Extension {
    /// What it adds.
    pub schema: Arc<Schema>,
    /// Whether a resource must have it.
    pub required: bool,
}

/// An attribute and the extension it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Top<'a> {
    /// The URN of the extension; `None` for the core schema and the common attributes.
    pub urn: Option<&'a str>,
    /// The attribute.
    pub attribute: &'a Attribute,
}

impl Top<'_> {
    /// The path under which values are indexed: `emails`, or with the URN of the extension in front.
    pub fn path(&self) -> String {
        match self.urn {
            Some(urn) => format!("{urn}:{}", self.attribute.name),
            None => self.attribute.name.clone(),
        }
    }
}

/// The two ends of a membership, kept as rows and never in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedSide {
    /// `members` of a Group.
    Members,
    /// `groups` of a User.
    Groups,
}

impl ResourceType {
    /// The resource type as `/ResourceTypes` shows it below `base`.
    pub fn to_json(&self, base: &str) -> Value {
        let extensions: Vec<Value> = self
            .extensions
            .iter()
            .map(|extension| json!({ "schema": extension.schema.id, "required": extension.required }))
            .collect();
        json!({
            "schemas": [RESOURCE_TYPE_URN],
            "id": self.name,
            "name": self.name,
            "endpoint": self.endpoint,
            "description": self.description,
            "schema": self.schema.id,
            "schemaExtensions": extensions,
            "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", self.name) },
        })
    }

    /// Every attribute: the common ones, those of the core schema, those of each extension.
    pub fn attributes(&self) -> impl Iterator<Item = Top<'_>> {
        let core = self.common.iter().chain(&self.schema.attributes).map(|attribute| Top { urn: None, attribute });
        let extensions = self.extensions.iter().flat_map(|extension| {
            let urn = Some(extension.schema.id.as_str());
            extension.schema.attributes.iter().map(move |attribute| Top { urn, attribute })
        });
        core.chain(extensions)
    }

    /// The attributes that live in a document, in the order in which they are shown.
    pub fn stored(&self) -> impl Iterator<Item = Top<'_>> {
        self.attributes().filter(|top| self.is_stored(*top))
    }

    /// What must be unique and is not the key of the resource: attributes, and sub-attributes of complex ones.
    pub fn unique(&self) -> impl Iterator<Item = (Top<'_>, Option<&Attribute>)> {
        let is_unique = |attribute: &Attribute| {
            attribute.uniqueness != Uniqueness::None && attribute.is_writable() && !attribute.is_secret()
        };
        self.stored().filter(|top| !self.is_key(*top)).flat_map(move |top| {
            let whole = is_unique(top.attribute).then_some((top, None));
            let subs = top.attribute.sub_attributes.iter().filter(move |sub| is_unique(sub));
            whole.into_iter().chain(subs.map(move |sub| (top, Some(sub))))
        })
    }

    /// Whether an attribute is the key of the resource: `userName` of a User, `displayName` of a Group.
    pub fn is_key(&self, top: Top<'_>) -> bool {
        let name = top.attribute.name.as_str();
        top.urn.is_none() && matches!((self.name.as_str(), name), ("User", "userName") | ("Group", "displayName"))
    }

    /// Whether an attribute is defined by an administrator and not by the RFC.
    pub fn is_custom(&self, top: Top<'_>) -> bool {
        match top.urn {
            Some(urn) => self.extension(urn).is_some_and(|extension| !extension.schema.is_core()),
            None => !self.schema.is_core() && find(&self.common, &top.attribute.name).is_none(),
        }
    }

    fn is_stored(&self, top: Top<'_>) -> bool {
        top.attribute.is_writable() && !top.attribute.is_secret() && self.related_side(top).is_none()
    }

    /// A common attribute or one of the core schema, in any letter case.
    pub fn core_attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.common, name).or_else(|| self.schema.attribute(name))
    }

    /// The extension with this URN, in any letter case.
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.schema.id.eq_ignore_ascii_case(urn))
    }

    /// Whether an attribute is one end of a membership.
    pub fn related_side(&self, top: Top<'_>) -> Option<RelatedSide> {
        match (top.urn, self.name.as_str(), top.attribute.name.as_str()) {
            (None, "Group", "members") => Some(RelatedSide::Members),
            (None, "User", "groups") => Some(RelatedSide::Groups),
            _ => None,
        }
    }

    /// Whether the store keeps an attribute as the key column of a resource and not among the indexed values.
    pub fn is_user_name(&self, top: Top<'_>) -> bool {
        matches!((top.urn, self.name.as_str(), top.attribute.name.as_str()), (None, "User", "userName"))
    }
}
