//! Users: the profiles that applications key on.

mod list;

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::schema::{identities, organization_members, users};
use super::{Error, OrganizationKey, Tx, UserKey};

pub use list::{Filter, list};

/// A person's profile. Its email is not unique.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct User {
    /// Row key.
    pub key: UserKey,
    /// Public id, `kp_` and 32 hex digits.
    pub id: String,
    /// Email as given.
    pub email: Option<String>,
    /// The email as it is matched; `None` where it can never link.
    pub email_key: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// URL of a picture.
    pub picture: Option<String>,
    /// The application's own id for the person.
    pub provided_id: Option<String>,
    /// Who owns the profile: `local`, `sign_in` or `directory`.
    pub profile_source: String,
    /// Who made the user: `admin`, `import`, `sign_in` or `directory`.
    pub made_by: String,
    /// An administrator's switch; SCIM never touches it.
    pub is_suspended: bool,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Microseconds since the epoch.
    pub modified: i64,
    /// Microseconds since the epoch.
    pub last_signed_in: Option<i64>,
    /// Allowed sign-ins.
    pub total_sign_ins: i64,
}

/// What is needed for a new user.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// See [`User`].
    pub id: String,
    /// See [`User`].
    pub email: Option<String>,
    /// See [`User`].
    pub email_key: Option<String>,
    /// See [`User`].
    pub given_name: Option<String>,
    /// See [`User`].
    pub family_name: Option<String>,
    /// See [`User`].
    pub picture: Option<String>,
    /// See [`User`].
    pub provided_id: Option<String>,
    /// See [`User`].
    pub profile_source: String,
    /// See [`User`].
    pub made_by: String,
    /// See [`User`].
    pub is_suspended: bool,
    /// See [`User`].
    pub created: i64,
    /// See [`User`].
    pub modified: i64,
    /// See [`User`].
    pub total_sign_ins: i64,
}

/// The fields a profile's owner writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Email as given.
    pub email: Option<String>,
    /// The email as it is matched.
    pub email_key: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Picture; `None` leaves it as it is.
    pub picture: Option<String>,
}

/// Adds a user.
pub fn insert(tx: &mut Tx<'_>, new: &NewUser) -> Result<UserKey, Error> {
    Ok(diesel::insert_into(users::table).values(new).returning(users::key).get_result(tx.connection)?)
}

/// The user with this public id.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<User>, Error> {
    Ok(users::table.filter(users::id.eq(id)).get_result(tx.connection).optional()?)
}

/// The user with this row key.
pub fn load(tx: &mut Tx<'_>, key: UserKey) -> Result<User, Error> {
    Ok(users::table.filter(users::key.eq(key)).get_result(tx.connection)?)
}

/// Finds a user and keeps other writers from what it signs in with until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<User>, Error> {
    let query = users::table.filter(users::id.eq(id));
    Ok(match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        super::backend::AnyConnection::Postgres(connection) => query.for_update().get_result(connection).optional()?,
    })
}

/// As [`lock`], by row key.
pub fn lock_key(tx: &mut Tx<'_>, key: UserKey) -> Result<Option<User>, Error> {
    let query = users::table.filter(users::key.eq(key));
    Ok(match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        super::backend::AnyConnection::Postgres(connection) => query.for_update().get_result(connection).optional()?,
    })
}

/// Users with this email key, oldest first, `limit` at most.
pub fn list_by_email(tx: &mut Tx<'_>, email_key: &str, limit: i64) -> Result<Vec<User>, Error> {
    Ok(users::table.filter(users::email_key.eq(email_key)).order(users::key).limit(limit).load(tx.connection)?)
}

/// Users with this id of the application's, oldest first, `limit` at most.
pub fn list_keys_by_provided_id(tx: &mut Tx<'_>, id: &str, limit: i64) -> Result<Vec<UserKey>, Error> {
    let with = users::table.filter(users::provided_id.eq(id));
    Ok(with.order(users::key).limit(limit).select(users::key).load(tx.connection)?)
}

