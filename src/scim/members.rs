//! Members as clients name them, and the changes they ask for.
//!
//! A group's members are rows and no part of its document, so a change is carried to the store as a delta and the
//! membership is never loaded for it. A member is named by `value`, or by `$ref` alone (RFC 7643 section 2.4); beside
//! a `value` the `$ref` is ignored, because identity providers copy stale ones. A `type` must be the resource's.

use scim_filter_parser::{CompareOp, Filter, Literal};
use serde_json::{Map, Value};

use super::Error;
use super::elements::Mode;
use super::error::excerpt;
use super::limits;
use super::path::Place;
use super::quirks;
use super::schema::Catalogue;

/// A member as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInput {
    name: Name,
    kind: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Id(String),
    Reference(String),
}

impl MemberInput {
    /// The member with this id, of any type.
    pub fn of_id(id: impl Into<String>) -> Self {
        Self { name: Name::Id(id.into()), kind: None }
    }

    /// The id that is meant and the resource types it must be of; `base_url` has no slash at the end.
    ///
    /// # Errors
    /// 400 `invalidValue` for a reference that leads to no resource below the base URL.
    pub fn locate(&self, catalogue: &Catalogue, base_url: &str) -> Result<MemberId, Error> {
        let given = self.kind.iter().cloned();
        match &self.name {
            Name::Id(id) => Ok(MemberId { id: id.clone(), kinds: given.collect(), is_reference: false }),
            Name::Reference(reference) => {
                let found = referred(catalogue, base_url, reference).ok_or_else(|| {
                    Error::invalid_value(format!("{} is no resource of this directory", excerpt(reference)))
                })?;
                let (kind, id) = found;
                let kinds = given.chain([kind.to_owned()]).collect();
                Ok(MemberId { id: id.to_owned(), kinds, is_reference: true })
            }
        }
    }
}

/// Which resource a client means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberId {
    /// SCIM id.
    pub id: String,
    /// What the client says its resource type is; in any letter case.
    pub kinds: Vec<String>,
    /// Whether it was named by `$ref`.
    pub is_reference: bool,
}

impl MemberId {
    /// Whether it may be a person to come: a `value`, and nothing says that it is something else.
    pub fn may_be_to_come(&self) -> bool {
        !self.is_reference && self.kinds.iter().all(|kind| kind.eq_ignore_ascii_case("User"))
    }

    /// Whether a resource of this type is what the client says.
    ///
    /// # Errors
    /// 400 `invalidValue` naming both types.
    pub fn check(&self, kind: &str) -> Result<(), Error> {
        match self.kinds.iter().find(|given| !given.eq_ignore_ascii_case(kind)) {
            None => Ok(()),
            Some(other) => {
                let (id, other) = (excerpt(&self.id), excerpt(other));
                Err(Error::invalid_value(format!("the member {id} is a {kind}, not a {other}; nothing was changed")))
            }
        }
    }
}

/// Resource type and id of a reference: absolute below the base URL, or relative to it or to one of its endpoints.
fn referred<'a>(catalogue: &'a Catalogue, base_url: &str, reference: &'a str) -> Option<(&'a str, &'a str)> {
    let below = |base: &str| reference.strip_prefix(base)?.strip_prefix('/');
    let path = base_url.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|start| rest.get(start..)));
    let dotted = || ["./", "../"].iter().find_map(|dots| reference.strip_prefix(dots));
    let relative = below(base_url).or_else(|| path.and_then(below)).or_else(dotted).unwrap_or(reference);
    let (endpoint, id) = relative.split_once('/')?;
    let is_id = !id.is_empty() && !id.contains(['/', '?', '#', '%']);
    let resource_type = catalogue.resource_type_at(endpoint).filter(|_| is_id)?;
    Some((resource_type.name.as_str(), id))
}

/// A change of a group's members.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberChange {
    /// These become members; who is one already stays one.
    Add(Vec<MemberInput>),
    /// These cease to be members; who is none is no error.
    Remove(MemberFilter),
    /// The members are these and no others.
    Replace(Vec<MemberInput>),
}

/// Which members a removal means.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberFilter {
    /// All.
    All,
    /// Those that are named.
    Values(Vec<MemberInput>),
    /// Those that satisfy a filter of any other form; see [`super::matches::members`].
    Matching(Filter),
}

impl MemberChange {
    /// How many members are named one by one. A list that replaces all is as large as the group should be.
    fn named(&self) -> usize {
        match self {
            Self::Add(inputs) => inputs.len(),
            Self::Remove(MemberFilter::Values(ids)) => ids.len(),
            Self::Remove(MemberFilter::All | MemberFilter::Matching(_)) | Self::Replace(_) => 0,
        }
    }
}

/// Refuses a PATCH that names more than [`limits::MEMBER_CHANGES`] members.
///
/// # Errors
/// 400 `tooMany`.
pub fn check_count(changes: &[MemberChange]) -> Result<(), Error> {
    if changes.iter().map(MemberChange::named).sum::<usize>() > limits::MEMBER_CHANGES {
        let most = limits::MEMBER_CHANGES;
        return Err(Error::too_many(format!("at most {most} members are added or removed in one request")));
    }
    Ok(())
}

impl MemberFilter {
    /// What a filter in `members[..]` means: ids where it consists of `value eq` terms, joined by `or`.
    pub fn of(filter: &Filter) -> Self {
        values(filter).map_or_else(|| Self::Matching(filter.clone()), Self::Values)
    }
}

