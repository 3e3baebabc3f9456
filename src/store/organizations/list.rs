//! Pages of organizations, and of the members of one.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::Organization;
use crate::store::schema::{organization_members, organizations, users};
use crate::store::users::User;
use crate::store::{Error, OrganizationKey, Tx};

/// A page in an order that a value and, where that is equal, the public id decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// The greatest comes first.
    pub is_descending: bool,
    /// Value and public id of the row before the page.
    pub after: Option<(String, String)>,
    /// Rows at most.
    pub limit: i64,
}

/// What members are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberOrder {
    /// Given and family name.
    #[default]
    Name,
    /// Email as given.
    Email,
}

/// A member as a page holds it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Member {
    /// Who it is.
    pub user: User,
    /// How they became a member, see [`super::MemberSource::as_str`].
    pub source: String,
    /// Microseconds since the epoch.
    pub joined: i64,
    /// What the order compares.
    pub order: String,
}

/// Puts order and place on a boxed query; `$key` is SQL of a text.
macro_rules! sorted {
    ($query:expr, $key:literal, $id:literal, $page:expr) => {{
        let page = $page;
        let mut query = $query.limit(page.limit);
        if let Some((value, id)) = &page.after {
            let side = if page.is_descending { ") < (" } else { ") > (" };
            let place = sql::<Bool>(concat!("(", $key, ", ", $id)).sql(side).bind::<Text, _>(value.clone());
            query = query.filter(place.sql(", ").bind::<Text, _>(id.clone()).sql(")"));
        }
        match page.is_descending {
            false => query.order((sql::<Text>($key).asc(), sql::<Text>($id).asc())),
            true => query.order((sql::<Text>($key).desc(), sql::<Text>($id).desc())),
        }
    }};
}

/// A page of organizations by name: all, or this one.
pub fn list(tx: &mut Tx<'_>, only: Option<OrganizationKey>, page: &Sorted) -> Result<Vec<Organization>, Error> {
    let mut query = organizations::table.into_boxed();
    if let Some(only) = only {
        query = query.filter(organizations::key.eq(only));
    }
    Ok(sorted!(query, "organizations.name", "organizations.code", page).load(tx.connection)?)
}

/// A page of the members of an organization.
pub fn list_members(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    order: MemberOrder,
    page: &Sorted,
) -> Result<Vec<Member>, Error> {
    let of = organization_members::table.inner_join(users::table.on(users::key.eq(organization_members::user_key)));
    let of = of.filter(organization_members::organization_key.eq(organization));
    match order {
        MemberOrder::Name => {
            let columns = (users::all_columns, organization_members::source, organization_members::joined, name());
            let query = of.select(columns).into_boxed();
            let query = sorted!(
                query,
                "coalesce(users.given_name, '') || ' ' || coalesce(users.family_name, '')",
                "users.id",
                page
            );
            Ok(query.load(tx.connection)?)
        }
        MemberOrder::Email => {
            let columns = (users::all_columns, organization_members::source, organization_members::joined, email());
            let query = of.select(columns).into_boxed();
            Ok(sorted!(query, "coalesce(users.email, '')", "users.id", page).load(tx.connection)?)
        }
    }
}

fn name() -> diesel::expression::SqlLiteral<Text> {
    sql("coalesce(users.given_name, '') || ' ' || coalesce(users.family_name, '')")
}

fn email() -> diesel::expression::SqlLiteral<Text> {
    sql("coalesce(users.email, '')")
}

/// How many members an organization has.
pub fn count_members(tx: &mut Tx<'_>, organization: OrganizationKey) -> Result<i64, Error> {
    let of = organization_members::table.filter(organization_members::organization_key.eq(organization));
    Ok(of.count().get_result(tx.connection)?)
}
