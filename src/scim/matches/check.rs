//! From a filter to a plan: names resolved, types checked, literals turned into keys.

use scim_filter_parser::{AttributePath, CompareOp, Filter, Literal};

use super::ask::{Question, ask, constant, of_no_value, of_some_value, time};
use super::{Field, Plan, RelatedField, RelatedSide, Term, Test};
use crate::scim::Error;
use crate::scim::error::excerpt;
use crate::scim::path::{Place, Resolved, Unresolved, resolve};
use crate::scim::schema::{Attribute, Catalogue, ResourceType, Schema, Top};

/// Settles what a filter over resources of a type asks.
///
/// # Errors
/// 400 `invalidFilter` for what no schema knows, what nobody may ask and what does not fit the attribute's type.
pub fn check(catalogue: &Catalogue, resource_type: &ResourceType, filter: &Filter) -> Result<Plan, Error> {
    Resources { catalogue, resource_type }.plan(filter)
}

/// Settles what a filter in `members[..]` asks; its terms are about one member.
///
/// # Errors
/// As [`check`].
pub fn members(resource_type: &ResourceType, filter: &Filter) -> Result<Plan, Error> {
    let side = |top: &Top<'_>| resource_type.related_side(*top) == Some(RelatedSide::Members);
    let found = resource_type.attributes().find(side);
    let top = found.ok_or_else(|| Error::invalid_filter(format!("a {} has no members", resource_type.name)))?;
    Element { attribute: top.attribute, path: top.path(), related: Some(RelatedSide::Members) }.plan(filter)
}

/// Settles what the filter of a value path asks of one element.
pub(super) fn element_plan(attribute: &Attribute, filter: &Filter) -> Result<Plan, Error> {
    Element { attribute, path: attribute.name.clone(), related: None }.plan(filter)
}

struct Resources<'a> {
    catalogue: &'a Catalogue,
    resource_type: &'a ResourceType,
}

