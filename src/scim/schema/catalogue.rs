//! All schemas and resource types of a connection.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use serde::de::DeserializeOwned;

use super::{Attribute, AttributeType, Extension, ResourceType, Schema, Uniqueness};

/// The schemas and resource types that a connection has; cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalogue(Arc<Inner>);

#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) schemas: Vec<Arc<Schema>>,
    pub(super) resource_types: Vec<ResourceType>,
    /// Whether nothing was added to what the RFC defines.
    pub(super) is_core: bool,
}

static CORE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::build(Uniqueness::Server));
static LENIENT: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::build(Uniqueness::None));

impl Catalogue {
    /// What RFC 7643 defines: User with the enterprise extension, and Group.
    pub fn core() -> Self {
        CORE.clone()
    }

    /// The catalogue of a connection, which says whether two groups may have the same name.
    pub fn for_connection(allow_duplicate_group_names: bool) -> Self {
        if allow_duplicate_group_names { LENIENT.clone() } else { CORE.clone() }
    }

    fn build(group_names: Uniqueness) -> Self {
        let common: Arc<Vec<Attribute>> = Arc::new(embedded(include_str!("definitions/common.json")));
        let user: Arc<Schema> = Arc::new(embedded(include_str!("definitions/user.json")));
        let enterprise: Arc<Schema> = Arc::new(embedded(include_str!("definitions/enterprise_user.json")));
        let mut group: Schema = embedded(include_str!("definitions/group.json"));
        for attribute in group.attributes.iter_mut().filter(|attribute| attribute.name == "displayName") {
            attribute.uniqueness = group_names;
        }
        let group = Arc::new(group);
        let of = |schema: &Arc<Schema>, endpoint: &str, extensions| ResourceType {
            name: schema.name.clone(),
            endpoint: endpoint.to_owned(),
            description: schema.description.clone(),
            schema: Arc::clone(schema),
            extensions,
            common: Arc::clone(&common),
        };
        let extension = Extension { schema: Arc::clone(&enterprise), required: false };
        let resource_types = vec![of(&user, "/Users", vec![extension]), of(&group, "/Groups", Vec::new())];
        Self::from_inner(Inner { schemas: vec![user, group, enterprise], resource_types, is_core: true })
    }

    pub(super) fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Whether it holds what the RFC defines and nothing else.
    pub fn is_core(&self) -> bool {
        self.0.is_core
    }

    /// The resource type of that name, in any letter case.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.0.resource_types.iter().find(|resource_type| resource_type.name.eq_ignore_ascii_case(name))
    }

    /// The resource type served at an endpoint given without its slash: `Users`.
    pub fn resource_type_at(&self, endpoint: &str) -> Option<&ResourceType> {
        self.0.resource_types.iter().find(|resource_type| resource_type.endpoint.strip_prefix('/') == Some(endpoint))
    }

    /// All resource types.
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.0.resource_types
    }

    /// All schemas.
    pub fn schemas(&self) -> &[Arc<Schema>] {
        &self.0.schemas
    }

    /// The schema with this URN, in any letter case.
    pub fn schema(&self, urn: &str) -> Option<&Schema> {
        self.0.schemas.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn)).map(Arc::as_ref)
    }

    /// Every path that [`crate::scim::values::rows`] may give a value, sorted.
    pub fn stored_paths(&self) -> Vec<String> {
        let mut paths = BTreeSet::new();
        for top in self.0.resource_types.iter().flat_map(ResourceType::stored) {
            let path = top.path();
            let subs = top.attribute.sub_attributes.iter().filter(|sub| sub.kind != AttributeType::Complex);
            paths.extend(subs.map(|sub| format!("{path}.{}", sub.name)));
            paths.insert(path);
        }
        paths.into_iter().collect()
    }
}

#[expect(clippy::expect_used, reason = "the text is part of the program and parsed by every test")]
fn embedded<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the embedded schema definitions are well-formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_catalogue_has_what_the_rfc_has() {
        let core = Catalogue::core();
        let user = core.resource_type("user").unwrap();
        assert_eq!(user.endpoint, "/Users");
        assert_eq!(core.resource_type_at("Groups").unwrap().name, "Group");
        assert!(core.resource_type_at("groups").is_none());
        assert!(core.schema("URN:ietf:params:scim:schemas:core:2.0:user").is_some());
        let names: Vec<&str> = user.schema.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names.len(), 21);
        assert!(user.schema.attribute("PASSWORD").unwrap().is_secret());
        let stored: Vec<String> = user.stored().map(|top| top.path()).collect();
        assert!(stored.contains(&"externalId".to_owned()));
        for absent in ["id", "meta", "schemas", "groups", "password"] {
            assert!(!stored.contains(&absent.to_owned()), "{absent}");
        }
    }

    #[test]
    fn duplicate_group_names_are_a_matter_of_the_connection() {
        for (allowed, uniqueness) in [(false, Uniqueness::Server), (true, Uniqueness::None)] {
            let catalogue = Catalogue::for_connection(allowed);
            let group = catalogue.resource_type("Group").unwrap();
            assert_eq!(group.schema.attribute("displayName").unwrap().uniqueness, uniqueness);
        }
    }

    #[test]
    fn what_is_shown_holds_no_null_and_parses_back() {
        for schema in Catalogue::core().schemas() {
            let shown = schema.to_json("https://scim.test/v2");
            assert!(!shown.to_string().contains("null"));
            assert_eq!(serde_json::from_value::<Schema>(shown).unwrap(), **schema);
        }
    }

    #[test]
    fn stored_paths_are_sorted_and_complete() {
        let paths = Catalogue::core().stored_paths();
        assert!(paths.is_sorted());
        for path in [
            "emails",
            "emails.value",
            "externalId",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        ] {
            assert!(paths.contains(&path.to_owned()), "{path}");
        }
        assert!(!paths.iter().any(|path| path.starts_with("members") || path.starts_with("meta")));
    }
}
