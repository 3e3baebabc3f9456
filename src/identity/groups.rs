//! What is told of groups: the same event, whoever changed the members.

use serde_json::json;

use super::Act;
use super::act::About;
use crate::store::resources::Resource;
use crate::store::{ConnectionKey, Error, Tx};

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
