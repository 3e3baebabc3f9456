//! What is written of an identity that is there.

use diesel::prelude::*;

use super::{Identity, list_of_user};
use crate::store::schema::identities;
use crate::store::{Error, IdentityKey, Tx, UserKey};

/// Binds a subject, or releases it with `None`.
pub fn set_subject(tx: &mut Tx<'_>, key: IdentityKey, subject: Option<&str>) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set(identities::subject.eq(subject))
        .execute(tx.connection)?;
    Ok(())
}

/// Changes what holds for the person: `active`, `deactivated` or `held`.
pub fn set_state(tx: &mut Tx<'_>, key: IdentityKey, state: &str) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set(identities::state.eq(state))
        .execute(tx.connection)?;
    Ok(())
}

/// Lets the value follow the resource's matching email.
pub fn set_value(tx: &mut Tx<'_>, key: IdentityKey, value: &str, value_key: &str) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set((identities::value.eq(value), identities::value_key.eq(value_key)))
        .execute(tx.connection)?;
    Ok(())
}

/// Gives an identity, with its resource and subject, to another user.
pub fn set_user(tx: &mut Tx<'_>, key: IdentityKey, user: UserKey) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set(identities::user_key.eq(user))
        .execute(tx.connection)?;
    Ok(())
}

/// Records the first SCIM write.
pub fn set_pushed(tx: &mut Tx<'_>, key: IdentityKey, now: i64) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set(identities::pushed.eq(Some(now)))
        .execute(tx.connection)?;
    Ok(())
}

/// Counts an allowed sign-in.
pub fn record_sign_in(tx: &mut Tx<'_>, key: IdentityKey, now: i64) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set((identities::last_login.eq(Some(now)), identities::total_logins.eq(identities::total_logins + 1)))
        .execute(tx.connection)?;
    Ok(())
}

/// Removes one identity.
pub fn delete(tx: &mut Tx<'_>, key: IdentityKey) -> Result<(), Error> {
    diesel::delete(identities::table.filter(identities::key.eq(key))).execute(tx.connection)?;
    Ok(())
}

/// Removes every identity of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: UserKey) -> Result<usize, Error> {
    Ok(diesel::delete(identities::table.filter(identities::user_key.eq(user))).execute(tx.connection)?)
}

/// Makes the oldest identity of a kind the user's first choice, if none is.
pub fn promote(tx: &mut Tx<'_>, user: UserKey, kind: &str) -> Result<(), Error> {
    let held: Vec<Identity> = list_of_user(tx, user)?.into_iter().filter(|identity| identity.kind == kind).collect();
    let Some(oldest) = held.first().filter(|_| !held.iter().any(|identity| identity.is_primary)) else {
        return Ok(());
    };
    set_primary(tx, oldest.key, true)
}

/// Says whether an identity is the user's first choice of its kind.
pub fn set_primary(tx: &mut Tx<'_>, key: IdentityKey, is_primary: bool) -> Result<(), Error> {
    diesel::update(identities::table.filter(identities::key.eq(key)))
        .set(identities::is_primary.eq(is_primary))
        .execute(tx.connection)?;
    Ok(())
}
