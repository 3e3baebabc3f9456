//! The document: what a resource holds, as JSON in the spelling of the schema.
//!
//! It holds no `id`, `meta`, `schemas`, `groups`, `members` and no secret; an attribute without a value is not there
//! (RFC 7643 section 2.5). Extension attributes lie in an object under the extension's URN. It is a tree and not a
//! typed struct, so that nothing a schema allows is ever lost.

use serde_json::{Map, Value, json};

use super::canonical::{canonical, email_key};
use super::schema::{ENTERPRISE_URN, ResourceType, Top, Uniqueness};

/// What a resource holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document(Map<String, Value>);

impl Document {
    /// Takes a tree that is in the schema's spelling already.
    pub(super) fn from_map(map: Map<String, Value>) -> Self {
        Self(map)
    }

    /// Reads what [`Self::to_stored`] wrote.
    ///
    /// # Errors
    /// When the text is not a JSON object.
    pub fn from_stored(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }

    /// The document as JSON text.
    pub fn to_stored(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// What a person is served as before the identity provider speaks of them: a userName that is also their email
    /// where it is an address, and active.
    pub fn stand_in(value: &str) -> Self {
        let mut document = Self::named(value);
        if email_key(value).is_some() {
            document.set_email(value);
        }
        document
    }

    /// An active person of whom the userName alone is known.
    pub fn named(user_name: &str) -> Self {
        let mut map = Map::new();
        map.insert("userName".to_owned(), user_name.into());
        map.insert("active".to_owned(), true.into());
        Self(map)
    }

    /// The tree.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The value of an attribute.
    pub fn get(&self, top: Top<'_>) -> Option<&Value> {
        match top.urn {
            Some(urn) => self.0.get(urn)?.get(&top.attribute.name),
            None => self.0.get(&top.attribute.name),
        }
    }

    /// Gives an attribute a value where it has none, and a complex one the parts that it has not.
    pub(super) fn keep(&mut self, top: Top<'_>, value: &Value) {
        let map = match top.urn {
            Some(urn) => self.0.entry(urn).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
            None => Some(&mut self.0),
        };
        let present = map.map(|map| map.entry(top.attribute.name.clone()).or_insert_with(|| value.clone()));
        if let (Some(Value::Object(present)), Value::Object(parts)) = (present, value) {
            for (name, part) in parts {
                present.entry(name.clone()).or_insert_with(|| part.clone());
            }
        }
    }

    /// The URNs of the core schema and of the extensions that have content.
    pub fn schemas<'a>(&self, resource_type: &'a ResourceType) -> Vec<&'a str> {
        let extensions = resource_type.extensions.iter().map(|extension| extension.schema.id.as_str());
        let used = extensions.filter(|urn| self.0.contains_key(*urn));
        std::iter::once(resource_type.schema.id.as_str()).chain(used).collect()
    }

    /// Whether the type knows everything that is in the document.
    pub fn fits(&self, resource_type: &ResourceType) -> bool {
        self.0.keys().all(|key| resource_type.core_attribute(key).is_some() || resource_type.extension(key).is_some())
    }

    /// What must be unique within the directory and the resource type, as the store compares it.
    pub fn unique_key(&self, resource_type: &ResourceType) -> Option<String> {
        let top = resource_type.stored().find(|top| resource_type.is_key(*top))?;
        let attribute = Some(top.attribute).filter(|attribute| attribute.uniqueness != Uniqueness::None)?;
        let value = self.text(&attribute.name)?;
        Some(if attribute.case_exact { value.to_owned() } else { canonical(value) })
    }

    /// The `userName` as it was given.
    pub fn user_name(&self) -> Option<&str> {
        self.text("userName")
    }

    /// The identity provider's id.
    pub fn external_id(&self) -> Option<&str> {
        self.text("externalId")
    }

    /// The id of the manager as it was given: an id of this directory, or any text.
    pub fn manager_id(&self) -> Option<&str> {
        self.0.get(ENTERPRISE_URN)?.get("manager")?.get("value")?.as_str()
    }

    /// The name to show.
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// What the identity provider said about the person's access.
    pub fn active(&self) -> Option<bool> {
        self.0.get("active")?.as_bool()
    }

    /// Says whether the person may have access.
    pub fn set_active(&mut self, active: bool) {
        self.0.insert("active".to_owned(), active.into());
    }

    /// `name.givenName`.
    pub fn given_name(&self) -> Option<&str> {
        self.0.get("name")?.get("givenName")?.as_str()
    }

    /// `name.familyName`.
    pub fn family_name(&self) -> Option<&str> {
        self.0.get("name")?.get("familyName")?.as_str()
    }

    /// Sets `externalId`.
    pub fn set_external_id(&mut self, external_id: &str) {
        self.0.insert("externalId".to_owned(), external_id.into());
    }

    /// Makes this the one email.
    pub fn set_email(&mut self, email: &str) {
        self.0.insert("emails".to_owned(), json!([{ "value": email, "primary": true }]));
    }

    /// Sets the parts of the name that are known.
    pub fn set_name(&mut self, given: Option<&str>, family: Option<&str>) {
        let mut name = self.0.get("name").and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, part) in [("givenName", given), ("familyName", family)] {
            if let Some(part) = part {
                name.insert(key.to_owned(), part.into());
            }
        }
        if !name.is_empty() {
            self.0.insert("name".to_owned(), Value::Object(name));
        }
    }

    /// Where the picture is: the primary photo, else the first.
    pub fn picture(&self) -> Option<&str> {
        self.preferred("photos", &[])
    }

    /// The email a person is matched by, as it was given: the primary one, else the first of type `work`, else the
    /// first, else the `userName` where it is an address.
    pub fn matching_email(&self) -> Option<&str> {
        self.preferred("emails", &["work"]).or_else(|| self.user_name().filter(|name| email_key(name).is_some()))
    }

    /// The value of the primary element, else of the first of these types, else of the first.
    fn preferred(&self, name: &str, types: &[&str]) -> Option<&str> {
        let elements = self.0.get(name)?.as_array()?;
        let value =
            |element: &'_ Value| element.get("value").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        let of_type = |element: &Value| {
            let kind = element.get("type").and_then(Value::as_str).unwrap_or_default();
            types.iter().any(|wanted| kind.eq_ignore_ascii_case(wanted))
        };
        let usable = || elements.iter().filter(|element| value(element));
        let chosen = usable()
            .find(|element| element.get("primary") == Some(&Value::Bool(true)))
            .or_else(|| usable().find(|element| of_type(element)))
            .or_else(|| usable().next());
        chosen?.get("value")?.as_str()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

