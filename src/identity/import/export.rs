//! The people who are here, as a file that an import takes.

use serde_json::{Value, json};

use super::cells;
use super::columns::{COLUMNS, Column};
use super::reader::Format;
use crate::store::connections::Connection;
use crate::store::identities::Identity;
use crate::store::organizations::{Organization, list_of_user_whole};
use crate::store::users::{self, User};
use crate::store::{self, OrganizationKey, Store, Tx, UserKey, connections, identities, properties, roles};

/// People of a page.
const PAGE: i64 = 500;

/// An export at work.
#[derive(Debug)]
pub struct Export {
    store: Store,
    organization: Option<OrganizationKey>,
    after: Option<UserKey>,
}

/// The people of a page, and who was left out.
#[derive(Debug, Default)]
pub struct Page {
    people: Vec<Person>,
    /// Users who cannot sign in, because no identity is left or the IdP has deactivated them.
    pub left_out: u64,
    /// Users with a second email, phone number or user name, or roles that differ by organization: CSV has no column.
    pub cut: u64,
}

#[derive(Debug)]
struct Person {
    user: User,
    identities: Vec<Identity>,
    organizations: Vec<Organization>,
    /// Code of the organization and key of the role, as given by hand.
    roles: Vec<(String, String)>,
    connection: Option<Connection>,
    /// Keys and values.
    properties: Vec<(String, String)>,
}

impl Export {
    /// An export of everybody, or of the members of an organization.
    pub fn new(store: Store, organization: Option<OrganizationKey>) -> Self {
        Self { store, organization, after: None }
    }

    /// The next people, oldest first; none when there are no more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<Page>, store::Error> {
        let (organization, after) = (self.organization, self.after);
        let read = self.store.read(move |tx| page(tx, organization, after)).await?;
        self.after = read.as_ref().map(|(last, _)| *last).or(self.after);
        Ok(read.map(|(_, page)| page))
    }
}

fn page(
    tx: &mut Tx<'_>,
    organization: Option<OrganizationKey>,
    after: Option<UserKey>,
) -> Result<Option<(UserKey, Page)>, store::Error> {
    let found = users::list_after(tx, organization, after, PAGE)?;
    let Some(last) = found.last().map(|user| user.key) else { return Ok(None) };
    let mut page = Page::default();
    for user in found {
        let identities = identities::list_of_user(tx, user.key)?;
        let is_out = identities.iter().any(|identity| identity.kind == "enterprise" && identity.state != "active");
        if is_out || identities.is_empty() {
            page.left_out += 1;
            continue;
        }
        let on = identities.iter().find(|identity| identity.kind == "enterprise");
        let connection = on.and_then(|identity| identity.connection_key);
        let connection = connection.map(|key| connections::load(tx, key)).transpose()?;
        let organizations = list_of_user_whole(tx, user.key)?;
        let granted =
            roles::list_granted(tx, user.key)?.into_iter().map(|(organization, role)| (organization, role.code));
        let values = properties::list_values(tx, &[user.key])?.into_iter();
        let properties = values.map(|(_, property, value)| (property.code, value)).collect();
        let person = Person { user, identities, organizations, roles: granted.collect(), connection, properties };
        page.cut += u64::from(!person.fits_a_table());
        page.people.push(person);
    }
    Ok(Some((last, page)))
}

impl Page {
    /// How many people there are in it.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there is nobody in it.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The people as lines of a file.
    ///
    /// # Errors
    /// Text that cannot be written.
    pub fn write(&self, format: Format) -> std::io::Result<Vec<u8>> {
        match format {
            Format::Ndjson => {
                let lines = self.people.iter().map(|person| format!("{}\n", person.json()));
                Ok(lines.collect::<String>().into_bytes())
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(Vec::new());
                for person in &self.people {
                    writer.write_record(COLUMNS.map(|(_, column)| cells::guarded(&person.cell(column))))?;
                }
                writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
            }
        }
    }

    /// The first line of a file.
    pub fn header(format: Format) -> String {
        match format {
            Format::Ndjson => String::new(),
            Format::Csv => format!("{}\n", COLUMNS.map(|(name, _)| name).join(",")),
        }
    }
}

