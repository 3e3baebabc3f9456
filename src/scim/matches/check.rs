//! From the parser's filter to a plan: names to attributes, literals to keys, operators to what their type allows.

use scim_filter_parser::{AttributePath, CompareOp, Filter, Literal};

use super::evaluate::holds;
use super::{Field, Plan, RelatedField, RelatedSide, Term, Test};
use crate::scim::error::{Error, excerpt};
use crate::scim::path::{Place, Resolved, resolve};
use crate::scim::schema::{Attribute, AttributeType, Catalogue, ResourceType};
use crate::scim::values::{number_key, text_key, time_key};

/// Checks a filter over resources of a type.
///
/// # Errors
/// 400 `invalidFilter`.
pub fn check(catalogue: &Catalogue, resource_type: &ResourceType, filter: &Filter) -> Result<Plan, Error> {
    Checker { scope: Scope::Resource(catalogue, resource_type) }.filter(filter)
}

/// Checks a filter inside `[..]` over the elements of the complex attribute stored at `path`.
///
/// # Errors
/// 400 `invalidFilter`.
pub fn check_element(path: &str, attribute: &Attribute, filter: &Filter) -> Result<Plan, Error> {
    Checker { scope: Scope::Element(path, attribute) }.filter(filter)
}

/// Checks a filter inside `members[..]`.
///
/// # Errors
/// 400 `invalidFilter`.
pub fn members(catalogue: &Catalogue, group: &ResourceType, filter: &Filter) -> Result<Plan, Error> {
    let attribute = catalogue.core_attributes(group).iter().find(|attribute| attribute.name == "members");
    let attribute = attribute.ok_or_else(|| Error::invalid_filter("this resource type has no members"))?;
    Checker { scope: Scope::Related(RelatedSide::Members, attribute) }.filter(filter)
}

/// What names in a filter are relative to.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Resource(&'a Catalogue, &'a ResourceType),
    Element(&'a str, &'a Attribute),
    Related(RelatedSide, &'a Attribute),
}

struct Checker<'a> {
    scope: Scope<'a>,
}

