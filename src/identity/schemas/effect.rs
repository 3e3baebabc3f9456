//! What a change of schemas does to resources that are stored: nothing, or it is refused.

use super::Affected;
use crate::identity::Error;
use crate::scim::error::excerpt;
use crate::scim::limits;
use crate::store::connections::Connection;
use crate::store::{Tx, counts, definitions, unique_values};

/// Values that one change may make unique; a transaction stays bounded.
const MADE_UNIQUE: i64 = 10_000;
/// What is wrong is named this often.
const NAMED: usize = 10;
/// Resources that are named for one value.
const HOLDERS: usize = 3;

/// Makes values unique, or free to be shared, where the change says so.
///
/// # Errors
/// 409 `SCHEMA_IN_USE` when stored values or resources would be lost or read otherwise, 409 `DUPLICATE_VALUES`,
/// 409 `VALUE_TOO_LONG`, 409 `TOO_MANY_VALUES`.
pub(super) fn take(tx: &mut Tx<'_>, affected: &[Affected]) -> Result<(), Error> {
    let mut harm = Vec::new();
    for Affected { connection, before, after } in affected {
        let changes = before.changes_to(after);
        for kind in &changes.gone {
            let total = counts::total(tx, connection.key, kind)?;
            if total > 0 {
                harm.push(format!("{total} resources of type {kind} on {}", connection.id));
            }
        }
        for unfit in &changes.unfit {
            let total = definitions::count_holders(tx, connection.key, &unfit.kind, &unfit.path)?;
            if total > 0 {
                harm.push(format!("{total} of type {} with {} on {}", unfit.kind, unfit.path, connection.id));
            }
        }
    }
    if !harm.is_empty() {
        let message = format!("Stored resources would be lost or read otherwise: {}", some(&harm));
        return Err(Error::conflict("SCHEMA_IN_USE", message));
    }
    let mut left = MADE_UNIQUE;
    for Affected { connection, before, after } in affected {
        let changes = before.changes_to(after);
        for common in &changes.made_common {
            unique_values::clear(tx, connection.key, &common.kind, &common.path)?;
        }
        for unique in &changes.made_unique {
            left -= make_unique(tx, connection, &unique.kind, &unique.path, left)?;
        }
    }
    Ok(())
}

/// How many values were made unique.
fn make_unique(tx: &mut Tx<'_>, connection: &Connection, kind: &str, path: &str, limit: i64) -> Result<i64, Error> {
    let Some(holders) = unique_values::holders(tx, connection.key, kind, path, limit)? else {
        let message = format!("More than {MADE_UNIQUE} values would have to be made unique, {path} among them");
        return Err(Error::conflict("TOO_MANY_VALUES", message));
    };
    let is_long = |key: &&String| key.len() > limits::UNIQUE_KEY_BYTES || key.chars().count() > limits::UNIQUE_CHARS;
    if let Some(long) = holders.keys().find(is_long) {
        let message = format!("{path} cannot be unique: {} is too long on {}", excerpt(long), connection.id);
        return Err(Error::conflict("VALUE_TOO_LONG", message));
    }
    let shared: Vec<String> = holders
        .iter()
        .filter(|(_, held)| held.len() > 1)
        .map(|(key, held)| {
            let ids: Vec<&str> = held.iter().take(HOLDERS).map(|(_, id)| id.as_str()).collect();
            format!("{} ({} resources: {})", excerpt(key), held.len(), ids.join(", "))
        })
        .collect();
    if !shared.is_empty() {
        let message = format!("{path} cannot be unique on {}: {}", connection.id, some(&shared));
        return Err(Error::conflict("DUPLICATE_VALUES", message));
    }
    unique_values::fill(tx, connection.key, kind, path, &holders)?;
    Ok(i64::try_from(holders.len()).unwrap_or(i64::MAX))
}

fn some(all: &[String]) -> String {
    let more = all.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("{}{rest}", all.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; "))
}
