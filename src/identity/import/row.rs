//! What a row says of a person, however it was written.

use crate::identity::Error;

/// A person as a file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The application's own id (Kinde: `provided_id`).
    pub id: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Emails, phone numbers and user names, the first of a kind first.
    pub given: Vec<Given>,
    /// The organizations to be a member of.
    pub organizations: Vec<Wanted>,
    /// The connection the person signs in through.
    pub connection_id: Option<String>,
    /// The same by name; read when there is no id.
    pub connection_name: Option<String>,
    /// The email or userName as the IdP has it; the first email when left out.
    pub enterprise_identity: Option<String>,
    /// Keys and values of properties.
    pub properties: Vec<(String, String)>,
    /// Whether a person who is made is made suspended.
    pub is_suspended: bool,
}

/// An email, phone number or user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// `email`, `phone` or `username`.
    pub kind: String,
    /// As written.
    pub value: String,
    /// Whether its owner was seen to have it.
    pub is_verified: bool,
}

/// A membership a row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The organization.
    pub organization: Named,
    /// Keys of the roles to have there.
    pub roles: Vec<String>,
}

/// An organization as a row names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By the caller's own id.
    External(String),
    /// By its code.
    Code(String),
}

impl Row {
    /// Lets no line break, escape or NUL through: PostgreSQL stores no NUL, and what is refused is shown on terminals.
    pub(super) fn checked(self) -> Result<Self, Error> {
        let given = self.given.iter().map(|given| &given.value);
        let named = self.organizations.iter().flat_map(|wanted| {
            let (Named::External(name) | Named::Code(name)) = &wanted.organization;
            wanted.roles.iter().chain([name])
        });
        let single = [
            &self.id,
            &self.given_name,
            &self.family_name,
            &self.connection_id,
            &self.connection_name,
            &self.enterprise_identity,
        ];
        // A value may have lines, where its property has.
        let keys = self.properties.iter().map(|(key, _)| key);
        let mut texts = single.into_iter().flatten().chain(given).chain(named).chain(keys);
        let is_clean = !texts.any(|text| text.chars().any(char::is_control));
        drop(texts);
        if !is_clean {
            return Err(Error::invalid("INVALID_VALUE", "A value holds a line break or another control character"));
        }
        Ok(self)
    }

    /// The first email.
    pub fn email(&self) -> Option<&str> {
        self.given.iter().find(|given| given.kind == "email").map(|given| given.value.as_str())
    }

    /// Whether the person signs in through a connection.
    pub(super) fn has_connection(&self) -> bool {
        self.connection_id.is_some() || self.connection_name.is_some()
    }

    /// What the IdP calls the person, if they sign in through one.
    pub(super) fn enterprise_value(&self) -> Option<&str> {
        self.enterprise_identity.as_deref().or(self.email()).filter(|_| self.has_connection())
    }
}

/// Reads `TRUE` or `FALSE`.
pub(super) fn switch(name: &str, text: &str) -> Result<bool, Error> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Error::invalid("INVALID_VALUE", format!("{name} is TRUE or FALSE, not {text:?}"))),
    }
}
