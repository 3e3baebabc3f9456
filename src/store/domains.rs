//! Domains that belong to an organization, and claims to them.
//!
//! A domain has one owner, whose row is here as long as the proof holds. A claim is an organization's wish to prove one
//! by a TXT record: several may claim one domain, and a claim outlives its proof.

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::schema::{domain_claims, organization_domains, organizations};
use super::{Error, OrganizationKey, Tx};

/// A domain an organization has shown to be its own.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Domain {
    /// A-label, lower case.
    pub domain: String,
    /// Owner.
    pub organization_key: OrganizationKey,
    /// `asserted` or `dns_txt`.
    pub proof: String,
    /// When it was proven.
    pub proven: Option<i64>,
    /// When the proof was last seen to hold.
    pub checked: Option<i64>,
}

/// A domain that an organization wants to prove by a TXT record. Times are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Claim {
    /// Who claims it.
    pub organization_key: OrganizationKey,
    /// A-label, lower case.
    pub domain: String,
    /// What the record must hold.
    pub challenge: String,
    /// When it was last claimed.
    pub created: i64,
    /// When the DNS last answered.
    pub checked: Option<i64>,
    /// Since when the DNS has answered that the record is not there.
    pub missing_since: Option<i64>,
    /// When its proof ended because of that.
    pub lapsed: Option<i64>,
    /// When the job looks again.
    pub next_check: Option<i64>,
}

/// What a look at the DNS writes to a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = domain_claims, treat_none_as_null = true)]
pub struct ClaimChange {
    /// See [`Claim`].
    pub created: i64,
    /// See [`Claim`].
    pub checked: Option<i64>,
    /// See [`Claim`].
    pub missing_since: Option<i64>,
    /// See [`Claim`].
    pub lapsed: Option<i64>,
    /// See [`Claim`].
    pub next_check: Option<i64>,
}

/// Who a domain belongs to.
pub fn find(tx: &mut Tx<'_>, domain: &str) -> Result<Option<Domain>, Error> {
    Ok(organization_domains::table
        .filter(organization_domains::domain.eq(domain))
        .get_result(tx.connection)
        .optional()?)
}

/// Records a proven domain; false when it has an owner already.
///
/// One statement, so that two who prove the same domain at once do not collide.
pub fn insert(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    domain: &str,
    proof: &str,
    now: i64,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(organization_domains::table)
        .values((
            organization_domains::domain.eq(domain),
            organization_domains::organization_key.eq(organization),
            organization_domains::proof.eq(proof),
            organization_domains::proven.eq(Some(now)),
            organization_domains::checked.eq(Some(now)),
        ))
        .on_conflict_do_nothing();
    let rows = match &mut *tx.connection {
        AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(rows > 0)
}

/// Writes how a domain of an organization is proven, and that it was seen to be at this time.
pub fn set_proof(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    domain: &str,
    proof: &str,
    now: i64,
) -> Result<(), Error> {
    let of = organization_domains::table.filter(organization_domains::organization_key.eq(organization));
    diesel::update(of.filter(organization_domains::domain.eq(domain)))
        .set((organization_domains::proof.eq(proof), organization_domains::checked.eq(Some(now))))
        .execute(tx.connection)?;
    Ok(())
}

/// The domains of an organization, in order.
pub fn list(tx: &mut Tx<'_>, organization: OrganizationKey) -> Result<Vec<Domain>, Error> {
    let of = organization_domains::table.filter(organization_domains::organization_key.eq(organization));
    Ok(of.order(organization_domains::domain).load(tx.connection)?)
}

/// Removes a domain of an organization; false when it has none of this name.
pub fn delete(tx: &mut Tx<'_>, organization: OrganizationKey, domain: &str) -> Result<bool, Error> {
    let of = organization_domains::table.filter(organization_domains::organization_key.eq(organization));
    Ok(diesel::delete(of.filter(organization_domains::domain.eq(domain))).execute(tx.connection)? > 0)
}

/// Records a claim, unless the organization has it.
pub fn insert_claim(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    domain: &str,
    challenge: &str,
    now: i64,
) -> Result<(), Error> {
    let insert = diesel::insert_into(domain_claims::table)
        .values((
            domain_claims::organization_key.eq(organization),
            domain_claims::domain.eq(domain),
            domain_claims::challenge.eq(challenge),
            domain_claims::created.eq(now),
        ))
        .on_conflict_do_nothing();
    match &mut *tx.connection {
        AnyConnection::Sqlite(connection) => insert.execute(connection)?,
        AnyConnection::Postgres(connection) => insert.execute(connection)?,
    };
    Ok(())
}

/// A claim of an organization.
pub fn find_claim(tx: &mut Tx<'_>, organization: OrganizationKey, domain: &str) -> Result<Option<Claim>, Error> {
    Ok(domain_claims::table.find((organization, domain)).get_result(tx.connection).optional()?)
}

/// A claim of an organization, for a change of it: until the transaction ends nobody else changes it.
pub fn lock_claim(tx: &mut Tx<'_>, organization: OrganizationKey, domain: &str) -> Result<Option<Claim>, Error> {
    let query = domain_claims::table.find((organization, domain));
    Ok(match &mut *tx.connection {
        AnyConnection::Sqlite(connection) => query.get_result(connection).optional()?,
        AnyConnection::Postgres(connection) => query.for_no_key_update().get_result(connection).optional()?,
    })
}

/// Writes a change of a claim.
pub fn update_claim(
    tx: &mut Tx<'_>,
    organization: OrganizationKey,
    domain: &str,
    change: &ClaimChange,
) -> Result<(), Error> {
    diesel::update(domain_claims::table.find((organization, domain))).set(change).execute(tx.connection)?;
    Ok(())
}

/// The claims of an organization, in order.
pub fn list_claims(tx: &mut Tx<'_>, organization: OrganizationKey) -> Result<Vec<Claim>, Error> {
    let of = domain_claims::table.filter(domain_claims::organization_key.eq(organization));
    Ok(of.order(domain_claims::domain).load(tx.connection)?)
}

/// The claims the job must look at, longest due first, each with the code of its organization.
pub fn list_due_claims(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<(Claim, String)>, Error> {
    Ok(domain_claims::table
        .inner_join(organizations::table.on(organizations::key.eq(domain_claims::organization_key)))
        .filter(domain_claims::next_check.le(now))
        .order((domain_claims::next_check, domain_claims::organization_key, domain_claims::domain))
        .limit(limit)
        .select((domain_claims::all_columns, organizations::code))
        .load(tx.connection)?)
}

/// Removes a claim of an organization; false when it has none of this name.
pub fn delete_claim(tx: &mut Tx<'_>, organization: OrganizationKey, domain: &str) -> Result<bool, Error> {
    Ok(diesel::delete(domain_claims::table.find((organization, domain))).execute(tx.connection)? > 0)
}
