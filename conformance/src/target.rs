//! The server under test, and what it says it can do.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::case::{About, Feature};
use crate::exchange::{Answer, Client, Idp, Kept, Request, Sent, Trouble};

/// A server under test.
#[derive(Clone, Debug)]
pub struct Target {
    /// The SCIM base URL, without a slash at the end.
    pub base: String,
    /// The bearer token.
    pub token: String,
    /// What it says it can do.
    pub claims: Claims,
}

/// What discovery says.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// `ServiceProviderConfig`, if it is one.
    pub config: Option<Value>,
    /// Endpoints and extension URNs of `/ResourceTypes`, lower case.
    types: Option<BTreeSet<String>>,
    /// Attributes of users of `/Schemas`, lower case, sub-attributes after a dot.
    attributes: Option<BTreeSet<String>>,
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user";

/// Why a run cannot begin, in words for the person who started it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotReady(pub String);

impl Target {
    /// Asks the server once for users, and what it can do.
    ///
    /// # Errors
    /// It cannot be reached, refuses the token, redirects, or is no SCIM server.
    pub async fn discover(client: &Client, base: &str, token: &str) -> Result<Self, NotReady> {
        let base = base.trim_end_matches('/').to_owned();
        let mut target = Self { base, token: token.to_owned(), claims: Claims::default() };
        let users =
            target.get(client, "/Users?startIndex=1&count=1").await.map_err(|trouble| target.no_answer(&trouble))?;
        target.greet(&users)?;
        target.claims = Claims {
            config: target.resource(client, "/ServiceProviderConfig").await,
            types: target.resource(client, "/ResourceTypes").await.as_ref().map(types),
            attributes: target.resource(client, "/Schemas").await.as_ref().and_then(attributes),
        };
        Ok(target)
    }

    fn no_answer(&self, trouble: &Trouble) -> NotReady {
        NotReady(format!("{}: {trouble}", self.base))
    }

    /// Whether the answer to the first question is that of a SCIM server.
    fn greet(&self, users: &Answer) -> Result<(), NotReady> {
        let said = |text: String| Err(NotReady(format!("{}: {text}", self.base)));
        match users.status {
            200..=299 if users.body.get("totalResults").is_some() => Ok(()),
            300..=399 => {
                let to = users.header("location").unwrap_or("nowhere");
                said(format!("GET /Users is redirected to {to}; give the URL that answers itself"))
            }
            401 | 403 => said(format!("the token is refused (status {})", users.status)),
            _ if users.is_html() => {
                said(format!("GET /Users answers a web page (status {}); is this the SCIM base URL?", users.status))
            }
            404 => said("GET /Users is not found; is this the SCIM base URL?".to_owned()),
            status => said(format!("GET /Users answers status {status} and no list of users")),
        }
    }

    async fn get(&self, client: &Client, path: &str) -> Result<Answer, Trouble> {
        client.send(&self.sent(&Request::new("GET", path))).await
    }

    fn sent(&self, request: &Request) -> Sent {
        let nothing = Kept::new();
        request.filled(Idp::Rfc, &self.base, &self.token, &nothing).unwrap_or_else(|_| Sent {
            method: request.method.clone(),
            url: format!("{}{}", self.base, request.path),
            headers: Idp::Rfc.usual_headers(false),
            body: None,
        })
    }

    async fn resource(&self, client: &Client, path: &str) -> Option<Value> {
        let answer = self.get(client, path).await.ok()?;
        (answer.status == 200 && answer.body.is_object()).then_some(answer.body)
    }
}

impl Claims {
    /// Why a case is not tried on this server, if so.
    pub fn refuse(&self, about: &About, is_adaptive: bool) -> Option<String> {
        if let Some(feature) = about.needs.iter().find(|feature| !self.has(**feature)) {
            return Some(format!("the server does not say that it supports {feature}"));
        }
        let known = self.attributes.as_ref().filter(|_| is_adaptive)?;
        let missing = about.attributes.iter().find(|name| !known.contains(&name.to_lowercase()))?;
        Some(format!("its /Schemas have no attribute {missing}"))
    }

    /// Whether a user of this server may have an attribute, as far as is known.
    pub fn knows(&self, attribute: &str) -> bool {
        self.attributes.as_ref().is_none_or(|known| known.contains(&attribute.to_lowercase()))
    }

    /// A number in `ServiceProviderConfig`, such as `/filter/maxResults`.
    pub fn number(&self, pointer: &str) -> Option<u64> {
        self.config.as_ref()?.pointer(pointer)?.as_u64()
    }

    /// Whether it is said to be supported. Of a server that says nothing, what nobody can do without is expected.
    pub fn has(&self, feature: Feature) -> bool {
        let claimed = |pointer: &str| self.config.as_ref().and_then(|config| config.pointer(pointer)?.as_bool());
        let has_type = |name: &str| self.types.as_ref().is_none_or(|types| types.contains(name));
        match feature {
            Feature::Patch => claimed("/patch/supported").unwrap_or(true),
            Feature::Filter => claimed("/filter/supported").unwrap_or(true),
            Feature::Bulk => claimed("/bulk/supported").unwrap_or(false),
            Feature::Sort => claimed("/sort/supported").unwrap_or(false),
            Feature::Etag => claimed("/etag/supported").unwrap_or(false),
            Feature::ChangePassword => claimed("/changePassword/supported").unwrap_or(false),
            Feature::Cursor => claimed("/pagination/cursor").unwrap_or(false),
            Feature::Groups => has_type("/groups"),
            Feature::Enterprise => has_type(ENTERPRISE),
        }
    }
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.get("Resources").and_then(Value::as_array).into_iter().flatten()
}

fn types(list: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for kind in elements(list) {
        let extensions = kind.get("schemaExtensions").and_then(Value::as_array).into_iter().flatten();
        let texts = extensions.filter_map(|extension| extension.get("schema")).chain(kind.get("endpoint"));
        found.extend(texts.filter_map(Value::as_str).map(str::to_lowercase));
    }
    found
}

fn attributes(list: &Value) -> Option<BTreeSet<String>> {
    let is_user = |schema: &&Value| {
        let id = schema.get("id").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        id == "urn:ietf:params:scim:schemas:core:2.0:user" || id == ENTERPRISE
    };
    let mut found: BTreeSet<String> = ["id", "externalid", "meta", "schemas"].map(str::to_owned).into();
    let mut has_user = false;
    for schema in elements(list).filter(is_user) {
        has_user = true;
        for attribute in schema.get("attributes").and_then(Value::as_array).into_iter().flatten() {
            let name = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_lowercase();
            let parts = attribute.get("subAttributes").and_then(Value::as_array).into_iter().flatten();
            found.extend(parts.map(|part| format!("{}.{}", name(attribute), name(part))));
            found.insert(name(attribute));
        }
    }
    has_user.then_some(found)
}
