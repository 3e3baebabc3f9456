//! Users made by an administrator, perhaps long before an IdP speaks of them, and users as they are shown.

mod change;
mod described;
mod list;

use serde::Deserialize;
use serde_json::json;

use super::act::{About, Act};
use super::checks::{on_conflict, optional};
use super::local::Local;
use super::reach::Reach;
use super::{Error, organizations};
use crate::store::identities::{self, NewIdentity};
use crate::store::organizations::{MemberSource, Organization, add_member};
use crate::store::users::{self as rows, NewUser, User};
use crate::store::{self, Tx, UserKey};

pub use change::{Change, update};
pub use described::Described;
use described::describe;
pub use list::{Wanted, list};

/// Characters in the URL of a picture at most.
const MAX_PICTURE: usize = 2_048;

/// The body of Kinde's `POST /user`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// The profile.
    pub profile: Option<ProfileRequest>,
    /// The organization to become a member of.
    pub organization_code: Option<String>,
    /// The application's own id for the person.
    pub provided_id: Option<String>,
    /// Local identities; an enterprise identity is given afterwards.
    pub identities: Option<Vec<IdentityRequest>>,
}

/// The profile in [`Request`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ProfileRequest {
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// URL of a picture.
    pub picture: Option<String>,
}

/// A local identity in [`Request`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct IdentityRequest {
    /// `email`, `phone` or `username`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether its owner was seen to have it.
    pub is_verified: Option<bool>,
    /// Holds the value under the name of the type.
    pub details: Option<Details>,
}

/// The value of a local identity; the field named as the type counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Details {
    /// Email address.
    pub email: Option<String>,
    /// User name.
    pub username: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
}

/// Makes a user with local identities.
///
/// # Errors
/// 400 for an unknown organization, an identity that is none of its type, or one that a user has already.
pub fn create(tx: &mut Tx<'_>, act: &Act, reach: Reach, request: &Request) -> Result<Described, Error> {
    let organization = organization(tx, reach, request)?;
    let locals = locals(request)?;
    let new = new_user(act, request, &locals)?;
    let user = rows::insert(tx, &new)?;
    for (at, (local, is_confirmed)) in locals.iter().enumerate() {
        let is_primary = !locals.iter().take(at).any(|(earlier, _)| earlier.kind == local.kind);
        insert_local(tx, act, user, local, *is_confirmed, is_primary)?;
    }
    if let Some(organization) = &organization {
        add_member(tx, organization.key, user, MemberSource::Admin, act.now)?;
    }
    let after = json!({
        "email": new.email, "given_name": new.given_name, "family_name": new.family_name, "provided_id": new.provided_id,
        "organization": organization.map(|organization| organization.code),
    });
    act.event(tx, "user.created", About { user: Some(&new.id), ..About::default() }, json!({ "after": after }))?;
    let user = rows::load(tx, user)?;
    Ok(describe(tx, reach, user)?)
}

fn organization(tx: &mut Tx<'_>, reach: Reach, request: &Request) -> Result<Option<Organization>, Error> {
    match request.organization_code.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => organizations::load(tx, reach, code, "organization_code").map(Some),
        None => Ok(reach.organization().map(|key| store::organizations::load(tx, key)).transpose()?),
    }
}

fn locals(request: &Request) -> Result<Vec<(Local, bool)>, Error> {
    let given = request.identities.as_deref().unwrap_or_default();
    let parsed = given.iter().map(|identity| {
        let details = identity.details.as_ref();
        let value = match identity.kind.as_str() {
            "email" => details.and_then(|details| details.email.as_deref()),
            "username" => details.and_then(|details| details.username.as_deref()),
            _ => details.and_then(|details| details.phone.as_deref()),
        };
        Ok((Local::parse(&identity.kind, value)?, identity.is_verified.unwrap_or(false)))
    });
    parsed.collect()
}

