//! What the definitions of an owner are after a change, and what became of each.

use super::{Change, Outcome, Owner, not_found};
use crate::identity::Error;
use crate::scim::schema::Definitions;
use crate::store;
use crate::store::definitions::{Definition, Kind};

/// What the owner has afterwards.
pub(super) fn planned(
    before: &[Definition],
    owner: &Owner,
    change: &Change,
    now: i64,
) -> Result<(Outcome, Vec<Definition>), Error> {
    let (mut outcome, mut after) = (Outcome::default(), before.to_vec());
    let definitions = match change {
        Change::Remove(id) => {
            let name = id.to_lowercase();
            after.retain(|row| row.name != name);
            if after.len() == before.len() {
                return Err(not_found(id));
            }
            outcome.removed.push(id.clone());
            return Ok((outcome, after));
        }
        Change::Load(definitions) => definitions,
    };
    for (kind, id, document) in documents(definitions)? {
        let row = Definition {
            connection: owner.key(),
            kind: kind.as_str().to_owned(),
            name: id.to_lowercase(),
            document,
            loaded: now,
        };
        match after.iter_mut().find(|other| (&other.kind, &other.name) == (&row.kind, &row.name)) {
            Some(same) if same.document == row.document => outcome.unchanged.push(id),
            Some(other) => {
                outcome.replaced.push(id);
                *other = row;
            }
            None => {
                outcome.added.push(id);
                after.push(row);
            }
        }
    }
    Ok((outcome, after))
}

fn documents(definitions: &Definitions) -> Result<Vec<(Kind, String, String)>, store::Error> {
    let mut documents = Vec::new();
    for schema in &definitions.schemas {
        let text = serde_json::to_string(schema).map_err(store::Error::internal)?;
        documents.push((Kind::Schema, schema.id.clone(), text));
    }
    for resource_type in &definitions.resource_types {
        let text = serde_json::to_string(resource_type).map_err(store::Error::internal)?;
        documents.push((Kind::ResourceType, resource_type.name.clone(), text));
    }
    Ok(documents)
}