impl Person {
    fn fits_a_table(&self) -> bool {
        let is_one = |identity: &Identity| identity.kind == "enterprise" || identity.is_primary;
        self.properties.is_empty()
            && self.identities.iter().all(is_one)
            && (self.roles.is_empty() || self.organizations.len() == 1)
    }

    fn roles_in(&self, code: &str) -> Vec<&str> {
        self.roles.iter().filter(|(organization, _)| organization == code).map(|(_, role)| role.as_str()).collect()
    }

    fn first(&self, kind: &str) -> Option<&Identity> {
        let mut of_kind = self.identities.iter().filter(|identity| identity.kind == kind);
        of_kind.clone().find(|identity| identity.is_primary).or_else(|| of_kind.next())
    }

    fn email(&self) -> Option<&str> {
        self.first("email")
            .map(|identity| identity.value.as_str())
            .or_else(|| self.user.email.as_deref().filter(|_| self.user.email_key.is_some()))
    }

    fn cell(&self, column: Column) -> String {
        let user = &self.user;
        let value = |kind| self.first(kind).map(|identity| identity.value.clone());
        let verified = |kind| self.first(kind).map(|identity| identity.is_confirmed.to_string().to_uppercase());
        let of_connection = |part: fn(&Connection) -> &String| self.connection.as_ref().map(part).cloned();
        let cell = match column {
            Column::Id => user.provided_id.clone(),
            Column::Email => self.email().map(str::to_owned),
            Column::EmailVerified => verified("email"),
            Column::Phone => value("phone"),
            Column::PhoneVerified => verified("phone"),
            Column::Username => value("username"),
            Column::FirstName => user.given_name.clone(),
            Column::LastName => user.family_name.clone(),
            // One name for each membership is enough, and the code is never ambiguous.
            Column::ExternalOrganizationId => None,
            Column::OrganizationCode => Some(self.codes().join(",")),
            Column::ConnectionId => of_connection(|connection| &connection.id),
            Column::ConnectionName => of_connection(|connection| &connection.name),
            Column::EnterpriseIdentity => value("enterprise"),
            Column::Roles => match self.organizations.as_slice() {
                [only] => Some(self.roles_in(&only.code).join(",")),
                _ => None,
            },
            Column::IsSuspended => Some(user.is_suspended.to_string().to_uppercase()),
        };
        cell.unwrap_or_default()
    }

    fn codes(&self) -> Vec<&str> {
        self.organizations.iter().map(|organization| organization.code.as_str()).collect()
    }

    fn json(&self) -> Value {
        let mut identities = Vec::new();
        for identity in
            self.identities.iter().filter(|identity| matches!(identity.kind.as_str(), "email" | "phone" | "username"))
        {
            let is_verified = identity.is_confirmed;
            identities.push(json!({ "type": identity.kind, "identity": identity.value, "is_verified": is_verified }));
        }
        if identities.is_empty() {
            identities.extend(self.email().map(|email| json!({ "type": "email", "identity": email })));
        }
        let organizations = self.organizations.iter().map(|organization| {
            let roles = self.roles_in(&organization.code);
            json!({ "code": organization.code, "external_id": organization.external_id, "roles": roles })
        });
        let mut person = json!({
            "id": self.user.provided_id, "first_name": self.user.given_name, "last_name": self.user.family_name,
            "identities": identities, "organizations": organizations.collect::<Vec<_>>(), "is_suspended": self.user.is_suspended,
        });
        if let (false, Some(members)) = (self.properties.is_empty(), person.as_object_mut()) {
            let values = self.properties.iter().map(|(key, value)| json!({ "key": key, "value": value }));
            members.insert("properties".into(), values.collect());
        }
        if let (Some(connection), Some(members)) = (&self.connection, person.as_object_mut()) {
            members.insert("connection_id".into(), json!(connection.id));
            members.insert("connection_name".into(), json!(connection.name));
            let value = self.first("enterprise").map(|identity| &identity.value);
            members.insert("enterprise_identity".into(), json!(value));
        }
        person
    }
}
