//! Identities: the ways a user signs in.

mod change;

use diesel::prelude::*;

use super::schema::identities;
use super::{ConnectionKey, Error, IdentityKey, ResourceKey, Tx, UserKey};

pub use change::{
    delete, delete_of_user, promote, record_sign_in, set_primary, set_pushed, set_state, set_subject, set_user,
    set_value,
};

/// One way a user signs in.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Identity {
    /// Row key.
    pub key: IdentityKey,
    /// Public id, `identity_` and 32 hex digits.
    pub id: String,
    /// Whose it is.
    pub user_key: UserKey,
    /// `email`, `username`, `phone`, `social` or `enterprise`.
    pub kind: String,
    /// The value as given; of an enterprise identity its resource's matching email.
    pub value: String,
    /// The value as it is matched; of an enterprise identity the email key, or empty.
    pub value_key: String,
    /// The connection of a social or enterprise identity.
    pub connection_key: Option<ConnectionKey>,
    /// The IdP's immutable id, bound at the first sign-in.
    pub subject: Option<String>,
    /// `active`, `deactivated` or `held`.
    pub state: String,
    /// `admin`, `sign_in` or `directory`.
    pub origin: String,
    /// First SCIM write of any kind; `None` while the IdP has not spoken of the person.
    pub pushed: Option<i64>,
    /// The User resource of an enterprise identity.
    pub resource_key: Option<ResourceKey>,
    /// Whether the value was confirmed by its owner.
    pub is_confirmed: bool,
    /// Whether it is the user's first choice of its kind.
    pub is_primary: bool,
    /// Microseconds since the epoch.
    pub created: i64,
    /// Microseconds since the epoch.
    pub last_login: Option<i64>,
    /// Allowed sign-ins.
    pub total_logins: i64,
}

/// What is needed for a new identity.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = identities)]
pub struct NewIdentity {
    /// See [`Identity`].
    pub id: String,
    /// See [`Identity`].
    pub user_key: UserKey,
    /// See [`Identity`].
    pub kind: String,
    /// See [`Identity`].
    pub value: String,
    /// See [`Identity`].
    pub value_key: String,
    /// See [`Identity`].
    pub connection_key: Option<ConnectionKey>,
    /// See [`Identity`].
    pub subject: Option<String>,
    /// See [`Identity`].
    pub state: String,
    /// See [`Identity`].
    pub origin: String,
    /// See [`Identity`].
    pub pushed: Option<i64>,
    /// See [`Identity`].
    pub resource_key: Option<ResourceKey>,
    /// See [`Identity`].
    pub is_confirmed: bool,
    /// See [`Identity`].
    pub is_primary: bool,
    /// See [`Identity`].
    pub created: i64,
    /// See [`Identity`].
    pub total_logins: i64,
}

/// Adds an identity.
///
/// # Errors
/// [`Error::Conflict`] when its value, subject or resource is taken, or the user has an enterprise identity.
pub fn insert(tx: &mut Tx<'_>, new: &NewIdentity) -> Result<IdentityKey, Error> {
    Ok(diesel::insert_into(identities::table).values(new).returning(identities::key).get_result(tx.connection)?)
}

/// Gives back an identity that was removed, under the public id it had, with the sign-ins it had counted.
///
/// # Errors
/// [`Error::Conflict`] when its value is taken by now.
pub fn restore(tx: &mut Tx<'_>, new: &NewIdentity, last_login: Option<i64>) -> Result<(), Error> {
    let key = insert(tx, new)?;
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set(identities::last_login.eq(last_login))
        .execute(tx.connection)?;
    Ok(())
}

/// The identity with this public id.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Identity>, Error> {
    Ok(identities::table.filter(identities::id.eq(id)).get_result(tx.connection).optional()?)
}

/// The identities of some users, oldest first.
pub fn list_of_users(tx: &mut Tx<'_>, users: &[UserKey]) -> Result<Vec<Identity>, Error> {
    Ok(identities::table
        .filter(identities::user_key.eq_any(users.to_vec()))
        .order(identities::key)
        .load(tx.connection)?)
}

/// The identities of a user, oldest first.
pub fn list_of_user(tx: &mut Tx<'_>, user: UserKey) -> Result<Vec<Identity>, Error> {
    Ok(identities::table.filter(identities::user_key.eq(user)).order(identities::key).load(tx.connection)?)
}