fn new_user(act: &Act, request: &Request, locals: &[(Local, bool)]) -> Result<NewUser, Error> {
    let profile = request.profile.clone().unwrap_or_default();
    let email = locals.iter().map(|(local, _)| local).find(|local| local.kind == "email");
    Ok(NewUser {
        id: act.ids.prefixed("kp"),
        email: email.map(|local| local.value.clone()),
        email_key: email.map(|local| local.key.clone()),
        given_name: optional(profile.given_name.as_deref(), "given_name")?,
        family_name: optional(profile.family_name.as_deref(), "family_name")?,
        picture: picture(profile.picture.as_deref())?,
        provided_id: optional(request.provided_id.as_deref(), "provided_id")?,
        profile_source: "local".to_owned(),
        made_by: "admin".to_owned(),
        is_suspended: false,
        created: act.now,
        modified: act.now,
        total_sign_ins: 0,
    })
}

/// The URL of a picture; blank counts as none.
fn picture(given: Option<&str>) -> Result<Option<String>, Error> {
    match given.map(str::trim) {
        None | Some("") => Ok(None),
        Some(url) if url.len() > MAX_PICTURE => {
            Err(Error::invalid("VALUE_TOO_LONG", format!("picture may have {MAX_PICTURE} bytes")).field("picture"))
        }
        Some(url) if url.chars().any(char::is_control) => {
            Err(Error::invalid("INVALID_VALUE", "picture may not hold control characters").field("picture"))
        }
        Some(url) => Ok(Some(url.to_owned())),
    }
}

/// Gives a user a local identity.
pub(super) fn insert_local(
    tx: &mut Tx<'_>,
    act: &Act,
    user: UserKey,
    local: &Local,
    is_confirmed: bool,
    is_primary: bool,
) -> Result<String, Error> {
    let new = NewIdentity {
        id: act.ids.prefixed("identity"),
        user_key: user,
        kind: local.kind.to_owned(),
        value: local.value.clone(),
        value_key: local.key.clone(),
        connection_key: None,
        subject: None,
        state: "active".to_owned(),
        origin: "admin".to_owned(),
        pushed: None,
        resource_key: None,
        is_confirmed,
        is_primary,
        created: act.now,
        total_logins: 0,
    };
    identities::insert(tx, &new).map_err(on_conflict(|| local.taken()))?;
    Ok(new.id)
}

/// The profile of a user who may be seen.
///
/// # Errors
/// 400 `USER_NOT_FOUND`.
pub(super) fn visible(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<User, Error> {
    let user = rows::find(tx, id)?.ok_or_else(|| not_found(id))?;
    if reach.covers_user(tx, user.key)? { Ok(user) } else { Err(not_found(id)) }
}

/// The user with this id, if it may be seen.
pub fn find(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Option<Described>, store::Error> {
    match rows::find(tx, id)? {
        Some(user) if reach.covers_user(tx, user.key)? => describe(tx, reach, user).map(Some),
        _ => Ok(None),
    }
}

/// Suspends a user from the next sign-in on, or restores them; a repetition changes nothing. SCIM never touches it.
///
/// # Errors
/// 400 `USER_NOT_FOUND`.
pub fn set_suspended(tx: &mut Tx<'_>, act: &Act, id: &str, is_suspended: bool) -> Result<(), Error> {
    let user = rows::lock(tx, id)?.ok_or_else(|| not_found(id))?;
    if user.is_suspended == is_suspended {
        return Ok(());
    }
    rows::set_suspended(tx, user.key, is_suspended, act.now)?;
    let (kind, data) =
        if is_suspended { ("user.suspended", json!({ "sessions": "revoke" })) } else { ("user.restored", json!({})) };
    Ok(act.event(tx, kind, About { user: Some(&user.id), ..About::default() }, data)?)
}

/// The refusal for a user that does not exist; Kinde lists no 404 here.
pub fn not_found(id: &str) -> Error {
    Error::invalid("USER_NOT_FOUND", format!("There is no user {id}"))
}

/// Tells applications to end every session of a user; nothing else changes.
///
/// # Errors
/// 400 `USER_NOT_FOUND`; `USER_IN_OTHER_ORGANIZATION` for a client of one of several.
pub fn end_sessions(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let user = visible(tx, reach, id)?;
    reach.check_user_is_not_shared(tx, user.key)?;
    let about = About { user: Some(&user.id), ..About::default() };
    Ok(act.event(tx, "user.sessions_ended", about, json!({ "sessions": "revoke" }))?)
}
