//! All schemas and resource types of a connection.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde_json::{Value, json};

use super::attribute::{Attribute, AttributeType};
use super::{ENTERPRISE_USER, GROUP, USER, common};

/// A schema: a URN and its attributes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Schema {
    /// The URN.
    pub id: String,
    /// Its short name.
    pub name: String,
    /// What it describes.
    pub description: String,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The attribute with this name, in any letter case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// As served on `/Schemas`.
    pub fn to_json(&self, base_url: &str) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "attributes": self.attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base_url}/Schemas/{}", self.id) },
        })
    }
}

/// A kind of resource: an endpoint, a schema, its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name, such as `User`; also the stored kind.
    pub name: String,
    /// Where its resources are, such as `/Users`.
    pub endpoint: String,
    /// What it describes.
    pub description: String,
    /// URN of its schema.
    pub schema: String,
    /// URNs of its extensions.
    pub extensions: Vec<String>,
}

impl ResourceType {
    /// As served on `/ResourceTypes`.
    pub fn to_json(&self, base_url: &str) -> Value {
        let extensions: Vec<Value> =
            self.extensions.iter().map(|urn| json!({ "schema": urn, "required": false })).collect();
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": self.name,
            "name": self.name,
            "endpoint": self.endpoint,
            "description": self.description,
            "schema": self.schema,
            "schemaExtensions": extensions,
            "meta": { "resourceType": "ResourceType", "location": format!("{base_url}/ResourceTypes/{}", self.name) },
        })
    }
}

/// The schemas and resource types a connection has; cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalogue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    common: Vec<Attribute>,
    schemas: Vec<Schema>,
    types: Vec<ResourceType>,
}

static CORE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::build(true));
static CORE_WITH_EQUAL_GROUP_NAMES: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::build(false));

impl Catalogue {
    /// User, EnterpriseUser and Group.
    pub fn core() -> Self {
        CORE.clone()
    }

    /// The same, where groups may share a displayName if the connection allows it.
    pub fn for_connection(allow_duplicate_group_names: bool) -> Self {
        if allow_duplicate_group_names { CORE_WITH_EQUAL_GROUP_NAMES.clone() } else { Self::core() }
    }

    fn build(has_unique_group_names: bool) -> Self {
        let definitions = [
            include_str!("definitions/user.json"),
            include_str!("definitions/enterprise_user.json"),
            include_str!("definitions/group.json"),
        ];
        let mut schemas: Vec<Schema> = definitions.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        if !has_unique_group_names {
            let names =
                schemas.iter_mut().filter(|schema| schema.id == GROUP).flat_map(|schema| &mut schema.attributes);
            for name in names.filter(|attribute| attribute.name == "displayName") {
                name.uniqueness = Some("none".into());
            }
        }
        let types = vec![
            ResourceType {
                name: "User".into(),
                endpoint: "/Users".into(),
                description: "People".into(),
                schema: USER.into(),
                extensions: vec![ENTERPRISE_USER.into()],
            },
            ResourceType {
                name: "Group".into(),
                endpoint: "/Groups".into(),
                description: "Groups of people".into(),
                schema: GROUP.into(),
                extensions: Vec::new(),
            },
        ];
        Self(Arc::new(Inner { common: common::attributes(), schemas, types }))
    }

    /// All schemas.
    pub fn schemas(&self) -> &[Schema] {
        &self.0.schemas
    }

    /// The schema with this URN, in any letter case.
    pub fn schema(&self, urn: &str) -> Option<&Schema> {
        self.0.schemas.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// All resource types.
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.0.types
    }

    /// The resource type with this name.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.0.types.iter().find(|found| found.name == name)
    }

    /// The resource type at `/{endpoint}`.
    pub fn resource_type_at(&self, endpoint: &str) -> Option<&ResourceType> {
        self.0.types.iter().find(|found| found.endpoint.strip_prefix('/') == Some(endpoint))
    }

    /// `schemas`, `id`, `externalId` and `meta`.
    pub fn common(&self) -> &[Attribute] {
        &self.0.common
    }

    /// The attributes of a type's own schema.
    pub fn core_attributes(&self, resource_type: &ResourceType) -> &[Attribute] {
        self.schema(&resource_type.schema).map_or(&[], |schema| &schema.attributes)
    }

    /// The extension schemas of a type.
    pub fn extensions<'a>(&'a self, resource_type: &'a ResourceType) -> impl Iterator<Item = &'a Schema> {
        resource_type.extensions.iter().filter_map(|urn| self.schema(urn))
    }

    /// The paths of all values the store may index: of every attribute, its sub-attributes, and its presence.
    pub fn stored_paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for schema in self.schemas() {
            let is_core = self.resource_types().iter().any(|found| found.schema == schema.id);
            let prefix = if is_core { String::new() } else { format!("{}:", schema.id) };
            for attribute in &schema.attributes {
                add_paths(&mut paths, &format!("{prefix}{}", attribute.name), attribute);
            }
        }
        for attribute in self.common() {
            add_paths(&mut paths, &attribute.name, attribute);
        }
        paths.sort();
        paths.dedup();
        paths
    }
}

fn add_paths(paths: &mut Vec<String>, path: &str, attribute: &Attribute) {
    paths.push(path.to_owned());
    if attribute.kind == AttributeType::Complex {
        paths.extend(attribute.sub_attributes.iter().map(|sub| format!("{path}.{}", sub.name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_is_read() {
        let catalogue = Catalogue::core();
        assert_eq!(catalogue.schemas().len(), 3);
        assert_eq!(catalogue.core_attributes(&catalogue.resource_types()[0]).len(), 21);
        assert!(catalogue.schema(&USER.to_uppercase()).is_some());
        assert!(catalogue.stored_paths().contains(&"emails.value".to_owned()));
        assert!(catalogue.stored_paths().contains(&format!("{ENTERPRISE_USER}:manager.value")));
    }

    #[test]
    fn a_schema_says_nothing_is_null() {
        fn has_null(value: &Value) -> bool {
            match value {
                Value::Null => true,
                Value::Array(items) => items.iter().any(has_null),
                Value::Object(object) => object.values().any(has_null),
                _ => false,
            }
        }
        let catalogue = Catalogue::core();
        assert!(catalogue.schemas().iter().all(|schema| !has_null(&schema.to_json("http://x"))));
    }

    #[test]
    fn the_schema_says_whether_group_names_are_unique() {
        let name = |catalogue: &Catalogue| {
            catalogue.schema(GROUP).unwrap().attribute("displayname").unwrap().uniqueness.clone()
        };
        assert_eq!(name(&Catalogue::for_connection(false)).as_deref(), Some("server"));
        assert_eq!(name(&Catalogue::for_connection(true)).as_deref(), Some("none"));
    }
}
