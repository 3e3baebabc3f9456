//! What the server says about itself (RFC 7644 section 4), made from the numbers that are enforced.

use serde_json::{Value, json};

use super::limits;
use super::list::{Place, list_response};
use super::schema::Catalogue;

const CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// `/ServiceProviderConfig`
pub fn service_provider_config(base: &str) -> Value {
    json!({
        "schemas": [CONFIG_URN],
        "patch": { "supported": true },
        "bulk": {
            "supported": true,
            "maxOperations": limits::BULK_OPERATIONS,
            "maxPayloadSize": limits::BULK_BODY_BYTES,
        },
        "filter": { "supported": true, "maxResults": limits::PAGE_MAX },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": limits::PAGE_DEFAULT,
            "maxPageSize": limits::PAGE_MAX,
            "cursorTimeout": limits::CURSOR_SECONDS,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A bearer token of the directory in the Authorization header",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}

/// `/ResourceTypes`
pub fn resource_types(catalogue: &Catalogue, base: &str) -> Value {
    list(catalogue.resource_types().iter().map(|resource_type| resource_type.to_json(base)).collect())
}

/// `/ResourceTypes/{id}`
pub fn resource_type(catalogue: &Catalogue, id: &str, base: &str) -> Option<Value> {
    catalogue.resource_type(id).map(|found| found.to_json(base))
}

/// `/Schemas`
pub fn schemas(catalogue: &Catalogue, base: &str) -> Value {
    list(catalogue.schemas().iter().map(|schema| schema.to_json(base)).collect())
}

/// `/Schemas/{id}`
pub fn schema(catalogue: &Catalogue, id: &str, base: &str) -> Option<Value> {
    catalogue.schema(id).map(|found| found.to_json(base))
}

fn list(resources: Vec<Value>) -> Value {
    list_response(i64::try_from(resources.len()).unwrap_or(i64::MAX), Place::Index(1), resources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discovery_is_complete_and_without_nulls() {
        let core = Catalogue::core();
        let base = "https://scim.test/v2/d";
        let config = service_provider_config(base);
        assert_eq!(config["filter"]["maxResults"], json!(limits::PAGE_MAX));
        assert_eq!(config["bulk"], json!({"supported": true, "maxOperations": 1_000, "maxPayloadSize": 4_194_304}));
        assert_eq!(resource_types(&core, base)["totalResults"], 2);
        assert_eq!(schemas(&core, base)["totalResults"], 3);
        assert_eq!(resource_type(&core, "User", base).unwrap()["schemaExtensions"][0]["required"], false);
        let urn = "urn:ietf:params:scim:schemas:core:2.0:Group";
        assert_eq!(schema(&core, urn, base).unwrap()["meta"]["location"], format!("{base}/Schemas/{urn}"));
        assert!(schema(&core, "urn:none", base).is_none());
        for shown in [config, resource_types(&core, base), schemas(&core, base)] {
            assert!(!shown.to_string().contains("null"));
        }
    }
}