/// Users after this one, oldest first, `limit` at most: all, or the members of an organization.
pub fn list_after(
    tx: &mut Tx<'_>,
    organization: Option<OrganizationKey>,
    after: Option<UserKey>,
    limit: i64,
) -> Result<Vec<User>, Error> {
    let mut query = users::table.order(users::key).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(users::key.gt(after));
    }
    if let Some(organization) = organization {
        let members = organization_members::table.filter(organization_members::organization_key.eq(organization));
        query = query.filter(users::key.eq_any(members.select(organization_members::user_key)));
    }
    Ok(query.load(tx.connection)?)
}

/// Users with this email key who have no enterprise identity and are a member of the organization or of none at all,
/// oldest first, `limit` at most. Whoever belongs only to others is not looked at, so that nobody else's users can stand in
/// the way.
pub fn list_combinable(
    tx: &mut Tx<'_>,
    email_key: &str,
    organization: OrganizationKey,
    limit: i64,
) -> Result<Vec<User>, Error> {
    let enterprise =
        identities::table.filter(identities::user_key.eq(users::key)).filter(identities::kind.eq("enterprise"));
    let member = organization_members::table.filter(organization_members::user_key.eq(users::key));
    let is_here = exists(member.filter(organization_members::organization_key.eq(organization)));
    Ok(users::table
        .filter(users::email_key.eq(email_key))
        .filter(not(exists(enterprise)))
        .filter(is_here.or(not(exists(member))))
        .order(users::key)
        .limit(limit)
        .load(tx.connection)?)
}

/// Replaces the profile and says who owns it now.
pub fn set_profile(tx: &mut Tx<'_>, key: UserKey, profile: &Profile, source: &str, now: i64) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key)))
        .set((
            users::email.eq(&profile.email),
            users::email_key.eq(&profile.email_key),
            users::given_name.eq(&profile.given_name),
            users::family_name.eq(&profile.family_name),
            users::profile_source.eq(source),
            users::modified.eq(now),
        ))
        .execute(tx.connection)?;
    if let Some(picture) = &profile.picture {
        diesel::update(users::table.filter(users::key.eq(key)))
            .set(users::picture.eq(Some(picture)))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// What an administrator changes of a profile.
#[derive(Clone, Debug, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub struct Change {
    /// See [`User`].
    pub given_name: Option<String>,
    /// See [`User`].
    pub family_name: Option<String>,
    /// See [`User`].
    pub picture: Option<String>,
    /// See [`User`].
    pub provided_id: Option<String>,
    /// See [`User`].
    pub modified: i64,
}

/// Writes a change of a profile.
pub fn update(tx: &mut Tx<'_>, key: UserKey, change: &Change) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key))).set(change).execute(tx.connection)?;
    Ok(())
}

/// Gives a user a picture, or none.
pub fn set_picture(tx: &mut Tx<'_>, key: UserKey, picture: Option<&str>) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key))).set(users::picture.eq(picture)).execute(tx.connection)?;
    Ok(())
}

/// Writes when somebody signed in last.
pub fn set_last_signed_in(tx: &mut Tx<'_>, key: UserKey, at: Option<i64>) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key))).set(users::last_signed_in.eq(at)).execute(tx.connection)?;
    Ok(())
}

/// Writes the application's own id.
pub fn set_provided_id(tx: &mut Tx<'_>, key: UserKey, id: Option<&str>, now: i64) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key)))
        .set((users::provided_id.eq(id), users::modified.eq(now)))
        .execute(tx.connection)?;
    Ok(())
}

/// Suspends a user or lifts the suspension.
pub fn set_suspended(tx: &mut Tx<'_>, key: UserKey, is_suspended: bool, now: i64) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key)))
        .set((users::is_suspended.eq(is_suspended), users::modified.eq(now)))
        .execute(tx.connection)?;
    Ok(())
}

/// Counts an allowed sign-in.
pub fn record_sign_in(tx: &mut Tx<'_>, key: UserKey, now: i64) -> Result<(), Error> {
    diesel::update(users::table.filter(users::key.eq(key)))
        .set((users::last_signed_in.eq(Some(now)), users::total_sign_ins.eq(users::total_sign_ins + 1)))
        .execute(tx.connection)?;
    Ok(())
}

/// Removes a user with identities, memberships and departures.
pub fn delete(tx: &mut Tx<'_>, key: UserKey) -> Result<(), Error> {
    diesel::delete(users::table.filter(users::key.eq(key))).execute(tx.connection)?;
    Ok(())
}
