//! Requests as providers send them and as the RFC has them, and the laws that hold for all of them.

mod dialects;
mod laws;
mod refusals;
mod rfc;

use serde_json::{Value, json};

use super::{Patched, apply, parse};
use crate::scim::Error;
use crate::scim::quirks::Quirks;
use crate::scim::resource::Document;
use crate::scim::schema::Catalogue;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn patched_by(provider: &str, kind: &str, before: &Value, operations: &Value) -> Result<Patched, Error> {
    let catalogue = Catalogue::core();
    let resource_type = catalogue.resource_type(kind).unwrap();
    let quirks = Quirks::for_provider(provider);
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let operations = parse(&catalogue, resource_type, &body, &quirks)?;
    let document = Document::from_stored(&before.to_string()).unwrap();
    apply(&catalogue, resource_type, &document, &operations, &quirks)
}

fn patched(before: &Value, operations: &Value) -> Result<Patched, Error> {
    patched_by("custom_scim_v2", "User", before, operations)
}

/// What a document becomes.
fn after(before: &Value, operations: &Value) -> Value {
    document_of(&patched(before, operations).unwrap())
}

fn document_of(patched: &Patched) -> Value {
    Value::Object(patched.document.as_map().clone())
}

/// Checks rows of (before, operations, after), `userName` left out.
fn check_table(provider: &str, table: &[(Value, Value, Value)]) {
    let named = |value: &Value| {
        let mut value = value.clone();
        value["userName"] = json!("ana");
        value
    };
    for (before, operations, expected) in table {
        let patched = patched_by(provider, "User", &named(before), operations);
        let found = patched.unwrap_or_else(|error| panic!("{operations}: {error}"));
        assert_eq!(document_of(&found), named(expected), "{operations}");
    }
}
