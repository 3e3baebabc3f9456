//! One policy: every attribute of every type, through every door, against its definition.

use serde_json::{Map, Value, json};

use super::ScimType;
use super::list;
use super::matches;
use super::patch;
use super::project::{Projection, View, render};
use super::quirks::Quirks;
use super::resource::Document;
use super::schema::{Attribute, AttributeType, Catalogue, Definitions, RelatedSide, ResourceType, Top};
use super::validate;

/// What the definition says about an attribute or sub-attribute.
struct Case<'a> {
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
    top: Top<'a>,
    sub: Option<&'a Attribute>,
}

fn sample(attribute: &Attribute) -> Value {
    match attribute.kind {
        AttributeType::Boolean => json!(true),
        AttributeType::Integer | AttributeType::Decimal => json!(7),
        AttributeType::DateTime => json!("2026-11-24T09:30:00Z"),
        AttributeType::Binary => json!("QUJD"),
        AttributeType::String | AttributeType::Reference => json!("sample"),
        AttributeType::Complex => {
            let subs = attribute.sub_attributes.iter().filter(|sub| sub.is_writable());
            Value::Object(subs.map(|sub| (sub.name.clone(), sample(sub))).collect())
        }
    }
}

impl Case<'_> {
    fn last(&self) -> &Attribute {
        self.sub.unwrap_or(self.top.attribute)
    }

    fn name(&self) -> String {
        let sub = self.sub.map_or(String::new(), |sub| format!(".{}", sub.name));
        format!("{}{sub}", self.top.path()).to_uppercase()
    }

    fn is_writable(&self) -> bool {
        self.top.attribute.is_writable() && self.last().is_writable()
    }

    fn is_secret(&self) -> bool {
        self.top.attribute.is_secret() || self.last().is_secret()
    }

    fn side(&self) -> Option<RelatedSide> {
        self.resource_type.related_side(self.top)
    }

    fn base(&self) -> Map<String, Value> {
        let required = self.resource_type.schema.attributes.iter().filter(|attribute| attribute.required);
        required.map(|attribute| (attribute.name.clone(), json!("base"))).collect()
    }

    /// Whether a document holds a value where this attribute is.
    fn is_in(&self, document: &Document) -> bool {
        let value = document.get(self.top).map(|value| value.get(0).unwrap_or(value));
        let part = self.sub.map_or(value, |sub| value.and_then(|value| value.get(&sub.name)));
        part.is_some_and(|part| *part != json!("base"))
    }

    fn post(&self) {
        let mut body = self.base();
        body.retain(|name, _| self.top.urn.is_some() || !name.eq_ignore_ascii_case(&self.top.attribute.name));
        body.insert(self.name(), sample(self.last()));
        let result = validate::document(self.catalogue, self.resource_type, Value::Object(body));
        if self.side().is_some() && self.sub.is_some() && self.is_writable() {
            assert_eq!(result.unwrap_err().scim_type, Some(ScimType::Mutability), "{}", self.name());
            return;
        }
        let validated = result.unwrap();
        assert_eq!(
            self.is_in(&validated.document),
            self.is_writable() && !self.is_secret() && self.side().is_none(),
            "{}",
            self.name()
        );
        let is_silent = self.is_writable() || self.name() == "SCHEMAS";
        assert_eq!(validated.ignored.is_empty(), is_silent, "{}", self.name());
    }

    fn patch(&self, operation: &Value) -> Result<patch::Patched, super::Error> {
        let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] });
        let operations = patch::parse(self.catalogue, self.resource_type, &body, &Quirks::default())?;
        let before = Document::from_stored(&Value::Object(self.base()).to_string()).unwrap();
        patch::apply(self.catalogue, self.resource_type, &before, &operations, &Quirks::default())
    }

    fn patch_all(&self) {
        let is_part_of_member = self.side().is_some() && self.sub.is_some();
        let is_refused = !self.is_writable() || is_part_of_member;
        let explicit = self.patch(&json!({ "op": "replace", "path": self.name(), "value": sample(self.last()) }));
        assert_eq!(explicit.is_err(), is_refused, "{}", self.name());
        if let Err(error) = explicit {
            assert_eq!(error.scim_type, Some(ScimType::Mutability), "{}", self.name());
        }
        let removal = self.patch(&json!({ "op": "remove", "path": self.name() }));
        assert_eq!(removal.is_err(), is_refused || self.last().required, "{}", self.name());
        let implicit = self.patch(&json!({ "op": "add", "value": { self.name(): sample(self.last()) } }));
        match implicit {
            Ok(patched) => {
                let is_stored = self.is_writable() && !self.is_secret() && self.side().is_none();
                assert_eq!(self.is_in(&patched.document), is_stored, "{}", self.name());
                assert_eq!(patched.ignored.is_empty(), self.is_writable(), "{}", self.name());
            }
            Err(_) => assert!(is_part_of_member, "{}", self.name()),
        }
    }

    fn filter(&self) {
        let is_computed = match self.sub {
            Some(sub) if self.side().is_some() => sub.name == "$ref",
            Some(sub) => !sub.is_writable() && self.top.attribute.name != "meta",
            None => false,
        };
        let filter = list::filter(&format!("{} pr", self.name()), &Quirks::default()).unwrap();
        let result = matches::check(self.catalogue, self.resource_type, &filter);
        if self.is_secret() || is_computed {
            assert_eq!(result.unwrap_err().scim_type, Some(ScimType::InvalidFilter), "{}", self.name());
        } else {
            assert!(result.is_ok(), "{}", self.name());
        }
    }

    fn show(&self) {
        let mut map = self.base();
        let value = json!([sample(self.top.attribute)]);
        let value = if self.top.attribute.multi_valued { value } else { value[0].clone() };
        match self.top.urn {
            Some(urn) => map.insert(urn.to_owned(), json!({ self.top.attribute.name.clone(): value })),
            None => map.insert(self.top.attribute.name.clone(), value),
        };
        let document = Document::from_stored(&Value::Object(map).to_string()).unwrap();
        let view = View {
            id: "1",
            document: &document,
            created: 0,
            modified: 0,
            version: 1,
            location: "https://x/1".into(),
            groups: Vec::new(),
            members: Vec::new(),
            manager: None,
        };
        let asked = Projection::parse(&[("attributes".to_owned(), self.name())]).unwrap();
        let shown = render(self.resource_type, &asked, &view).to_string();
        assert!(!self.is_secret() || !shown.contains(&self.top.attribute.name), "{shown}");
        let excluded = Projection::parse(&[("excludedAttributes".to_owned(), self.name())]).unwrap();
        let shown = render(self.resource_type, &excluded, &view);
        for always in ["id", "schemas"] {
            assert!(shown.get(always).is_some(), "{}", self.name());
        }
    }
}

/// The core types, and types and extensions with an attribute of every kind.
fn everything() -> Catalogue {
    let definitions = serde_json::from_str(include_str!("../../tests/schemas/everything.json")).unwrap();
    Catalogue::core().with(&Definitions::parse(definitions).unwrap()).unwrap()
}

#[test]
fn every_attribute_obeys_its_definition_at_every_door() {
    for (catalogue, at_least) in [(Catalogue::core(), 90), (everything(), 200)] {
        let mut cases = 0;
        for resource_type in catalogue.resource_types() {
            for top in resource_type.attributes() {
                for sub in std::iter::once(None).chain(top.attribute.sub_attributes.iter().map(Some)) {
                    let case = Case { catalogue: &catalogue, resource_type, top, sub };
                    case.post();
                    case.patch_all();
                    case.filter();
                    case.show();
                    cases += 1;
                }
            }
        }
        assert!(cases > at_least, "{cases}");
    }
}
