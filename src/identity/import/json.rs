//! NDJSON as it arrives: Kinde's object a line, and ours beside it.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::record::{MAX_RECORD_BYTES, Record};
use super::row::{Given, Named, Row, Wanted};
use crate::identity::Error;

/// Reads one file.
#[derive(Debug, Default)]
pub struct Reader {
    line: Vec<u8>,
    lines: u64,
    is_too_long: bool,
    is_begun: bool,
    not_kept: BTreeSet<&'static str>,
}

impl Reader {
    pub(super) fn feed(&mut self, bytes: &[u8], records: &mut Vec<Record>) -> Result<(), Error> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, is_whole) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            self.is_too_long |= self.line.len() + text.len() > MAX_RECORD_BYTES;
            if self.is_too_long {
                self.line.clear();
            } else {
                self.line.extend_from_slice(text);
            }
            if is_whole {
                self.record(records)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, records: &mut Vec<Record>) -> Result<(), Error> {
        self.record(records)?;
        if self.is_begun { Ok(()) } else { Err(Error::invalid("INVALID_FILE", "The file is empty")) }
    }

    pub(super) fn not_kept(&self) -> Vec<String> {
        self.not_kept.iter().map(|name| (*name).to_owned()).collect()
    }

    fn record(&mut self, records: &mut Vec<Record>) -> Result<(), Error> {
        self.lines += 1;
        let line = std::mem::take(&mut self.line);
        let bytes = line.trim_ascii();
        let bytes = if self.lines == 1 { bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes) } else { bytes };
        if std::mem::take(&mut self.is_too_long) {
            records.push(Record::too_long(self.lines, "")?);
        } else if !bytes.is_empty() {
            if !self.is_begun && bytes.starts_with(b"[") {
                return Err(Error::invalid("INVALID_FILE", "The file is one JSON array: write an object a line"));
            }
            let row = parse(bytes).and_then(|person| self.row(person));
            records.push(Record::new(self.lines, row)?);
        } else {
            return Ok(());
        }
        self.is_begun = true;
        Ok(())
    }

    fn row(&mut self, person: Person) -> Result<Row, Error> {
        let permissions = person.organizations.iter().any(|of| of.permissions.is_some() || of.scopes.is_some());
        for (name, is_there) in [
            ("password", person.password.is_some()),
            ("feature_flags", person.feature_flags.is_some()),
            ("permissions", permissions),
        ] {
            if is_there {
                self.not_kept.insert(name);
            }
        }
        let mut given = Vec::new();
        for identity in person.identities {
            if identity.kind.starts_with("oauth2:") {
                self.not_kept.insert("identities of type oauth2");
                continue;
            }
            let is_verified = identity.is_verified.unwrap_or(false);
            given.push(Given { kind: identity.kind, value: identity.identity, is_verified });
        }
        let organizations = person.organizations.into_iter().map(OrganizationOfPerson::wanted);
        let row = Row {
            id: person.id,
            given_name: person.first_name,
            family_name: person.last_name,
            given,
            organizations: organizations.collect::<Result<_, _>>()?,
            connection_id: person.connection_id,
            connection_name: person.connection_name,
            enterprise_identity: person.enterprise_identity,
            properties: person.properties.into_iter().map(|property| (property.key, property.value)).collect(),
            is_suspended: person.is_suspended,
        };
        row.checked()
    }
}

fn parse(bytes: &[u8]) -> Result<Person, Error> {
    std::str::from_utf8(bytes).map_err(|_| Error::invalid("INVALID_ENCODING", "The text is not UTF-8: save it so"))?;
    let refuse = |cause: String| Error::invalid("INVALID_JSON", format!("The line is no person as JSON: {cause}"));
    let value = crate::scim::json::parse(bytes).map_err(refuse)?;
    serde_json::from_value(value).map_err(|cause| refuse(cause.to_string()))
}

/// A line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    id: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    #[serde(default)]
    identities: Vec<IdentityOfPerson>,
    #[serde(default)]
    organizations: Vec<OrganizationOfPerson>,
    connection_id: Option<String>,
    connection_name: Option<String>,
    enterprise_identity: Option<String>,
    #[serde(default)]
    is_suspended: bool,
    password: Option<IgnoredAny>,
    #[serde(default)]
    properties: Vec<PropertyOfPerson>,
    feature_flags: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityOfPerson {
    #[serde(rename = "type")]
    kind: String,
    identity: String,
    is_verified: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyOfPerson {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganizationOfPerson {
    external_id: Option<String>,
    code: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    permissions: Option<IgnoredAny>,
    scopes: Option<IgnoredAny>,
}

impl OrganizationOfPerson {
    fn wanted(self) -> Result<Wanted, Error> {
        let organization = match (self.code, self.external_id) {
            (Some(code), _) => Named::Code(code),
            (None, Some(id)) => Named::External(id),
            (None, None) => return Err(Error::invalid("INVALID_JSON", "An organization needs external_id or code")),
        };
        Ok(Wanted { organization, roles: self.roles })
    }
}
