//! Organizations and their members.

mod list;

use diesel::prelude::*;

use super::schema::{organization_members, organizations};
use super::{Error, OrganizationKey, Tx, UserKey};

pub use list::{Member, MemberOrder, Sorted, count_members, list, list_members};

/// A business customer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Organization {
    /// Row key.
    pub key: OrganizationKey,
    /// Public id, `org_` and 11 hex digits.
    pub code: String,
    /// Name as given.
    pub name: String,
    /// Kinde's handle.
    pub handle: Option<String>,
    /// The caller's own id for it.
    pub external_id: Option<String>,
    /// Nobody signs in while true.
    pub is_suspended: bool,
    /// Self-join policy: whoever names the code at sign-in becomes a member.
    pub is_auto_membership_enabled: bool,
    /// Self-join only from `allowed_domains`.
    pub is_auto_join_domain_list: bool,
    /// JSON array of domain keys.
    pub allowed_domains: String,
    /// Microseconds since the epoch.
    pub created: i64,
}

/// What is needed for a new organization.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = organizations)]
pub struct NewOrganization {
    /// See [`Organization`].
    pub code: String,
    /// See [`Organization`].
    pub name: String,
    /// See [`Organization`].
    pub handle: Option<String>,
    /// See [`Organization`].
    pub external_id: Option<String>,
    /// See [`Organization`].
    pub is_suspended: bool,
    /// See [`Organization`].
    pub is_auto_membership_enabled: bool,
    /// See [`Organization`].
    pub is_auto_join_domain_list: bool,
    /// See [`Organization`].
    pub allowed_domains: String,
    /// See [`Organization`].
    pub created: i64,
}

/// How a user became a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberSource {
    /// Pushed by the organization's directory; goes with its DELETE.
    Directory,
    /// Added by an administrator, API or import.
    Admin,
    /// Came with a just-in-time sign-in over the organization's own connection.
    SignIn,
    /// Joined by the self-join policy.
    SelfJoin,
}

impl MemberSource {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Admin => "admin",
            Self::SignIn => "sign_in",
            Self::SelfJoin => "self_join",
        }
    }
}

/// Adds an organization.
pub fn insert(tx: &mut Tx<'_>, new: &NewOrganization) -> Result<OrganizationKey, Error> {
    Ok(diesel::insert_into(organizations::table).values(new).returning(organizations::key).get_result(tx.connection)?)
}

/// The organization with this row key.
pub fn load(tx: &mut Tx<'_>, key: OrganizationKey) -> Result<Organization, Error> {
    Ok(organizations::table.filter(organizations::key.eq(key)).get_result(tx.connection)?)
}

/// The organization with this code.
pub fn find_by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Organization>, Error> {
    Ok(organizations::table.filter(organizations::code.eq(code)).get_result(tx.connection).optional()?)
}

/// Organizations with this id of the caller's, oldest first.
pub fn list_by_external_id(tx: &mut Tx<'_>, id: &str) -> Result<Vec<Organization>, Error> {
    Ok(organizations::table.filter(organizations::external_id.eq(id)).order(organizations::key).load(tx.connection)?)
}

/// All organizations with exactly this name.
pub fn list_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Organization>, Error> {
    Ok(organizations::table.filter(organizations::name.eq(name)).order(organizations::key).load(tx.connection)?)
}

/// What a change of an organization writes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = organizations, treat_none_as_null = true)]
pub struct Change {
    /// See [`Organization`].
    pub name: String,
    /// See [`Organization`].
    pub handle: Option<String>,
    /// See [`Organization`].
    pub external_id: Option<String>,
    /// See [`Organization`].
    pub is_auto_membership_enabled: bool,
    /// See [`Organization`].
    pub is_auto_join_domain_list: bool,
    /// See [`Organization`].
    pub allowed_domains: String,
}

/// The organization with this code, for a change of it: until the transaction ends nobody else changes it.
pub fn lock(tx: &mut Tx<'_>, code: &str) -> Result<Option<Organization>, Error> {
    let query = organizations::table.filter(organizations::code.eq(code));
    Ok(match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        super::backend::AnyConnection::Postgres(connection) => {
            query.for_no_key_update().get_result(connection).optional()?
        }
    })
}

/// Writes a change.
pub fn update(tx: &mut Tx<'_>, key: OrganizationKey, change: &Change) -> Result<(), Error> {
    diesel::update(organizations::table.filter(organizations::key.eq(key))).set(change).execute(tx.connection)?;
    Ok(())
}

/// Removes an organization with its memberships, domains, clients and grants.
///
/// # Errors
/// [`Error::Conflict`] while it owns a connection.
pub fn delete(tx: &mut Tx<'_>, key: OrganizationKey) -> Result<(), Error> {
    diesel::delete(organizations::table.filter(organizations::key.eq(key))).execute(tx.connection)?;
    Ok(())
}

