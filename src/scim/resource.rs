//! The document: what a resource holds, as the client gave it.
//!
//! A JSON tree in the schema's spelling, not a typed struct: extensions and custom attributes cost nothing. What the
//! server mints or computes (`id`, `meta`, `schemas`, `groups`, members) and what it does not keep (`password`) is never
//! in it. Nothing unassigned is in it either: no null, no empty array, no empty object (RFC 7643 section 2.5).

use serde_json::{Map, Value, json};

use super::canonical::{canonical, email_key};
use super::path::Place;
use super::schema::{Catalogue, ResourceType};

/// A resource's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document(pub(super) Map<String, Value>);

impl Document {
    /// Reads what [`Document::to_stored`] wrote.
    ///
    /// # Errors
    /// When it is not a JSON object.
    pub fn from_stored(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }

    /// The JSON text that is stored.
    pub fn to_stored(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// A person the IdP has not spoken of yet, known by one value that is userName and email.
    pub fn stand_in(value: &str) -> Self {
        let mut document = Self::named(value);
        if email_key(value).is_some() {
            document.set_email(value);
        }
        document
    }

    /// An active person with nothing but a userName.
    pub fn named(user_name: &str) -> Self {
        let mut document = Self::default();
        document.0.insert("userName".into(), user_name.into());
        document.set_active(true);
        document
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    fn part(&self, name: &str, sub: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.get(sub)).and_then(Value::as_str)
    }

    /// `userName`.
    pub fn user_name(&self) -> Option<&str> {
        self.text("userName")
    }

    /// `externalId`.
    pub fn external_id(&self) -> Option<&str> {
        self.text("externalId")
    }

    /// `displayName`.
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// `name.givenName`.
    pub fn given_name(&self) -> Option<&str> {
        self.part("name", "givenName")
    }

    /// `name.familyName`.
    pub fn family_name(&self) -> Option<&str> {
        self.part("name", "familyName")
    }

    /// The primary photo, else the first.
    pub fn picture(&self) -> Option<&str> {
        let photos = self.0.get("photos").and_then(Value::as_array)?;
        let chosen = photos.iter().find(|photo| is_primary(photo)).or_else(|| photos.first())?;
        chosen.get("value").and_then(Value::as_str)
    }

    /// `active`, where it is given.
    pub fn active(&self) -> Option<bool> {
        self.0.get("active").and_then(Value::as_bool)
    }

    /// Sets `active`.
    pub fn set_active(&mut self, active: bool) {
        self.0.insert("active".into(), active.into());
    }

    /// Sets `externalId`.
    pub fn set_external_id(&mut self, external_id: &str) {
        self.0.insert("externalId".into(), external_id.into());
    }

    /// Makes this the one email.
    pub fn set_email(&mut self, email: &str) {
        self.0.insert("emails".into(), json!([{ "value": email, "primary": true }]));
    }

    /// Sets those parts of `name` that are given.
    pub fn set_name(&mut self, given_name: Option<&str>, family_name: Option<&str>) {
        let parts = [("givenName", given_name), ("familyName", family_name)];
        let name: Map<String, Value> =
            parts.into_iter().filter_map(|(part, value)| Some((part.to_owned(), Value::from(value?)))).collect();
        if !name.is_empty() {
            self.0.insert("name".into(), Value::Object(name));
        }
    }

    /// The email a person is matched by: the primary one, else the first `work` one, else the first, else the userName
    /// if it is an address.
    pub fn matching_email(&self) -> Option<&str> {
        let emails = self.0.get("emails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let usable = || emails.iter().filter(|email| email.get("value").is_some_and(Value::is_string));
        let is_work = |email: &&Value| {
            email.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
        };
        let chosen =
            usable().find(|email| is_primary(email)).or_else(|| usable().find(is_work)).or_else(|| usable().next());
        let chosen = chosen.and_then(|email| email.get("value")).and_then(Value::as_str);
        chosen.or_else(|| self.user_name().filter(|name| email_key(name).is_some()))
    }

    /// The key that must be unique among the connection's resources of this type: of the first attribute whose
    /// uniqueness is `server`.
    pub fn unique_key(&self, catalogue: &Catalogue, resource_type: &ResourceType) -> Option<String> {
        let unique = catalogue
            .core_attributes(resource_type)
            .iter()
            .find(|attribute| attribute.uniqueness.as_deref() == Some("server"))?;
        self.text(&unique.name).map(canonical)
    }

    /// The URNs of the schemas it uses: the type's, and those of extensions that have content.
    pub fn schemas(&self, resource_type: &ResourceType) -> Vec<String> {
        let used = resource_type.extensions.iter().filter(|urn| self.0.contains_key(urn.as_str()));
        std::iter::once(&resource_type.schema).chain(used).cloned().collect()
    }

    /// Puts a value in its place, making the objects around it.
    pub(super) fn put(&mut self, place: &Place<'_>, value: Value) {
        let mut target = &mut self.0;
        if let Some(extension) = place.extension {
            target = object_at(target, &extension.id);
        }
        match place.sub {
            Some(sub) if place.attribute.multi_valued => {
                target.insert(place.attribute.name.clone(), json!([{ &sub.name: value }]))
            }
            Some(sub) => object_at(target, &place.attribute.name).insert(sub.name.clone(), value),
            None => target.insert(place.attribute.name.clone(), value),
        };
    }

    /// The object that holds the attribute of a place: the document, or the extension within it.
    pub(super) fn container(&mut self, place: &Place<'_>) -> &mut Map<String, Value> {
        match place.extension {
            Some(extension) => object_at(&mut self.0, &extension.id),
            None => &mut self.0,
        }
    }

    /// Removes what an operation left without content at a place.
    pub(super) fn tidy(&mut self, place: &Place<'_>) {
        remove_if_empty(self.container(place), &place.attribute.name);
        if let Some(extension) = place.extension {
            remove_if_empty(&mut self.0, &extension.id);
        }
    }

    /// Removes a whole extension.
    pub(super) fn remove_extension(&mut self, urn: &str) {
        self.0.shift_remove(urn);
    }

    /// The value of a top-level attribute or extension.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Its attributes and extensions in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

/// The object at a name, made if there is none.
pub(super) fn object_at<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let value = object.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(inner) => inner,
        _ => unreachable!("made an object above"),
    }
}

fn remove_if_empty(object: &mut Map<String, Value>, name: &str) {
    let is_empty = match object.get(name) {
        Some(Value::Object(inner)) => inner.is_empty(),
        Some(Value::Array(elements)) => elements.is_empty(),
        Some(Value::Null) => true,
        _ => false,
    };
    if is_empty {
        object.shift_remove(name);
    }
}

/// Whether an element says it is the preferred one.
pub(super) fn is_primary(element: &Value) -> bool {
    element.get("primary").and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(document: Value) -> Option<String> {
        let Value::Object(object) = document else { panic!("not an object") };
        Document(object).matching_email().map(str::to_owned)
    }

    #[test]
    fn the_matching_email_is_chosen_by_one_rule() {
        let emails = json!([{"value": "h@x.test", "type": "home"}, {"value": "w@x.test", "type": "work"}, {"value": "p@x.test", "primary": true}]);
        assert_eq!(matching(json!({"userName": "u@x.test", "emails": emails})).as_deref(), Some("p@x.test"));
        let emails = json!([{"value": "h@x.test", "type": "home"}, {"value": "w@x.test", "type": "Work"}]);
        assert_eq!(matching(json!({"emails": emails})).as_deref(), Some("w@x.test"));
        assert_eq!(matching(json!({"emails": [{"type": "work"}, {"value": "h@x.test"}]})).as_deref(), Some("h@x.test"));
        assert_eq!(matching(json!({"userName": "u@x.test"})).as_deref(), Some("u@x.test"));
        assert_eq!(matching(json!({"userName": "ana"})), None);
    }

    #[test]
    fn somebody_the_idp_has_not_spoken_of_is_found_by_name_and_email() {
        let ana = Document::stand_in("ana@acme.test");
        assert_eq!(ana.user_name(), Some("ana@acme.test"));
        assert_eq!(ana.matching_email(), Some("ana@acme.test"));
        assert_eq!(ana.active(), Some(true));
        assert_eq!(Document::stand_in("ana").get("emails"), None);
    }
}
