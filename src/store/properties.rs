//! Properties that applications keep of users, and their values.

use diesel::prelude::*;

use super::schema::{properties, user_properties};
use super::window::{Window, load_window};
use super::{Error, PropertyKey, Tx, UserKey};

/// A property of the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Property {
    /// Row key.
    pub key: PropertyKey,
    /// Public id, `prop_` and 32 hex digits.
    pub id: String,
    /// What applications call it (Kinde: `key`).
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// `single_line_text` or `multi_line_text`.
    pub kind: String,
    /// Whether applications keep it from the user.
    pub is_private: bool,
    /// Microseconds since the epoch.
    pub created: i64,
}

/// What is needed for a new property.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = properties)]
pub struct NewProperty {
    /// See [`Property`].
    pub id: String,
    /// See [`Property`].
    pub code: String,
    /// See [`Property`].
    pub name: String,
    /// See [`Property`].
    pub description: Option<String>,
    /// See [`Property`].
    pub kind: String,
    /// See [`Property`].
    pub is_private: bool,
    /// See [`Property`].
    pub created: i64,
}

/// Adds a property.
///
/// # Errors
/// [`Error::Conflict`] when its code is taken.
pub fn insert(tx: &mut Tx<'_>, new: &NewProperty) -> Result<(), Error> {
    diesel::insert_into(properties::table).values(new).execute(tx.connection)?;
    Ok(())
}

/// The property with this public id or code.
pub fn find(tx: &mut Tx<'_>, text: &str) -> Result<Option<Property>, Error> {
    let named = properties::table.filter(properties::id.eq(text).or(properties::code.eq(text)));
    Ok(named.limit(1).get_result(tx.connection).optional()?)
}

/// A window of properties in the order of their public ids.
pub fn list(tx: &mut Tx<'_>, window: &Window) -> Result<Vec<Property>, Error> {
    let query = properties::table.into_boxed();
    Ok(load_window!(tx, query, properties::id, window))
}

/// Changes what people are told of a property.
pub fn update(
    tx: &mut Tx<'_>,
    key: PropertyKey,
    name: &str,
    description: Option<&str>,
    is_private: bool,
) -> Result<(), Error> {
    diesel::update(properties::table.filter(properties::key.eq(key)))
        .set((
            properties::name.eq(name),
            properties::description.eq(description),
            properties::is_private.eq(is_private),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Removes a property with every value of it.
pub fn delete(tx: &mut Tx<'_>, key: PropertyKey) -> Result<(), Error> {
    diesel::delete(properties::table.filter(properties::key.eq(key))).execute(tx.connection)?;
    Ok(())
}

/// The values of some users, by property.
pub fn list_values(tx: &mut Tx<'_>, users: &[UserKey]) -> Result<Vec<(UserKey, Property, String)>, Error> {
    Ok(user_properties::table
        .inner_join(properties::table.on(properties::key.eq(user_properties::property_key)))
        .filter(user_properties::user_key.eq_any(users.to_vec()))
        .order((user_properties::user_key, properties::code))
        .select((user_properties::user_key, properties::all_columns, user_properties::value))
        .load(tx.connection)?)
}

/// Gives a user a value, in the place of the one there was.
pub fn set_value(tx: &mut Tx<'_>, user: UserKey, property: PropertyKey, value: &str) -> Result<(), Error> {
    delete_value(tx, user, property)?;
    insert_value(tx, user, property, value)
}

/// Gives a user a value unless there is one.
pub fn insert_value(tx: &mut Tx<'_>, user: UserKey, property: PropertyKey, value: &str) -> Result<(), Error> {
    let insert = diesel::insert_into(user_properties::table)
        .values((
            user_properties::user_key.eq(user),
            user_properties::property_key.eq(property),
            user_properties::value.eq(value),
        ))
        .on_conflict_do_nothing();
    match &mut *tx.connection {
        super::backend::AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        super::backend::AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(())
}

/// Takes a value from a user.
pub fn delete_value(tx: &mut Tx<'_>, user: UserKey, property: PropertyKey) -> Result<(), Error> {
    diesel::delete(user_properties::table.find((user, property))).execute(tx.connection)?;
    Ok(())
}
