//! Readers of JSON: bodies of resources, PATCH and Bulk messages, definitions of schemas.

use std::collections::BTreeSet;

use anteroom::scim::bulk::{BulkRequest, parts, reference, units};
use anteroom::scim::json;
use anteroom::scim::patch::{OperationKind, apply, parse};
use anteroom::scim::quirks::Quirks;
use anteroom::scim::resource::Document;
use anteroom::scim::schema::{Catalogue, Definitions, ResourceType};
use anteroom::scim::search::parse as parse_search;
use anteroom::scim::{validate, values};
use serde_json::Value;

use super::fixture::{CATALOGUE, document, resource_types, sorted};
use super::texts::is_within_bounds;

pub const BODIES: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana","active":"True","name":{"givenName":"A"},"emails":[{"value":"a@b","type":"work","primary":true},{"value":"c@d"}],"password":"x","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"1"}}}"#,
    r#"{"userName":"ana","emails":{"value":"a@b"},"roles":["{\"value\":\"x\",\"primary\":true}"],"addresses":[{"type":"work","locality":"K"}],"emails.value":"z","id":"1","meta":{}}"#,
    r#"{"displayName":"Engineering","members":[{"value":"1","type":"User"},{"value":"2","$ref":"../Groups/2"}]}"#,
    r#"{"serial":"1","price":1.5,"count":3,"sold":"2026-11-24T09:30:00Z","isNew":true,"key":"QUJD","labels":["a"],"sizes":[1],"parts":[{"value":"p","weight":1,"names":["x"]}],"urn:example:fuzz:1.0:More":{"level":1,"tags":["t"]}}"#,
    r#"{"serial":"1","labels":[],"parts":[{"value":"p","names":[]},{}],"place":{},"urn:example:fuzz:1.0:More":{"tags":[]}}"#,
];
pub const PATCHES: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false},{"op":"Add","path":"emails[type eq \"work\"].value","value":"n@x"}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"name.givenName":"B","emails":[{"value":"z"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"D"}}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"1"},{"value":"2","type":"Group"}]},{"op":"remove","path":"members[value eq \"1\"]"},{"op":"remove","path":"members","value":[{"value":"3"}]}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"emails[not (primary eq true)]"},{"op":"remove","path":"name"},{"op":"replace","path":"roles[value eq \"Admin\"]","value":{"display":"d"}}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"parts.weight","value":2},{"op":"add","path":"labels","value":["c"]},{"op":"replace","path":"urn:example:fuzz:1.0:More","value":{"tags":["q"]}},{"op":"remove","path":"urn:example:fuzz:1.0:More:level"}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"addresses[type eq \"home\"].locality","value":"X"},{"op":"add","value":{"emails":[{"value":"p","primary":true}]}},{"op":"replace","path":"emails.value","value":"same"}]}"#,
];
pub const BULKS: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"ana","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:b"}}}},{"method":"POST","path":"/Users","bulkId":"b","data":{"userName":"bob"}}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"POST","path":"/Groups","bulkId":"a","data":{"displayName":"A","members":[{"value":"bulkId:b"}]}},{"method":"POST","path":"/Groups","bulkId":"b","data":{"displayName":"B","members":[{"value":"bulkId:c"}]}},{"method":"POST","path":"/Groups","bulkId":"c","data":{"members":[{"value":"bulkId:a"}]}}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"patch","path":"/Users/1","version":"W/\"1\"","data":{"Operations":[{"op":"add","path":"x","value":"bulkId:a"}]}},{"method":"DELETE","path":"/Users/bulkId:a"},{"method":"PUT","path":"/Users/2","bulkId":"z","data":{}},{"method":"POST","path":"/Users","bulkId":"a","data":{}}]}"#,
];
pub const SEARCHES: &[&str] = &[
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName","emails.type"],"filter":"displayName sw \"a\"","sortBy":"name.familyName","sortOrder":"descending","startIndex":1,"count":10}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"excludedAttributes":["members"],"cursor":"","count":0}"#,
];
pub const SCHEMAS: &[&str] = &[
    r#"[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:example:fuzz:1.0:Thing","name":"Thing","attributes":[{"name":"serial","type":"string","required":true,"caseExact":true},{"name":"price","type":"decimal"},{"name":"count","type":"integer","mutability":"immutable"},{"name":"sold","type":"dateTime"},{"name":"isNew","type":"boolean"},{"name":"owner","type":"reference","referenceTypes":["User"]},{"name":"key","type":"binary"},{"name":"secret","mutability":"writeOnly"},{"name":"rank","type":"integer","mutability":"readOnly"},{"name":"labels","multiValued":true},{"name":"sizes","type":"integer","multiValued":true},{"name":"parts","type":"complex","multiValued":true,"subAttributes":[{"name":"value"},{"name":"weight","type":"decimal"},{"name":"names","multiValued":true},{"name":"primary","type":"boolean"}]},{"name":"place","type":"complex","subAttributes":[{"name":"room"},{"name":"since","type":"dateTime"},{"name":"pin","mutability":"writeOnly"}]}]},{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:example:fuzz:1.0:More","attributes":[{"name":"level","type":"integer"},{"name":"tags","multiValued":true}]},{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"name":"Thing","endpoint":"/Things","schema":"urn:example:fuzz:1.0:Thing","schemaExtensions":[{"schema":"urn:example:fuzz:1.0:More","required":false}]},{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"name":"User","endpoint":"/Users","schema":"urn:ietf:params:scim:schemas:core:2.0:User","schemaExtensions":[{"schema":"urn:example:fuzz:1.0:More","required":false}]}]"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[{"id":"urn:example:y","attributes":[{"name":"a","canonicalValues":["b"],"returned":"request","uniqueness":"server"}]}]}"#,
];

