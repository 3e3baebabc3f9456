//! Organizations: made through the API or a command, found by code or name.

mod delete;
mod members;
mod update;
mod usable;

use serde::Deserialize;
use serde_json::json;

use super::act::{About, Act};
use super::checks::{optional, required};
use super::reach::Reach;
use super::{Error, domains};
use crate::store::organizations::{self as rows, NewOrganization, Organization};
use crate::store::{self, Tx};

pub use delete::delete;
pub use members::{Added, Addition, Changed, MemberChange, Page, Shown, add, change, list_members, remove};
pub use update::update;
pub use usable::{allow, connections, disallow};

/// The body of Kinde's `POST /organization` and `PATCH /organization/{code}`, as far as it decides something here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// Shown to people; the only field that is required.
    pub name: Option<String>,
    /// Kinde's handle.
    pub handle: Option<String>,
    /// The caller's own id for it.
    pub external_id: Option<String>,
    /// Whoever names the code at sign-in becomes a member; off when left out.
    #[serde(alias = "is_allow_registrations")]
    pub is_auto_membership_enabled: Option<bool>,
    /// Only people from `allowed_domains` become members by themselves.
    pub is_auto_join_domain_list: Option<bool>,
    /// Domains, bare or as URLs.
    pub allowed_domains: Option<Vec<String>>,
    /// Nobody signs in and no IdP pushes while true; only a change can say so.
    pub is_suspended: Option<bool>,
}

/// Makes an organization.
///
/// # Errors
/// 400 without a name or with something that is not a domain.
pub fn create(tx: &mut Tx<'_>, act: &Act, request: &Request) -> Result<Organization, Error> {
    let new = NewOrganization {
        code: act.ids.organization(),
        name: required(request.name.as_deref(), "ORGANIZATION_NAME_REQUIRED", "name")?,
        handle: optional(request.handle.as_deref(), "handle")?,
        external_id: optional(request.external_id.as_deref(), "external_id")?,
        is_suspended: false,
        is_auto_membership_enabled: request.is_auto_membership_enabled.unwrap_or(false),
        is_auto_join_domain_list: request.is_auto_join_domain_list.unwrap_or(false),
        allowed_domains: json!(allowed_domains(request)?).to_string(),
        created: act.now,
    };
    let key = rows::insert(tx, &new)?;
    let data = json!({ "organization": new.code, "after": { "name": new.name } });
    act.event(tx, "organization.created", About::default(), data)?;
    Ok(rows::load(tx, key)?)
}

fn allowed_domains(request: &Request) -> Result<Vec<String>, Error> {
    let given = request.allowed_domains.as_deref().unwrap_or_default();
    let keys = given.iter().map(|text| domains::parse(text).map_err(|error| error.field("allowed_domains")));
    let mut keys = keys.collect::<Result<Vec<_>, _>>()?;
    keys.sort();
    keys.dedup();
    Ok(keys)
}

/// Suspends an organization from the next request and sign-in on, or restores it; a repetition changes nothing.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`.
pub fn set_suspended(tx: &mut Tx<'_>, act: &Act, code: &str, is_suspended: bool) -> Result<(), Error> {
    let organization = rows::find_by_code(tx, code)?.ok_or_else(|| not_found(code))?;
    if organization.is_suspended == is_suspended {
        return Ok(());
    }
    rows::set_suspended(tx, organization.key, is_suspended)?;
    let kind = if is_suspended { "organization.suspended" } else { "organization.restored" };
    Ok(act.event(tx, kind, About::default(), json!({ "organization": organization.code }))?)
}

/// A page of the organizations that may be seen, by name.
pub fn list(tx: &mut Tx<'_>, reach: Reach, page: &rows::Sorted) -> Result<Vec<Organization>, store::Error> {
    rows::list(tx, reach.organization(), page)
}

/// The organization with this code, if it may be seen.
pub fn find(tx: &mut Tx<'_>, reach: Reach, code: &str) -> Result<Option<Organization>, store::Error> {
    Ok(rows::find_by_code(tx, code)?.filter(|organization| reach.covers(Some(organization.key))))
}

/// The organization with this code.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`, naming the field the code came in.
pub fn load(tx: &mut Tx<'_>, reach: Reach, code: &str, field: &'static str) -> Result<Organization, Error> {
    find(tx, reach, code)?.ok_or_else(|| not_found(code).field(field))
}

/// The refusal for an organization that does not exist or is out of reach; Kinde answers 400.
pub fn not_found(text: &str) -> Error {
    Error::invalid("ORGANIZATION_NOT_FOUND", format!("There is no organization {text}"))
}

/// The organization with this code or, failing that, this exact name.
///
/// # Errors
/// 409 `ORGANIZATION_AMBIGUOUS` when several have the name.
pub fn find_by_code_or_name(tx: &mut Tx<'_>, text: &str) -> Result<Option<Organization>, Error> {
    if let Some(found) = rows::find_by_code(tx, text)? {
        return Ok(Some(found));
    }
    let mut named = rows::list_by_name(tx, text)?;
    if named.len() > 1 {
        let codes: Vec<&str> = named.iter().map(|organization| organization.code.as_str()).collect();
        let message = format!("Several organizations are called {text}: give one of the codes {}", codes.join(", "));
        return Err(Error::conflict("ORGANIZATION_AMBIGUOUS", message));
    }
    Ok(named.pop())
}

/// The organization with this code or exact name.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`, 409 `ORGANIZATION_AMBIGUOUS`.
pub fn load_by_code_or_name(tx: &mut Tx<'_>, text: &str) -> Result<Organization, Error> {
    find_by_code_or_name(tx, text)?.ok_or_else(|| not_found(text))
}
