//! The members of an organization as administrators see and change them. Whom a directory made a member it alone removes.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use super::load;
use crate::identity::act::{About, Act};
use crate::identity::roles::{self, held};
use crate::identity::{Error, Reach, users};
use crate::store::organizations::{self as rows, Member, MemberOrder, MemberSource, Organization, Sorted};
use crate::store::roles as role_rows;
use crate::store::users::User;
use crate::store::{self, Tx, UserKey, identities};

/// People that one request changes at most.
const MAX_AT_ONCE: usize = 100;

/// Members that one page looks through at most when it is narrowed by roles.
const MAX_LOOKED_THROUGH: usize = 2_000;

/// Members that are read at a time then.
const AT_A_TIME: i64 = 200;

/// A member with what is shown of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The member.
    pub member: Member,
    /// Keys of the roles they have in the organization, by hand and by groups.
    pub roles: Vec<String>,
    /// Suspended by an administrator, or not active in the directory.
    pub is_suspended: bool,
}

/// Members, and the value and id the list goes on after; nothing at its end.
pub type Page = (Vec<Shown>, Option<(String, String)>);

/// A page of members; `roles` narrows it to those who have any of them. Such a page may be short although there are more.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`.
pub fn list_members(
    tx: &mut Tx<'_>,
    reach: Reach,
    code: &str,
    order: MemberOrder,
    page: &Sorted,
    roles: &[String],
) -> Result<Page, Error> {
    let organization = load(tx, reach, code, "code")?;
    let size = usize::try_from(page.limit).unwrap_or_default();
    // One more than fits, to see whether there are more; many at a time where few may be looked for.
    let limit = if roles.is_empty() { page.limit + 1 } else { AT_A_TIME.max(page.limit + 1) };
    let mut place = Sorted { limit, ..page.clone() };
    let (mut found, mut looked) = (Vec::new(), 0);
    loop {
        let members = rows::list_members(tx, organization.key, order, &place)?;
        let is_end = i64::try_from(members.len()).is_ok_and(|read| read < limit);
        looked += members.len();
        for shown in shown(tx, reach, &organization, members)? {
            if found.len() == size {
                return Ok((found, place.after));
            }
            place.after = Some((shown.member.order.clone(), shown.member.user.id.clone()));
            if roles.is_empty() || shown.roles.iter().any(|role| roles.contains(role)) {
                found.push(shown);
            }
        }
        if is_end {
            return Ok((found, None));
        }
        if looked >= MAX_LOOKED_THROUGH {
            return Ok((found, place.after));
        }
    }
}

fn shown(
    tx: &mut Tx<'_>,
    reach: Reach,
    organization: &Organization,
    members: Vec<Member>,
) -> Result<Vec<Shown>, store::Error> {
    let keys: Vec<UserKey> = members.iter().map(|member| member.user.key).collect();
    let mut inactive: HashMap<UserKey, bool> = HashMap::new();
    for identity in identities::list_of_users(tx, &keys)? {
        *inactive.entry(identity.user_key).or_default() |= identity.kind == "enterprise" && identity.state != "active";
    }
    let mut shown = Vec::with_capacity(members.len());
    for member in members {
        let held = held::of_user(tx, reach, &member.user)?.into_iter();
        let mut roles: Vec<String> =
            held.filter(|role| role.organization == organization.code).map(|role| role.key).collect();
        roles.sort();
        roles.dedup();
        let is_suspended = member.user.is_suspended || inactive.get(&member.user.key).is_some_and(|inactive| *inactive);
        shown.push(Shown { member, roles, is_suspended });
    }
    Ok(shown)
}

/// Somebody to be made a member; permissions are tolerated, there being none here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Addition {
    /// The user.
    pub id: String,
    /// Keys of roles they are given.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// Ids of the users that were made members.
pub type Added = Vec<String>;

/// Makes people members, and gives them roles; who is one already keeps the membership they have.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`, `USER_NOT_FOUND`, `ROLE_NOT_FOUND`, `TOO_MANY_OBJECTS`: nobody is added then.
pub fn add(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, people: &[Addition]) -> Result<Added, Error> {
    check_count(people.len())?;
    let organization = load(tx, reach, code, "code")?;
    let mut added = Vec::new();
    for person in people {
        let user = users::visible(tx, reach, &person.id)?;
        if join(tx, act, &organization, &user)? {
            added.push(user.id.clone());
        }
        for role in &person.roles {
            let role = roles::load(tx, role)?;
            roles::give(tx, act, (user.key, &user.id), &organization, &role)?;
        }
    }
    Ok(added)
}

fn check_count(people: usize) -> Result<(), Error> {
    if people <= MAX_AT_ONCE {
        return Ok(());
    }
    Err(Error::invalid("TOO_MANY_OBJECTS", format!("One request changes {MAX_AT_ONCE} users at most")).field("users"))
}