impl Checker<'_> {
    fn filter(&self, filter: &Filter) -> Result<Plan, Error> {
        Ok(match filter {
            Filter::And(terms) => Plan::All(self.all(terms)?),
            Filter::Or(terms) => Plan::Any(self.all(terms)?),
            Filter::Not(inner) => Plan::Not(Box::new(self.filter(inner)?)),
            Filter::Present(path) => self.present(path)?,
            Filter::Compare { path, op, value } => self.compare(path, *op, value)?,
            Filter::ValuePath { path, filter } => self.value_path(path, filter)?,
        })
    }

    fn all(&self, filters: &[Filter]) -> Result<Vec<Plan>, Error> {
        filters.iter().map(|filter| self.filter(filter)).collect()
    }

    fn value_path(&self, path: &AttributePath, filter: &Filter) -> Result<Plan, Error> {
        let Scope::Resource(catalogue, resource_type) = self.scope else {
            return Err(Error::invalid_filter("value paths do not nest"));
        };
        let place = match resolve(catalogue, resource_type, path) {
            Resolved::Attribute(place) if place.sub.is_none() && place.attribute.is_complex() => place,
            Resolved::Elsewhere => return Ok(Plan::Nothing),
            Resolved::Attribute(_) => {
                return Err(Error::invalid_filter(format!("{} has no parts", excerpt(&path.full()))));
            }
            _ => return Err(unknown(path)),
        };
        if let Some(side) = related_side(resource_type, &place) {
            let plan = Checker { scope: Scope::Related(side, place.attribute) }.filter(filter)?;
            return Ok(Plan::Related { side, plan: Box::new(plan) });
        }
        let path = place.attribute_path();
        let plan = Checker { scope: Scope::Element(&path, place.attribute) }.filter(filter)?;
        Ok(Plan::Element { path, plan: Box::new(plan) })
    }

    fn present(&self, path: &AttributePath) -> Result<Plan, Error> {
        match self.scope {
            Scope::Resource(catalogue, resource_type) => match resolve(catalogue, resource_type, path) {
                Resolved::Attribute(place) => resource_present(resource_type, &place, path),
                Resolved::Extension(schema) => Ok(Plan::Any(
                    schema
                        .attributes
                        .iter()
                        .map(|attribute| stored(format!("{}:{}", schema.id, attribute.name), Test::Present))
                        .collect(),
                )),
                Resolved::Elsewhere => Ok(Plan::Nothing),
                Resolved::Unknown => Err(unknown(path)),
            },
            Scope::Element(base, attribute) => {
                let sub = visible(element_part(attribute, path)?, path)?;
                Ok(stored(format!("{base}.{}", sub.name), Test::Present))
            }
            Scope::Related(_, attribute) => element_part(attribute, path).map(|_| Plan::Everything),
        }
    }

    fn compare(&self, path: &AttributePath, op: CompareOp, literal: &Literal) -> Result<Plan, Error> {
        if *literal == Literal::Null {
            let present = self.present(path)?;
            return match op {
                CompareOp::Eq => Ok(Plan::Not(Box::new(present))),
                CompareOp::Ne => Ok(present),
                _ => Err(Error::invalid_filter("null is compared with eq and ne only")),
            };
        }
        match self.scope {
            Scope::Resource(catalogue, resource_type) => match resolve(catalogue, resource_type, path) {
                Resolved::Attribute(place) => resource_compare(catalogue, resource_type, &place, path, op, literal),
                Resolved::Elsewhere => Ok(Plan::Nothing),
                Resolved::Extension(_) => Err(Error::invalid_filter("a whole extension cannot be compared")),
                Resolved::Unknown => Err(unknown(path)),
            },
            Scope::Element(base, attribute) => {
                let sub = visible(element_part(attribute, path)?, path)?;
                let test = test(sub, path, op, literal)?;
                Ok(single(Field::Stored(format!("{base}.{}", sub.name)), test))
            }
            Scope::Related(side, attribute) => {
                let sub = element_part(attribute, path)?;
                related_term(side, sub, path, op, literal).map(|plan| plan.unwrap_or(Plan::Nothing))
            }
        }
    }
}

fn resource_present(resource_type: &ResourceType, place: &Place<'_>, path: &AttributePath) -> Result<Plan, Error> {
    visible(place.leaf(), path)?;
    if let Some(side) = related_side(resource_type, place) {
        return Ok(Plan::Related { side, plan: Box::new(Plan::Everything) });
    }
    let is_always = place.extension.is_none()
        && (matches!(place.attribute.name.as_str(), "id" | "meta" | "schemas") || is_user_name(resource_type, place));
    Ok(if is_always { Plan::Everything } else { stored(place.stored_path(), Test::Present) })
}

fn resource_compare(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    place: &Place<'_>,
    path: &AttributePath,
    op: CompareOp,
    literal: &Literal,
) -> Result<Plan, Error> {
    visible(place.leaf(), path)?;
    if place.extension.is_none() && place.attribute.name == "schemas" {
        return schemas(catalogue, resource_type, op, literal);
    }
    let leaf = compared(place, path)?;
    let test = test(leaf, path, op, literal)?;
    if let Some(side) = related_side(resource_type, place) {
        let plan = related_term(side, leaf, path, op, literal)?;
        return Ok(plan.map_or(Plan::Nothing, |plan| Plan::Related { side, plan: Box::new(plan) }));
    }
    if let (None, "meta", Some(sub)) = (place.extension, place.attribute.name.as_str(), place.sub) {
        return meta(resource_type, &sub.name, path, test);
    }
    let field = match place.attribute.name.as_str() {
        "id" if place.extension.is_none() => Field::Id,
        _ if is_user_name(resource_type, place) => Field::UserName,
        _ if place.sub.is_none() && place.attribute.is_complex() => {
            Field::Stored(format!("{}.value", place.attribute_path()))
        }
        _ => Field::Stored(place.stored_path()),
    };
    Ok(if place.attribute.multi_valued { Plan::Term(Term { field, test }) } else { single(field, test) })
}

