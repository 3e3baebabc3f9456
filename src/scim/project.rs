//! What of a resource is shown (RFC 7644 section 3.9), in one order: schemas, id, externalId, the type's attributes, its
//! extensions, meta.
//!
//! A sub-attribute that is named shows its attribute with that part alone. `id` and `schemas` are always shown;
//! what the schema never returns is never shown, whatever is asked for.

use std::collections::BTreeSet;

use scim_filter_parser::AttributePath;
use serde_json::{Map, Value, json};

use super::error::Error;
use super::etag::etag;
use super::resource::Document;
use super::schema::{Attribute, Catalogue, ResourceType, Returned};

/// `attributes` or `excludedAttributes`, as asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    wanted: Option<BTreeSet<String>>,
    excluded: BTreeSet<String>,
}

/// A member, or a group, as it is shown inside the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRef {
    /// Its id.
    pub value: String,
    /// Its URI.
    pub reference: String,
    /// Its displayName.
    pub display: Option<String>,
    /// Its resource type.
    pub kind: String,
}

/// A resource with everything that is computed at read.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// SCIM id.
    pub id: &'a str,
    /// What is stored.
    pub document: &'a Document,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Microseconds since the epoch.
    pub modified: i64,
    /// The version.
    pub version: i64,
    /// `meta.location`.
    pub location: String,
    /// The groups of a person.
    pub groups: Vec<MemberRef>,
    /// The members of a group.
    pub members: Vec<MemberRef>,
}

impl Projection {
    /// Reads the two query parameters; other parameters are none of its business.
    ///
    /// # Errors
    /// 400 `invalidValue` when both are given, or one twice.
    pub fn parse(parameters: &[(String, String)]) -> Result<Self, Error> {
        let find = |wanted: &str| {
            let mut found = parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(Error::invalid_value(format!("{wanted} is given twice"))),
                (first, None) => Ok(first.map(|(_, list)| names(list)).filter(|names| !names.is_empty())),
            }
        };
        match (find("attributes")?, find("excludedAttributes")?) {
            (Some(_), Some(_)) => Err(Error::invalid_value("attributes and excludedAttributes exclude each other")),
            (wanted, excluded) => Ok(Self { wanted, excluded: excluded.unwrap_or_default() }),
        }
    }

    /// Whether anything was asked for.
    pub fn is_explicit(&self) -> bool {
        self.wanted.is_some() || !self.excluded.is_empty()
    }

    /// Whether an attribute of the type's own schema is shown at all, so that the store may skip what is not.
    pub fn wants(&self, catalogue: &Catalogue, resource_type: &ResourceType, name: &str) -> bool {
        let attribute = catalogue.core_attributes(resource_type).iter().find(|attribute| attribute.name == name);
        attribute.is_some_and(|attribute| self.shows(&keys(&resource_type.schema, true, &attribute.name), attribute))
    }

    /// Whether an attribute is shown; `keys` are all the names it may have been asked for by.
    fn shows(&self, keys: &[String], attribute: &Attribute) -> bool {
        let is_named = |names: &BTreeSet<String>| keys.iter().any(|key| names.contains(key));
        let is_part_named = |names: &BTreeSet<String>| {
            names.iter().any(|name| {
                keys.iter().any(|key| name.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with('.')))
            })
        };
        match attribute.returned {
            Returned::Always => true,
            Returned::Never => false,
            Returned::Request => self.wanted.as_ref().is_some_and(|names| is_named(names) || is_part_named(names)),
            Returned::Default => match &self.wanted {
                Some(names) => is_named(names) || is_part_named(names),
                None => !is_named(&self.excluded),
            },
        }
    }

    /// The attribute's value with those parts that are shown.
    fn value(&self, keys: &[String], attribute: &Attribute, value: &Value) -> Option<Value> {
        if !self.shows(keys, attribute) {
            return None;
        }
        let is_whole = self.wanted.as_ref().is_none_or(|names| keys.iter().any(|key| names.contains(key)));
        Some(match value {
            Value::Array(elements) => {
                Value::Array(elements.iter().map(|element| self.parts(keys, is_whole, attribute, element)).collect())
            }
            single => self.parts(keys, is_whole, attribute, single),
        })
    }

    fn parts(&self, keys: &[String], is_whole: bool, attribute: &Attribute, value: &Value) -> Value {
        let Value::Object(object) = value else {
            return value.clone();
        };
        let shown = object.iter().filter(|(name, _)| {
            attribute.sub(name).is_some_and(|sub| {
                let own: Vec<String> =
                    keys.iter().map(|key| format!("{key}.{}", sub.name.to_ascii_lowercase())).collect();
                match (is_whole, sub.returned) {
                    (_, Returned::Never) => false,
                    (_, Returned::Always) => true,
                    (true, _) => !own.iter().any(|key| self.excluded.contains(key)),
                    (false, _) => self.shows(&own, sub),
                }
            })
        });
        Value::Object(shown.map(|(name, value)| (name.clone(), value.clone())).collect())
    }
}

