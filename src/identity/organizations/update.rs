//! Changing an organization: its names, and who may join it by themselves.

use serde_json::{Value, json};

use super::{Request, allowed_domains, not_found};
use crate::identity::Error;
use crate::identity::act::{About, Act};
use crate::identity::checks::optional;
use crate::identity::reach::Reach;
use crate::store::Tx;
use crate::store::organizations::{self as rows, Change, Organization};

/// Changes what the request names; what is as it was leaves no event.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND` or something that is not a domain.
pub fn update(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, request: &Request) -> Result<(), Error> {
    let found = rows::lock(tx, code)?.filter(|found| reach.covers(Some(found.key))).ok_or_else(|| not_found(code))?;
    if let Some(is_suspended) = request.is_suspended {
        // Whether a customer may sign in is not the customer's to say.
        reach.check_unbound("A client of one organization can neither suspend nor restore it")?;
        super::set_suspended(tx, act, code, is_suspended)?;
    }
    let change = change(&found, request)?;
    let after = Organization {
        name: change.name.clone(),
        handle: change.handle.clone(),
        external_id: change.external_id.clone(),
        is_auto_membership_enabled: change.is_auto_membership_enabled,
        is_auto_join_domain_list: change.is_auto_join_domain_list,
        allowed_domains: change.allowed_domains.clone(),
        ..found.clone()
    };
    if after == found {
        return Ok(());
    }
    rows::update(tx, found.key, &change)?;
    let data = json!({ "organization": found.code, "before": told(&found), "after": told(&after) });
    Ok(act.event(tx, "organization.updated", About::default(), data)?)
}

fn change(found: &Organization, request: &Request) -> Result<Change, Error> {
    let text = |given: &Option<String>, field, before: Option<&String>| -> Result<Option<String>, Error> {
        if given.is_some() { optional(given.as_deref(), field) } else { Ok(before.cloned()) }
    };
    Ok(Change {
        name: optional(request.name.as_deref(), "name")?.unwrap_or_else(|| found.name.clone()),
        handle: text(&request.handle, "handle", found.handle.as_ref())?,
        external_id: text(&request.external_id, "external_id", found.external_id.as_ref())?,
        is_auto_membership_enabled: request.is_auto_membership_enabled.unwrap_or(found.is_auto_membership_enabled),
        is_auto_join_domain_list: request.is_auto_join_domain_list.unwrap_or(found.is_auto_join_domain_list),
        allowed_domains: match request.allowed_domains {
            Some(_) => json!(allowed_domains(request)?).to_string(),
            None => found.allowed_domains.clone(),
        },
    })
}

fn told(organization: &Organization) -> Value {
    json!({
        "name": organization.name,
        "is_auto_membership_enabled": organization.is_auto_membership_enabled,
        "is_auto_join_domain_list": organization.is_auto_join_domain_list,
        "allowed_domains": serde_json::from_str::<Value>(&organization.allowed_domains).unwrap_or_default(),
    })
}
