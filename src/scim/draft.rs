//! A document being written: the one place where values enter it, for POST, PUT and PATCH alike.
//!
//! A write merges into complex attributes, adds to or replaces multi-valued ones, and leaves no attribute without a
//! value behind. Changes of `members` never touch the document; they are collected for the store, in order.

use std::collections::HashSet;

use scim_filter_parser::AttributePath;
use serde_json::{Map, Value};

use super::Error;
use super::coerce::{self, Ignored};
use super::elements::{Elements, Mode, complete};
use super::error::excerpt;
use super::members::{self, MemberChange};
use super::path::{Place, Resolved, resolve};
use super::quirks;
use super::resource::Document;
use super::schema::{Catalogue, ResourceType, Schema, Top};

/// A document being written.
#[derive(Debug)]
pub struct Draft<'a> {
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
    map: Map<String, Value>,
    /// Changes of a group's members, in order.
    pub members: Vec<MemberChange>,
    /// Names that were given and not taken.
    pub ignored: Ignored,
}

impl<'a> Draft<'a> {
    /// Begins with what a document holds.
    pub fn new(catalogue: &'a Catalogue, resource_type: &'a ResourceType, document: &Document) -> Self {
        let map = document.as_map().clone();
        Self { catalogue, resource_type, map, members: Vec::new(), ignored: Ignored::default() }
    }

    /// What was written.
    pub fn document(&self) -> Document {
        Document::from_map(self.map.clone())
    }

    /// Writes every attribute that an object gives, whose keys may be names, dotted names and URNs with or without a
    /// name behind; ignores what nobody knows and what clients may not set.
    ///
    /// # Errors
    /// 400 `invalidSyntax` for an attribute given twice, and what [`Self::write`] refuses.
    pub fn merge(&mut self, object: Map<String, Value>, mode: Mode) -> Result<(), Error> {
        let mut seen = HashSet::new();
        for (key, value) in object {
            match self.named(&key) {
                Some(Resolved::Attribute(place)) => self.take(place, &key, value, mode, &mut seen)?,
                Some(Resolved::Extension(schema)) => self.merge_extension(schema, value, mode, &mut seen)?,
                None => self.ignored.note(&key),
            }
        }
        Ok(())
    }

    /// Writes every attribute that an object gives for an extension; `null` clears a whole extension on replacement.
    ///
    /// # Errors
    /// As [`Self::merge`]; 400 `invalidValue` when the value is no object.
    pub fn merge_extension(
        &mut self,
        schema: &'a Schema,
        value: Value,
        mode: Mode,
        seen: &mut HashSet<String>,
    ) -> Result<(), Error> {
        let object = match value {
            Value::Object(object) => object,
            Value::Null if mode == Mode::Replace => {
                self.map.shift_remove(&schema.id);
                return Ok(());
            }
            Value::Null => return Ok(()),
            _ => return Err(Error::invalid_value(format!("{} must be an object", schema.id))),
        };
        for (key, value) in object {
            let full = format!("{}:{key}", schema.id);
            match self.named(&full) {
                Some(Resolved::Attribute(place)) => self.take(place, &full, value, mode, seen)?,
                _ => self.ignored.note(&full),
            }
        }
        Ok(())
    }

    fn named(&self, key: &str) -> Option<Resolved<'a>> {
        resolve(self.catalogue, self.resource_type, &AttributePath::parse(&quirks::name(key)).ok()?).ok()
    }

    fn take(
        &mut self,
        place: Place<'a>,
        key: &str,
        value: Value,
        mode: Mode,
        seen: &mut HashSet<String>,
    ) -> Result<(), Error> {
        if !place.is_writable() {
            self.ignored.note(key);
            return Ok(());
        }
        if !seen.insert(place.key()) {
            return Err(Error::invalid_syntax(format!("{} is given twice", excerpt(key))));
        }
        self.write(place, mode, value)
    }

    /// Gives an attribute or sub-attribute a value; secrets are checked and dropped.
    ///
    /// # Errors
    /// 400 `invalidValue` for a value of the wrong type or too many, 400 `mutability` for parts of `members`.
    pub fn write(&mut self, place: Place<'_>, mode: Mode, value: Value) -> Result<(), Error> {
        if self.resource_type.related_side(place.top).is_some() {
            self.members.push(members::written(place, mode, value)?);
            return Ok(());
        }
        if place.is_secret() {
            return coerce::whole(place.last(), &place.key(), value, &mut self.ignored).map(drop);
        }
        let next = self.next(place, mode, value)?;
        self.put(place.top, next);
        Ok(())
    }

    /// What the attribute holds after the write.
    fn next(&mut self, place: Place<'_>, mode: Mode, value: Value) -> Result<Option<Value>, Error> {
        let (attribute, path) = (place.top.attribute, place.key());
        if attribute.multi_valued {
            let mut elements = self.elements(place.top);
            match place.sub {
                None => elements.write(coerce::elements(attribute, &path, value, &mut self.ignored)?, mode),
                Some(sub) => elements.set_everywhere(sub, coerce::whole(sub, &path, value, &mut self.ignored)?),
            }
            return elements.finish(&path);
        }
        match place.sub {
            Some(sub) => {
                let value = coerce::whole(sub, &path, value, &mut self.ignored)?;
                Ok(complete(self.get(place.top).cloned(), sub, value))
            }
            None if attribute.is_complex() => self.merged(place.top, value),
            None => coerce::single(attribute, &path, value, &mut self.ignored),
        }
    }

    fn merged(&mut self, top: Top<'_>, value: Value) -> Result<Option<Value>, Error> {
        let object = match quirks::object(top.attribute, value) {
            Value::Object(object) => object,
            other => return coerce::single(top.attribute, &top.path(), other, &mut self.ignored),
        };
        let mut target = self.get(top).and_then(Value::as_object).cloned().unwrap_or_default();
        coerce::merge(top.attribute, &top.path(), &mut target, object, &mut self.ignored)?;
        Ok(if target.is_empty() { None } else { Some(Value::Object(target)) })
    }

    /// The value of an attribute.
    pub fn get(&self, top: Top<'_>) -> Option<&Value> {
        match top.urn {
            Some(urn) => self.map.get(urn)?.get(&top.attribute.name),
            None => self.map.get(&top.attribute.name),
        }
    }

    /// The elements of a multi-valued attribute, to be changed and put back.
    pub fn elements<'b>(&self, top: Top<'b>) -> Elements<'b> {
        let values = self.get(top).and_then(Value::as_array).cloned().unwrap_or_default();
        Elements::new(top.attribute, values)
    }

    /// Stores the value of an attribute, or that it has none.
    pub fn put(&mut self, top: Top<'_>, value: Option<Value>) {
        let Some(urn) = top.urn else {
            set(&mut self.map, &top.attribute.name, value);
            return;
        };
        let mut extension = self.map.get(urn).and_then(Value::as_object).cloned().unwrap_or_default();
        set(&mut extension, &top.attribute.name, value);
        let extension = if extension.is_empty() { None } else { Some(Value::Object(extension)) };
        set(&mut self.map, urn, extension);
    }

    /// Removes all attributes of an extension.
    pub fn remove_extension(&mut self, schema: &Schema) {
        self.map.shift_remove(&schema.id);
    }
}

fn set(map: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => map.insert(name.to_owned(), value),
        None => map.shift_remove(name),
    };
}