fn names(list: &str) -> BTreeSet<String> {
    let plain = |name: &str| {
        AttributePath::parse(name).map_or_else(|_| name.to_owned(), |path| path.full()).to_ascii_lowercase()
    };
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(plain).collect()
}

/// The names an attribute may be asked for by, in lower case.
fn keys(urn: &str, is_core: bool, name: &str) -> Vec<String> {
    let qualified = format!("{urn}:{name}").to_ascii_lowercase();
    if is_core { vec![name.to_ascii_lowercase(), qualified] } else { vec![qualified] }
}

/// A resource as JSON.
pub fn render(catalogue: &Catalogue, resource_type: &ResourceType, projection: &Projection, view: &View<'_>) -> Value {
    let mut out = Map::new();
    out.insert("schemas".into(), json!(view.document.schemas(resource_type)));
    out.insert("id".into(), view.id.into());
    let own = catalogue.core_attributes(resource_type);
    let external = catalogue.common().iter().filter(|attribute| attribute.name == "externalId");
    for attribute in external.chain(own) {
        put(
            &mut out,
            projection,
            &keys(&resource_type.schema, true, &attribute.name),
            attribute,
            view.core_value(attribute).as_ref(),
        );
    }
    for extension in catalogue.extensions(resource_type) {
        let mut inner = Map::new();
        let is_excluded = projection.excluded.contains(&extension.id.to_ascii_lowercase());
        let whole = projection.wanted.as_ref().is_some_and(|names| names.contains(&extension.id.to_ascii_lowercase()));
        let everything = Projection::default();
        let projection = if whole { &everything } else { projection };
        for attribute in extension.attributes.iter().filter(|_| !is_excluded) {
            let value = view.extension_value(&extension.id, attribute);
            put(&mut inner, projection, &keys(&extension.id, false, &attribute.name), attribute, value.as_ref());
        }
        if !inner.is_empty() {
            out.insert(extension.id.clone(), Value::Object(inner));
        }
    }
    if let Some(meta) = catalogue.common().iter().find(|attribute| attribute.name == "meta") {
        put(&mut out, projection, &keys(&resource_type.schema, true, "meta"), meta, Some(&view.meta(resource_type)));
    }
    Value::Object(out)
}

fn put(
    out: &mut Map<String, Value>,
    projection: &Projection,
    keys: &[String],
    attribute: &Attribute,
    value: Option<&Value>,
) {
    if let Some(shown) = value.and_then(|value| projection.value(keys, attribute, value)) {
        out.insert(attribute.name.clone(), shown);
    }
}

impl View<'_> {
    fn core_value(&self, attribute: &Attribute) -> Option<Value> {
        match attribute.name.as_str() {
            "groups" => references(&self.groups, |_| "direct".into()),
            "members" => references(&self.members, |member| member.kind.clone()),
            name => self.document.get(name).cloned(),
        }
    }

    fn extension_value(&self, urn: &str, attribute: &Attribute) -> Option<Value> {
        self.document.get(urn)?.get(&attribute.name).cloned()
    }

    fn meta(&self, resource_type: &ResourceType) -> Value {
        json!({
            "resourceType": resource_type.name,
            "created": crate::clock::rfc3339(self.created),
            "lastModified": crate::clock::rfc3339(self.modified),
            "location": self.location,
            "version": etag(self.version),
        })
    }
}

