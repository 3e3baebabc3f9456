//! What this server offers (RFC 7643 section 5, RFC 7644 section 4), from the constants that enforce it.

use serde_json::{Value, json};

use super::limits;
use super::list::list_response;
use super::schema::Catalogue;

/// `/ServiceProviderConfig`.
pub fn service_provider_config(base_url: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": limits::MAX_PAGE },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A bearer token of the directory, in the Authorization header",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base_url}/ServiceProviderConfig") },
    })
}

/// `/ResourceTypes`.
pub fn resource_types(catalogue: &Catalogue, base_url: &str) -> Value {
    all(&catalogue.resource_types().iter().map(|found| found.to_json(base_url)).collect::<Vec<_>>())
}

/// `/ResourceTypes/{name}`.
pub fn resource_type(catalogue: &Catalogue, name: &str, base_url: &str) -> Option<Value> {
    catalogue.resource_type(name).map(|found| found.to_json(base_url))
}

/// `/Schemas`.
pub fn schemas(catalogue: &Catalogue, base_url: &str) -> Value {
    all(&catalogue.schemas().iter().map(|schema| schema.to_json(base_url)).collect::<Vec<_>>())
}

/// `/Schemas/{urn}`.
pub fn schema(catalogue: &Catalogue, urn: &str, base_url: &str) -> Option<Value> {
    catalogue.schema(urn).map(|schema| schema.to_json(base_url))
}

fn all(resources: &[Value]) -> Value {
    let total = i64::try_from(resources.len()).unwrap_or(i64::MAX);
    list_response(total, 1, resources)
}
