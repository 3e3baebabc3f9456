//! Where each operation goes.

use scim_filter_parser::{AttributePath, PatchPath};
use serde_json::{Map, Value};

use super::{MemberChange, Op, Operation, Patched, attribute, members, value_path};
use crate::scim::error::{Error, excerpt};
use crate::scim::path::{Place, Resolved, resolve};
use crate::scim::quirks::Quirks;
use crate::scim::resource::Document;
use crate::scim::schema::{Attribute, Catalogue, Mutability, ResourceType, Schema};
use crate::scim::validate;

/// Applies operations to a document.
///
/// # Errors
/// 400 with the `scimType` of RFC 7644 table 9; the document is then as it was.
pub fn apply(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    document: &Document,
    operations: &[Operation],
    quirks: Quirks,
) -> Result<Patched, Error> {
    let mut patch = Patch {
        catalogue,
        resource_type,
        quirks,
        document: document.clone(),
        members: Vec::new(),
        ignored: Vec::new(),
    };
    for operation in operations {
        patch.operation(operation)?;
    }
    validate::whole(catalogue, resource_type, &patch.document)?;
    Ok(Patched { document: patch.document, members: patch.members, ignored: patch.ignored })
}

struct Patch<'a> {
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
    quirks: Quirks,
    document: Document,
    members: Vec<MemberChange>,
    ignored: Vec<String>,
}

impl Patch<'_> {
    fn operation(&mut self, operation: &Operation) -> Result<(), Error> {
        let value = operation.value.clone();
        match &operation.path {
            Some(path) => self.at_path(operation.op, path, value),
            None => self.pathless(operation.op, value.unwrap_or_default()),
        }
    }

    /// An explicit path must mean something that may be written.
    fn at_path(&mut self, op: Op, path: &PatchPath, value: Option<Value>) -> Result<(), Error> {
        match resolve(self.catalogue, self.resource_type, &path.attribute) {
            Resolved::Attribute(place) => {
                if is_read_only(&place, path.sub.as_deref()) {
                    return Err(Error::mutability(format!("{} is read-only", excerpt(&path.to_string()))));
                }
                self.at_place(op, &place, path, value)
            }
            Resolved::Extension(schema) if path.filter.is_none() && path.sub.is_none() => {
                self.extension(op, schema, value)
            }
            _ => Err(Error::invalid_path(format!("there is no {}", excerpt(&path.to_string())))),
        }
    }

    fn at_place(&mut self, op: Op, place: &Place<'_>, path: &PatchPath, value: Option<Value>) -> Result<(), Error> {
        if self.is_members(place) {
            self.members.push(members::change(op, place, path, value)?);
            return Ok(());
        }
        if place.leaf().mutability == Mutability::WriteOnly {
            return Ok(());
        }
        match &path.filter {
            Some(filter) => {
                let target = value_path::Target::new(place, filter, path.sub.as_deref(), self.quirks)?;
                value_path::apply(&mut self.document, op, &target, value, &mut self.ignored)
            }
            None => attribute::apply(&mut self.document, op, place, value, &mut self.ignored),
        }
    }

    fn is_members(&self, place: &Place<'_>) -> bool {
        self.resource_type.name == "Group" && place.extension.is_none() && place.attribute.name == "members"
    }

    /// Without a path the value is merged into the resource: each of its names is a path of its own.
    fn pathless(&mut self, op: Op, value: Value) -> Result<(), Error> {
        let Value::Object(object) = value else {
            return Err(Error::invalid_value("without a path the value must be an object"));
        };
        object.into_iter().try_for_each(|(name, value)| self.named(op, &name, value))
    }

    /// One name of a path-less value; what is unknown or read-only there is left aside and counted.
    fn named(&mut self, op: Op, name: &str, value: Value) -> Result<(), Error> {
        if let (true, Value::Object(object)) = (name.eq_ignore_ascii_case(&self.resource_type.schema), &value) {
            return self.pathless(op, Value::Object(object.clone()));
        }
        let parsed = PatchPath::parse_with(name, &self.quirks.parser_options());
        let found = parsed.as_ref().map(|path| resolve(self.catalogue, self.resource_type, &path.attribute));
        match (&parsed, found) {
            (Ok(path), Ok(Resolved::Attribute(place))) if !is_read_only(&place, path.sub.as_deref()) => {
                self.at_place(op, &place, path, Some(value))
            }
            (Ok(_), Ok(Resolved::Extension(schema))) => self.extension(op, schema, Some(value)),
            _ => {
                self.ignored.push(excerpt(name));
                Ok(())
            }
        }
    }

    /// A whole extension: removed, or merged name by name.
    fn extension(&mut self, op: Op, schema: &Schema, value: Option<Value>) -> Result<(), Error> {
        match (op, value) {
            (Op::Remove, _) | (_, None | Some(Value::Null)) => self.document.remove_extension(&schema.id),
            (_, Some(Value::Object(object))) => return self.extension_parts(op, schema, object),
            _ => return Err(Error::invalid_value(format!("{} must be an object", schema.id))),
        }
        Ok(())
    }

    fn extension_parts(&mut self, op: Op, schema: &Schema, object: Map<String, Value>) -> Result<(), Error> {
        for (name, value) in object {
            let path = AttributePath::parse(&format!("{}:{name}", schema.id));
            let found = path.as_ref().map(|path| resolve(self.catalogue, self.resource_type, path));
            match found {
                Ok(Resolved::Attribute(place)) if !is_read_only(&place, None) => {
                    attribute::apply(&mut self.document, op, &place, Some(value), &mut self.ignored)?;
                }
                _ => self.ignored.push(format!("{}:{}", schema.id, excerpt(&name))),
            }
        }
        Ok(())
    }
}

/// Whether the attribute, or the part of it that is meant, is the server's alone.
fn is_read_only(place: &Place<'_>, sub: Option<&str>) -> bool {
    let part = sub.and_then(|name| place.attribute.sub(name));
    place.attribute.is_read_only() || place.leaf().is_read_only() || part.is_some_and(Attribute::is_read_only)
}