/// The local identity with this value, whosever it is.
pub fn find_local(tx: &mut Tx<'_>, kind: &str, value_key: &str) -> Result<Option<Identity>, Error> {
    Ok(identities::table
        .filter(identities::kind.eq(kind))
        .filter(identities::value_key.eq(value_key))
        .filter(identities::connection_key.is_null())
        .get_result(tx.connection)
        .optional()?)
}

/// The enterprise identity of a resource.
pub fn find_of_resource(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    resource: ResourceKey,
) -> Result<Option<Identity>, Error> {
    Ok(identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::resource_key.eq(resource))
        .get_result(tx.connection)
        .optional()?)
}

/// The enterprise identity that a subject is bound to.
pub fn find_by_subject(tx: &mut Tx<'_>, connection: ConnectionKey, subject: &str) -> Result<Option<Identity>, Error> {
    Ok(identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::subject.eq(subject))
        .get_result(tx.connection)
        .optional()?)
}

/// The enterprise identities of a connection with this email key, those without a subject first, `limit` at most.
pub fn list_by_email(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    email_key: &str,
    limit: i64,
) -> Result<Vec<Identity>, Error> {
    Ok(identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::value_key.eq(email_key))
        .filter(identities::kind.eq("enterprise"))
        .order((identities::subject.is_not_null(), identities::key))
        .limit(limit)
        .load(tx.connection)?)
}

/// The enterprise identities of a connection with this email key that the IdP never wrote, `limit` at most.
pub fn list_never_pushed_by_email(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    email_key: &str,
    limit: i64,
) -> Result<Vec<Identity>, Error> {
    Ok(identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::value_key.eq(email_key))
        .filter(identities::kind.eq("enterprise"))
        .filter(identities::pushed.is_null())
        .order(identities::key)
        .limit(limit)
        .load(tx.connection)?)
}

/// Whether a user has a confirmed email identity with this key.
pub fn has_confirmed_email(tx: &mut Tx<'_>, user: UserKey, email_key: &str) -> Result<bool, Error> {
    let rows: i64 = identities::table
        .filter(identities::user_key.eq(user))
        .filter(identities::kind.eq("email"))
        .filter(identities::value_key.eq(email_key))
        .filter(identities::is_confirmed.eq(true))
        .count()
        .get_result(tx.connection)?;
    Ok(rows > 0)
}

/// Keeps the identity as it is until the transaction ends: a sign-in waits for a deactivation under way.
pub fn lock(tx: &mut Tx<'_>, key: IdentityKey) -> Result<Option<Identity>, Error> {
    let query = identities::table.filter(identities::key.eq(key));
    Ok(match &mut *tx.connection {
        crate::store::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        crate::store::backend::AnyConnection::Postgres(connection) => {
            query.for_update().get_result(connection).optional()?
        }
    })
}

/// The enterprise identities of a connection that subjects are bound to, behind a row key, `limit` at most; nobody else
/// changes them until the transaction ends.
pub fn lock_bound(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    after: Option<IdentityKey>,
    limit: i64,
) -> Result<Vec<Identity>, Error> {
    let query = identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::subject.is_not_null())
        .filter(identities::key.gt(after.unwrap_or(IdentityKey::START)))
        .order(identities::key)
        .limit(limit);
    Ok(match &mut *tx.connection {
        crate::store::backend::AnyConnection::Sqlite(connection) => query.load(connection)?,
        crate::store::backend::AnyConnection::Postgres(connection) => query.for_update().load(connection)?,
    })
}

/// The enterprise identities of a connection after this one, oldest first, `limit` at most.
pub fn list_enterprise_after(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    after: Option<IdentityKey>,
    limit: i64,
) -> Result<Vec<Identity>, Error> {
    Ok(identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::kind.eq("enterprise"))
        .filter(identities::key.gt(after.unwrap_or(IdentityKey::START)))
        .order(identities::key)
        .limit(limit)
        .load(tx.connection)?)
}

/// Finds the enterprise identity of a resource and keeps it as it is until the transaction ends.
pub fn lock_of_resource(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    resource: ResourceKey,
) -> Result<Option<Identity>, Error> {
    let query = identities::table
        .filter(identities::connection_key.eq(connection))
        .filter(identities::resource_key.eq(resource));
    Ok(match &mut *tx.connection {
        crate::store::backend::AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        crate::store::backend::AnyConnection::Postgres(connection) => {
            query.for_update().get_result(connection).optional()?
        }
    })
}
