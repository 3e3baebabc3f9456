//! Applying operations to a document.

use std::collections::HashSet;

use scim_filter_parser::{CompareOp, Filter, Literal, PatchPath};
use serde_json::{Map, Value};

use super::envelope::unknown;
use super::{Operation, OperationKind, Patched};
use crate::scim::Error;
use crate::scim::coerce;
use crate::scim::draft::Draft;
use crate::scim::elements::{Mode, complete, overlay};
use crate::scim::matches;
use crate::scim::members::{self, MemberChange, MemberFilter};
use crate::scim::path::{Place, Resolved, resolve};
use crate::scim::quirks::Quirks;
use crate::scim::resource::Document;
use crate::scim::schema::{Attribute, Catalogue, ResourceType, Schema};
use crate::scim::validate;

/// Applies operations in order.
///
/// # Errors
/// The RFC's for the first operation that cannot be carried out; 400 `tooMany` for too many members,
/// `invalidValue` when the result lacks what is required and was not lacking before, `mutability` when it changes what is immutable.
pub fn apply(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    document: &Document,
    operations: &[Operation],
    quirks: &Quirks,
) -> Result<Patched, Error> {
    let mut patch = Patch { catalogue, resource_type, quirks, draft: Draft::new(catalogue, resource_type, document) };
    for operation in operations {
        patch.operation(operation)?;
    }
    members::check_count(&patch.draft.members)?;
    let patched = patch.draft.document();
    validate::check_change(resource_type, document, &patched)?;
    validate::succession(resource_type, document, &patched)?;
    Ok(Patched { document: patched, members: patch.draft.members, ignored: patch.draft.ignored.into_names() })
}

struct Patch<'a> {
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
    quirks: &'a Quirks,
    draft: Draft<'a>,
}

/// A value path: the elements it selects and, perhaps, a part of them.
struct Selection<'a> {
    place: Place<'a>,
    filter: &'a Filter,
}

impl<'a> Patch<'a> {
    fn operation(&mut self, operation: &'a Operation) -> Result<(), Error> {
        let value = operation.value.clone();
        let mode = if operation.kind == OperationKind::Add { Mode::Add } else { Mode::Replace };
        let Some(path) = &operation.path else {
            return match value {
                Some(Value::Object(object)) => self.draft.merge(object, mode),
                _ => Err(Error::invalid_value("without a path the value must be an object")),
            };
        };
        match resolve(self.catalogue, self.resource_type, &path.attribute).map_err(|_| unknown(&path.to_string()))? {
            Resolved::Extension(schema) if path.filter.is_none() => self.extension(schema, operation.kind, value),
            Resolved::Extension(_) => Err(unknown(&path.to_string())),
            Resolved::Attribute(place) => self.attribute(place, path, operation.kind, value),
        }
    }

    fn extension(&mut self, schema: &'a Schema, kind: OperationKind, value: Option<Value>) -> Result<(), Error> {
        let mode = match kind {
            OperationKind::Add => Mode::Add,
            OperationKind::Replace => Mode::Replace,
            OperationKind::Remove => {
                self.draft.remove_extension(schema);
                return Ok(());
            }
        };
        self.draft.merge_extension(schema, value.unwrap_or_default(), mode, &mut HashSet::new())
    }

    fn attribute(
        &mut self,
        place: Place<'a>,
        path: &'a PatchPath,
        kind: OperationKind,
        value: Option<Value>,
    ) -> Result<(), Error> {
        let Some(filter) = &path.filter else {
            require_writable(place)?;
            return match kind {
                OperationKind::Add => self.draft.write(place, Mode::Add, value.unwrap_or_default()),
                OperationKind::Replace => self.draft.write(place, Mode::Replace, value.unwrap_or_default()),
                OperationKind::Remove => self.remove(place, value),
            };
        };
        let sub = match &path.sub {
            Some(name) => Some(place.top.attribute.sub(name).ok_or_else(|| unknown(&path.to_string()))?),
            None => None,
        };
        if place.sub.is_some() || !place.top.attribute.multi_valued {
            return Err(Error::invalid_path("a filter in a path needs an attribute with several values"));
        }
        let selection = Selection { place: Place { sub, ..place }, filter };
        require_writable(selection.place)?;
        if self.resource_type.related_side(place.top).is_some() {
            return self.members(&selection, kind, value.as_ref());
        }
        match kind {
            OperationKind::Remove => self.remove_selected(&selection),
            _ => self.write_selected(&selection, kind, value.unwrap_or_default()),
        }
    }

    /// Removes an attribute, a part of it, or those of its values that are listed.
    fn remove(&mut self, place: Place<'_>, value: Option<Value>) -> Result<(), Error> {
        if self.resource_type.related_side(place.top).is_some() {
            let filter = match value {
                None | Some(Value::Null) => MemberFilter::All,
                Some(value) => MemberFilter::Values(members::inputs(value)?),
            };
            return self.change_members(place, MemberChange::Remove(filter));
        }
        require_optional(place)?;
        let (attribute, path) = (place.top.attribute, place.key());
        match (place.sub, value) {
            (None, Some(value)) if attribute.multi_valued && !value.is_null() => {
                let given = coerce::elements(attribute, &path, value, &mut self.draft.ignored)?;
                let mut elements = self.draft.elements(place.top);
                elements.remove(&given);
                self.draft.put(place.top, elements.finish(&path)?);
            }
            (None, _) => self.draft.put(place.top, None),
            (Some(sub), _) if attribute.multi_valued => {
                let mut elements = self.draft.elements(place.top);
                elements.change(|_| true, |element| complete(Some(element), sub, None));
                self.draft.put(place.top, elements.finish(&path)?);
            }
            (Some(sub), _) => {
                let rest = self.draft.get(place.top).cloned().and_then(|whole| complete(Some(whole), sub, None));
                self.draft.put(place.top, rest);
            }
        }
        Ok(())
    }

