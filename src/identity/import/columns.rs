//! The columns of a CSV file: Kinde's, and ours beside them.

use std::collections::BTreeMap;

use super::cells;
use super::row::{Given, Named, Row, Wanted, switch};
use crate::identity::Error;

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Id,
    Email,
    EmailVerified,
    Phone,
    PhoneVerified,
    Username,
    FirstName,
    LastName,
    ExternalOrganizationId,
    OrganizationCode,
    ConnectionId,
    ConnectionName,
    EnterpriseIdentity,
    IsSuspended,
    Roles,
}

use Column::{
    ConnectionId, ConnectionName, Email, EmailVerified, EnterpriseIdentity, ExternalOrganizationId, FirstName, Id,
    IsSuspended, LastName, OrganizationCode, Phone, PhoneVerified, Roles, Username,
};

/// The columns in the order they are written.
pub(super) const COLUMNS: [(&str, Column); 15] = [
    ("id", Id),
    ("email", Email),
    ("email_verified", EmailVerified),
    ("phone", Phone),
    ("phone_verified", PhoneVerified),
    ("username", Username),
    ("first_name", FirstName),
    ("last_name", LastName),
    ("external_organization_id", ExternalOrganizationId),
    ("organization_code", OrganizationCode),
    ("connection_id", ConnectionId),
    ("connection_name", ConnectionName),
    ("enterprise_identity", EnterpriseIdentity),
    ("is_suspended", IsSuspended),
    ("roles", Roles),
];

/// Kinde's columns that Anteroom has no place for.
pub(super) const NOT_KEPT: [&str; 8] = [
    "permission_key",
    "permissions",
    "hashed_password",
    "hashing_method",
    "salt",
    "salt_position",
    "salt_format",
    "password_verified",
];

/// The header line of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    columns: Vec<Option<Column>>,
    pub(super) not_kept: Vec<String>,
}

impl Header {
    /// Reads a header line.
    ///
    /// # Errors
    /// 400 for a column nobody knows, one that is there twice, and a line that is no header.
    pub(super) fn read(cells: &[&str]) -> Result<Self, Error> {
        if let [one] = cells
            && one.contains([';', '\t'])
        {
            let message = "The header is one column: separate the columns with commas";
            return Err(Error::invalid("INVALID_HEADER", message));
        }
        let mut header = Self::default();
        for cell in cells {
            let name = cell.trim().to_ascii_lowercase();
            // Kinde's page and its sample files name the column differently.
            let name = if name == "role_key" { "roles".to_owned() } else { name };
            let known = COLUMNS.iter().find(|(known, _)| *known == name).map(|(_, column)| *column);
            if known.is_some_and(|column| header.columns.contains(&Some(column))) {
                return Err(Error::invalid("INVALID_HEADER", format!("The column {name} is there twice")));
            }
            match known {
                Some(_) => {}
                None if NOT_KEPT.contains(&name.as_str()) => header.not_kept.push(name),
                None => return Err(unknown(&name)),
            }
            header.columns.push(known);
        }
        Ok(header)
    }

    /// Reads a line under the header; none when every cell is empty.
    pub(super) fn row(&self, cells: &[&str]) -> Result<Option<Row>, Error> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        if cells.len() != self.columns.len() {
            let message = format!("The row has {} cells and the header {}", cells.len(), self.columns.len());
            return Err(Error::invalid("WRONG_NUMBER_OF_CELLS", message));
        }
        let mut values = BTreeMap::new();
        for (column, cell) in self.columns.iter().zip(cells) {
            let (Some(column), cell) = (column, cell.trim_matches(' ')) else { continue };
            if cells::is_formula(cell) && *column != Phone {
                let message = format!("{} begins as a formula does: put a ' before it if it is meant", name(*column));
                return Err(Error::invalid("FORMULA", message));
            }
            let value = cells::bare(cell).trim();
            if !value.is_empty() {
                values.insert(*column, value.to_owned());
            }
        }
        row(values).map(Some)
    }
}

fn name(column: Column) -> &'static str {
    COLUMNS.iter().find(|(_, known)| *known == column).map_or("", |(name, _)| name)
}

fn unknown(name: &str) -> Error {
    let known: Vec<&str> = COLUMNS.iter().map(|(known, _)| *known).collect();
    let message = format!("There is no column {name:?}; the columns are {}", known.join(", "));
    Error::invalid("INVALID_HEADER", message)
}

fn row(mut values: BTreeMap<Column, String>) -> Result<Row, Error> {
    let mut given = Vec::new();
    for (kind, column, verified) in
        [("email", Email, Some(EmailVerified)), ("phone", Phone, Some(PhoneVerified)), ("username", Username, None)]
    {
        let is_verified = match verified.and_then(|verified| values.remove(&verified).map(|text| (verified, text))) {
            Some((verified, text)) => switch(name(verified), &text)?,
            None => false,
        };
        given.extend(values.remove(&column).map(|value| Given { kind: kind.to_owned(), value, is_verified }));
    }
    let roles = listed(&mut values, Roles);
    let externals = listed(&mut values, ExternalOrganizationId).into_iter().map(Named::External);
    let codes = listed(&mut values, OrganizationCode).into_iter().map(Named::Code);
    let wanted = |organization| Wanted { organization, roles: roles.clone() };
    let organizations: Vec<Wanted> = externals.chain(codes).map(wanted).collect();
    if organizations.is_empty() && !roles.is_empty() {
        return Err(Error::invalid("ORGANIZATION_REQUIRED", "Roles belong to an organization: name it in the row"));
    }
    let is_suspended = values.remove(&IsSuspended).map(|text| switch("is_suspended", &text)).transpose()?;
    let row = Row {
        id: values.remove(&Id),
        given_name: values.remove(&FirstName),
        family_name: values.remove(&LastName),
        given,
        organizations,
        connection_id: values.remove(&ConnectionId),
        connection_name: values.remove(&ConnectionName),
        enterprise_identity: values.remove(&EnterpriseIdentity),
        properties: Vec::new(),
        is_suspended: is_suspended.unwrap_or(false),
    };
    row.checked()
}

/// What a cell lists with commas.
fn listed(values: &mut BTreeMap<Column, String>, column: Column) -> Vec<String> {
    let text = values.remove(&column).unwrap_or_default();
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}
