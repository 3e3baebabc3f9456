//! Users as they are shown, with what surrounds them: a statement for each part, however many they are.

use std::collections::HashMap;

use crate::identity::Reach;
use crate::store::identities::{self, Identity};
use crate::store::users::User;
use crate::store::{self, ConnectionKey, Tx, UserKey, connections, organizations, properties};

/// A user with what is shown of its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The profile.
    pub user: User,
    /// Its identities, oldest first.
    pub identities: Vec<Identity>,
    /// Codes of its organizations.
    pub organizations: Vec<String>,
    /// Public ids of the connections of its identities, as far as they may be seen.
    pub connections: Vec<(ConnectionKey, String)>,
    /// Its properties, key and value.
    pub properties: Vec<(String, String)>,
}

impl Described {
    /// The value of the first identity of a kind.
    pub fn value(&self, kind: &str) -> Option<&str> {
        self.identities.iter().find(|identity| identity.kind == kind).map(|identity| identity.value.as_str())
    }

    /// The public id of an identity's connection.
    pub fn connection_of(&self, identity: &Identity) -> Option<&str> {
        let found = self.connections.iter().find(|(key, _)| Some(*key) == identity.connection_key);
        found.map(|(_, id)| id.as_str())
    }

    /// Suspended by an administrator, or not active in the directory.
    pub fn is_suspended(&self) -> bool {
        self.user.is_suspended
            || self.identities.iter().any(|identity| identity.kind == "enterprise" && identity.state != "active")
    }
}

/// One user.
pub(super) fn describe(tx: &mut Tx<'_>, reach: Reach, user: User) -> Result<Described, store::Error> {
    describe_all(tx, reach, vec![user])?.pop().ok_or(store::Error::NotFound)
}

/// Users in the order given. A client of one organization is not told of others.
pub(super) fn describe_all(tx: &mut Tx<'_>, reach: Reach, users: Vec<User>) -> Result<Vec<Described>, store::Error> {
    let of: Vec<UserKey> = users.iter().map(|user| user.key).collect();
    let held = identities::list_of_users(tx, &of)?;
    let on: Vec<ConnectionKey> = held.iter().filter_map(|identity| identity.connection_key).collect();
    let ids: HashMap<_, _> = connections::list_ids(tx, reach.organization(), &on)?.into_iter().collect();
    let codes = organizations::list_codes_of_users(tx, reach.organization(), &of)?;
    let values = properties::list_values(tx, &of)?.into_iter();
    let mut identities = by_user(held.into_iter().map(|identity| (identity.user_key, identity)));
    let mut organizations = by_user(codes);
    let mut properties = by_user(values.map(|(user, property, value)| (user, (property.code, value))));
    let described = users.into_iter().map(|user| {
        let identities = identities.remove(&user.key).unwrap_or_default();
        let on = identities.iter().filter_map(|identity| identity.connection_key);
        Described {
            connections: on.filter_map(|key| Some((key, ids.get(&key)?.clone()))).collect(),
            organizations: organizations.remove(&user.key).unwrap_or_default(),
            properties: properties.remove(&user.key).unwrap_or_default(),
            identities,
            user,
        }
    });
    Ok(described.collect())
}

fn by_user<T>(pairs: impl IntoIterator<Item = (UserKey, T)>) -> HashMap<UserKey, Vec<T>> {
    let mut grouped: HashMap<UserKey, Vec<T>> = HashMap::new();
    for (user, part) in pairs {
        grouped.entry(user).or_default().push(part);
    }
    grouped
}
