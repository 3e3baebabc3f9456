//! Members as clients name them, and the changes they ask for.
//!
//! A group's members are rows and no part of its document, so a change is carried to the store as a delta and the
//! membership is never loaded for it. What a client says about a member besides its id (`type`, `display`, `$ref`) is
//! known better here and ignored.

use scim_filter_parser::{CompareOp, Filter, Literal};
use serde_json::Value;

use super::Error;
use super::elements::Mode;
use super::limits;
use super::path::Place;
use super::quirks;

/// A member as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberInput {
    /// The id of a User or Group.
    pub value: String,
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
    /// Those with these ids.
    Values(Vec<String>),
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

fn values(filter: &Filter) -> Option<Vec<String>> {
    match filter {
        Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(id) }
            if path.urn.is_none() && path.sub.is_none() && path.name.eq_ignore_ascii_case("value") =>
        {
            Some(vec![id.clone()])
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

/// The members a value names: objects with a `value`, or plain ids.
///
/// # Errors
/// 400 `invalidValue` for a member without an id.
pub fn inputs(value: Value) -> Result<Vec<MemberInput>, Error> {
    quirks::elements(value).into_iter().filter(|member| !member.is_null()).map(input).collect()
}

fn input(member: Value) -> Result<MemberInput, Error> {
    let value = match member {
        Value::String(id) => Some(id),
        Value::Object(object) => {
            let found = object.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("value"));
            found.and_then(|(_, value)| value.as_str().map(str::to_owned))
        }
        _ => None,
    };
    match value.filter(|id| !id.is_empty() && id.len() <= limits::STRING_BYTES) {
        Some(value) => Ok(MemberInput { value }),
        None => Err(Error::invalid_value("members.value must be the id of a resource")),
    }
}
