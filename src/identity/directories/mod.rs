//! Directories: the SCIM side of a connection, one per connection, made with its first bearer token.

mod change;
mod rotate;

use serde::Deserialize;
use serde_json::json;

use super::act::{About, Act};
use super::checks::{on_conflict, required};
use super::reach::Reach;
use super::{Error, connections, organizations, providers, tokens as bearers};
use crate::store::connections::Connection;
use crate::store::directories::{self as rows, Directory, NewDirectory};
use crate::store::organizations::Organization;
use crate::store::window::Window;
use crate::store::{self, OrganizationKey, Tx};

pub use super::tokens::PREFIX as TOKEN_PREFIX;
pub use change::{Change, update};
pub use rotate::{NewToken, add_token, revoke_token, rotate, tokens};

/// The body of Kinde's `POST /directories`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// The organization's code.
    pub org_code: Option<String>,
    /// Name for administrators.
    pub directory_name: Option<String>,
    /// Kinde's provider code; when left out, what the connection's strategy says.
    pub provider_code: Option<String>,
    /// The connection; may be left out when the organization has exactly one.
    pub enterprise_connection_id: Option<String>,
}

/// A directory with what is shown of its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The directory.
    pub directory: Directory,
    /// Its connection.
    pub connection: Connection,
    /// Code of the owner organization.
    pub organization_code: String,
    /// Whether the IdP is refused: directory or connection are not active, or the organization is suspended.
    pub is_closed: bool,
    /// When the IdP called last, to the minute.
    pub last_called: Option<i64>,
}

impl Described {
    /// Kinde's word for how the directory does. `Validating` and `Error` are never said: SCIM tells neither.
    pub fn status(&self) -> &'static str {
        match self.last_called {
            _ if self.is_closed => "Inactive",
            None => "Pending",
            Some(_) => "Active",
        }
    }
}

/// Where an IdP finds the directory. The path holds no underscore, because Okta refuses it.
pub fn scim_base_url(public_url: &str, endpoint_id: &str) -> String {
    let segment = endpoint_id.strip_prefix("ksde_").unwrap_or(endpoint_id);
    format!("{}/scim/v2/{segment}", public_url.trim_end_matches('/'))
}

/// Makes a directory and its first bearer token, which is returned once and stored as a hash.
///
/// # Errors
/// 400 with Kinde's codes, 409 `DIRECTORY_EXISTS` when the connection has a directory.
pub fn create(tx: &mut Tx<'_>, act: &Act, reach: Reach, request: &Request) -> Result<(Described, String), Error> {
    let (organization, connection, new) = checked(tx, act, reach, request)?;
    let key = rows::insert(tx, &new).map_err(on_conflict(exists))?;
    let data = json!({
        "connection": connection.id,
        "organization": organization.code,
        "after": { "directory": new.id, "directory_name": new.name, "provider_code": new.provider },
    });
    let about = About { connection: Some(connection.key), ..About::default() };
    act.event(tx, "directory.created", about, data)?;
    let directory = rows::load(tx, key)?;
    let (_, secret) = bearers::create(tx, act, &directory, "first", None)?;
    let is_closed = organization.is_suspended;
    let described =
        Described { directory, connection, organization_code: organization.code, is_closed, last_called: None };
    Ok((described, secret))
}

fn checked(
    tx: &mut Tx<'_>,
    act: &Act,
    reach: Reach,
    request: &Request,
) -> Result<(Organization, Connection, NewDirectory), Error> {
    let code = required(request.org_code.as_deref(), "ORGANIZATION_REQUIRED", "org_code")?;
    let name = required(request.directory_name.as_deref(), "DIRECTORY_NAME_REQUIRED", "directory_name")?;
    let provider = request.provider_code.as_deref().map(given_provider).transpose()?;
    let organization = organizations::load(tx, reach, &code, "org_code")?;
    let connection = chosen_connection(tx, organization.key, request.enterprise_connection_id.as_deref())?;
    // Until this transaction ends, nobody begins to delete the connection.
    let locked = store::connections::lock_shared(tx, &connection.id)?.filter(|locked| locked.state == "active");
    locked.ok_or_else(|| Error::Store(store::Error::Unavailable("the connection changed meanwhile".into())))?;
    let provider = provider.or_else(|| providers::of_strategy(&connection.strategy).map(str::to_owned));
    let new = NewDirectory {
        id: act.ids.prefixed("directory"),
        endpoint_id: act.ids.prefixed("ksde"),
        connection_key: connection.key,
        name,
        provider: provider.ok_or_else(provider_required)?,
        state: "active".to_owned(),
        created: act.now,
    };
    if rows::find_of_connection(tx, connection.key)?.is_some() {
        return Err(exists());
    }
    Ok((organization, connection, new))
}

