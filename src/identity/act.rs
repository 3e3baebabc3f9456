//! On whose behalf, in which request and when something is done.

use serde_json::Value;

use crate::id::Ids;
use crate::store::events::{self, Event};
use crate::store::{ConnectionKey, Error, Tx};

/// What every change knows about its cause; goes into each event.
#[derive(Clone, Debug)]
pub struct Act {
    /// `token:ID`, `client:ID`, `sign_in`, `command` or `job:NAME`.
    pub actor: String,
    /// The request it belongs to.
    pub request_id: String,
    /// Microseconds since the epoch.
    pub now: i64,
    /// Mints the ids of what is made.
    pub ids: Ids,
}

/// Whom an event is about; public ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The connection it happened on.
    pub connection: Option<ConnectionKey>,
    /// The user.
    pub user: Option<&'a str>,
    /// The identity.
    pub identity: Option<&'a str>,
    /// The SCIM resource.
    pub resource: Option<&'a str>,
}

impl Act {
    /// Appends an event to the transaction.
    pub fn event(&self, tx: &mut Tx<'_>, kind: &str, about: About<'_>, data: Value) -> Result<(), Error> {
        self.record(tx, kind, about, data)?;
        Ok(())
    }

    /// As [`Act::event`]; the answer is the event's public id.
    pub fn record(&self, tx: &mut Tx<'_>, kind: &str, about: About<'_>, data: Value) -> Result<String, Error> {
        let id = self.ids.prefixed("event");
        events::append(
            tx,
            &Event {
                id: id.clone(),
                kind,
                occurred: self.now,
                connection: about.connection,
                user_id: about.user,
                identity_id: about.identity,
                resource_id: about.resource,
                actor: &self.actor,
                request_id: &self.request_id,
                data,
            },
        )?;
        Ok(id)
    }
}
