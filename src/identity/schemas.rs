//! Loading, replacing and removing schemas and resource types (RFC 7643 sections 6 and 7).
//!
//! Definitions are the deployment's, for every connection, or one connection's. A change takes effect in one
//! transaction: the settings versions of the connections it concerns move first, which waits for writes that rely on the
//! schemas of before; then it is asked what the change would do to stored resources, and refused if that is harm.

mod effect;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::act::About;
use super::settings::Settings;
use super::{Act, Error, Reach, catalogues};
use crate::scim::schema::{Catalogue, DefinitionError, Definitions};
use crate::store::connections::{self, Connection};
use crate::store::definitions::{self as rows, Definition, Kind};
use crate::store::locks::{self, Lock};
use crate::store::{self, ConnectionKey, Store, Tx};

/// Whose definitions are meant.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Those of the deployment, which every connection has.
    Deployment,
    /// Those of one connection.
    Connection(Box<Connection>),
}

impl Owner {
    /// The connection with this id, or the deployment.
    ///
    /// # Errors
    /// 404 `CONNECTION_NOT_FOUND`; 403 for the deployment's where only one organization is in reach.
    pub fn load(tx: &mut Tx<'_>, reach: Reach, connection: Option<&str>) -> Result<Self, Error> {
        match connection {
            Some(id) => reach
                .find_connection(tx, id)?
                .map(|found| Self::Connection(Box::new(found)))
                .ok_or_else(|| Error::not_found("CONNECTION_NOT_FOUND", format!("There is no connection {id}"))),
            None if reach.organization().is_some() => {
                Err(Error::forbidden("OUT_OF_REACH", "A client of one organization has no reach over all connections"))
            }
            None => Ok(Self::Deployment),
        }
    }

    fn key(&self) -> Option<ConnectionKey> {
        match self {
            Self::Deployment => None,
            Self::Connection(connection) => Some(connection.key),
        }
    }

    /// The connections whose catalogue a change concerns.
    fn connections(&self, tx: &mut Tx<'_>) -> Result<Vec<Connection>, store::Error> {
        match self {
            Self::Deployment => connections::list(tx),
            Self::Connection(connection) => Ok(vec![connections::load(tx, connection.key)?]),
        }
    }
}

/// A definition as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The URN of a schema, the name of a resource type.
    pub id: String,
    /// `schema` or `resource_type`.
    pub kind: String,
    /// In the form in which it can be loaded again.
    pub definition: Value,
    /// When it was loaded last, in microseconds since the epoch.
    pub loaded: i64,
}

/// The definitions of an owner, in the order in which they were first loaded.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut Tx<'_>, owner: &Owner) -> Result<Vec<Shown>, store::Error> {
    rows::list_of(tx, owner.key())?.iter().map(shown).collect()
}

/// One definition of an owner, by URN or name in any letter case.
///
/// # Errors
/// 404 `SCHEMA_NOT_FOUND`.
pub fn find(tx: &mut Tx<'_>, owner: &Owner, id: &str) -> Result<Shown, Error> {
    let found = list(tx, owner)?.into_iter().find(|shown| shown.id.eq_ignore_ascii_case(id));
    found.ok_or_else(|| not_found(id))
}

fn not_found(id: &str) -> Error {
    Error::not_found(
        "SCHEMA_NOT_FOUND",
        format!("No schema or resource type {} was loaded here", crate::scim::error::excerpt(id)),
    )
}

fn shown(row: &Definition) -> Result<Shown, store::Error> {
    let mut definition: Value = serde_json::from_str(&row.document).map_err(store::Error::internal)?;
    let (named, urn) = if row.kind == Kind::Schema.as_str() {
        ("id", "urn:ietf:params:scim:schemas:core:2.0:Schema")
    } else {
        ("name", "urn:ietf:params:scim:schemas:core:2.0:ResourceType")
    };
    let id = definition.get(named).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(object) = definition.as_object_mut() {
        object.insert("schemas".to_owned(), json!([urn]));
    }
    Ok(Shown { id, kind: row.kind.clone(), definition, loaded: row.loaded })
}

/// What a change did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Ids that were not there before.
    pub added: Vec<String>,
    /// Ids whose definition is another now.
    pub replaced: Vec<String>,
    /// Ids that were there, and equal.
    pub unchanged: Vec<String>,
    /// Ids that are gone.
    pub removed: Vec<String>,
}

impl Outcome {
    /// The outcome as JSON.
    pub fn to_json(&self) -> Value {
        json!({ "added": self.added, "replaced": self.replaced, "unchanged": self.unchanged, "removed": self.removed })
    }
}

/// A change of the definitions of an owner.
#[derive(Clone, Debug)]
pub enum Change {
    /// Adds these, in place of those with the same names.
    Load(Definitions),
    /// Removes the one with this id.
    Remove(String),
}

impl Change {
    /// Reads definitions as a client gives them.
    ///
    /// # Errors
    /// 400 `INVALID_SCHEMA` naming the schema, the attribute and the rule.
    pub fn parse(value: Value) -> Result<Self, Error> {
        Definitions::parse(value).map(Self::Load).map_err(|fault| Error::invalid("INVALID_SCHEMA", fault.to_string()))
    }
}

