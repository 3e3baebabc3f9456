//! Roles, who was given one by hand, and the rules by which groups give them.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::{connections, identities, organizations, role_grants, role_rules, roles, users};
use super::{ConnectionKey, Error, OrganizationKey, ResourceKey, RoleKey, Tx, UserKey};

/// A role of the deployment. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Role {
    /// Row key.
    pub key: RoleKey,
    /// Public id, `role_` and 32 hex digits.
    pub id: String,
    /// What applications check for, such as `admin` (Kinde: `key`).
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: i64,
}

/// What is needed for a new role.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = roles)]
pub struct NewRole {
    /// See [`Role`].
    pub id: String,
    /// See [`Role`].
    pub code: String,
    /// See [`Role`].
    pub name: String,
    /// See [`Role`].
    pub description: Option<String>,
    /// See [`Role`].
    pub created: i64,
}

/// A rule of a connection, with its role.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Rule {
    /// Public id, `rule_` and 32 hex digits.
    pub id: String,
    /// The group's displayName as given; `None` holds for whom no other rule fits.
    pub group_name: Option<String>,
    /// The name as it is compared; empty without a group.
    pub group_key: String,
    /// The lowest number wins where only one role counts.
    pub priority: i64,
    /// The role.
    pub role: Role,
}

/// What is needed for a new rule.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = role_rules)]
pub struct NewRule {
    /// See [`Rule`].
    pub id: String,
    /// Whose it is.
    pub connection_key: ConnectionKey,
    /// See [`Rule`].
    pub group_name: Option<String>,
    /// See [`Rule`].
    pub group_key: String,
    /// The role.
    pub role_key: RoleKey,
    /// See [`Rule`].
    pub priority: i64,
    /// Microseconds since the epoch.
    pub created: i64,
}

/// Adds a role.
///
/// # Errors
/// [`Error::Conflict`] when its code is taken.
pub fn insert(tx: &mut Tx<'_>, new: &NewRole) -> Result<(), Error> {
    diesel::insert_into(roles::table).values(new).execute(tx.connection)?;
    Ok(())
}

/// The role with this public id or code.
pub fn find(tx: &mut Tx<'_>, text: &str) -> Result<Option<Role>, Error> {
    let named = roles::table.filter(roles::id.eq(text).or(roles::code.eq(text)));
    Ok(named.limit(1).get_result(tx.connection).optional()?)
}

/// All roles, by code.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Role>, Error> {
    Ok(roles::table.order(roles::code).load(tx.connection)?)
}

/// What a change of a role writes.
#[derive(Clone, Debug, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = roles, treat_none_as_null = true)]
pub struct Change {
    /// See [`Role`].
    pub code: String,
    /// See [`Role`].
    pub name: String,
    /// See [`Role`].
    pub description: Option<String>,
}

/// Writes a change.
///
/// # Errors
/// [`Error::Conflict`] when the code is taken.
pub fn update(tx: &mut Tx<'_>, role: RoleKey, change: &Change) -> Result<(), Error> {
    diesel::update(roles::table.filter(roles::key.eq(role))).set(change).execute(tx.connection)?;
    Ok(())
}

/// Whether a rule or a grant names the role.
pub fn is_in_use(tx: &mut Tx<'_>, role: RoleKey) -> Result<bool, Error> {
    let ruled: i64 = role_rules::table.filter(role_rules::role_key.eq(role)).count().get_result(tx.connection)?;
    let granted: i64 = role_grants::table.filter(role_grants::role_key.eq(role)).count().get_result(tx.connection)?;
    Ok(ruled + granted > 0)
}

/// Removes a role.
///
/// # Errors
/// [`Error::Conflict`] while something names it.
pub fn delete(tx: &mut Tx<'_>, role: RoleKey) -> Result<(), Error> {
    diesel::delete(roles::table.filter(roles::key.eq(role))).execute(tx.connection)?;
    Ok(())
}

/// Gives a role to a member; false when they have it.
pub fn grant(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    user: UserKey,
    role: RoleKey,
    now: i64,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(role_grants::table)
        .values((
            role_grants::organization_key.eq(organization),
            role_grants::user_key.eq(user),
            role_grants::role_key.eq(role),
            role_grants::granted.eq(now),
        ))
        .on_conflict_do_nothing();
    let rows = match &mut *tx.connection {
        AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(rows > 0)
}

/// Takes a role that was given; false when it was not.
pub fn revoke(tx: &mut Tx<'_>, organization: OrganizationKey, user: UserKey, role: RoleKey) -> Result<bool, Error> {
    Ok(diesel::delete(role_grants::table.find((user, organization, role))).execute(tx.connection)? > 0)
}

/// The roles a user was given, each with the code of its organization; by organization and role.
pub fn list_granted(tx: &mut Tx<'_>, user: UserKey) -> Result<Vec<(String, Role)>, Error> {
    Ok(role_grants::table
        .inner_join(roles::table.on(roles::key.eq(role_grants::role_key)))
        .inner_join(organizations::table.on(organizations::key.eq(role_grants::organization_key)))
        .filter(role_grants::user_key.eq(user))
        .order((organizations::key, roles::code))
        .select((organizations::code, roles::all_columns))
        .load(tx.connection)?)
}

/// Adds a rule, and says so in the connection's row.
///
/// # Errors
/// [`Error::Conflict`] when the group gives the role already.
pub fn insert_rule(tx: &mut Tx<'_>, new: &NewRule) -> Result<(), Error> {
    diesel::insert_into(role_rules::table).values(new).execute(tx.connection)?;
    set_has_rules(tx, new.connection_key, true)
}

/// Removes a rule of a connection; the row of the connection says whether any are left.
pub fn delete_rule(tx: &mut Tx<'_>, connection: ConnectionKey, id: &str) -> Result<(), Error> {
    let of = role_rules::table.filter(role_rules::connection_key.eq(connection));
    diesel::delete(of.filter(role_rules::id.eq(id))).execute(tx.connection)?;
    let left: i64 = of.count().get_result(tx.connection)?;
    set_has_rules(tx, connection, left > 0)
}

fn set_has_rules(tx: &mut Tx<'_>, connection: ConnectionKey, has: bool) -> Result<(), Error> {
    diesel::update(connections::table.filter(connections::key.eq(connection)))
        .set(connections::has_role_rules.eq(has))
        .execute(tx.connection)?;
    Ok(())
}

/// The rules of a connection, those that win first.
pub fn list_rules(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<Vec<Rule>, Error> {
    Ok(role_rules::table
        .inner_join(roles::table.on(roles::key.eq(role_rules::role_key)))
        .filter(role_rules::connection_key.eq(connection))
        .order((role_rules::priority, role_rules::key))
        .select((
            role_rules::id,
            role_rules::group_name,
            role_rules::group_key,
            role_rules::priority,
            roles::all_columns,
        ))
        .load(tx.connection)?)
}

/// The users behind these resources who are active, by resource.
pub fn list_active_people(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    resources: &[ResourceKey],
) -> Result<Vec<(ResourceKey, String)>, Error> {
    let found: Vec<(Option<ResourceKey>, String)> = identities::table
        .inner_join(users::table.on(users::key.eq(identities::user_key)))
        .filter(identities::connection_key.eq(connection))
        .filter(identities::resource_key.eq_any(resources.to_vec()))
        .filter(identities::state.eq("active"))
        .order(users::key)
        .select((identities::resource_key, users::id))
        .load(tx.connection)?;
    Ok(found.into_iter().filter_map(|(resource, user)| Some((resource?, user))).collect())
}
