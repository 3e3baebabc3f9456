//! Questions about all people of one connection at once, for diagnosis: who is kept out, who is here twice.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::schema::{events, identities, organization_members, users};
use super::{ConnectionKey, Error, OrganizationKey, Tx};

/// A person whom something keeps out.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct KeptOut {
    /// `kp_..`.
    pub user_id: String,
    /// Public id of the enterprise identity.
    pub identity_id: String,
    /// As the IdP names them.
    pub value: String,
    /// `active`, `deactivated` or `held`.
    pub state: String,
    /// An administrator's switch.
    pub is_suspended: bool,
}

/// How many people a connection has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// With an enterprise identity on it.
    pub people: i64,
    /// The directory deactivated them.
    pub deactivated: i64,
    /// An administrator suspended their user.
    pub suspended: i64,
    /// The IdP has not spoken of them.
    pub never_pushed: i64,
    /// They have not signed in.
    pub never_signed_in: i64,
}

/// Two users with one email; the first has its identity on the connection.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Duplicate {
    /// `kp_..`.
    pub user_id: String,
    /// The email both have.
    pub email: Option<String>,
    /// `kp_..` of the other.
    pub other_id: String,
}

/// A sign-in that was denied.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Denial {
    /// Microseconds since the epoch.
    pub occurred: i64,
    /// Whom it was about, where somebody was found.
    pub user_id: Option<String>,
    /// The event's JSON: `reason`.
    pub data: String,
}

/// Counts the people of a connection.
pub fn count(tx: &mut Tx<'_>, connection: ConnectionKey) -> Result<Numbers, Error> {
    let of = || {
        identities::table.filter(identities::connection_key.eq(connection)).filter(identities::kind.eq("enterprise"))
    };
    Ok(Numbers {
        people: of().count().get_result(tx.connection)?,
        deactivated: of().filter(identities::state.eq("deactivated")).count().get_result(tx.connection)?,
        suspended: of()
            .inner_join(users::table.on(users::key.eq(identities::user_key)))
            .filter(users::is_suspended)
            .count()
            .get_result(tx.connection)?,
        never_pushed: of().filter(identities::pushed.is_null()).count().get_result(tx.connection)?,
        never_signed_in: of().filter(identities::total_logins.eq(0)).count().get_result(tx.connection)?,
    })
}

/// People who are deactivated, suspended or, with an organization, not members of it; oldest first.
pub fn list_kept_out(
    tx: &mut Tx<'_>,
    connection: ConnectionKey,
    member_of: Option<OrganizationKey>,
    limit: i64,
) -> Result<Vec<KeptOut>, Error> {
    let mut query = identities::table
        .inner_join(users::table.on(users::key.eq(identities::user_key)))
        .filter(identities::connection_key.eq(connection))
        .filter(identities::kind.eq("enterprise"))
        .order(identities::key)
        .limit(limit)
        .select((users::id, identities::id, identities::value, identities::state, users::is_suspended))
        .into_boxed();
    let is_off = identities::state.eq("deactivated").or(users::is_suspended);
    query = match member_of {
        None => query.filter(is_off),
        Some(organization) => {
            let member = organization_members::table
                .filter(organization_members::organization_key.eq(organization))
                .filter(organization_members::user_key.eq(users::key));
            query.filter(is_off.or(not(exists(member))))
        }
    };
    Ok(query.load(tx.connection)?)
}

/// Pairs of a person of the connection and another user with the same email; oldest first.
pub fn list_duplicates(tx: &mut Tx<'_>, connection: ConnectionKey, limit: i64) -> Result<Vec<Duplicate>, Error> {
    let others = diesel::alias!(users as others);
    let (key, email_key) = (others.field(users::key), others.field(users::email_key));
    Ok(identities::table
        .inner_join(users::table.on(users::key.eq(identities::user_key)))
        .inner_join(others.on(email_key.eq(users::email_key).and(key.ne(users::key))))
        .filter(identities::connection_key.eq(connection))
        .filter(identities::kind.eq("enterprise"))
        .order((identities::key, key))
        .limit(limit)
        .select((users::id, users::email, others.field(users::id)))
        .load(tx.connection)?)
}

/// Denied sign-ins among the last `within` events of a connection, latest first.
pub fn list_denials(tx: &mut Tx<'_>, connection: ConnectionKey, within: i64) -> Result<Vec<Denial>, Error> {
    let latest: Vec<(String, Denial)> = events::table
        .filter(events::connection_key.eq(connection))
        .order(events::key.desc())
        .limit(within)
        .select((events::kind, (events::occurred, events::user_id, events::data)))
        .load(tx.connection)?;
    Ok(latest.into_iter().filter(|(kind, _)| kind == "user.authentication_failed").map(|(_, denial)| denial).collect())
}