fn references(related: &[MemberRef], kind: impl Fn(&MemberRef) -> String) -> Option<Value> {
    let shown: Vec<Value> = related
        .iter()
        .map(|member| {
            let mut object = Map::new();
            object.insert("value".into(), member.value.clone().into());
            object.insert("$ref".into(), member.reference.clone().into());
            if let Some(display) = &member.display {
                object.insert("display".into(), display.clone().into());
            }
            object.insert("type".into(), kind(member).into());
            Value::Object(object)
        })
        .collect();
    if shown.is_empty() { None } else { Some(Value::Array(shown)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::quirks::Quirks;
    use crate::scim::validate;

    fn shown(query: &[(&str, &str)]) -> Value {
        let catalogue = Catalogue::core();
        let user = catalogue.resource_type("User").unwrap();
        let body = json!({
            "userName": "ana", "externalId": "7", "name": {"givenName": "Ana", "familyName": "Ortiz"}, "active": true,
            "emails": [{"value": "ana@acme.test", "type": "work"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R", "manager": {"value": "9"}},
        });
        let document = validate::document(&catalogue, user, body, Quirks::default()).unwrap().document;
        let pairs: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let view = View {
            id: "1",
            document: &document,
            created: 0,
            modified: 0,
            version: 1,
            location: "http://x/Users/1".into(),
            groups: vec![MemberRef {
                value: "g".into(),
                reference: "http://x/Groups/g".into(),
                display: None,
                kind: "Group".into(),
            }],
            members: Vec::new(),
        };
        render(&catalogue, user, &Projection::parse(&pairs).unwrap(), &view)
    }

    fn names_of(value: &Value) -> Vec<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    const URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    #[test]
    fn everything_is_shown_in_one_order() {
        let all = shown(&[]);
        assert_eq!(
            names_of(&all),
            ["schemas", "id", "externalId", "userName", "name", "active", "emails", "groups", URN, "meta"]
        );
        assert_eq!(all["meta"]["version"], "W/\"1\"");
        assert_eq!(all["groups"][0]["type"], "direct");
    }

    #[test]
    fn attributes_choose_and_always_keep_id_and_schemas() {
        assert_eq!(names_of(&shown(&[("attributes", "USERNAME")])), ["schemas", "id", "userName"]);
        let part = shown(&[("attributes", "name.givenName,emails.value")]);
        assert_eq!(part["name"], json!({"givenName": "Ana"}));
        assert_eq!(part["emails"], json!([{"value": "ana@acme.test"}]));
        assert_eq!(
            names_of(&shown(&[("attributes", "urn:ietf:params:scim:schemas:core:2.0:User:userName")])),
            ["schemas", "id", "userName"]
        );
        assert_eq!(shown(&[("attributes", &format!("{URN}:department"))])[URN], json!({"department": "R"}));
        assert_eq!(shown(&[("attributes", URN)])[URN]["manager"]["value"], "9");
        assert_eq!(names_of(&shown(&[("attributes", "password,nonsense")])), ["schemas", "id"]);
    }

    #[test]
    fn excluded_attributes_go_but_not_id_and_schemas() {
        let rest = shown(&[("excludedAttributes", "id,schemas,emails,name.familyName,groups,meta")]);
        assert_eq!(names_of(&rest), ["schemas", "id", "externalId", "userName", "name", "active", URN]);
        assert_eq!(rest["name"], json!({"givenName": "Ana"}));
        assert_eq!(shown(&[("excludedAttributes", URN)]).get(URN), None);
    }

    #[test]
    fn both_at_once_or_one_twice_are_refused() {
        let pair = |name: &str| (name.to_owned(), "userName".to_owned());
        assert!(Projection::parse(&[pair("attributes"), pair("excludedAttributes")]).is_err());
        assert!(Projection::parse(&[pair("attributes"), pair("Attributes")]).is_err());
    }
}