/// Any body is refused, or makes a document that the schemas allow and that a PUT takes as it is.
pub fn body(data: &[u8]) -> bool {
    let Ok(given) = json::parse(data) else { return false };
    assert_eq!(json::parse(given.to_string().as_bytes()).as_ref(), Ok(&given));
    let mut is_read = false;
    for resource_type in resource_types() {
        if let Ok(validated) = validate::document(&CATALOGUE, resource_type, given.clone()) {
            is_sound(resource_type, &validated.document);
            is_read = true;
        }
    }
    is_read
}

/// A document holds what clients may write and the schemas allow, and nothing without a value.
fn is_sound(resource_type: &ResourceType, document: &Document) {
    let is_stored =
        |urn: Option<&str>, name: &str| resource_type.stored().any(|top| top.urn == urn && top.attribute.name == name);
    for (name, value) in document.as_map() {
        match resource_type.extension(name) {
            Some(_) => {
                assert!(value.as_object().unwrap().keys().all(|key| is_stored(Some(name), key)), "{name} {value}");
            }
            None => assert!(is_stored(None, name), "{name}"),
        }
    }
    assert!(!has_nothing(&Value::Object(document.as_map().clone()), true), "{}", document.to_stored());
    validate::check(resource_type, document).expect("a document that the schemas allow");
    let put = Value::Object(document.as_map().clone());
    let again = validate::document(&CATALOGUE, resource_type, put).expect("its own body");
    assert_eq!((&again.document, again.ignored.as_slice()), (document, &[][..]));
    assert_eq!(&Document::from_stored(&document.to_stored()).expect("stored text"), document);
    values::rows(resource_type, document);
}

fn has_nothing(value: &Value, is_outermost: bool) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty() || elements.iter().any(|element| has_nothing(element, false)),
        Value::Object(object) => {
            (object.is_empty() && !is_outermost) || object.values().any(|inner| has_nothing(inner, false))
        }
        _ => false,
    }
}

/// Any PATCH is refused, or makes a document that is sound; one that replaces by plain paths does nothing the second time.
pub fn patch(data: &[u8]) -> bool {
    let Ok(given) = json::parse(data) else { return false };
    let mut is_read = false;
    for (resource_type, provider) in resource_types().iter().flat_map(|of| [(of, "okta"), (of, "entra_id_azure_ad")]) {
        let quirks = Quirks::for_provider(provider);
        let Ok(operations) = parse(&CATALOGUE, resource_type, &given, &quirks) else { continue };
        let before = document(resource_type);
        let Ok(once) = apply(&CATALOGUE, resource_type, &before, &operations, &quirks) else { continue };
        is_sound(resource_type, &once.document);
        let has_filter = |path: &scim_filter_parser::PatchPath| path.filter.is_some();
        let is_plain = operations.iter().all(|operation| {
            operation.kind == OperationKind::Replace && !operation.path.as_ref().is_some_and(has_filter)
        });
        if is_plain {
            let twice = apply(&CATALOGUE, resource_type, &once.document, &operations, &quirks).expect("it was applied");
            assert_eq!(sorted(&twice.document), sorted(&once.document));
        }
        is_read = true;
    }
    is_read
}

/// Each operation of a Bulk request is in one unit, and units refer to nothing that comes after them.
pub fn bulk(data: &[u8]) -> bool {
    let Ok(given) = json::parse(data) else { return false };
    let Ok(request) = BulkRequest::parse(given) else { return false };
    let references = request.references();
    let (units, mut done) = (units(&references), BTreeSet::new());
    for unit in &units {
        for operation in unit {
            assert!(done.insert(*operation), "{operation} is carried out twice");
        }
        let all = unit.iter().flat_map(|operation| &references[*operation]);
        assert!(all.clone().all(|other| done.contains(other)), "{unit:?} refers to what comes later");
    }
    assert_eq!(done.len(), request.operations.len());
    for operation in &request.operations {
        let _ = parts(operation.method, &operation.path, "https://x.test/scim/v2/d");
        let id_of = |bulk_id: &str| bulk_id.len().is_multiple_of(2).then_some("id-1");
        let left = reference::all(&reference::resolved(&operation.data, &id_of));
        assert!(left.iter().all(|bulk_id| id_of(bulk_id).is_none()));
        if operation.data.is_object() {
            assert_eq!(reference::all(&reference::reduced(&operation.data, &id_of)), BTreeSet::new());
        }
    }
    true
}

/// A search in a body is refused, or asks for what there can be.
pub fn search(data: &[u8]) -> bool {
    let Ok(given) = json::parse(data) else { return false };
    let query = parse_search(&given, &Quirks::default());
    query.inspect(is_within_bounds).is_ok()
}

/// Definitions are refused, or are read again as they were.
pub fn schema(data: &[u8]) -> bool {
    let Ok(given) = json::parse(data) else { return false };
    let Ok(definitions) = Definitions::parse(given) else { return false };
    for schema in &definitions.schemas {
        let again = Definitions::parse(schema.to_json("https://x.test")).expect("what is shown can be loaded");
        assert_eq!(again.schemas, std::slice::from_ref(schema));
    }
    Catalogue::core().with(&definitions).is_ok_and(|catalogue| !catalogue.stored_paths().is_empty())
}
