//! Random schemas in the form of RFC 7643 section 7: a resource type of its own and an extension of it and of User.

use anteroom::scim::schema::{Catalogue, Definitions};
use serde_json::{Value, json};

use crate::random::Random;

const THING: &str = "urn:example:oracle:1.0:Thing";
const EXTENSION: &str = "urn:example:oracle:1.0:More";
const KINDS: [&str; 7] = ["string", "string", "boolean", "decimal", "integer", "dateTime", "reference"];

/// The definitions, as an administrator would load them.
pub fn definitions(random: &mut Random) -> Value {
    let extension = json!([{ "schema": EXTENSION, "required": false }]);
    let (core, more) = (random.within(6, 10), random.within(3, 5));
    json!([
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": THING, "attributes": attributes(random, core) },
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": EXTENSION, "attributes": attributes(random, more) },
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "Thing", "endpoint": "/Things",
          "schema": THING, "schemaExtensions": extension },
        { "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "User", "endpoint": "/Users",
          "schema": "urn:ietf:params:scim:schemas:core:2.0:User", "schemaExtensions": extension },
    ])
}

/// The RFC's catalogue with them.
pub fn catalogue(definitions: &Value) -> Catalogue {
    let definitions = Definitions::parse(definitions.clone()).unwrap();
    Catalogue::for_connection(true).with(&definitions).unwrap()
}

fn attributes(random: &mut Random, count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| if random.chance(35) { complex(random, number) } else { simple(random, &format!("a{number}")) })
        .collect()
}

fn complex(random: &mut Random, number: usize) -> Value {
    let mut subs: Vec<Value> = (0..random.within(1, 3)).map(|sub| simple(random, &format!("s{sub}"))).collect();
    for name in ["value", "type", "display"] {
        if random.chance(50) {
            subs.push(simple(random, name));
        }
    }
    if random.chance(50) {
        subs.push(json!({ "name": "primary", "type": "boolean" }));
    }
    json!({ "name": format!("c{number}"), "type": "complex", "multiValued": random.chance(70), "subAttributes": subs })
}

fn simple(random: &mut Random, name: &str) -> Value {
    let kind = if random.chance(5) { "binary" } else { random.pick(&KINDS) };
    let is_exact = ["reference", "binary"].contains(&kind) || random.chance(40);
    let mut attribute = json!({ "name": name, "type": kind, "multiValued": random.chance(25), "caseExact": is_exact });
    if kind == "reference" {
        attribute["referenceTypes"] = json!(["external"]);
    }
    match random.below(30) {
        0 => attribute["mutability"] = json!("readOnly"),
        1 => attribute["mutability"] = json!("writeOnly"),
        2 => attribute["mutability"] = json!("immutable"),
        3 => attribute["returned"] = json!("request"),
        _ => {}
    }
    attribute
}