/// Whether an element says it is the primary one.
pub fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::schema::Catalogue;

    fn document(value: &Value) -> Document {
        Document::from_stored(&value.to_string()).unwrap()
    }

    #[test]
    fn the_matching_email() {
        for (emails, expected) in [
            (json!([{ "value": "a@x" }, { "value": "b@x", "primary": true }]), Some("b@x")),
            (json!([{ "value": "a@x", "type": "home" }, { "value": "W@x", "type": "Work" }]), Some("W@x")),
            (json!([{ "value": "a@x", "type": "home" }, { "value": "b@x" }]), Some("a@x")),
            (json!([{ "type": "work", "primary": true }, { "value": "b@x" }]), Some("b@x")),
            (json!([{ "type": "work", "primary": true }]), Some("ana@acme.test")),
        ] {
            let document = document(&json!({ "userName": "ana@acme.test", "emails": emails }));
            assert_eq!(document.matching_email(), expected);
        }
        assert_eq!(document(&json!({ "userName": "ana" })).matching_email(), None);
    }

    #[test]
    fn a_stand_in_is_what_a_lookup_finds() {
        let document = Document::stand_in("Ana@Acme.test");
        assert_eq!(
            document.to_stored(),
            r#"{"userName":"Ana@Acme.test","active":true,"emails":[{"value":"Ana@Acme.test","primary":true}]}"#
        );
        assert_eq!(Document::stand_in("00u1").matching_email(), None);
        let catalogue = Catalogue::core();
        let user = catalogue.resource_type("User").unwrap();
        assert_eq!(document.unique_key(user).as_deref(), Some("ana@acme.test"));
    }

    #[test]
    fn names_and_schemas() {
        let mut document = Document::named("ana");
        document.set_name(None, None);
        assert_eq!(document.as_map().get("name"), None);
        document.set_name(Some("Ana"), None);
        document.set_name(None, Some("Ortiz"));
        assert_eq!((document.given_name(), document.family_name()), (Some("Ana"), Some("Ortiz")));
        let catalogue = Catalogue::core();
        assert_eq!(document.schemas(catalogue.resource_type("User").unwrap()).len(), 1);
    }
}
