//! People who left a connection: remembered for a while, then forgotten for good.

use super::{Act, Tenant};
use crate::store::departures::{self, Departure, NewDeparture};
use crate::store::identities::{self, Identity};
use crate::store::organizations;
use crate::store::resources::Resource;
use crate::store::{Error, Tx, users};

/// Departures removed in one transaction.
const BATCH: i64 = 500;
/// Longer externalIds are remembered by their hash.
const EXTERNAL_KEY_BYTES: usize = 512;

/// The externalId as departures are matched by it: itself, or its hash where an index could not hold it.
pub fn external_key(external_id: &str) -> String {
    if external_id.len() <= EXTERNAL_KEY_BYTES { external_id.to_owned() } else { crate::id::secret_hash(external_id) }
}

/// Remembers who leaves with this identity, as the resource described them.
pub fn record(tx: &mut Tx<'_>, act: &Act, tenant: &Tenant, gone: &Resource, identity: &Identity) -> Result<(), Error> {
    departures::insert(
        tx,
        &NewDeparture {
            connection_key: tenant.key(),
            user_key: identity.user_key,
            external_key: gone.document.external_id().filter(|id| !id.is_empty()).map(external_key),
            subject: identity.subject.clone(),
            user_name_key: gone.unique_key.clone().unwrap_or_default(),
            email_key: Some(identity.value_key.clone()).filter(|key| !key.is_empty()),
            departed: act.now,
            expires: act.now + tenant.settings.departure_micros(),
        },
    )
}

/// Forgets departures whose time is over, and the users that nothing else holds; true when there may be more.
pub fn purge(tx: &mut Tx<'_>, act: &Act) -> Result<bool, Error> {
    let expired = departures::list_expired(tx, act.now, BATCH)?;
    for departure in &expired {
        forget(tx, act, departure)?;
    }
    Ok(i64::try_from(expired.len()).unwrap_or(BATCH) == BATCH)
}

/// The user is locked before anything is decided: who comes back meanwhile is kept.
fn forget(tx: &mut Tx<'_>, act: &Act, departure: &Departure) -> Result<(), Error> {
    let user = departure.user_key;
    let gone = users::lock_key(tx, user)?;
    departures::delete(tx, departure.key)?;
    let is_held = departures::count_of_user(tx, user)? > 0
        || !identities::list_of_user(tx, user)?.is_empty()
        || !organizations::list_of_user(tx, user)?.is_empty();
    let (Some(gone), false) = (gone, is_held) else {
        return Ok(());
    };
    users::delete(tx, user)?;
    let about = super::act::About { user: Some(&gone.id), ..Default::default() };
    act.event(tx, "user.deleted", about, serde_json::json!({ "reason": "departed" }))
}
