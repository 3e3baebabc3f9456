//! What the sign-in service asks.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::{Error, Tenant};
use crate::scim::canonical::{email_domain, email_key};

/// Longest subject.
const SUBJECT_BYTES: usize = 1_024;
/// Longest of the other claims.
const CLAIM_CHARS: usize = 512;

/// Who is this subject on this connection? The claims are those the IdP asserted.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Question {
    /// The IdP's id for the person: SAML NameID, OIDC `sub` or `oid`.
    pub subject: String,
    /// The email claim.
    #[serde(default)]
    pub email: Option<String>,
    /// The `email_verified` claim exactly as it came: only JSON `true` means verified.
    #[serde(default)]
    pub email_verified: Option<Value>,
    /// The given name claim.
    #[serde(default)]
    pub given_name: Option<String>,
    /// The family name claim.
    #[serde(default)]
    pub family_name: Option<String>,
    /// The organization they want to enter; the connection's owner if absent.
    #[serde(default)]
    pub organization_code: Option<String>,
    /// Makes the question idempotent for five minutes.
    #[serde(default)]
    pub request_id: Option<String>,
    /// Answer, but change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

impl Question {
    /// Refuses what cannot be a question.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_subject =
            !self.subject.is_empty() && self.subject.len() <= SUBJECT_BYTES && !self.subject.contains('\0');
        if !is_subject {
            return Err(Error::invalid("INVALID_SUBJECT", "subject must be 1 to 1024 bytes").field("subject"));
        }
        let claims = [
            ("email", &self.email),
            ("given_name", &self.given_name),
            ("family_name", &self.family_name),
            ("organization_code", &self.organization_code),
            ("request_id", &self.request_id),
        ];
        for (field, claim) in claims {
            if claim.as_ref().is_some_and(|text| text.chars().count() > CLAIM_CHARS || text.contains('\0')) {
                return Err(Error::invalid("INVALID_CLAIM", format!("{field} is too long or holds a NUL")).field(field));
            }
        }
        Ok(())
    }

    /// Equal for equal questions, whatever their request id.
    pub(super) fn fingerprint(&self) -> String {
        let asked = Self { request_id: None, ..self.clone() };
        crate::id::secret_hash(&serde_json::to_string(&asked).unwrap_or_default())
    }

    /// Whether the IdP stands for the emails of this question.
    pub(super) fn is_email_verified(&self, tenant: &Tenant) -> bool {
        match &self.email_verified {
            Some(Value::Bool(true)) => true,
            None | Some(Value::Null) => tenant.settings.vouches_for_email(&tenant.connection.strategy),
            Some(_) => false,
        }
    }

    /// The email claim, where the IdP stands for it and it can be matched safely.
    pub(super) fn verified_email(&self, tenant: &Tenant) -> Option<&str> {
        let is_verified = self.is_email_verified(tenant);
        self.email.as_deref().filter(|email| is_verified && email_key(email).is_some())
    }

    /// Whether the subject is an email the IdP stands for: what it says of its email claim counts for no other address.
    pub(super) fn is_subject_verified(&self, tenant: &Tenant) -> bool {
        let is_other = |email: &String| email_key(email) != email_key(&self.subject);
        let speaks_of_another = self.email_verified.is_some() && self.email.as_ref().is_some_and(is_other);
        email_key(&self.subject).is_some() && self.is_email_verified(tenant) && !speaks_of_another
    }

    /// The domain of the verified email.
    pub(super) fn verified_domain(&self, tenant: &Tenant) -> Option<String> {
        self.verified_email(tenant).and_then(email_domain)
    }
}
