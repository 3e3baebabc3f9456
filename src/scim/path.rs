//! From a name a client wrote to the attribute the schema means (RFC 7643 section 2.1, RFC 7644 section 3.10).

use scim_filter_parser::AttributePath;

use super::schema::{Attribute, Catalogue, ResourceType, Schema};

/// What a name means.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// An attribute, perhaps one of its parts.
    Attribute(Place<'a>),
    /// A whole extension.
    Extension(&'a Schema),
    /// An attribute that only other resource types have.
    Elsewhere,
    /// Nothing any schema knows.
    Unknown,
}

/// An attribute in its place.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The extension it belongs to; `None` for the type's own schema and the common attributes.
    pub extension: Option<&'a Schema>,
    /// The attribute.
    pub attribute: &'a Attribute,
    /// The sub-attribute.
    pub sub: Option<&'a Attribute>,
}

impl Place<'_> {
    /// The path under which its values are stored, such as `emails.value` or `urn:..:User:department`.
    pub fn stored_path(&self) -> String {
        let base = self.attribute_path();
        self.sub.map_or_else(|| base.clone(), |sub| format!("{base}.{}", sub.name))
    }

    /// The stored path of the attribute alone.
    pub fn attribute_path(&self) -> String {
        match self.extension {
            Some(extension) => format!("{}:{}", extension.id, self.attribute.name),
            None => self.attribute.name.clone(),
        }
    }

    /// The definition that decides: the sub-attribute's, else the attribute's.
    pub fn leaf(&self) -> &Attribute {
        self.sub.unwrap_or(self.attribute)
    }
}

/// Resolves a name for a resource type.
pub fn resolve<'a>(catalogue: &'a Catalogue, resource_type: &'a ResourceType, path: &AttributePath) -> Resolved<'a> {
    if path.sub.is_none()
        && let Some(extension) =
            catalogue.extensions(resource_type).find(|schema| schema.id.eq_ignore_ascii_case(&path.full()))
    {
        return Resolved::Extension(extension);
    }
    if let Some(found) = within(catalogue, resource_type, path) {
        return found;
    }
    let others = catalogue.resource_types().iter().filter(|other| other.name != resource_type.name);
    for other in others {
        if matches!(within(catalogue, other, path), Some(Resolved::Attribute(_))) {
            return Resolved::Elsewhere;
        }
    }
    Resolved::Unknown
}

fn within<'a>(catalogue: &'a Catalogue, resource_type: &'a ResourceType, path: &AttributePath) -> Option<Resolved<'a>> {
    let find = |attributes: &'a [Attribute]| {
        attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(&path.name))
    };
    let (extension, attribute) = match &path.urn {
        None => (None, find(catalogue.common()).or_else(|| find(catalogue.core_attributes(resource_type)))?),
        Some(urn) if urn.eq_ignore_ascii_case(&resource_type.schema) => {
            (None, find(catalogue.core_attributes(resource_type)).or_else(|| find(catalogue.common()))?)
        }
        Some(urn) => {
            let extension = catalogue.extensions(resource_type).find(|schema| schema.id.eq_ignore_ascii_case(urn))?;
            (Some(extension), extension.attribute(&path.name)?)
        }
    };
    let sub = match &path.sub {
        Some(name) => Some(attribute.sub(name)?),
        None => None,
    };
    Some(Resolved::Attribute(Place { extension, attribute, sub }))
}