/// The attribute whose values are compared: of a multi-valued complex one without a part, its `value`.
fn compared<'a>(place: &Place<'a>, path: &AttributePath) -> Result<&'a Attribute, Error> {
    let value = place.attribute.sub("value").filter(|_| place.attribute.multi_valued);
    let leaf = match place.sub {
        Some(sub) => Some(sub),
        None if place.attribute.is_complex() => value,
        None => Some(place.attribute),
    };
    leaf.ok_or_else(|| Error::invalid_filter(format!("{} has parts; compare one of them", excerpt(&path.full()))))
}

fn is_user_name(resource_type: &ResourceType, place: &Place<'_>) -> bool {
    resource_type.name == "User" && place.extension.is_none() && place.attribute.name == "userName"
}

fn related_side(resource_type: &ResourceType, place: &Place<'_>) -> Option<RelatedSide> {
    match (resource_type.name.as_str(), place.extension, place.attribute.name.as_str()) {
        ("User", None, "groups") => Some(RelatedSide::Groups),
        ("Group", None, "members") => Some(RelatedSide::Members),
        _ => None,
    }
}

/// A comparison of a part of a member or group; `None` where the part is the same for all and the test fails.
fn related_term(
    side: RelatedSide,
    sub: &Attribute,
    path: &AttributePath,
    op: CompareOp,
    literal: &Literal,
) -> Result<Option<Plan>, Error> {
    let test = test(sub, path, op, literal)?;
    let field = match (sub.name.as_str(), side) {
        ("value", _) => RelatedField::Value,
        ("display", _) => RelatedField::Display,
        ("type", RelatedSide::Members) => RelatedField::Kind,
        ("type", RelatedSide::Groups) => return Ok(holds(&test, "direct").then_some(Plan::Everything)),
        _ => return Err(Error::invalid_filter(format!("{} cannot be filtered", excerpt(&path.full())))),
    };
    Ok(Some(Plan::Term(Term { field: Field::Related(field), test })))
}

fn schemas(
    catalogue: &Catalogue,
    resource_type: &ResourceType,
    op: CompareOp,
    literal: &Literal,
) -> Result<Plan, Error> {
    let (CompareOp::Eq, Literal::String(urn)) = (op, literal) else {
        return Err(Error::invalid_filter("schemas is compared with eq and a URN only"));
    };
    if urn.eq_ignore_ascii_case(&resource_type.schema) {
        return Ok(Plan::Everything);
    }
    let extension = catalogue.extensions(resource_type).find(|schema| schema.id.eq_ignore_ascii_case(urn));
    Ok(extension.map_or(Plan::Nothing, |schema| {
        Plan::Any(
            schema
                .attributes
                .iter()
                .map(|attribute| stored(format!("{}:{}", schema.id, attribute.name), Test::Present))
                .collect(),
        )
    }))
}

fn meta(resource_type: &ResourceType, sub: &str, path: &AttributePath, test: Test) -> Result<Plan, Error> {
    match sub {
        "created" => Ok(single(Field::Created, micros(test)?)),
        "lastModified" => Ok(single(Field::LastModified, micros(test)?)),
        "version" => Ok(single(Field::Version, test)),
        "resourceType" => Ok(if holds(&test, &resource_type.name) { Plan::Everything } else { Plan::Nothing }),
        _ => Err(Error::invalid_filter(format!("{} cannot be filtered", excerpt(&path.full())))),
    }
}

