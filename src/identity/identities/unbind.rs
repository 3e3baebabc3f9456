//! Releasing the subjects that enterprise identities are bound to, so that the next sign-in binds anew.

use serde_json::json;

use crate::identity::act::{About, Act};
use crate::identity::checks::no_identity;
use crate::identity::reach::Reach;
use crate::identity::{Error, connections};
use crate::store::identities::{self as rows, Identity};
use crate::store::{self, IdentityKey, Store, Tx};

/// Identities that one transaction releases.
const BATCH: i64 = 500;

/// Releases one identity.
///
/// # Errors
/// 400 when there is no such enterprise identity, or no subject is bound to it.
pub fn unbind(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let identity = enterprise_identity(tx, reach, id)?;
    if identity.subject.is_none() {
        return Err(Error::invalid("IDENTITY_NOT_BOUND", "No subject is bound to the identity"));
    }
    release(tx, act, &identity)
}

/// Releases every identity of a connection, some hundred a transaction; how many were bound. Who signs in meanwhile may be
/// bound again.
///
/// # Errors
/// 404 `CONNECTION_NOT_FOUND`. What was released before a failure stays so.
pub async fn unbind_all(store: &Store, act: &Act, reach: Reach, connection: &str) -> Result<usize, Error> {
    let (mut released, mut after) = (0, None);
    loop {
        let (act, id) = (act.clone(), connection.to_owned());
        let batch = store.write(move |tx| unbind_some(tx, &act, reach, &id, after)).await?;
        released += batch.len();
        match batch.last() {
            Some(last) => after = Some(*last),
            None => return Ok(released),
        }
    }
}

fn unbind_some(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    connection: &str,
    after: Option<IdentityKey>,
) -> Result<Vec<IdentityKey>, Error> {
    let found = connections::find(tx, reach, connection)?
        .ok_or_else(|| Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {connection}")))?;
    let bound = rows::lock_bound(tx, found.key, after, BATCH)?;
    for identity in &bound {
        release(tx, act, identity)?;
    }
    Ok(bound.iter().map(|identity| identity.key).collect())
}

fn release(tx: &mut Tx<'_>, act: &Act, identity: &Identity) -> Result<(), Error> {
    rows::set_subject(tx, identity.key, None)?;
    let user = store::users::load(tx, identity.user_key)?;
    let about = About {
        connection: identity.connection_key,
        user: Some(&user.id),
        identity: Some(&identity.id),
        resource: None,
    };
    let data = json!({ "before": { "subject": identity.subject }, "after": { "subject": null } });
    Ok(act.event(tx, "identity.unbound", about, data)?)
}

/// The locked enterprise identity.
fn enterprise_identity(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Identity, Error> {
    let found = rows::find(tx, id)?.ok_or_else(|| no_identity(id))?;
    let identity = rows::lock(tx, found.key)?.ok_or_else(|| no_identity(id))?;
    let Some(connection) = identity.connection_key.filter(|_| identity.kind == "enterprise") else {
        return Err(Error::invalid("NOT_AN_ENTERPRISE_IDENTITY", "Only enterprise identities are bound to a subject"));
    };
    if !reach.covers(store::connections::load(tx, connection)?.organization_key) {
        return Err(no_identity(id));
    }
    Ok(identity)
}
