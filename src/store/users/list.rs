//! Users as the management API lists and searches them.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::User;
use crate::store::backend::AnyBackend;
use crate::store::schema::{identities, organization_members, properties, user_properties, users};
use crate::store::window::{Window, load_window};
use crate::store::{Error, OrganizationKey, Tx};

/// Which users; what is empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Members of this organization only.
    pub member_of: Option<OrganizationKey>,
    /// Public ids, any of them.
    pub ids: Vec<String>,
    /// Email keys, any of them: the profile's or an identity's.
    pub email_keys: Vec<String>,
    /// Keys of username identities, any of them.
    pub usernames: Vec<String>,
    /// Keys of phone identities, any of them.
    pub phones: Vec<String>,
    /// Whether they are a member of any organization.
    pub has_organization: Option<bool>,
    /// Signed in at this time or later; microseconds since the epoch.
    pub active_since: Option<i64>,
    /// Keys of properties, each with values of which one must be the user's.
    pub properties: Vec<(String, Vec<String>)>,
    /// Part of the email, of a name or of both together, or of a local identity; the case of A to Z does not count.
    pub text: Option<String>,
}

type Boxed = users::BoxedQuery<'static, AnyBackend>;

/// A window of the users that pass a filter, in the order of their public ids.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, window: &Window) -> Result<Vec<User>, Error> {
    let query = profile(identified(membership(users::table.into_boxed(), filter), filter), filter);
    Ok(load_window!(tx, query, users::id, window))
}

fn membership(mut query: Boxed, filter: &Filter) -> Boxed {
    let of_user = organization_members::table.filter(organization_members::user_key.eq(users::key));
    if let Some(organization) = filter.member_of {
        query = query.filter(exists(of_user.filter(organization_members::organization_key.eq(organization))));
    }
    match filter.has_organization {
        Some(true) => query.filter(exists(of_user)),
        Some(false) => query.filter(not(exists(of_user))),
        None => query,
    }
}

fn identified(mut query: Boxed, filter: &Filter) -> Boxed {
    let of_user = || identities::table.filter(identities::user_key.eq(users::key));
    for (kind, keys) in [("username", &filter.usernames), ("phone", &filter.phones)] {
        if !keys.is_empty() {
            let with = of_user().filter(identities::kind.eq(kind)).filter(identities::value_key.eq_any(keys.clone()));
            query = query.filter(exists(with));
        }
    }
    if !filter.email_keys.is_empty() {
        let keys = filter.email_keys.clone();
        let with = of_user().filter(identities::kind.eq("email")).filter(identities::value_key.eq_any(keys.clone()));
        query = query.filter(users::email_key.eq_any(keys).assume_not_null().or(exists(with)));
    }
    query
}

fn profile(mut query: Boxed, filter: &Filter) -> Boxed {
    if !filter.ids.is_empty() {
        query = query.filter(users::id.eq_any(filter.ids.clone()));
    }
    if let Some(since) = filter.active_since {
        query = query.filter(users::last_signed_in.ge(since).assume_not_null());
    }
    for (key, values) in &filter.properties {
        let of_user = user_properties::table.filter(user_properties::user_key.eq(users::key));
        let named = properties::table.filter(properties::code.eq(key.clone())).select(properties::key);
        let with = of_user.filter(user_properties::property_key.eq_any(named));
        query = query.filter(exists(with.filter(user_properties::value.eq_any(values.clone()))));
    }
    match &filter.text {
        Some(text) => query.filter(holds(text)),
        None => query,
    }
}

/// Columns are compared as they are on both databases: `lower` of both knows A to Z with these collations.
fn holds(text: &str) -> Box<dyn BoxableExpression<users::table, AnyBackend, SqlType = Bool>> {
    let pattern = format!("%{}%", escaped(&text.to_ascii_lowercase()));
    let names = diesel::dsl::sql::<Bool>(
        "(lower(coalesce(users.given_name, '') || ' ' || coalesce(users.family_name, '')) LIKE ",
    )
    .bind::<Text, _>(pattern.clone())
    .sql(" ESCAPE '!' OR lower(coalesce(users.email, '')) LIKE ")
    .bind::<Text, _>(pattern.clone())
    .sql(
        " ESCAPE '!' OR EXISTS (SELECT 1 FROM identities WHERE identities.user_key = users.key AND \
         identities.kind IN ('email', 'username', 'phone') AND lower(identities.value) LIKE ",
    )
    .bind::<Text, _>(pattern)
    .sql(" ESCAPE '!'))");
    Box::new(names)
}

/// The text with what LIKE takes for wildcards marked as itself.
fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|character| matches!(character, '%' | '_' | '!').then_some('!').into_iter().chain([character]))
        .collect()
}
