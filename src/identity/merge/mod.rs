//! Making one user of two who are the same person.
//!
//! The one keeps its id and gets what the other has: the enterprise identity, memberships, roles, the application's id. Like
//! everybody with an enterprise identity it then signs in at its IdP and nowhere else. The event keeps all of both, so that a
//! merge can be undone for 30 days.

pub mod cut_over;
mod state;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::act::{About, Act};
use super::enterprise;
use super::erase::{self, Tied};
use super::roles::change as roles;
use super::{Error, Reach, Tenant, profile, users};
use crate::scim::canonical::email_key;
use crate::store::identities::Identity;
use crate::store::locks::{self, Lock};
use crate::store::users::{self as user_rows, User};
use crate::store::{self, Store, Tx, connections, departures, identities};

pub(super) use state::State;

/// What a merge came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// The user who stays.
    pub user_id: String,
    /// The user who is gone.
    pub merged_user_id: String,
    /// How the one signs in from now on: the value of the enterprise identity.
    pub identity: String,
    /// On which connection.
    pub connection_id: String,
    /// Codes of organizations the one becomes a member of.
    pub joined: Vec<String>,
    /// Whether it was a rehearsal.
    pub dry_run: bool,
}

/// What the event holds: all of both.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Both {
    /// The user who stays.
    pub(super) kept: State,
    /// The user who goes.
    pub(super) merged: State,
}

/// Why two become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// They were one person all along.
    Duplicate,
    /// The person signs in through another connection from now on.
    Move,
}