    /// Removes elements, or a part of them. None selected is no error: they are as gone as they should be.
    fn remove_selected(&mut self, selection: &Selection<'_>) -> Result<(), Error> {
        let place = selection.place;
        if place.sub.is_some() {
            require_optional(place)?;
        }
        let selected = self.selected(selection)?;
        let mut elements = self.draft.elements(place.top);
        elements.change(
            |element| selected.contains(element),
            |element| place.sub.and_then(|sub| complete(Some(element), sub, None)),
        );
        let left = elements.finish(&place.key())?;
        if left.is_none() {
            require_optional(Place { sub: None, ..place })?;
        }
        self.draft.put(place.top, left);
        Ok(())
    }

    /// Writes to the elements selected; where there are none, makes one as the filter describes it.
    fn write_selected(&mut self, selection: &Selection<'_>, kind: OperationKind, value: Value) -> Result<(), Error> {
        let (place, path) = (selection.place, selection.place.key());
        let definition = place.last();
        let value = match place.sub {
            Some(_) => coerce::whole(definition, &path, value, &mut self.draft.ignored)?,
            None => coerce::single(definition, &path, value, &mut self.draft.ignored)?,
        };
        let selected = self.selected(selection)?;
        let mut elements = self.draft.elements(place.top);
        let written = elements
            .change(|element| selected.contains(element), |element| written(element, place.sub, value.clone(), kind));
        if written == 0 {
            if kind == OperationKind::Replace && !self.quirks.replace_creates {
                return Err(Error::no_target(format!(
                    "no value of {} satisfies the filter of the path",
                    place.top.path()
                )));
            }
            let described = self.described(place, selection.filter)?;
            if let Some(element) = value.and_then(|value| written_new(described, place.sub, value)) {
                elements.push(element);
            }
        }
        let next = elements.finish(&path)?;
        self.draft.put(place.top, next);
        Ok(())
    }

    fn selected(&self, selection: &Selection<'_>) -> Result<Vec<Value>, Error> {
        let elements = self.draft.elements(selection.place.top);
        let attribute = selection.place.top.attribute;
        matches::select(attribute, elements.iter(), selection.filter)
    }

    /// The element that the `eq` terms of a filter describe.
    fn described(&mut self, place: Place<'_>, filter: &Filter) -> Result<Value, Error> {
        let mut object = Map::new();
        describe(filter, &mut object);
        let described =
            coerce::single(place.top.attribute, &place.top.path(), Value::Object(object), &mut self.draft.ignored)?;
        Ok(described.unwrap_or_else(|| Value::Object(Map::new())))
    }

    fn members(&mut self, selection: &Selection<'_>, kind: OperationKind, value: Option<&Value>) -> Result<(), Error> {
        let filter = MemberFilter::of(selection.filter);
        if let MemberFilter::Matching(filter) = &filter {
            matches::members(self.resource_type, filter)?;
        }
        let change = match (kind, filter) {
            (OperationKind::Remove, filter) => MemberChange::Remove(filter),
            (OperationKind::Add, MemberFilter::Values(inputs)) if value.is_none_or(Value::is_object) => {
                MemberChange::Add(inputs)
            }
            _ => return Err(Error::mutability("a member cannot be changed, only added and removed")),
        };
        self.change_members(selection.place, change)
    }

    fn change_members(&mut self, place: Place<'_>, change: MemberChange) -> Result<(), Error> {
        if place.sub.is_some() {
            return Err(Error::mutability("a member cannot be changed, only added and removed"));
        }
        self.draft.members.push(change);
        Ok(())
    }
}

/// An element after a write to it or to a part of it; `None` when that leaves nothing.
fn written(element: Value, sub: Option<&Attribute>, value: Option<Value>, kind: OperationKind) -> Option<Value> {
    match (sub, value) {
        (Some(sub), value) => complete(Some(element), sub, value),
        (None, Some(value)) if kind == OperationKind::Add => {
            let mut element = element;
            overlay(&mut element, value);
            Some(element)
        }
        (None, None) if kind == OperationKind::Add => Some(element),
        (None, value) => value,
    }
}

fn written_new(described: Value, sub: Option<&Attribute>, value: Value) -> Option<Value> {
    written(described, sub, Some(value), OperationKind::Add)
}

/// Collects the `attribute eq value` terms that all have to hold.
fn describe(filter: &Filter, object: &mut Map<String, Value>) {
    match filter {
        Filter::And(terms) => terms.iter().for_each(|term| describe(term, object)),
        Filter::Compare { path, op: CompareOp::Eq, value } => {
            let value = match value {
                Literal::String(text) => Value::String(text.clone()),
                Literal::Bool(value) => Value::Bool(*value),
                Literal::Number(number) => serde_json::from_str(number.as_str()).unwrap_or_default(),
                Literal::Null => Value::Null,
            };
            if !object.keys().any(|name| name.eq_ignore_ascii_case(&path.name)) {
                object.insert(path.name.clone(), value);
            }
        }
        _ => {}
    }
}

fn require_writable(place: Place<'_>) -> Result<(), Error> {
    if place.is_writable() { Ok(()) } else { Err(Error::mutability(format!("{} is read-only", place.key()))) }
}

fn require_optional(place: Place<'_>) -> Result<(), Error> {
    if place.last().required {
        Err(Error::mutability(format!("{} is required and cannot be removed", place.key())))
    } else {
        Ok(())
    }
}
