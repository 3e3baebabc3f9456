//! From names as clients write them to attributes of the schema.
//!
//! Names resolve against the definitions and nothing else, in any letter case; what they do not define does not exist,
//! whatever it is called. An attribute that only another resource type has is told apart, because a filter over
//! several types may name it (RFC 7644 section 3.4.2.1).

use scim_filter_parser::AttributePath;

use super::schema::{Attribute, Catalogue, ResourceType, Schema, Top};

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// An attribute or sub-attribute.
    Attribute(Place<'a>),
    /// All attributes of an extension.
    Extension(&'a Schema),
}

/// An attribute or one of its sub-attributes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The attribute and its extension.
    pub top: Top<'a>,
    /// The sub-attribute.
    pub sub: Option<&'a Attribute>,
}

impl<'a> Place<'a> {
    /// The path under which values are indexed: `userName`, `emails.value`, `urn:..:User:manager.value`.
    pub fn key(&self) -> String {
        let path = self.top.path();
        self.sub.map_or(path.clone(), |sub| format!("{path}.{}", sub.name))
    }

    /// The definition of what is named.
    pub fn last(&self) -> &'a Attribute {
        self.sub.unwrap_or(self.top.attribute)
    }

    /// Whether a client may give it a value.
    pub fn is_writable(&self) -> bool {
        self.top.attribute.is_writable() && self.last().is_writable()
    }

    /// Whether nobody may learn its value.
    pub fn is_secret(&self) -> bool {
        self.top.attribute.is_secret() || self.last().is_secret()
    }
}

/// Why a name stands for nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// No schema of the connection has it.
    Unknown,
    /// Another resource type of the connection has it.
    Elsewhere {
        /// Whether it may have several values there.
        multi_valued: bool,
    },
}

/// Finds what a path names on a resource type.
///
/// # Errors
/// [`Unresolved`] when the resource type has no such attribute.
pub fn resolve<'a>(
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
    path: &AttributePath,
) -> Result<Resolved<'a>, Unresolved> {
    if let Some(resolved) = on(resource_type, path) {
        return Ok(resolved);
    }
    let others = catalogue.resource_types().iter().filter(|other| other.name != resource_type.name);
    let mut found = others.filter_map(|other| on(other, path));
    Err(found.next().map_or(Unresolved::Unknown, |resolved| match resolved {
        Resolved::Attribute(place) => {
            Unresolved::Elsewhere { multi_valued: place.top.attribute.multi_valued || place.last().multi_valued }
        }
        Resolved::Extension(_) => Unresolved::Elsewhere { multi_valued: false },
    }))
}

fn on<'a>(resource_type: &'a ResourceType, path: &AttributePath) -> Option<Resolved<'a>> {
    let Some(urn) = path.urn.as_deref() else {
        return core(resource_type, path);
    };
    if let Some(extension) = resource_type.extension(urn) {
        let attribute = extension.schema.attribute(&path.name)?;
        return place(Top { urn: Some(&extension.schema.id), attribute }, path);
    }
    if resource_type.schema.id.eq_ignore_ascii_case(urn) {
        return core(resource_type, path);
    }
    resource_type.extension(&path.full()).map(|extension| Resolved::Extension(&extension.schema))
}

fn core<'a>(resource_type: &'a ResourceType, path: &AttributePath) -> Option<Resolved<'a>> {
    place(Top { urn: None, attribute: resource_type.core_attribute(&path.name)? }, path)
}

fn place<'a>(top: Top<'a>, path: &AttributePath) -> Option<Resolved<'a>> {
    let sub = match &path.sub {
        Some(name) => Some(top.attribute.sub(name)?),
        None => None,
    };
    Some(Resolved::Attribute(Place { top, sub }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn key(kind: &str, path: &str) -> Result<String, Unresolved> {
        let catalogue = Catalogue::core();
        let resource_type = catalogue.resource_type(kind).unwrap();
        let path = path.parse().map_err(|_| Unresolved::Unknown)?;
        resolve(&catalogue, resource_type, &path).map(|resolved| match resolved {
            Resolved::Attribute(place) => place.key(),
            Resolved::Extension(schema) => format!("extension {}", schema.id),
        })
    }

    #[test]
    fn names_of_any_case_have_one_key() {
        let manager = format!("{ENTERPRISE}:manager.value");
        for (path, expected) in [
            ("userName", "userName"),
            ("USERNAME", "userName"),
            ("Emails.Value", "emails.value"),
            ("meta.lastmodified", "meta.lastModified"),
            ("id", "id"),
            ("externalid", "externalId"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", "name.familyName"),
            ("URN:IETF:params:scim:schemas:core:2.0:user:USERNAME", "userName"),
            (&manager.to_uppercase(), &manager),
        ] {
            assert_eq!(key("User", path), Ok(expected.to_owned()), "{path}");
        }
        assert_eq!(key("User", &ENTERPRISE.to_lowercase()), Ok(format!("extension {ENTERPRISE}")));
    }

    #[test]
    fn other_names_do_not_exist() {
        for path in [
            "nope",
            "__proto__",
            "constructor",
            "toString",
            "drop",
            "emails.nope",
            "userName.value",
            "department",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:other:User:userName",
            "connection_id",
        ] {
            assert_eq!(key("User", path), Err(Unresolved::Unknown), "{path}");
        }
        assert_eq!(key("User", "members"), Err(Unresolved::Elsewhere { multi_valued: true }));
        assert_eq!(key("Group", "userName"), Err(Unresolved::Elsewhere { multi_valued: false }));
        assert_eq!(key("Group", ENTERPRISE), Err(Unresolved::Elsewhere { multi_valued: false }));
    }
}