fn values(filter: &Filter) -> Option<Vec<MemberInput>> {
    match filter {
        Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(id) }
            if path.urn.is_none() && path.sub.is_none() && path.name.eq_ignore_ascii_case("value") =>
        {
            Some(vec![MemberInput::of_id(id)])
        }
        Filter::Or(terms) => terms.iter().map(values).collect::<Option<Vec<_>>>().map(|ids| ids.concat()),
        _ => None,
    }
}

/// The change that a write of `members` asks for.
///
/// # Errors
/// 400 `mutability` for a write to a part of a member, 400 `invalidValue` for a member without an id.
pub fn written(place: Place<'_>, mode: Mode, value: Value) -> Result<MemberChange, Error> {
    if place.sub.is_some() {
        return Err(Error::mutability("a member cannot be changed, only added and removed"));
    }
    let inputs = inputs(value)?;
    Ok(if mode == Mode::Add { MemberChange::Add(inputs) } else { MemberChange::Replace(inputs) })
}

/// The members a value names: objects with a `value` or a `$ref`, or plain ids.
///
/// # Errors
/// 400 `invalidValue` for a member without an id, or with a type that is no text.
pub fn inputs(value: Value) -> Result<Vec<MemberInput>, Error> {
    quirks::elements(value).into_iter().filter(|member| !member.is_null()).map(input).collect()
}

fn input(member: Value) -> Result<MemberInput, Error> {
    match member {
        Value::String(id) => Ok(MemberInput { name: Name::Id(bounded("value", id)?), kind: None }),
        Value::Object(mut object) => {
            let mut part = |name| text(&mut object, name);
            let (value, reference, kind) = (part("value")?, part("$ref")?, part("type")?);
            let name = match (value, reference) {
                (Some(id), _) => Name::Id(bounded("value", id)?),
                (None, Some(reference)) => Name::Reference(bounded("$ref", reference)?),
                (None, None) => return Err(no_id("value")),
            };
            Ok(MemberInput { name, kind: kind.filter(|kind| !kind.is_empty()) })
        }
        _ => Err(no_id("value")),
    }
}

/// A part of a member; null is not there.
fn text(object: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
    match key.and_then(|key| object.shift_remove(&key)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid_value(format!("members.{name} must be a text"))),
    }
}

fn bounded(part: &str, text: String) -> Result<String, Error> {
    if text.is_empty() || text.len() > limits::STRING_BYTES { Err(no_id(part)) } else { Ok(text) }
}

fn no_id(part: &str) -> Error {
    Error::invalid_value(format!("members.{part} must name a resource"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = "https://scim.test/scim/v2/d1";

    fn located(member: Value) -> Result<MemberId, Error> {
        inputs(member)?.remove(0).locate(&Catalogue::core(), BASE)
    }

    fn meant(id: &str, kinds: &[&str]) -> MemberId {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        MemberId { id: id.into(), kinds, is_reference: false }
    }

    fn referred_to(id: &str, kinds: &[&str]) -> MemberId {
        MemberId { is_reference: true, ..meant(id, kinds) }
    }

    #[test]
    fn a_member_is_named_by_value_or_by_reference_alone() {
        for (member, expected) in [
            (json!("a"), meant("a", &[])),
            (json!({ "value": "a" }), meant("a", &[])),
            (json!({ "Value": "a", "$ref": null, "type": null, "display": 7 }), meant("a", &[])),
            (json!({ "value": "a", "$ref": "https://old.test/Groups/b", "type": "user" }), meant("a", &["user"])),
            (json!({ "$ref": "https://scim.test/scim/v2/d1/Users/a" }), referred_to("a", &["User"])),
            (json!({ "$REF": "/scim/v2/d1/Groups/g", "value": null }), referred_to("g", &["Group"])),
            (json!({ "$ref": "Users/a", "type": "Group" }), referred_to("a", &["Group", "User"])),
            (json!({ "$ref": "../Users/a" }), referred_to("a", &["User"])),
            (json!({ "$ref": "./Users/a", "type": "" }), referred_to("a", &["User"])),
        ] {
            assert_eq!(located(member.clone()), Ok(expected), "{member}");
        }
    }

    #[test]
    fn what_names_no_member_is_refused() {
        for member in [
            json!({}),
            json!({ "value": "" }),
            json!({ "value": 7 }),
            json!({ "value": "a", "type": 7 }),
            json!({ "display": "a" }),
            json!({ "$ref": "https://scim.test/scim/v2/d2/Users/a" }),
            json!({ "$ref": "https://scim.test/scim/v2/d1Users/a" }),
            json!({ "$ref": "https://scim.test/scim/v2/d1/Devices/a" }),
            json!({ "$ref": "https://scim.test/scim/v2/d1/Users/" }),
            json!({ "$ref": "Users/a/b" }),
            json!({ "$ref": "Users/a?b" }),
            json!({ "$ref": "../../d2/Users/a" }),
            json!({ "$ref": "a" }),
            json!([["a"]]),
        ] {
            assert_eq!(located(member.clone()).map_err(|error| error.status), Err(400), "{member}");
        }
    }

    #[test]
    fn a_person_to_come_is_named_by_value_and_said_to_be_nothing_else() {
        assert!(meant("a", &[]).may_be_to_come() && meant("a", &["user"]).may_be_to_come());
        assert!(!meant("a", &["Group"]).may_be_to_come() && !referred_to("a", &["User"]).may_be_to_come());
    }

    #[test]
    fn a_type_must_be_that_of_the_resource() {
        assert_eq!(meant("a", &["USER"]).check("User"), Ok(()));
        let error = meant("a", &["User", "Group"]).check("User").unwrap_err();
        assert_eq!(error.detail, "the member a is a User, not a Group; nothing was changed");
    }
}