/// Makes one user of two, unless it is a dry run.
///
/// # Errors
/// 400 `USER_NOT_FOUND`, `SAME_USER`, `ENTERPRISE_IDENTITY_EXISTS` when both sign in through a connection, `NOTHING_TO_MERGE`
/// when neither does, `USER_IN_OTHER_ORGANIZATION` for a client bound to one of several.
pub async fn carry_out(
    store: &Store,
    act: &Act,
    reach: Reach,
    keep: &str,
    from: &str,
    is_dry_run: bool,
) -> Result<Merged, Error> {
    let (act, keep, from) = (act.clone(), keep.to_owned(), from.to_owned());
    let merged = store.write(move |tx| {
        let merged = merge(tx, &act, reach, [&keep, &from], Cause::Duplicate).map_err(Stop::Failed)?;
        if is_dry_run { Err(Stop::Rehearsed(Box::new(merged))) } else { Ok(merged) }
    });
    match merged.await {
        Ok(merged) => Ok(merged),
        Err(Stop::Rehearsed(merged)) => Ok(Merged { dry_run: true, ..*merged }),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Why the transaction is undone.
enum Stop {
    Rehearsed(Box<Merged>),
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The two, locked, with their enterprise identities.
struct Pair {
    keep: User,
    from: User,
    kept: Option<Tied>,
    moved: Option<Tied>,
}

/// Makes one user of `[keep, from]`.
pub(super) fn merge(tx: &mut Tx<'_>, act: &Act, reach: Reach, ids: [&str; 2], cause: Cause) -> Result<Merged, Error> {
    let pair = lock(tx, reach, ids)?;
    let both = Both { kept: State::of(tx, &pair.keep)?, merged: State::of(tx, &pair.from)? };
    let tied = match (&pair.kept, &pair.moved) {
        (Some(_), Some(_)) if cause == Cause::Duplicate => {
            let message = "Both sign in through a connection; for a change of the IdP: anteroom connection move --from ID --to ID";
            return Err(Error::invalid("ENTERPRISE_IDENTITY_EXISTS", message));
        }
        (None, None) => {
            let message = "Neither signs in through a connection: there is nothing to merge";
            return Err(Error::invalid("NOTHING_TO_MERGE", message));
        }
        (_, Some(moved)) => take_over(tx, act, &pair, moved)?,
        (Some(kept), None) => kept,
    };
    identities::delete_of_user(tx, pair.from.key)?;
    let (joined, _) = both.kept.gained_from(&both.merged);
    let joined: Vec<String> = joined.into_iter().map(str::to_owned).collect();
    both.merged.give(tx, pair.keep.key, act.now)?;
    if pair.keep.provided_id.is_none() && pair.from.provided_id.is_some() {
        user_rows::set_provided_id(tx, pair.keep.key, pair.from.provided_id.as_deref(), act.now)?;
    }
    if pair.from.is_suspended && !pair.keep.is_suspended {
        user_rows::set_suspended(tx, pair.keep.key, true, act.now)?;
    }
    departures::set_user(tx, pair.from.key, pair.keep.key)?;
    user_rows::delete(tx, pair.from.key)?;
    record(tx, act, &pair, tied, &both, cause)?;
    Ok(Merged {
        user_id: pair.keep.id.clone(),
        merged_user_id: pair.from.id.clone(),
        identity: tied.identity.value.clone(),
        connection_id: connections::load(tx, tied.connection)?.id,
        joined,
        dry_run: false,
    })
}

/// Gives the one the identity of the other, and takes away what they signed in with before.
fn take_over<'a>(tx: &mut Tx<'_>, act: &Act, pair: &'a Pair, moved: &'a Tied) -> Result<&'a Tied, Error> {
    let connection = connections::load(tx, moved.connection)?;
    let tenant = Tenant::load(tx, connection)?;
    if let Some(kept) = &pair.kept {
        erase::take_apart(tx, act, kept, &pair.keep.id)?;
    }
    identities::delete_of_user(tx, pair.keep.key)?;
    roles::lost(tx, act, &tenant, &moved.identity, about(moved, &pair.from.id))?;
    identities::set_user(tx, moved.identity.key, pair.keep.key)?;
    if moved.identity.state == "active" {
        roles::gained(tx, act, &tenant, &moved.identity, about(moved, &pair.keep.id))?;
    }
    if pair.from.profile_source != "local" {
        let profile = profile::taken_over(&moved.resource.document, &pair.keep);
        user_rows::set_profile(tx, pair.keep.key, &profile, &pair.from.profile_source, act.now)?;
    }
    Ok(moved)
}

fn record(tx: &mut Tx<'_>, act: &Act, pair: &Pair, tied: &Tied, both: &Both, cause: Cause) -> Result<(), Error> {
    let kind = match cause {
        Cause::Duplicate => "user.merged",
        Cause::Move => "user.moved",
    };
    let former = pair.kept.as_ref().filter(|kept| kept.identity.key != tied.identity.key);
    let former = former.map(|kept| former_identity(tx, kept)).transpose()?;
    let data = json!({ "before": both, "former": former, "sessions": "revoke" });
    act.event(tx, kind, about(tied, &pair.keep.id), data)?;
    let data = json!({ "into": pair.keep.id, "sessions": "revoke" });
    Ok(act.event(tx, "user.merged_away", About { user: Some(&pair.from.id), ..About::default() }, data)?)
}

/// An enterprise identity that is gone, as an event tells of it.
pub(super) fn former_identity(tx: &mut Tx<'_>, gone: &Tied) -> Result<Value, Error> {
    Ok(json!({
        "connection": connections::load(tx, gone.connection)?.id, "identity": gone.identity.id,
        "value": gone.identity.value, "subject": gone.identity.subject,
    }))
}

fn about<'a>(tied: &'a Tied, user: &'a str) -> About<'a> {
    About {
        connection: Some(tied.connection),
        user: Some(user),
        identity: Some(&tied.identity.id),
        resource: Some(&tied.resource.id),
    }
}

/// Locks both in the order of a push: the locks of the persons, resources, identities, users.
fn lock(tx: &mut Tx<'_>, reach: Reach, [keep, from]: [&str; 2]) -> Result<Pair, Error> {
    if keep == from {
        return Err(Error::invalid("SAME_USER", "A user cannot be merged with themselves"));
    }
    let (one, other) = (users::visible(tx, reach, keep)?, users::visible(tx, reach, from)?);
    take_locks(tx, &[&one, &other])?;
    let (kept, moved) = (erase::lock_tied(tx, &one)?, erase::lock_tied(tx, &other)?);
    let mut keys = [one.key, other.key];
    keys.sort_unstable();
    for key in keys {
        user_rows::lock_key(tx, key)?.ok_or_else(|| users::not_found(from))?;
    }
    for (user, tied) in [(&one, &kept), (&other, &moved)] {
        erase::check_settled(tx, user, tied.as_ref())?;
        reach.check_user_is_not_shared(tx, user.key)?;
    }
    let (keep, from) = (user_rows::load(tx, one.key)?, user_rows::load(tx, other.key)?);
    Ok(Pair { keep, from, kept, moved })
}

/// A push or a sign-in of either waits.
fn take_locks(tx: &mut Tx<'_>, of: &[&User]) -> Result<(), Error> {
    let mut wanted: Vec<Lock> = Vec::new();
    for user in of {
        wanted.extend(user.email.as_deref().and_then(email_key).map(Lock::Email));
        let held = identities::list_of_user(tx, user.key)?;
        for Identity { connection_key, value, .. } in held.into_iter().filter(|held| held.kind == "enterprise") {
            if let Some(connection) = connection_key {
                wanted.extend(enterprise::locks(&connections::load(tx, connection)?, &value));
            }
        }
    }
    Ok(locks::take(tx, &wanted)?)
}