impl Resources<'_> {
    fn plan(&self, filter: &Filter) -> Result<Plan, Error> {
        Ok(match filter {
            Filter::And(terms) => Plan::All(terms.iter().map(|term| self.plan(term)).collect::<Result<_, _>>()?),
            Filter::Or(terms) => Plan::Any(terms.iter().map(|term| self.plan(term)).collect::<Result<_, _>>()?),
            Filter::Not(inner) => Plan::Not(Box::new(self.plan(inner)?)),
            Filter::Present(path) => self.term(path, Question::Present)?,
            Filter::Compare { path, op, value } => self.term(path, Question::Compare(*op, value))?,
            Filter::ValuePath { path, filter } => self.value_path(path, filter)?,
        })
    }

    fn value_path(&self, path: &AttributePath, filter: &Filter) -> Result<Plan, Error> {
        let place = match resolve(self.catalogue, self.resource_type, path) {
            Ok(Resolved::Attribute(place)) => place,
            Err(Unresolved::Elsewhere { .. }) => return Ok(Plan::Nothing),
            Ok(Resolved::Extension(_)) | Err(Unresolved::Unknown) => return Err(unknown(&path.full())),
        };
        let top = place.top;
        let related = self.resource_type.related_side(top);
        let is_common = self.resource_type.common.iter().any(|common| std::ptr::eq(common, top.attribute));
        let has_elements = top.attribute.is_complex() || top.attribute.multi_valued;
        if place.sub.is_some() || is_common || !has_elements || place.is_secret() {
            return Err(Error::invalid_filter(format!("{} takes no filter in brackets", excerpt(&path.full()))));
        }
        let element = Element { attribute: top.attribute, path: top.path(), related };
        let plan = Box::new(element.plan(filter)?);
        Ok(match related {
            Some(side) => Plan::Related { side, plan },
            None => Plan::Element { path: element.path, plan },
        })
    }

    fn term(&self, path: &AttributePath, question: Question<'_>) -> Result<Plan, Error> {
        match resolve(self.catalogue, self.resource_type, path) {
            Ok(Resolved::Attribute(place)) => self.attribute(place, question),
            Ok(Resolved::Extension(schema)) if matches!(question, Question::Present) => Ok(self.has_content(schema)),
            Err(Unresolved::Elsewhere { multi_valued }) => Ok(of_no_value(question, multi_valued)),
            Ok(Resolved::Extension(_)) | Err(Unresolved::Unknown) => Err(unknown(&path.full())),
        }
    }

    fn attribute(&self, place: Place<'_>, question: Question<'_>) -> Result<Plan, Error> {
        let (top, path) = (place.top, place.key());
        if place.is_secret() {
            return Err(unknown(&path));
        }
        if let Some(side) = self.resource_type.related_side(top) {
            return related(top, place.sub, side, question);
        }
        if self.resource_type.is_user_name(top) {
            return ask(question, top.attribute, &path, &Field::UserName, false);
        }
        match (top.urn, top.attribute.name.as_str(), place.sub) {
            (None, "id", None) => ask(question, top.attribute, &path, &Field::Id, false),
            (None, "schemas", None) => self.schemas(top.attribute, question),
            (None, "meta", sub) => self.meta(sub, question),
            _ => stored(place, question),
        }
    }

    fn meta(&self, sub: Option<&Attribute>, question: Question<'_>) -> Result<Plan, Error> {
        let Some(sub) = sub else {
            return if matches!(question, Question::Present) { Ok(Plan::Everything) } else { Err(needs_sub("meta")) };
        };
        let path = format!("meta.{}", sub.name);
        if let Some(plan) = of_some_value(question) {
            return Ok(plan);
        }
        match sub.name.as_str() {
            "created" => time(question, sub, &path, &Field::Created),
            "lastModified" => time(question, sub, &path, &Field::LastModified),
            "version" => ask(question, sub, &path, &Field::Version, false),
            "resourceType" => {
                let plan = ask(question, sub, &path, &Field::Id, false)?;
                Ok(constant(&plan, &[self.resource_type.name.as_str()]))
            }
            _ => Err(Error::invalid_filter(format!("{path} cannot be filtered by"))),
        }
    }

    /// `schemas` is not stored: the core URN is always there, an extension's where the extension has content.
    fn schemas(&self, attribute: &Attribute, question: Question<'_>) -> Result<Plan, Error> {
        if let Some(plan) = of_some_value(question) {
            return Ok(plan);
        }
        let Plan::Term(Term { test, .. }) = ask(question, attribute, "schemas", &Field::Id, true)? else {
            return Ok(Plan::Everything);
        };
        let passes = |urn: &str| test.passes(&crate::scim::canonical::canonical(urn));
        if passes(&self.resource_type.schema.id) {
            return Ok(Plan::Everything);
        }
        let extensions = self.resource_type.extensions.iter().filter(|extension| passes(&extension.schema.id));
        Ok(any(extensions.map(|extension| self.has_content(&extension.schema)).collect()))
    }

    fn has_content(&self, schema: &Schema) -> Plan {
        let tops = self.resource_type.stored().filter(|top| top.urn.is_some_and(|urn| urn == schema.id));
        any(tops.map(|top| Plan::Term(Term { field: Field::Stored(top.path()), test: Test::Present })).collect())
    }
}

/// An attribute whose values are indexed.
fn stored(place: Place<'_>, question: Question<'_>) -> Result<Plan, Error> {
    let attribute = place.top.attribute;
    let place = match (place.sub, question) {
        (None, Question::Compare(_, value)) if attribute.is_complex() && *value != Literal::Null => {
            let value = attribute.sub("value").filter(|_| attribute.multi_valued);
            Place { sub: Some(value.ok_or_else(|| needs_sub(&attribute.name))?), ..place }
        }
        _ => place,
    };
    require_indexed(place.last(), &place.key(), place.sub.is_none_or(Attribute::is_writable))?;
    let is_multi = attribute.multi_valued || place.last().multi_valued;
    ask(question, place.last(), &place.key(), &Field::Stored(place.key()), is_multi)
}