/// The columns of times hold microseconds.
fn micros(test: Test) -> Result<Test, Error> {
    let convert = |key: String| -> Result<String, Error> {
        let instant: jiff::Timestamp = key.parse().map_err(|_| Error::invalid_filter("not a date and time"))?;
        Ok(instant.as_microsecond().to_string())
    };
    Ok(match test {
        Test::Eq(key) => Test::Eq(convert(key)?),
        Test::Ne(key) => Test::Ne(convert(key)?),
        Test::Gt(key) => Test::Gt(convert(key)?),
        Test::Ge(key) => Test::Ge(convert(key)?),
        Test::Lt(key) => Test::Lt(convert(key)?),
        Test::Le(key) => Test::Le(convert(key)?),
        other => other,
    })
}

/// A single value differs when it is not equal, absent included.
fn single(field: Field, test: Test) -> Plan {
    match test {
        Test::Ne(key) => Plan::Not(Box::new(Plan::Term(Term { field, test: Test::Eq(key) }))),
        test => Plan::Term(Term { field, test }),
    }
}

fn stored(path: String, test: Test) -> Plan {
    Plan::Term(Term { field: Field::Stored(path), test })
}

fn element_part<'a>(attribute: &'a Attribute, path: &AttributePath) -> Result<&'a Attribute, Error> {
    let is_plain = path.urn.is_none() && path.sub.is_none();
    attribute.sub(&path.name).filter(|_| is_plain).ok_or_else(|| unknown(path))
}

fn visible<'a>(attribute: &'a Attribute, path: &AttributePath) -> Result<&'a Attribute, Error> {
    if attribute.is_visible() { Ok(attribute) } else { Err(unknown(path)) }
}

fn unknown(path: &AttributePath) -> Error {
    Error::invalid_filter(format!("no schema has an attribute {} that can be filtered", excerpt(&path.full())))
}

/// The comparison as a test of keys, if the attribute's type has it.
fn test(attribute: &Attribute, path: &AttributePath, op: CompareOp, literal: &Literal) -> Result<Test, Error> {
    let name = || excerpt(&path.full());
    let is_partial = matches!(op, CompareOp::Co | CompareOp::Sw | CompareOp::Ew);
    let is_ordered = matches!(op, CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le);
    if is_partial && !attribute.kind.is_text() {
        return Err(Error::invalid_filter(format!("{} is not text: co, sw and ew do not apply", name())));
    }
    if attribute.kind == AttributeType::Binary || (is_ordered && attribute.kind == AttributeType::Boolean) {
        return Err(Error::invalid_filter(format!("{} has no {}", name(), op.as_str())));
    }
    let key = literal_key(attribute, literal)
        .ok_or_else(|| Error::invalid_filter(format!("the value does not fit the type of {}", name())))?;
    Ok(match op {
        CompareOp::Eq => Test::Eq(key),
        CompareOp::Ne => Test::Ne(key),
        CompareOp::Co => Test::Co(key),
        CompareOp::Sw => Test::Sw(key),
        CompareOp::Ew => Test::Ew(key),
        CompareOp::Gt => Test::Gt(key),
        CompareOp::Ge => Test::Ge(key),
        CompareOp::Lt => Test::Lt(key),
        CompareOp::Le => Test::Le(key),
    })
}

fn literal_key(attribute: &Attribute, literal: &Literal) -> Option<String> {
    match (attribute.kind, literal) {
        (AttributeType::String | AttributeType::Reference, Literal::String(text)) => Some(text_key(attribute, text)),
        (AttributeType::Boolean, Literal::Bool(value)) => Some(value.to_string()),
        (AttributeType::Boolean, Literal::String(text)) => {
            crate::scim::quirks::boolean_text(text).map(|value| value.to_string())
        }
        (AttributeType::Integer | AttributeType::Decimal, Literal::Number(number)) => number_key(number.as_str()),
        (AttributeType::DateTime, Literal::String(text)) => time_key(text),
        _ => None,
    }
}