fn given_provider(code: &str) -> Result<String, Error> {
    match code {
        "" => Err(provider_required()),
        code if providers::is_code(code) => Ok(code.to_owned()),
        _ => Err(Error::invalid("INVALID_PROVIDER", "Invalid or disabled provider code").field("provider_code")),
    }
}

fn provider_required() -> Error {
    let message = "The connection's strategy does not say which provider it is: give a provider code";
    Error::invalid("PROVIDER_CODE_REQUIRED", message).field("provider_code")
}

fn exists() -> Error {
    Error::conflict("DIRECTORY_EXISTS", "The enterprise connection has a directory already")
        .field("enterprise_connection_id")
}

fn chosen_connection(tx: &mut Tx<'_>, organization: OrganizationKey, id: Option<&str>) -> Result<Connection, Error> {
    let mut enabled = connections::list_enabled(tx, organization)?;
    let (code, message) = match (id.filter(|id| !id.is_empty()), enabled.len()) {
        (None, 1) => return enabled.pop().ok_or(Error::Store(store::Error::NotFound)),
        (Some(id), 1..) => match enabled.into_iter().find(|connection| connection.id == id) {
            Some(found) => return Ok(found),
            None => ("INVALID_ENTERPRISE_CONNECTION", "It is not an enabled enterprise connection of the organization"),
        },
        (_, 0) => ("NO_ENTERPRISE_CONNECTIONS", "The organization owns no enabled enterprise connection"),
        (None, _) => {
            ("ENTERPRISE_CONNECTION_REQUIRED", "The organization has several enterprise connections: name one")
        }
    };
    Err(Error::invalid(code, message).field("enterprise_connection_id"))
}

/// A window of the directories that may be seen; of one organization alone, if its code is given.
///
/// # Errors
/// 400 `ORGANIZATION_NOT_FOUND`.
pub fn list(tx: &mut Tx<'_>, reach: Reach, code: Option<&str>, window: &Window) -> Result<Vec<Described>, Error> {
    let owner = match code {
        Some(code) => Some(organizations::load(tx, reach, code, "organization_code")?.key),
        None => reach.organization(),
    };
    let mut listed = Vec::new();
    for directory in rows::list(tx, owner, window)? {
        let connection = store::connections::load(tx, directory.connection_key)?;
        listed.push(describe(tx, directory, connection)?);
    }
    Ok(listed)
}

/// The directory with this id, if it may be seen.
pub fn find(tx: &mut Tx<'_>, reach: Reach, id: &str) -> Result<Option<Described>, store::Error> {
    let Some(directory) = rows::find(tx, id)? else {
        return Ok(None);
    };
    let connection = store::connections::load(tx, directory.connection_key)?;
    if !reach.covers(connection.organization_key) {
        return Ok(None);
    }
    describe(tx, directory, connection).map(Some)
}

fn describe(tx: &mut Tx<'_>, directory: Directory, connection: Connection) -> Result<Described, store::Error> {
    let organization = connection.organization_key.map(|key| store::organizations::load(tx, key)).transpose()?;
    let by_token = bearers::list(tx, &directory)?.into_iter().filter_map(|token| token.last_used);
    let by_client = store::scim_clients::list(tx, directory.key)?.into_iter().filter_map(|client| client.last_used);
    let last_called = by_token.chain(by_client).max();
    let is_open = directory.state == "active"
        && connection.state == "active"
        && organization.as_ref().is_some_and(|organization| !organization.is_suspended);
    let organization_code = organization.map(|organization| organization.code).unwrap_or_default();
    Ok(Described { directory, connection, organization_code, is_closed: !is_open, last_called })
}

/// Removes a directory with its tokens; people and groups stay, and a new directory of the connection serves the same ids.
///
/// # Errors
/// 404 `DIRECTORY_NOT_FOUND`.
pub fn delete(tx: &mut Tx<'_>, act: &Act, reach: Reach, id: &str) -> Result<(), Error> {
    let Described { directory, connection, organization_code, .. } = find(tx, reach, id)?.ok_or_else(not_found)?;
    if !rows::delete(tx, directory.key)? {
        return Err(not_found());
    }
    let data = json!({
        "connection": connection.id,
        "organization": organization_code,
        "before": { "directory": directory.id, "directory_name": directory.name, "provider_code": directory.provider },
    });
    let about = About { connection: Some(connection.key), ..About::default() };
    Ok(act.event(tx, "directory.deleted", about, data)?)
}

/// The refusal for a directory that does not exist or is out of reach.
pub fn not_found() -> Error {
    Error::not_found("DIRECTORY_NOT_FOUND", "There is no such directory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_holds_no_underscore_and_one_slash() {
        assert_eq!(scim_base_url("https://a.test/", "ksde_01ab"), "https://a.test/scim/v2/01ab");
        assert_eq!(scim_base_url("https://a.test", "ksde_01ab"), "https://a.test/scim/v2/01ab");
    }
}
