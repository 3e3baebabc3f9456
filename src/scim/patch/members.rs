//! Operations on a group's members, as deltas.

use scim_filter_parser::{CompareOp, Filter, Literal, PatchPath};
use serde_json::Value;

use super::{MemberChange, MemberFilter, Op};
use crate::scim::error::Error;
use crate::scim::path::Place;
use crate::scim::validate;

/// The change one operation means. `remove` with a list of values removes those (Entra, JumpCloud); without a list and
/// without a filter it removes all (RFC 7644 section 3.5.2.2).
pub(super) fn change(op: Op, place: &Place<'_>, path: &PatchPath, value: Option<Value>) -> Result<MemberChange, Error> {
    let is_value = |name: &str| name.eq_ignore_ascii_case("value");
    let is_whole = place.sub.is_none_or(|sub| sub.name == "value") && path.sub.as_deref().is_none_or(is_value);
    if !is_whole {
        return Err(Error::mutability("parts of a member cannot be changed"));
    }
    match (op, &path.filter) {
        (Op::Remove, Some(filter)) => Ok(MemberChange::Remove(
            values(filter).map_or_else(|| MemberFilter::Matching(filter.clone()), MemberFilter::Values),
        )),
        (Op::Remove, None) => match value {
            None | Some(Value::Null) => Ok(MemberChange::Remove(MemberFilter::All)),
            Some(listed) => {
                let ids = validate::members(listed)?.into_iter().map(|member| member.value).collect();
                Ok(MemberChange::Remove(MemberFilter::Values(ids)))
            }
        },
        (Op::Add | Op::Replace, Some(_)) => Err(Error::invalid_path("members are added and removed, not changed")),
        (Op::Add, None) => Ok(MemberChange::Add(validate::members(value.unwrap_or_default())?)),
        (Op::Replace, None) => Ok(MemberChange::Replace(validate::members(value.unwrap_or_default())?)),
    }
}

/// The ids of a filter that says nothing but `value eq "a" or value eq "b" ..`.
fn values(filter: &Filter) -> Option<Vec<String>> {
    match filter {
        Filter::Compare { path, op: CompareOp::Eq, value: Literal::String(id) }
            if path.urn.is_none() && path.sub.is_none() && path.name.eq_ignore_ascii_case("value") =>
        {
            Some(vec![id.clone()])
        }
        Filter::Or(terms) => {
            let lists: Option<Vec<Vec<String>>> = terms.iter().map(values).collect();
            lists.map(|lists| lists.concat())
        }
        _ => None,
    }
}
