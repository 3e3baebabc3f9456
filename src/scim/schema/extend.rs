//! A catalogue and definitions: what a connection has beyond the RFC.
//!
//! A resource type with the name of one that exists adds its extensions to it; another name makes a new type
//! (RFC 7643 section 6). Here is checked how definitions fit together; each alone was checked when it was read.

use std::sync::Arc;

use super::catalogue::Inner;
use super::definition::{DefinitionError, ExtensionUse, TypeDefinition};
use super::load::Definitions;
use super::{Attribute, Catalogue, Extension, ResourceType, Schema};
use crate::scim::error::excerpt;
use crate::scim::limits;

impl Catalogue {
    /// This catalogue with more schemas and resource types.
    ///
    /// # Errors
    /// [`DefinitionError`] for a URN, name or endpoint that is taken, a schema that is named and not there, and too many.
    pub fn with(&self, definitions: &Definitions) -> Result<Self, DefinitionError> {
        let mut inner = self.inner().clone();
        for schema in &definitions.schemas {
            add_schema(&mut inner, schema)?;
        }
        for definition in &definitions.resource_types {
            add_type(&mut inner, definition)?;
        }
        for schema in &definitions.schemas {
            schema.attributes.iter().try_for_each(|attribute| check_targets(&inner, schema, attribute))?;
        }
        let core = Self::core();
        bounded("schemas", inner.schemas.len() - core.schemas().len(), limits::SCHEMAS)?;
        bounded("resource types", inner.resource_types.len() - core.resource_types().len(), limits::RESOURCE_TYPES)?;
        inner.is_core = false;
        Ok(Self::from_inner(inner))
    }
}

fn bounded(what: &str, count: usize, limit: usize) -> Result<(), DefinitionError> {
    if count <= limit {
        return Ok(());
    }
    Err(DefinitionError::new("the definitions", format!("a connection has at most {limit} {what} of its own")))
}

fn add_schema(inner: &mut Inner, schema: &Schema) -> Result<(), DefinitionError> {
    let place = format!("schema {}", schema.id);
    if inner.schemas.iter().any(|other| other.id.eq_ignore_ascii_case(&schema.id)) {
        return Err(DefinitionError::new(&place, "a schema with this URN is defined already"));
    }
    if let Some(other) = inner.schemas.iter().find(|other| names_part_of(other, schema) || names_part_of(schema, other))
    {
        return Err(DefinitionError::new(&place, format!("the URN cannot be told from an attribute of {}", other.id)));
    }
    inner.schemas.push(Arc::new(schema.clone()));
    Ok(())
}

/// Whether the URN of one schema reads like an attribute of another.
fn names_part_of(whole: &Schema, part: &Schema) -> bool {
    let (whole_id, part_id) = (whole.id.to_ascii_lowercase(), part.id.to_ascii_lowercase());
    part_id
        .strip_prefix(&whole_id)
        .and_then(|rest| rest.strip_prefix(':'))
        .is_some_and(|name| whole.attribute(name).is_some())
}

fn find<'a>(inner: &'a Inner, urn: &str, place: &str) -> Result<&'a Arc<Schema>, DefinitionError> {
    let found = inner.schemas.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn));
    found.ok_or_else(|| DefinitionError::new(place, format!("there is no schema {urn}; load it first or with this")))
}

fn add_type(inner: &mut Inner, definition: &TypeDefinition) -> Result<(), DefinitionError> {
    let place = format!("resource type {}", definition.name);
    let existing = inner.resource_types.iter().position(|of| of.name.eq_ignore_ascii_case(&definition.name));
    let mut resource_type = match existing.and_then(|at| inner.resource_types.get(at)) {
        Some(existing) => extended(existing, definition, &place)?,
        None => made(inner, definition, &place)?,
    };
    for used in &definition.schema_extensions {
        let extension = extension(inner, &resource_type, used, &place)?;
        resource_type.extensions.push(extension);
    }
    match existing.and_then(|at| inner.resource_types.get_mut(at)) {
        Some(slot) => *slot = resource_type,
        None => inner.resource_types.push(resource_type),
    }
    Ok(())
}

/// A reference that could point to nothing would refuse every value.
fn check_targets(inner: &Inner, schema: &Schema, attribute: &Attribute) -> Result<(), DefinitionError> {
    let is_there = |target: &str| {
        ["external", "uri"].contains(&target)
            || inner.resource_types.iter().any(|found| found.name.eq_ignore_ascii_case(target))
    };
    if let Some(unknown) = attribute.reference_types.iter().find(|target| !is_there(target)) {
        let place = format!("schema {}, attribute {}", schema.id, attribute.name);
        let rule = format!("{} is neither external, uri nor a resource type", excerpt(unknown));
        return Err(DefinitionError::new(&place, rule));
    }
    attribute.sub_attributes.iter().try_for_each(|sub| check_targets(inner, schema, sub))
}

fn extended(
    existing: &ResourceType,
    definition: &TypeDefinition,
    place: &str,
) -> Result<ResourceType, DefinitionError> {
    if existing.endpoint != definition.endpoint || !existing.schema.id.eq_ignore_ascii_case(&definition.schema) {
        let rule = format!(
            "this type exists: its endpoint is {} and its schema {}; a definition can only add extensions",
            existing.endpoint, existing.schema.id
        );
        return Err(DefinitionError::new(place, rule));
    }
    Ok(existing.clone())
}

fn made(inner: &Inner, definition: &TypeDefinition, place: &str) -> Result<ResourceType, DefinitionError> {
    if inner.resource_types.iter().any(|other| other.endpoint.eq_ignore_ascii_case(&definition.endpoint)) {
        return Err(DefinitionError::new(place, format!("the endpoint {} is another type's", definition.endpoint)));
    }
    let schema = Arc::clone(find(inner, &definition.schema, place)?);
    if schema.is_core() {
        let rule = format!("{} is the RFC's; a type of your own has a schema of your own", schema.id);
        return Err(DefinitionError::new(place, rule));
    }
    let common = inner.resource_types.first().map(|first| Arc::clone(&first.common)).unwrap_or_default();
    Ok(ResourceType {
        name: definition.name.clone(),
        endpoint: definition.endpoint.clone(),
        description: definition.description.clone(),
        schema,
        extensions: Vec::new(),
        common,
    })
}

fn extension(
    inner: &Inner,
    resource_type: &ResourceType,
    used: &ExtensionUse,
    place: &str,
) -> Result<Extension, DefinitionError> {
    let schema = find(inner, &used.schema, place)?;
    let is_core_schema = inner.resource_types.iter().any(|of| of.schema.id == schema.id);
    if is_core_schema || resource_type.schema.id == schema.id {
        return Err(DefinitionError::new(
            place,
            format!("{} is the core schema of a type, not an extension", schema.id),
        ));
    }
    if resource_type.extension(&schema.id).is_some() {
        return Err(DefinitionError::new(place, format!("it has the extension {} already", schema.id)));
    }
    Ok(Extension { schema: Arc::clone(schema), required: used.required })
}