fn join(tx: &mut Tx<'_>, act: &Act, organization: &Organization, user: &User) -> Result<bool, Error> {
    if !rows::add_member(tx, organization.key, user.key, MemberSource::Admin, act.now)? {
        return Ok(false);
    }
    let about = About { user: Some(&user.id), ..About::default() };
    let data = json!({ "organization": organization.code, "source": MemberSource::Admin.as_str() });
    act.event(tx, "organization.member_added", about, data)?;
    Ok(true)
}

/// What is to become of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct MemberChange {
    /// The user.
    pub id: String,
    /// `delete` ends the membership.
    pub operation: Option<String>,
    /// Keys of all the roles they have by hand from now on.
    pub roles: Option<Vec<String>>,
}

/// Whose membership changed how, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Became members.
    pub added: Vec<String>,
    /// Were given or lost a role.
    pub updated: Vec<String>,
    /// Are members no more.
    pub removed: Vec<String>,
}

/// Changes memberships and the roles given by hand; who is no member becomes one.
///
/// # Errors
/// As [`add`] and [`remove`], and 400 `INVALID_OPERATION`: nothing is changed then.
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    code: &str,
    changes: &[MemberChange],
) -> Result<Changed, Error> {
    check_count(changes.len())?;
    let organization = load(tx, reach, code, "code")?;
    let mut done = Changed::default();
    for change in changes {
        let user = users::visible(tx, reach, &change.id)?;
        match change.operation.as_deref() {
            Some("delete") => {
                leave(tx, act, &organization, &user)?;
                done.removed.push(user.id);
            }
            None | Some("update" | "add") => {
                let is_new = join(tx, act, &organization, &user)?;
                let is_given = match &change.roles {
                    Some(roles) => set_roles(tx, act, &organization, &user, roles)?,
                    None => false,
                };
                match (is_new, is_given) {
                    (true, _) => done.added.push(user.id),
                    (false, true) => done.updated.push(user.id),
                    (false, false) => {}
                }
            }
            Some(other) => {
                let message = format!("{other:?} is no operation: give delete, or roles");
                return Err(Error::invalid("INVALID_OPERATION", message).field("operation"));
            }
        }
    }
    Ok(done)
}

/// Gives and takes roles until those given by hand are these; true when something changed.
fn set_roles(
    tx: &mut Tx<'_>,
    act: &Act,
    organization: &Organization,
    user: &User,
    wanted: &[String],
) -> Result<bool, Error> {
    let mut is_changed = false;
    let mut keep = Vec::new();
    for role in wanted {
        let role = roles::load(tx, role)?;
        is_changed |= roles::give(tx, act, (user.key, &user.id), organization, &role)?;
        keep.push(role.key);
    }
    for (_, role) in granted(tx, organization, user)? {
        if !keep.contains(&role.key) {
            roles::take(tx, act, (user.key, &user.id), organization, &role)?;
            is_changed = true;
        }
    }
    Ok(is_changed)
}

fn granted(
    tx: &mut Tx<'_>,
    organization: &Organization,
    user: &User,
) -> Result<Vec<(String, role_rows::Role)>, store::Error> {
    let mut granted = role_rows::list_granted(tx, user.key)?;
    granted.retain(|(code, _)| *code == organization.code);
    Ok(granted)
}

/// Ends a membership, and takes the roles that were given with it.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`, `USER_NOT_FOUND`, `USER_NOT_IN_ORGANIZATION`; `MANAGED_BY_DIRECTORY` for whom the
/// organization's directory made a member.
pub fn remove(tx: &mut Tx<'_>, act: &Act, reach: Reach, code: &str, id: &str) -> Result<(), Error> {
    let organization = load(tx, reach, code, "code")?;
    let user = users::visible(tx, reach, id)?;
    leave(tx, act, &organization, &user)
}

fn leave(tx: &mut Tx<'_>, act: &Act, organization: &Organization, user: &User) -> Result<(), Error> {
    let source = rows::find_source(tx, organization.key, user.key)?.ok_or_else(|| {
        let message = format!("{} is no member of {}", user.id, organization.code);
        Error::invalid("USER_NOT_IN_ORGANIZATION", message)
    })?;
    if source == MemberSource::Directory.as_str() {
        let message = "The organization's directory made the user a member: only the directory can remove them";
        return Err(Error::invalid("MANAGED_BY_DIRECTORY", message));
    }
    for (_, role) in granted(tx, organization, user)? {
        roles::take(tx, act, (user.key, &user.id), organization, &role)?;
    }
    rows::end_membership(tx, organization.key, user.key)?;
    let about = About { user: Some(&user.id), ..About::default() };
    let data = json!({ "organization": organization.code, "source": source, "sessions": "revoke" });
    Ok(act.event(tx, "organization.member_removed", about, data)?)
}