/// What is computed when a resource is shown is in no index.
fn require_indexed(attribute: &Attribute, path: &str, is_indexed: bool) -> Result<(), Error> {
    if is_indexed && !attribute.is_secret() {
        Ok(())
    } else {
        Err(Error::invalid_filter(format!("{path} cannot be filtered by")))
    }
}

fn related(top: Top<'_>, sub: Option<&Attribute>, side: RelatedSide, question: Question<'_>) -> Result<Plan, Error> {
    let attribute = top.attribute;
    let element = Element { attribute, path: top.path(), related: Some(side) };
    let some = |plan| Plan::Related { side, plan: Box::new(plan) };
    match (sub, question) {
        (None, Question::Present | Question::Compare(CompareOp::Ne, Literal::Null)) => Ok(some(Plan::Everything)),
        (_, Question::Compare(CompareOp::Eq, Literal::Null)) => Ok(Plan::Not(Box::new(some(Plan::Everything)))),
        (None, question) => {
            let value = attribute.sub("value").ok_or_else(|| needs_sub(&attribute.name))?;
            element.sub(value, question).map(some)
        }
        (Some(sub), question) => element.sub(sub, question).map(some),
    }
}

/// One element of a multi-valued attribute, or a member, or a group of a member.
struct Element<'a> {
    attribute: &'a Attribute,
    path: String,
    related: Option<RelatedSide>,
}

impl Element<'_> {
    fn plan(&self, filter: &Filter) -> Result<Plan, Error> {
        Ok(match filter {
            Filter::And(terms) => Plan::All(terms.iter().map(|term| self.plan(term)).collect::<Result<_, _>>()?),
            Filter::Or(terms) => Plan::Any(terms.iter().map(|term| self.plan(term)).collect::<Result<_, _>>()?),
            Filter::Not(inner) => Plan::Not(Box::new(self.plan(inner)?)),
            Filter::Present(path) => self.term(path, Question::Present)?,
            Filter::Compare { path, op, value } => self.term(path, Question::Compare(*op, value))?,
            Filter::ValuePath { path, .. } => return Err(unknown(&path.full())),
        })
    }

    fn term(&self, path: &AttributePath, question: Question<'_>) -> Result<Plan, Error> {
        let is_plain = path.urn.is_none() && path.sub.is_none();
        if is_plain && !self.attribute.is_complex() && path.name.eq_ignore_ascii_case("value") {
            return ask(question, self.attribute, &self.path, &Field::Stored(self.path.clone()), false);
        }
        match self.attribute.sub(&path.name).filter(|sub| is_plain && !sub.is_secret()) {
            Some(sub) => self.sub(sub, question),
            None => Err(unknown(&format!("{}.{}", self.path, path.full()))),
        }
    }

    fn sub(&self, sub: &Attribute, question: Question<'_>) -> Result<Plan, Error> {
        let path = format!("{}.{}", self.path, sub.name);
        let Some(side) = self.related else {
            require_indexed(sub, &path, sub.is_writable())?;
            return ask(question, sub, &path, &Field::Stored(path.clone()), sub.multi_valued);
        };
        match (sub.name.as_str(), side) {
            ("value", _) => ask(question, sub, &path, &Field::Related(RelatedField::Value), false),
            ("display", _) => ask(question, sub, &path, &Field::Related(RelatedField::Display), false),
            ("type", _) => ask(question, sub, &path, &Field::Related(RelatedField::Kind), false),
            _ => Err(Error::invalid_filter(format!("{path} cannot be filtered by"))),
        }
    }
}

fn any(mut plans: Vec<Plan>) -> Plan {
    match plans.len() {
        0 => Plan::Nothing,
        1 => plans.remove(0),
        _ => Plan::Any(plans),
    }
}

fn unknown(path: &str) -> Error {
    Error::invalid_filter(format!("no attribute {} can be filtered by", excerpt(path)))
}

fn needs_sub(name: &str) -> Error {
    Error::invalid_filter(format!("{name} can be compared by a sub-attribute only"))
}