/// Makes a change; with `is_rehearsal` everything is asked and nothing is kept.
///
/// # Errors
/// 400 `INVALID_SCHEMA` for what does not fit together, 404 `SCHEMA_NOT_FOUND`, 409 `SCHEMA_IN_USE` naming what is
/// stored, 409 `DUPLICATE_VALUES` listing them, 409 `TOO_MANY_VALUES`.
pub async fn change(
    store: &Store,
    act: &Act,
    reach: Reach,
    connection: Option<String>,
    change: Change,
    is_rehearsal: bool,
) -> Result<Outcome, Error> {
    let act = act.clone();
    let changed = store.write(move |tx| {
        let outcome = apply(tx, &act, reach, connection.as_deref(), &change).map_err(Stop::Failed)?;
        if is_rehearsal { Err(Stop::Rehearsed(outcome)) } else { Ok(outcome) }
    });
    match changed.await {
        Err(Stop::Failed(error)) => Err(error),
        Ok(outcome) | Err(Stop::Rehearsed(outcome)) => Ok(outcome),
    }
}

/// Why the transaction is undone.
enum Stop {
    Rehearsed(Outcome),
    Failed(Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

fn apply(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    connection: Option<&str>,
    change: &Change,
) -> Result<Outcome, Error> {
    locks::take(tx, &[Lock::Definitions])?;
    let owner = Owner::load(tx, reach, connection)?;
    rows::bump(tx, owner.key())?;
    let before = rows::list_of(tx, owner.key())?;
    let (outcome, after) = plan::planned(&before, &owner, change, act.now)?;
    let affected = affected(tx, &owner, &before, &after).map_err(|error| match change {
        Change::Remove(_) => error.into_conflict("SCHEMA_IN_USE"),
        Change::Load(_) => error,
    })?;
    effect::take(tx, &affected)?;
    keep(tx, &before, &after)?;
    rows::mark(tx, owner.key())?;
    record(tx, act, &owner, &outcome)?;
    Ok(outcome)
}

/// Writes the rows that differ.
fn keep(tx: &mut Tx<'_>, before: &[Definition], after: &[Definition]) -> Result<(), store::Error> {
    let is_in = |rows: &[Definition], row: &Definition| {
        rows.iter().any(|other| other.kind == row.kind && other.name == row.name)
    };
    for gone in before.iter().filter(|row| !is_in(after, row)) {
        rows::delete(tx, gone)?;
    }
    for row in after.iter().filter(|row| !before.contains(row)) {
        rows::put(tx, row)?;
    }
    Ok(())
}

fn record(tx: &mut Tx<'_>, act: &Act, owner: &Owner, outcome: &Outcome) -> Result<(), store::Error> {
    let about = About { connection: owner.key(), ..About::default() };
    let loaded = json!({ "added": outcome.added, "replaced": outcome.replaced });
    if !(outcome.added.is_empty() && outcome.replaced.is_empty()) {
        act.event(tx, "schema.loaded", about, loaded)?;
    }
    if !outcome.removed.is_empty() {
        act.event(tx, "schema.removed", about, json!({ "removed": outcome.removed }))?;
    }
    Ok(())
}

/// A connection that a change concerns.
struct Affected {
    connection: Connection,
    before: Catalogue,
    after: Catalogue,
}

/// Each connection concerned, with its catalogues; the paths of the new ones have their place in the index.
fn affected(
    tx: &mut Tx<'_>,
    owner: &Owner,
    before: &[Definition],
    after: &[Definition],
) -> Result<Vec<Affected>, Error> {
    // Of the other owner: the deployment's for a connection, each connection's for the deployment.
    let others = if owner.key().is_some() { rows::list_of(tx, None)? } else { rows::list_of_connections(tx)? };
    let (mut affected, mut shared, mut paths) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    if owner.key().is_none() {
        // A deployment without connections has rules, too.
        let alone = catalogues::compile(&Catalogue::core(), after)?;
        paths.extend(alone.map_err(|fault| Error::invalid("INVALID_SCHEMA", fault.to_string()))?.stored_paths());
    }
    for connection in owner.connections(tx)? {
        let settings = Settings::parse(&connection.options);
        let own: Vec<&Definition> =
            others.iter().filter(|row| row.connection.is_none_or(|key| key == connection.key)).collect();
        // Most connections of a deployment have nothing of their own.
        let known = shared.get(&settings.allow_duplicate_group_names).filter(|_| own.is_empty());
        let pair: (Catalogue, Catalogue) = if let Some(known) = known {
            Clone::clone(known)
        } else {
            let with = |rows: &[Definition]| rows.iter().chain(own.iter().copied()).cloned().collect::<Vec<_>>();
            let base = catalogues::base(&settings);
            let old = catalogues::compile(&base, &with(before))?.map_err(store::Error::internal)?;
            let new = catalogues::compile(&base, &with(after))?.map_err(|fault| unfit(&fault, &connection))?;
            paths.extend(new.stored_paths());
            (old, new)
        };
        if own.is_empty() {
            shared.insert(settings.allow_duplicate_group_names, pair.clone());
        }
        affected.push(Affected { connection, before: pair.0, after: pair.1 });
    }
    rows::register_paths(tx, &paths.into_iter().collect::<Vec<_>>())?;
    Ok(affected)
}

fn unfit(fault: &DefinitionError, connection: &Connection) -> Error {
    Error::invalid("INVALID_SCHEMA", format!("{fault} (on connection {})", connection.id))
}
