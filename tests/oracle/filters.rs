//! Random filters and orders over the schemas of a world, about values that are there, near to them or made up.

use anteroom::scim::schema::{Attribute, AttributeType, ResourceType, Top};
use anteroom::scim::sort::Sort;
use scim_filter_parser::{AttributePath, CompareOp, Filter, Literal, Number};
use serde_json::Value;

use crate::random::Random;
use crate::values;
use crate::world::World;

const OPERATORS: [CompareOp; 9] = [
    CompareOp::Eq,
    CompareOp::Ne,
    CompareOp::Co,
    CompareOp::Sw,
    CompareOp::Ew,
    CompareOp::Gt,
    CompareOp::Ge,
    CompareOp::Lt,
    CompareOp::Le,
];
const ORDERED: [CompareOp; 6] =
    [CompareOp::Eq, CompareOp::Ne, CompareOp::Gt, CompareOp::Ge, CompareOp::Lt, CompareOp::Le];

/// Makes filters about resources of one type.
pub struct Maker<'a> {
    pub random: &'a mut Random,
    pub world: &'a World,
    pub resource_type: &'a ResourceType,
}

impl<'a> Maker<'a> {
    pub fn filter(&mut self, depth: usize) -> Filter {
        match self.random.below(if depth == 0 { 7 } else { 10 }) {
            0..=4 => self.term(),
            5 | 6 => self.value_path(),
            7 => Filter::Not(Box::new(self.filter(depth - 1))),
            8 => Filter::And((0..2).map(|_| self.filter(depth - 1)).collect()),
            _ => Filter::Or((0..self.random.within(2, 3)).map(|_| self.filter(depth - 1)).collect()),
        }
    }

    pub fn sort(&mut self) -> Sort {
        let (top, sub) = self.place();
        Sort { by: self.path(top, sub), is_descending: self.random.chance(50) }
    }

    /// An attribute or, of a complex one, mostly a part of it; seldom of another resource type or one that nobody may ask for.
    fn place(&mut self) -> (Top<'a>, Option<&'a Attribute>) {
        let resource_type = if self.random.chance(3) {
            self.random.of(self.world.catalogue.resource_types())
        } else {
            self.resource_type
        };
        let mut tops: Vec<Top<'a>> = resource_type.attributes().collect();
        // Members and groups are few among the attributes and much of the SQL.
        if self.random.chance(10) && tops.iter().any(|top| resource_type.related_side(*top).is_some()) {
            tops.retain(|top| resource_type.related_side(*top).is_some());
        }
        loop {
            let top = *self.random.of(&tops);
            let has_part = top.attribute.is_complex() && self.random.chance(85);
            let sub = has_part.then(|| self.random.of(&top.attribute.sub_attributes));
            let last = sub.unwrap_or(top.attribute);
            let is_askable = !last.is_secret()
                && !top.attribute.is_secret()
                && !matches!(last.kind, AttributeType::Binary | AttributeType::Complex);
            if is_askable || self.random.chance(10) {
                return (top, sub);
            }
        }
    }

    fn path(&mut self, top: Top<'_>, sub: Option<&Attribute>) -> AttributePath {
        let own = self.resource_type.schema.id.as_str();
        let urn = top.urn.or_else(|| self.random.chance(10).then_some(own));
        AttributePath {
            urn: urn.map(|urn| self.random.cased(urn)),
            name: self.random.cased(&top.attribute.name),
            sub: sub.map(|sub| self.random.cased(&sub.name)),
        }
    }

    fn term(&mut self) -> Filter {
        let (world, kind) = (self.world, self.resource_type.name.as_str());
        let (top, sub) = self.place();
        let existing = world.existing(kind, top, sub);
        let path = self.path(top, sub);
        self.question(path, sub.unwrap_or(top.attribute), &existing)
    }

    fn value_path(&mut self) -> Filter {
        let resource_type = self.resource_type;
        let tops: Vec<Top<'_>> =
            resource_type.attributes().filter(|top| has_elements(*top) || self.random.chance(2)).collect();
        let related = tops.iter().find(|top| resource_type.related_side(**top).is_some()).copied();
        let top = related.filter(|_| self.random.chance(20)).unwrap_or_else(|| *self.random.of(&tops));
        let path = self.path(top, None);
        Filter::ValuePath { path, filter: Box::new(self.element(top, 2)) }
    }

