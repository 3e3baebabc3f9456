//! What is told of groups: the same event, whoever changed the members.

use std::collections::BTreeSet;

use serde_json::json;

use super::Act;
use super::act::About;
use crate::store::resources::{self, Resource};
use crate::store::{ConnectionKey, Error, Tx, members};

/// Appends `group.created`, `group.updated` or `group.deleted`, naming who came and who went by SCIM id.
pub fn record(
    tx: &mut Tx<'_>,
    act: &Act,
    connection: ConnectionKey,
    kind: &str,
    group: &Resource,
    added: &[String],
    removed: &[String],
) -> Result<(), Error> {
    let about = About { connection: Some(connection), resource: Some(&group.id), ..About::default() };
    let name = group.document.display_name();
    let data = json!({ "display_name": name, "members_added": added, "members_removed": removed });
    act.event(tx, kind, about, data)
}

/// Takes a resource that goes out of every group it is in; those groups change with it.
pub fn leave(tx: &mut Tx<'_>, act: &Act, connection: ConnectionKey, gone: &Resource) -> Result<(), Error> {
    for (_, related) in members::list_of_members(tx, connection, &[gone.key])? {
        let Some(group) = resources::lock(tx, connection, &related.kind, &related.id)? else {
            continue;
        };
        let removed = members::remove(tx, connection, group.key, &BTreeSet::from([gone.key]))?;
        let after = resources::bump(tx, connection, &group, act.now)?;
        let removed = resources::ids_of(tx, connection, &removed)?;
        record(tx, act, connection, "group.updated", &after, &[], &removed)?;
    }
    Ok(())
}
