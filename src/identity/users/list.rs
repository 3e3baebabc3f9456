//! Pages of users, with what is shown of their surroundings.

use super::Described;
use super::described::describe_all;
use crate::identity::Reach;
use crate::scim::canonical::{email_key, unique_key};
use crate::store::users::{self as rows, Filter};
use crate::store::window::Window;
use crate::store::{self, Tx};

/// Which users Kinde's `GET /users` and `GET /search/users` ask for; what is empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Public ids, any of them.
    pub ids: Vec<String>,
    /// Email addresses, any of them.
    pub emails: Vec<String>,
    /// User names, any of them.
    pub usernames: Vec<String>,
    /// Phone numbers, any of them.
    pub phones: Vec<String>,
    /// Whether they are a member of any organization.
    pub has_organization: Option<bool>,
    /// Signed in at this time or later; microseconds since the epoch.
    pub active_since: Option<i64>,
    /// Keys of properties, each with values of which one must be the user's.
    pub properties: Vec<(String, Vec<String>)>,
    /// Part of an email or name.
    pub text: Option<String>,
}

/// A window of the users that may be seen and are asked for, in the order of their ids.
pub fn list(tx: &mut Tx<'_>, reach: Reach, wanted: &Wanted, window: &Window) -> Result<Vec<Described>, store::Error> {
    let filter = Filter {
        member_of: reach.organization(),
        ids: wanted.ids.clone(),
        email_keys: keys(&wanted.emails, email_key),
        usernames: keys(&wanted.usernames, unique_key),
        phones: wanted.phones.clone(),
        has_organization: wanted.has_organization,
        active_since: wanted.active_since,
        properties: wanted.properties.clone(),
        text: wanted.text.clone(),
    };
    let users = rows::list(tx, &filter, window)?;
    describe_all(tx, reach, users)
}

/// What values are compared by; one that has no key is nobody's.
fn keys(values: &[String], key: fn(&str) -> Option<String>) -> Vec<String> {
    values.iter().map(|value| key(value).unwrap_or_else(|| value.clone())).collect()
}
