//! Definitions that administrators write: from JSON in the form of RFC 7643 sections 6 and 7 to schemas and types.
//!
//! One resource, an array of them or a `ListResponse` is read, as other products export it: what the RFC does not know
//! is left aside, keys may have any letter case, and what is left out gets the defaults of section 2.2. What the rules
//! forbid is refused with the schema, the attribute and the rule.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::attribute::SCHEMA_URN;
use super::definition::{DefinitionError, TypeDefinition};
use super::resource_type::RESOURCE_TYPE_URN;
use super::{Attribute, Schema, check};
use crate::scim::error::excerpt;
use crate::scim::limits;

const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const SCHEMA_KEYS: [&str; 4] = ["id", "name", "description", "attributes"];
const TYPE_KEYS: [&str; 5] = ["name", "endpoint", "description", "schema", "schemaExtensions"];
const EXTENSION_KEYS: [&str; 2] = ["schema", "required"];
const ATTRIBUTE_KEYS: [&str; 12] = [
    "name",
    "type",
    "multiValued",
    "description",
    "required",
    "subAttributes",
    "canonicalValues",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
];

/// Schemas and resource types to be added to a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// Each obeys the rules of `check`.
    pub schemas: Vec<Schema>,
    /// New types, and extensions of those that exist.
    pub resource_types: Vec<TypeDefinition>,
}

impl Definitions {
    /// Reads and checks one definition, an array, or a `ListResponse`.
    ///
    /// # Errors
    /// [`DefinitionError`] for the first rule that is broken.
    pub fn parse(value: Value) -> Result<Self, DefinitionError> {
        let mut definitions = Self::default();
        for resource in resources(value)? {
            definitions.take(resource)?;
        }
        if definitions.schemas.is_empty() && definitions.resource_types.is_empty() {
            return Err(DefinitionError::new("the definitions", "there is neither a Schema nor a ResourceType"));
        }
        Ok(definitions)
    }

    fn take(&mut self, resource: Value) -> Result<(), DefinitionError> {
        let Value::Object(object) = resource else {
            return Err(DefinitionError::new("the definitions", "each must be a JSON object"));
        };
        if is_of(&object, SCHEMA_URN, "attributes") {
            let schema = schema(object)?;
            if self.schemas.iter().any(|other| other.id.eq_ignore_ascii_case(&schema.id)) {
                return Err(DefinitionError::new(&format!("schema {}", schema.id), "it is given twice"));
            }
            self.schemas.push(schema);
            return Ok(());
        }
        if is_of(&object, RESOURCE_TYPE_URN, "endpoint") {
            let definition = resource_type(object)?;
            if self.resource_types.iter().any(|other| other.name.eq_ignore_ascii_case(&definition.name)) {
                return Err(DefinitionError::new(&format!("resource type {}", definition.name), "it is given twice"));
            }
            self.resource_types.push(definition);
            return Ok(());
        }
        Err(DefinitionError::new("the definitions", format!("schemas must name {SCHEMA_URN} or {RESOURCE_TYPE_URN}")))
    }
}

fn resources(value: Value) -> Result<Vec<Value>, DefinitionError> {
    match value {
        Value::Array(resources) => Ok(resources),
        Value::Object(object) if is_of(&object, LIST_URN, "Resources") => match take(object, "Resources") {
            Some(Value::Array(resources)) => Ok(resources),
            _ => Err(DefinitionError::new("the ListResponse", "Resources must be an array")),
        },
        one => Ok(vec![one]),
    }
}