/// Suspends or restores an organization.
pub fn set_suspended(tx: &mut Tx<'_>, key: OrganizationKey, is_suspended: bool) -> Result<(), Error> {
    diesel::update(organizations::table.filter(organizations::key.eq(key)))
        .set(organizations::is_suspended.eq(is_suspended))
        .execute(tx.connection)?;
    Ok(())
}

/// The organizations a user is a member of.
pub fn list_of_user(tx: &mut Tx<'_>, user: UserKey) -> Result<Vec<OrganizationKey>, Error> {
    Ok(organization_members::table
        .filter(organization_members::user_key.eq(user))
        .order(organization_members::organization_key)
        .select(organization_members::organization_key)
        .load(tx.connection)?)
}

/// The codes of the organizations a user is a member of, oldest first.
pub fn list_codes_of_user(tx: &mut Tx<'_>, user: UserKey) -> Result<Vec<String>, Error> {
    Ok(list_codes_of_users(tx, None, &[user])?.into_iter().map(|(_, code)| code).collect())
}

/// The codes of the organizations some users are members of, oldest first; of one organization alone if it is given.
pub fn list_codes_of_users(
    tx: &mut Tx<'_>,
    only: Option<OrganizationKey>,
    users: &[UserKey],
) -> Result<Vec<(UserKey, String)>, Error> {
    let mut query = organizations::table
        .inner_join(organization_members::table.on(organization_members::organization_key.eq(organizations::key)))
        .filter(organization_members::user_key.eq_any(users.to_vec()))
        .order(organizations::key)
        .select((organization_members::user_key, organizations::code))
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(organizations::key.eq(only));
    }
    Ok(query.load(tx.connection)?)
}

/// The organizations a user is a member of, oldest first.
pub fn list_of_user_whole(tx: &mut Tx<'_>, user: UserKey) -> Result<Vec<Organization>, Error> {
    Ok(organizations::table
        .inner_join(organization_members::table.on(organization_members::organization_key.eq(organizations::key)))
        .filter(organization_members::user_key.eq(user))
        .order(organizations::key)
        .select(organizations::all_columns)
        .load(tx.connection)?)
}

/// A membership, with the code of the organization.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationKey,
    /// Its code.
    pub code: String,
    /// How it came about, see [`MemberSource::as_str`].
    pub source: String,
    /// Microseconds since the epoch.
    pub joined: i64,
}

/// The memberships of a user, oldest organization first.
pub fn list_memberships(tx: &mut Tx<'_>, user: UserKey) -> Result<Vec<Membership>, Error> {
    Ok(organization_members::table
        .inner_join(organizations::table.on(organizations::key.eq(organization_members::organization_key)))
        .filter(organization_members::user_key.eq(user))
        .order(organizations::key)
        .select((organizations::key, organizations::code, organization_members::source, organization_members::joined))
        .load(tx.connection)?)
}

/// How a user became a member of an organization; nothing when they are none.
pub fn find_source(tx: &mut Tx<'_>, organization: OrganizationKey, user: UserKey) -> Result<Option<String>, Error> {
    let of = organization_members::table.filter(organization_members::organization_key.eq(organization));
    let of = of.filter(organization_members::user_key.eq(user));
    Ok(of.select(organization_members::source).get_result(tx.connection).optional()?)
}

/// Ends a membership, however it came about.
pub fn end_membership(tx: &mut Tx<'_>, organization: OrganizationKey, user: UserKey) -> Result<(), Error> {
    let of = organization_members::table.filter(organization_members::organization_key.eq(organization));
    diesel::delete(of.filter(organization_members::user_key.eq(user))).execute(tx.connection)?;
    Ok(())
}

/// Whether a user is a member of an organization.
pub fn is_member(tx: &mut Tx<'_>, organization: OrganizationKey, user: UserKey) -> Result<bool, Error> {
    let rows: i64 = organization_members::table
        .filter(organization_members::organization_key.eq(organization))
        .filter(organization_members::user_key.eq(user))
        .count()
        .get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Makes a user a member; a member keeps the source it came by. True when it was none.
///
/// One statement, so that two who add the same person at once do not collide.
pub fn add_member(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    user: UserKey,
    source: MemberSource,
    now: i64,
) -> Result<bool, Error> {
    restore_member(tx, organization, user, source.as_str(), now)
}

/// The same, as it was before: with the source and the time it had.
pub fn restore_member(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    user: UserKey,
    source: &str,
    joined: i64,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(organization_members::table)
        .values((
            organization_members::organization_key.eq(organization),
            organization_members::user_key.eq(user),
            organization_members::source.eq(source),
            organization_members::joined.eq(joined),
        ))
        .on_conflict_do_nothing();
    let rows = match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        super::backend::AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(rows > 0)
}

/// Ends a membership that came from this source. True when there was one.
pub fn remove_member(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    user: UserKey,
    source: MemberSource,
) -> Result<bool, Error> {
    let rows = diesel::delete(
        organization_members::table
            .filter(organization_members::organization_key.eq(organization))
            .filter(organization_members::user_key.eq(user))
            .filter(organization_members::source.eq(source.as_str())),
    )
    .execute(tx.connection)?;
    Ok(rows > 0)
}
