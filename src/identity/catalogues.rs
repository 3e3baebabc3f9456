//! The schemas of a connection: those of the RFC, those of the deployment, and its own.

use super::settings::Settings;
use crate::scim::schema::{Catalogue, DefinitionError, Definitions};
use crate::store::connections::Connection;
use crate::store::definitions::{self, Definition, Kind};
use crate::store::{Error, Tx};

/// What a connection begins with, before anything that administrators loaded.
pub fn base(settings: &Settings) -> Catalogue {
    Catalogue::for_connection(settings.allow_duplicate_group_names)
}

/// The catalogue of a connection, as this transaction sees it.
///
/// # Errors
/// Those of the store; [`Error::Internal`] when what is stored does not fit together.
pub fn load(tx: &mut Tx<'_>, connection: &Connection, settings: &Settings) -> Result<Catalogue, Error> {
    if !connection.has_schemas {
        return Ok(base(settings));
    }
    let stored = definitions::list_for(tx, connection.key)?;
    compile(&base(settings), &stored)?.map_err(Error::internal)
}

/// A catalogue with stored definitions: the deployment's, then the connection's.
///
/// # Errors
/// Outside: what is stored is not JSON. Inside: it does not fit together.
pub(super) fn compile(base: &Catalogue, stored: &[Definition]) -> Result<Result<Catalogue, DefinitionError>, Error> {
    let (deployment, own): (Vec<_>, Vec<_>) = stored.iter().partition(|definition| definition.connection.is_none());
    let (deployment, own) = (read(&deployment)?, read(&own)?);
    Ok(base.with(&deployment).and_then(|base| base.with(&own)))
}

fn read(stored: &[&Definition]) -> Result<Definitions, Error> {
    let mut definitions = Definitions::default();
    for definition in stored {
        if definition.kind == Kind::Schema.as_str() {
            definitions.schemas.push(serde_json::from_str(&definition.document).map_err(Error::internal)?);
        } else {
            definitions.resource_types.push(serde_json::from_str(&definition.document).map_err(Error::internal)?);
        }
    }
    Ok(definitions)
}
