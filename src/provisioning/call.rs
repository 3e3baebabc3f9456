//! What every SCIM use case is told: who calls, on which connection, and what about.

use serde_json::Value;

use super::Error;
use crate::identity::{Act, Tenant};
use crate::scim;
use crate::scim::etag::Conditions;
use crate::scim::limits;
use crate::scim::quirks::Quirks;
use crate::scim::references;
use crate::scim::resource::Document;
use crate::scim::schema::{Catalogue, ResourceType};
use crate::scim::validate::{self, Validated};
use crate::store::resources::Content;
use crate::store::{self, Tx, definitions};

/// An authenticated call of one directory.
#[derive(Debug)]
pub struct Call {
    /// Who does it, when, in which request.
    pub act: Act,
    /// The connection and its settings.
    pub tenant: Tenant,
    /// The schemas and resource types of the connection.
    pub catalogue: Catalogue,
    /// What this provider is known to do differently.
    pub quirks: Quirks,
    /// Where the directory's resources are, without a slash at the end.
    pub base_url: String,
}

impl Call {
    /// A call of the directory at `base_url`.
    pub fn new(act: Act, tenant: Tenant, base_url: String) -> Self {
        let catalogue = tenant.catalogue.clone();
        let quirks = Quirks::for_provider(tenant.provider());
        Self { act, tenant, catalogue, quirks, base_url }
    }
}

impl Call {
    /// Makes sure, before something is written, that the schemas are those this call was checked against, and keeps them
    /// until the transaction ends. `before` is what the resource holds.
    ///
    /// # Errors
    /// 503: a schema was loaded or removed meanwhile.
    pub(super) fn hold_schemas(
        &self,
        tx: &mut Tx<'_>,
        target: &Target,
        before: Option<&Document>,
    ) -> Result<(), Error> {
        let holds = if self.catalogue.is_core() {
            // No statement: with the RFC's schemas alone nothing can go but what those do not know.
            before.is_none_or(|before| before.fits(&target.resource_type))
        } else {
            definitions::hold(tx, self.tenant.key(), self.tenant.connection.settings_version)?
        };
        if holds { Ok(()) } else { Err(store::Error::Unavailable("the schemas changed meanwhile".into()).into()) }
    }
}

/// The resource type, and the resource, a call is about.
#[derive(Clone, Debug)]
pub struct Target {
    /// The type of the endpoint.
    pub resource_type: ResourceType,
    /// The SCIM id, as the client gave it.
    pub id: String,
    /// `If-Match` and `If-None-Match`.
    pub conditions: Conditions,
}

impl Target {
    /// The target of `/{endpoint}` or `/{endpoint}/{id}`.
    ///
    /// # Errors
    /// 404 when the connection has no such endpoint.
    pub fn find(call: &Call, endpoint: &str, id: Option<&str>) -> Result<Self, scim::Error> {
        let resource_type =
            call.catalogue.resource_type_at(endpoint).ok_or_else(|| scim::Error::not_found("no such endpoint"))?;
        Ok(Self {
            resource_type: resource_type.clone(),
            id: id.unwrap_or_default().to_owned(),
            conditions: Conditions::default(),
        })
    }

    /// Every endpoint of the connection.
    pub fn all(call: &Call) -> Vec<Self> {
        let of = |resource_type: &ResourceType| Self {
            resource_type: resource_type.clone(),
            id: String::new(),
            conditions: Conditions::default(),
        };
        call.catalogue.resource_types().iter().map(of).collect()
    }

    /// Adds the conditions under which the call is to be carried out.
    #[must_use]
    pub fn only_if(self, conditions: Conditions) -> Self {
        Self { conditions, ..self }
    }

    /// Reads the body of a POST or PUT.
    ///
    /// # Errors
    /// 400 for what the schemas refuse, or for a reference that leads elsewhere than they say.
    pub(super) fn read(&self, call: &Call, body: Value) -> Result<Validated, scim::Error> {
        let validated = validate::document(&call.catalogue, &self.resource_type, body)?;
        references::check(&call.catalogue, &self.resource_type, None, &validated.document, &call.base_url)?;
        Ok(validated)
    }

    /// What the store keeps of a document of this type.
    pub(super) fn content(&self, document: Document) -> Content {
        Content::of(&self.resource_type, document)
    }

    /// How large a body may be.
    pub fn body_bytes(&self) -> usize {
        if self.is_group() { limits::GROUP_BODY_BYTES } else { limits::USER_BODY_BYTES }
    }

    /// Whether resources of this type are people.
    pub fn is_user(&self) -> bool {
        self.resource_type.name == "User"
    }

    /// Whether resources of this type have members.
    pub fn is_group(&self) -> bool {
        self.resource_type.name == "Group"
    }

    /// The stored kind.
    pub fn kind(&self) -> &str {
        &self.resource_type.name
    }

    /// 404 naming nothing but the type.
    pub fn missing(&self) -> scim::Error {
        scim::Error::not_found(format!("no such {}", self.resource_type.name))
    }

    /// Refuses a change at a version that the conditions do not allow.
    ///
    /// # Errors
    /// 412.
    pub fn check(&self, version: i64) -> Result<(), scim::Error> {
        self.conditions.check_change(version)
    }
}
