//! A person at the door of their own directory: the one query behind `/Me`.

use diesel::prelude::*;

use super::directories::{Door, door};
use super::schema::{connections, directories, identities, organizations, resources, users};
use super::{Error, Tx};

/// A person, their resource, and the states that decide whether they may read it.
#[derive(Clone, Debug, Queryable)]
pub struct Person {
    /// `kp_..`.
    pub user_id: String,
    /// An administrator's switch.
    pub is_user_suspended: bool,
    /// What holds on this connection.
    pub is_identity_active: bool,
    /// SCIM id.
    pub resource_id: String,
    /// The directory.
    pub door: Door,
}

/// The person with this enterprise identity (its public id), while the connection has a directory.
pub fn find(tx: &mut Tx<'_>, identity: &str) -> Result<Option<Person>, Error> {
    let of_resource = resources::connection_key
        .nullable()
        .eq(identities::connection_key)
        .and(resources::key.nullable().eq(identities::resource_key));
    Ok(identities::table
        .inner_join(users::table.on(users::key.eq(identities::user_key)))
        .inner_join(resources::table.on(of_resource))
        .inner_join(connections::table.on(connections::key.eq(resources::connection_key)))
        .inner_join(directories::table.on(directories::connection_key.eq(connections::key)))
        .left_join(organizations::table.on(organizations::key.nullable().eq(connections::organization_key)))
        .filter(identities::id.eq(identity))
        .select((users::id, users::is_suspended, identities::state.eq("active"), resources::id, door()))
        .get_result(tx.connection)
        .optional()?)
}