fn take(object: Map<String, Value>, name: &str) -> Option<Value> {
    object.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Whether `schemas` names the URN; where there are no `schemas`, whether the key that tells is there.
fn is_of(object: &Map<String, Value>, urn: &str, telling: &str) -> bool {
    let named = |name: &str| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match named("schemas").and_then(Value::as_array) {
        Some(urns) => urns.iter().filter_map(Value::as_str).any(|given| given.eq_ignore_ascii_case(urn)),
        None => named(telling).is_some(),
    }
}

/// The keys that the RFC defines, in its spelling; others and those without a value are left aside.
fn known(object: Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let spelt = |given: &str| keys.iter().find(|key| key.eq_ignore_ascii_case(given)).map(|key| (*key).to_owned());
    object
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .filter_map(|(key, value)| Some((spelt(&key)?, value)))
        .collect()
}

fn typed<T: DeserializeOwned>(object: Map<String, Value>, place: &str) -> Result<T, DefinitionError> {
    serde_json::from_value(Value::Object(object)).map_err(|cause| DefinitionError::new(place, cause))
}

fn array(value: Option<Value>, place: &str, name: &str, limit: usize) -> Result<Vec<Value>, DefinitionError> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) if values.len() <= limit => Ok(values),
        Some(Value::Array(_)) => Err(DefinitionError::new(place, format!("{name} has more than {limit} entries"))),
        Some(_) => Err(DefinitionError::new(place, format!("{name} must be an array"))),
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn schema(object: Map<String, Value>) -> Result<Schema, DefinitionError> {
    let mut object = known(object, &SCHEMA_KEYS);
    let place = format!("schema {}", check::excerpt_of_urn(text(&object, "id")));
    let given = array(object.shift_remove("attributes"), &place, "attributes", limits::SCHEMA_ATTRIBUTES)?;
    let mut attributes = Vec::with_capacity(given.len());
    for value in given {
        attributes.push(attribute(value, &place, None)?);
    }
    let last = text(&object, "id").rsplit(':').next().unwrap_or_default().to_owned();
    object.entry("name").or_insert_with(|| last.into());
    object.entry("description").or_insert_with(|| "".into());
    object.insert("attributes".to_owned(), Value::Array(Vec::new()));
    let schema = Schema { attributes, ..typed(object, &place)? };
    check::schema(&schema, &place)?;
    Ok(schema)
}

fn attribute(value: Value, place: &str, parent: Option<&str>) -> Result<Attribute, DefinitionError> {
    let Value::Object(object) = value else {
        return Err(DefinitionError::new(place, "each attribute must be a JSON object"));
    };
    let mut object = known(object, &ATTRIBUTE_KEYS);
    let name = excerpt(text(&object, "name"));
    let path = parent.map_or_else(|| name.clone(), |parent| format!("{parent}.{name}"));
    let at = format!("{place}, attribute {path}");
    let subs = array(object.shift_remove("subAttributes"), &at, "subAttributes", limits::SUB_ATTRIBUTES)?;
    if parent.is_some() && (!subs.is_empty() || text(&object, "type") == "complex") {
        return Err(DefinitionError::new(&at, "a sub-attribute cannot be complex"));
    }
    default(&mut object);
    let mut attribute: Attribute = typed(object, &at)?;
    for sub in subs {
        attribute.sub_attributes.push(self::attribute(sub, place, Some(&path))?);
    }
    check::attribute(&attribute, &at, parent.is_some())?;
    Ok(attribute)
}

/// What RFC 7643 says of what is left out: text is the default type, references and binary values are compared exactly,
/// what is only written is never returned.
fn default(object: &mut Map<String, Value>) {
    object.entry("type").or_insert_with(|| "string".into());
    if ["reference", "binary"].contains(&text(object, "type")) {
        object.entry("caseExact").or_insert(Value::Bool(true));
    }
    if text(object, "mutability") == "writeOnly" {
        object.entry("returned").or_insert_with(|| "never".into());
    }
}

fn resource_type(object: Map<String, Value>) -> Result<TypeDefinition, DefinitionError> {
    let mut object = known(object, &TYPE_KEYS);
    let place = format!("resource type {}", excerpt(text(&object, "name")));
    let given = array(object.shift_remove("schemaExtensions"), &place, "schemaExtensions", limits::SCHEMAS)?;
    let mut definition: TypeDefinition = typed(object, &place)?;
    for value in given {
        let Value::Object(extension) = value else {
            return Err(DefinitionError::new(&place, "each of schemaExtensions must be a JSON object"));
        };
        definition.schema_extensions.push(typed(known(extension, &EXTENSION_KEYS), &place)?);
    }
    check::resource_type(&definition, &place)?;
    Ok(definition)
}