    fn element(&mut self, top: Top<'_>, depth: usize) -> Filter {
        match self.random.below(if depth == 0 { 6 } else { 10 }) {
            0..=5 => self.element_term(top),
            6 => Filter::Not(Box::new(self.element(top, depth - 1))),
            7 | 8 => Filter::And((0..2).map(|_| self.element(top, depth - 1)).collect()),
            _ => Filter::Or((0..2).map(|_| self.element(top, depth - 1)).collect()),
        }
    }

    fn element_term(&mut self, top: Top<'_>) -> Filter {
        let sub = top.attribute.is_complex().then(|| self.random.of(&top.attribute.sub_attributes));
        let existing = self.world.existing(&self.resource_type.name, top, sub);
        let name = self.random.cased(sub.map_or("value", |sub| &sub.name));
        self.question(AttributePath::new(name), sub.unwrap_or(top.attribute), &existing)
    }

    fn question(&mut self, path: AttributePath, attribute: &Attribute, existing: &[Value]) -> Filter {
        if self.random.chance(12) || attribute.kind == AttributeType::Binary {
            return Filter::Present(path);
        }
        let is_text =
            matches!(attribute.kind, AttributeType::String | AttributeType::Reference | AttributeType::Complex);
        let op = match attribute.kind {
            _ if is_text || self.random.chance(3) => *self.random.of(&OPERATORS),
            AttributeType::Boolean => *self.random.of(&[CompareOp::Eq, CompareOp::Ne]),
            _ => *self.random.of(&ORDERED),
        };
        Filter::Compare { path, op, value: self.literal(attribute.kind, existing) }
    }

    fn literal(&mut self, kind: AttributeType, existing: &[Value]) -> Literal {
        if self.random.chance(4) {
            return Literal::Null;
        }
        if self.random.chance(65) && !existing.is_empty() {
            return match self.random.of(existing) {
                Value::Bool(value) => Literal::Bool(*value),
                Value::Number(number) => Literal::Number(Number::parse(&number.to_string()).unwrap()),
                Value::String(text) if kind == AttributeType::DateTime => Literal::String(text.clone()),
                Value::String(text) if self.random.chance(50) => Literal::String(values::near(self.random, text)),
                other => Literal::String(other.as_str().unwrap_or_default().to_owned()),
            };
        }
        match kind {
            AttributeType::Boolean => Literal::Bool(self.random.chance(50)),
            AttributeType::Integer | AttributeType::Decimal => {
                Literal::Number(Number::parse(&values::number(self.random)).unwrap())
            }
            AttributeType::DateTime => Literal::String(values::time(self.random)),
            _ => Literal::String(values::text(self.random)),
        }
    }
}

/// Whether a filter in brackets may follow.
fn has_elements(top: Top<'_>) -> bool {
    let is_common = top.urn.is_none() && ["schemas", "meta"].contains(&top.attribute.name.as_str());
    !is_common && (top.attribute.is_complex() || top.attribute.multi_valued)
}

/// Filters that are smaller than one by a step.
pub fn smaller(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::And(terms) => smaller_list(terms, Filter::And),
        Filter::Or(terms) => smaller_list(terms, Filter::Or),
        Filter::Not(inner) => {
            let inside = smaller(inner).into_iter().map(|inner| Filter::Not(Box::new(inner)));
            std::iter::once((**inner).clone()).chain(inside).collect()
        }
        Filter::ValuePath { path, filter } => {
            let inside = |filter| Filter::ValuePath { path: path.clone(), filter: Box::new(filter) };
            smaller(filter).into_iter().map(inside).collect()
        }
        Filter::Compare { .. } | Filter::Present(_) => Vec::new(),
    }
}

fn smaller_list(terms: &[Filter], list: fn(Vec<Filter>) -> Filter) -> Vec<Filter> {
    let mut found = terms.to_vec();
    for (place, term) in terms.iter().enumerate() {
        let with = |other: Option<Filter>| {
            let mut terms = terms.to_vec();
            terms.splice(place..=place, other);
            if terms.len() == 1 { terms.remove(0) } else { list(terms) }
        };
        found.push(with(None));
        found.extend(smaller(term).into_iter().map(|term| with(Some(term))));
    }
    found
}
