//! Schemas and resource types that administrators load: advertised, stored, filtered, patched and shown like the RFC's.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Directory, Setup, TestApp, api_test, user};

const EQUIPMENT: &str = "urn:example:scim:schemas:extension:equipment:2.0:User";
const DEVICE: &str = "urn:example:scim:schemas:core:2.0:Device";

fn everything() -> Value {
    serde_json::from_str(include_str!("../schemas/everything.json")).unwrap()
}

async fn load(app: &TestApp, directory: &Directory, definitions: Value) -> Answer {
    let path = format!("/api/v1/connections/{}/schemas", directory.connection_id);
    app.api(Method::PUT, &path, Some(definitions)).await
}

/// A directory with an attribute of every kind.
async fn equipped(app: &TestApp) -> Directory {
    let directory = app.directory(Setup::default()).await;
    let loaded = load(app, &directory, everything()).await.expect(200);
    assert_eq!(loaded.body["schemas"]["added"].as_array().unwrap().len(), 4);
    directory
}

/// An extension of users with these attributes.
fn badge(attributes: &Value) -> Value {
    json!([
        { "id": "urn:acme:Badge", "attributes": attributes },
        { "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
          "schemaExtensions": [{ "schema": "urn:acme:Badge" }] },
    ])
}

fn badged(name: &str, badge: &Value) -> Value {
    let mut body = user(name);
    body["urn:acme:Badge"] = badge.clone();
    body
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, part: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.body["errors"][0]["code"], code, "{}", answer.text);
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains(part), "{}", answer.text);
}

/// A value of every kind that is kept.
fn values() -> Value {
    json!({
        "serialNumber": "SN-1", "maker": "Acme", "model": "toaster", "assetTag": 7, "weight": 1.5,
        "bought": "2026-11-01T10:00:00Z", "retired": false, "firmware": "QUJD", "manual": "https://acme.test/manual",
        "label": "L", "note": "N", "tags": ["a", "b"], "sizes": [1, 2], "ratings": [0.5, 2.25],
        "visits": ["2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"], "keys": ["QUJD", "REVG"],
        "links": ["https://a.test", "urn:x:y"],
        "interfaces": [{ "value": "00:01", "type": "wired", "speed": 100, "primary": true, "$ref": "https://a.test/i" }],
        "place": { "site": "HQ", "floor": -1, "since": "2026-11-01T10:00:00Z", "codes": ["x", "y"], "detail": "D" },
    })
}

/// A filter that finds what [`values`] holds and one that does not, for each kind of value.
const FILTERS: &[(&str, &str)] = &[
    ("serialNumber eq \"SN-1\"", "serialNumber eq \"sn-1\""),
    ("maker eq \"ACME\"", "maker sw \"b\""),
    ("assetTag eq 7", "assetTag gt 7"),
    ("weight ge 1.5", "weight lt 1.5"),
    ("bought gt \"2026-10-31T00:00:00Z\"", "bought lt \"2026-11-01T10:00:00Z\""),
    ("retired eq false", "retired eq true"),
    ("firmware pr", "not (firmware pr)"),
    ("manual co \"manual\"", "manual eq \"https://ACME.test/manual\""),
    ("tags eq \"B\"", "tags eq \"c\""),
    ("sizes eq 2", "sizes gt 2"),
    ("ratings eq 2.25", "ratings gt 2.25"),
    ("visits ge \"2026-11-02T10:00:00Z\"", "visits gt \"2026-11-02T10:00:00Z\""),
    ("keys pr", "not (keys pr)"),
    ("links eq \"urn:x:y\"", "links eq \"urn:x:z\""),
    ("interfaces eq \"00:01\"", "interfaces eq \"00:02\""),
    ("interfaces[type eq \"wired\" and speed ge 100]", "interfaces[type eq \"wired\" and speed gt 100]"),
    ("place.floor lt 0", "place.floor ge 0"),
    ("place.codes eq \"y\"", "place.codes eq \"z\""),
];

api_test! {
    async fn loaded_schemas_are_advertised_to_the_connection_and_to_nobody_else(app: TestApp) {
        let (with, without) = (equipped(&app).await, app.directory(Setup::default()).await);
        let types = with.get("/ResourceTypes").await.expect(200).body;
        assert_eq!(types["totalResults"], 3);
        let device = with.get("/ResourceTypes/Device").await.expect(200).body;
        assert_eq!((device["endpoint"].as_str(), device["schema"].as_str()), (Some("/Devices"), Some(DEVICE)));
        let schema = with.get(&format!("/Schemas/{EQUIPMENT}")).await.expect(200);
        assert_eq!(schema.body["name"], "Equipment");
        assert!(!schema.text.contains("null"));
        assert_eq!(without.get("/ResourceTypes").await.body["totalResults"], 2);
        without.get(&format!("/Schemas/{DEVICE}")).await.expect_error(404, "");
        without.get("/Devices").await.expect_error(404, "");
        let open = Answer::of(app.client.get(format!("{}/ResourceTypes", with.base_url))).await.expect(200);
        assert_eq!(open.body["totalResults"], 2);
        let filter = format!("{EQUIPMENT}:maker eq \"Acme\"");
        let asked = without.request(Method::GET, "/Users").query(&[("filter", filter)]);
        Answer::of(asked).await.expect_error(400, "invalidFilter");
        let mut body = user("a@acme.test");
        body[EQUIPMENT] = json!({ "maker": "Acme" });
        let made = without.post("/Users", &body).await.expect(201);
        assert_eq!(made.body.get(EQUIPMENT), None);
    }
}

api_test! {
    async fn a_value_of_every_type_is_kept_shown_and_found(app: TestApp) {
        let directory = equipped(&app).await;
        let mut person = user("ana@acme.test");
        person[EQUIPMENT] = values();
        let person = directory.post("/Users", &person).await.expect(201);
        let mut shown = values();
        shown.as_object_mut().unwrap().remove("note");
        shown["place"].as_object_mut().unwrap().remove("detail");
        assert_eq!(person.body[EQUIPMENT], shown);
        assert!(person.body["schemas"].as_array().unwrap().contains(&json!(EQUIPMENT)));
        let device = directory.post("/Devices", &values()).await.expect(201);
        assert_eq!(device.header("location"), format!("{}/Devices/{}", directory.base_url, device.id()));
        assert_eq!((&device.body["tags"], &device.body["meta"]["resourceType"]), (&json!(["a", "b"]), &json!("Device")));
        for (good, bad) in FILTERS {
            assert_eq!(directory.find("/Devices", good).await, [device.id()], "{good}");
            assert_eq!(directory.find("/Devices", bad).await, Vec::<String>::new(), "{bad}");
            let qualified = |filter: &str| match filter.strip_prefix("not (") {
                Some(inner) => format!("not ({EQUIPMENT}:{inner}"),
                None => format!("{EQUIPMENT}:{filter}"),
            };
            assert_eq!(directory.find("/Users", &qualified(good)).await, [person.id()], "{good}");
            assert_eq!(directory.find("/Users", &qualified(bad)).await, Vec::<String>::new(), "{bad}");
        }
    }
}

api_test! {
    async fn a_resource_of_a_type_of_its_own_lives_like_any_other(app: TestApp) {
        let directory = equipped(&app).await;
        let made = directory.post("/Devices", &json!({ "serialNumber": "1", "externalId": "x" })).await.expect(201);
        let path = format!("/Devices/{}", made.id());
        assert_eq!(made.header("etag"), "W/\"1\"");
        let patched = directory.patch(&path, json!([{ "op": "add", "path": "tags", "value": ["new"] }])).await.expect(200);
        assert_eq!((&patched.body["tags"], patched.header("etag")), (&json!(["new"]), "W/\"2\""));
        let operations = json!([{ "op": "add", "value": { format!("{EQUIPMENT}:model"): "phone" } }]);
        assert_eq!(directory.patch(&path, operations).await.expect(200).body[EQUIPMENT]["model"], "phone");
        let put = directory.put(&path, &json!({ "serialNumber": "2" })).await.expect(200);
        assert_eq!((&put.body["serialNumber"], put.body.get("tags"), put.body.get(EQUIPMENT)), (&json!("2"), None, None));
        assert_eq!(directory.get("/Devices").await.expect(200).body["totalResults"], 1);
        directory.get(&format!("/Users/{}", made.id())).await.expect_error(404, "");
        directory.post("/Devices", &json!({ "tags": ["x"] })).await.expect_error(400, "invalidValue");
        directory.delete(&path).await.expect(204);
        directory.get(&path).await.expect_error(404, "");
        assert_eq!(directory.get("/Devices").await.expect(200).body["totalResults"], 0);
        let events = app.events(&directory).await;
        let kinds: Vec<&str> = events.iter().map(String::as_str).filter(|kind| kind.starts_with("resource.")).collect();
        assert_eq!(kinds, ["resource.created", "resource.updated", "resource.updated", "resource.updated", "resource.deleted"]);
    }
}

api_test! {
    async fn every_characteristic_holds_at_post_put_and_patch(app: TestApp) {
        let directory = equipped(&app).await;
        let given = json!({ "serialNumber": "1", "maker": "Acme", "pin": "1234", "remark": "r", "checks": 9, "label": "L", "note": "N",
            "place": { "site": "HQ", "floor": 1 } });
        let made = directory.post("/Devices", &given).await.expect(201);
        let path = format!("/Devices/{}", made.id());
        for hidden in ["pin", "remark", "checks", "note"] {
            assert_eq!(made.body.get(hidden), None, "{hidden}");
        }
        let asked = directory.get(&format!("{path}?attributes=note,pin,remark")).await.expect(200).body;
        assert_eq!((&asked["note"], &asked["label"], asked.get("pin"), asked.get("remark")), (&json!("N"), &json!("L"), None, None));
        assert_eq!(directory.get(&format!("{path}?excludedAttributes=label")).await.body["label"], "L");
        for operation in [
            json!({ "op": "replace", "path": "maker", "value": "Other" }),
            json!({ "op": "remove", "path": "maker" }),
            json!({ "op": "replace", "path": "place.site", "value": "Elsewhere" }),
            json!({ "op": "replace", "path": "checks", "value": 1 }),
        ] {
            directory.patch(&path, json!([operation])).await.expect_error(400, "mutability");
        }
        directory.patch(&path, json!([{ "op": "remove", "path": "serialNumber" }])).await.expect_error(400, "mutability");
        let other = json!({ "serialNumber": "1", "maker": "Other" });
        directory.put(&path, &other).await.expect_error(400, "mutability");
        let kept = directory.put(&path, &json!({ "serialNumber": "1" })).await.expect(200).body;
        assert_eq!((&kept["maker"], &kept["place"]), (&json!("Acme"), &json!({ "site": "HQ" })));
        for (name, wrong) in [
            ("assetTag", json!("7")), ("assetTag", json!(7.5)), ("weight", json!("x")), ("bought", json!("yesterday")),
            ("retired", json!("maybe")), ("firmware", json!("#")), ("manual", json!("no uri")), ("manual", json!("/Users/1")),
            ("owner", json!("https://elsewhere.test/Users/1")), ("owner", json!("ana")), ("links", json!(["a b"])),
            ("sizes", json!(["x"])), ("interfaces", json!([{ "speed": "fast" }])), ("place", json!("HQ")),
            ("interfaces", json!([{ "value": "1", "$ref": "here" }])),
        ] {
            directory.post("/Devices", &json!({ "serialNumber": "9", name: wrong })).await.expect_error(400, "invalidValue");
            let operation = json!([{ "op": "replace", "path": name, "value": wrong }]);
            directory.patch(&path, operation).await.expect_error(400, "invalidValue");
        }
        for owner in ["Users/1".to_owned(), "/Users/1".into(), format!("{}/Users/1", directory.base_url)] {
            directory.patch(&path, json!([{ "op": "replace", "path": "owner", "value": owner }])).await.expect(200);
        }
        let pin = directory.request(Method::GET, "/Devices").query(&[("filter", "pin pr")]);
        Answer::of(pin).await.expect_error(400, "invalidFilter");
    }
}

api_test! {
    async fn what_must_be_unique_is_so_within_type_and_directory(app: TestApp) {
        let (directory, other) = (equipped(&app).await, equipped(&app).await);
        let device = |serial: &str, rest: Value| {
            let mut body = rest;
            body["serialNumber"] = serial.into();
            body
        };
        let interface = |value: &str| json!({ "interfaces": [{ "value": value, "type": "wired" }] });
        let first = directory.post("/Devices", &device("A", interface("00:01"))).await.expect(201).id();
        for body in [device("A", json!({})), device("B", interface("00:01"))] {
            let refused = directory.post("/Devices", &body).await.expect_error(409, "uniqueness");
            let detail = refused.body["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains("serialNumber") || detail.contains("interfaces.value"), "{detail}");
        }
        directory.post("/Devices", &device("a", json!({}))).await.expect(201);
        other.post("/Devices", &device("A", interface("00:01"))).await.expect(201);
        let mut person = user("ana@acme.test");
        person[EQUIPMENT] = json!({ "serialNumber": "A", "assetTag": 7 });
        let ana = directory.post("/Users", &person).await.expect(201).id();
        let mut bob = user("bob@acme.test");
        bob[EQUIPMENT] = json!({ "assetTag": 7 });
        directory.post("/Users", &bob).await.expect_error(409, "uniqueness");
        bob[EQUIPMENT] = json!({ "assetTag": 8 });
        let bob = directory.post("/Users", &bob).await.expect(201).id();
        let take = json!([{ "op": "replace", "path": format!("{EQUIPMENT}:assetTag"), "value": 7 }]);
        directory.patch(&format!("/Users/{bob}"), take.clone()).await.expect_error(409, "uniqueness");
        let give = json!([{ "op": "remove", "path": format!("{EQUIPMENT}:assetTag") }]);
        directory.patch(&format!("/Users/{ana}"), give).await.expect(200);
        directory.patch(&format!("/Users/{bob}"), take).await.expect(200);
        directory.delete(&format!("/Devices/{first}")).await.expect(204);
        directory.post("/Devices", &device("A", interface("00:01"))).await.expect(201);
    }
}

api_test! {
    async fn a_change_that_would_harm_what_is_stored_is_refused_and_others_take_effect(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let attribute = |more: Value| {
            let mut attribute = json!({ "name": "number" });
            attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            badge(&json!([attribute, { "name": "other" }]))
        };
        load(&app, &directory, attribute(json!({}))).await.expect(200);
        load(&app, &directory, attribute(json!({ "type": "integer" }))).await.expect(200);
        load(&app, &directory, attribute(json!({}))).await.expect(200);
        let ana = directory.post("/Users", &badged("ana@acme.test", &json!({ "number": "1" }))).await.expect(201).id();
        for more in [json!({ "type": "integer" }), json!({ "multiValued": true }), json!({ "caseExact": true }),
            json!({ "mutability": "readOnly" }), json!({ "mutability": "writeOnly" }), json!({ "returned": "never" })] {
            refused(&load(&app, &directory, attribute(more)).await, 409, "SCHEMA_IN_USE", "1 of type User with urn:acme:Badge:number");
        }
        refused(&load(&app, &directory, badge(&json!([{ "name": "other" }]))).await, 409, "SCHEMA_IN_USE", "number");
        let path = format!("/api/v1/connections/{}/schemas", directory.connection_id);
        refused(&app.api(Method::DELETE, &format!("{path}/User"), None).await, 409, "SCHEMA_IN_USE", "number");
        refused(&app.api(Method::DELETE, &format!("{path}/urn:acme:Badge"), None).await, 409, "SCHEMA_IN_USE", "User");
        assert_eq!(directory.get(&format!("/Users/{ana}")).await.body["urn:acme:Badge"]["number"], "1");
        load(&app, &directory, attribute(json!({ "returned": "request", "mutability": "immutable" }))).await.expect(200);
        assert_eq!(directory.get(&format!("/Users/{ana}")).await.body.get("urn:acme:Badge"), None);
        load(&app, &directory, badge(&json!([{ "name": "number" }]))).await.expect(200);
        directory.delete(&format!("/Users/{ana}")).await.expect(204);
        app.api(Method::DELETE, &format!("{path}/user"), None).await.expect(200);
        app.api(Method::DELETE, &format!("{path}/URN:acme:badge"), None).await.expect(200);
        refused(&app.api(Method::DELETE, &format!("{path}/User"), None).await, 404, "SCHEMA_NOT_FOUND", "User");
        let made = directory.post("/Users", &badged("eve@acme.test", &json!({ "number": "1" }))).await.expect(201);
        assert_eq!(made.body.get("urn:acme:Badge"), None);
    }
}

api_test! {
    async fn uniqueness_over_duplicates_is_refused_with_the_list_and_holds_once_it_is_on(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let with = |uniqueness: &str| badge(&json!([{ "name": "number", "uniqueness": uniqueness }]));
        load(&app, &directory, with("none")).await.expect(200);
        let (ana, bob) = ("ana@acme.test", "bob@acme.test");
        let ana = directory.post("/Users", &badged(ana, &json!({ "number": "One" }))).await.expect(201).id();
        let bob = directory.post("/Users", &badged(bob, &json!({ "number": "ONE" }))).await.expect(201).id();
        let answer = load(&app, &directory, with("server")).await;
        for part in ["urn:acme:Badge:number", "one (2 resources", &ana, &bob] {
            refused(&answer, 409, "DUPLICATE_VALUES", part);
        }
        let set = |number: &str| json!([{ "op": "replace", "path": "urn:acme:Badge:number", "value": number }]);
        directory.patch(&format!("/Users/{bob}"), set("two")).await.expect(200);
        load(&app, &directory, with("server")).await.expect(200);
        directory.patch(&format!("/Users/{bob}"), set("oNe")).await.expect_error(409, "uniqueness");
        load(&app, &directory, with("none")).await.expect(200);
        directory.patch(&format!("/Users/{bob}"), set("oNe")).await.expect(200);
    }
}

api_test! {
    async fn the_schemas_of_the_deployment_are_everybody_s_and_a_connection_adds_to_them(app: TestApp) {
        let (before, path) = (app.directory(Setup::default()).await, "/api/v1/schemas");
        app.api(Method::PUT, path, Some(badge(&json!([{ "name": "number" }])))).await.expect(200);
        let after = app.directory(Setup::default()).await;
        for directory in [&before, &after] {
            let made = directory.post("/Users", &badged("ana@acme.test", &json!({ "number": "1" }))).await.expect(201);
            assert_eq!(made.body["urn:acme:Badge"]["number"], "1");
            assert_eq!(directory.find("/Users", "urn:acme:Badge:number eq \"1\"").await, [made.id()]);
        }
        let taken = load(&app, &after, badge(&json!([{ "name": "other" }]))).await;
        refused(&taken, 400, "INVALID_SCHEMA", "defined already");
        load(&app, &after, everything()).await.expect(200);
        assert_eq!(after.get("/ResourceTypes/User").await.body["schemaExtensions"].as_array().unwrap().len(), 3);
        let clash = json!({ "id": DEVICE, "attributes": [{ "name": "a" }] });
        refused(&app.api(Method::PUT, path, Some(clash)).await, 400, "INVALID_SCHEMA", "defined already");
        refused(&app.api(Method::DELETE, "/api/v1/schemas/User", None).await, 409, "SCHEMA_IN_USE", "urn:acme:Badge:number");
        let listed = app.api(Method::GET, path, None).await.expect(200).body;
        assert_eq!(listed["schemas"].as_array().unwrap().len(), 2);
        let shown = app.api(Method::GET, "/api/v1/schemas/URN:acme:badge", None).await.expect(200).body;
        assert_eq!((&shown["schema"]["id"], &shown["schema"]["type"]), (&json!("urn:acme:Badge"), &json!("schema")));
        let again = app.api(Method::PUT, path, Some(shown["schema"]["definition"].clone())).await.expect(200).body;
        assert_eq!(again["schemas"]["unchanged"], json!(["urn:acme:Badge"]));
    }
}

api_test! {
    async fn a_rehearsal_that_is_misspelt_is_none_and_nothing_is_loaded(app: TestApp) {
        for wish in ["dry_run=1", "dry_run=True", "dry_run", "dry_run=true&dry_run=true"] {
            let answer = app.api(Method::PUT, &format!("/api/v1/schemas?{wish}"), Some(everything())).await;
            refused(&answer, 400, "INVALID_QUERY", "true or false");
        }
        assert_eq!(app.api(Method::GET, "/api/v1/schemas", None).await.expect(200).body["schemas"], json!([]));
    }
}

api_test! {
    async fn a_rehearsal_says_what_would_be_and_keeps_nothing(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let path = format!("/api/v1/connections/{}/schemas", directory.connection_id);
        let definitions = badge(&json!([{ "name": "number" }]));
        let answer = app.api(Method::PUT, &format!("{path}?dry_run=true"), Some(definitions)).await.expect(200).body;
        assert_eq!(answer["schemas"]["added"], json!(["urn:acme:Badge", "User"]));
        assert_eq!(app.api(Method::GET, &path, None).await.expect(200).body["schemas"], json!([]));
        let wrong = badge(&json!([{ "name": "number", "type": "text" }]));
        let answer = app.api(Method::PUT, &path, Some(wrong)).await;
        refused(&answer, 400, "INVALID_SCHEMA", "schema urn:acme:Badge, attribute number: unknown variant `text`");
    }
}

api_test! {
    async fn what_signing_in_makes_keeps_its_index_and_loading_is_told(app: TestApp) {
        let options = json!({ "is_create_missing_user": true });
        let directory = app.directory(Setup { options, self_join: true, ..Setup::default() }).await;
        load(&app, &directory, badge(&json!([{ "name": "number", "uniqueness": "server" }]))).await.expect(200);
        let question = json!({ "subject": "00u1", "email": "eve@acme.test", "email_verified": true });
        let answer = app.sign_in(&directory, question).await;
        assert_eq!(answer["decision"], "allow", "{answer}");
        let found = directory.find("/Users", "active eq true").await;
        let path = format!("/Users/{}", found[0]);
        directory.patch(&path, json!([{ "op": "add", "path": "urn:acme:Badge:number", "value": "1" }])).await.expect(200);
        assert_eq!(directory.find("/Users", "urn:acme:Badge:number eq \"1\"").await, found);
        assert!(app.events(&directory).await.contains(&"schema.loaded".to_owned()));
    }
}

api_test! {
    async fn what_came_to_be_required_keeps_nobody_from_being_deactivated(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let definitions = |is_required: bool, target: &str| {
            let mut loaded = badge(&json!([
                { "name": "number", "required": is_required },
                { "name": "owner", "type": "reference", "referenceTypes": [target] },
                { "name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                    { "name": "value" }, { "name": "floor", "required": is_required }] },
            ]));
            loaded[1]["schemaExtensions"][0]["required"] = is_required.into();
            loaded
        };
        load(&app, &directory, definitions(false, "external")).await.expect(200);
        let poor = json!({ "owner": "https://acme.test/1", "doors": [{ "value": "A" }] });
        let rich = json!({ "number": "1", "doors": [{ "value": "A", "floor": "1" }] });
        let mut paths = Vec::new();
        for body in [user("ana@acme.test"), badged("bob@acme.test", &poor), badged("eve@acme.test", &rich)] {
            paths.push(format!("/Users/{}", directory.post("/Users", &body).await.expect(201).id()));
        }
        load(&app, &directory, definitions(true, "Group")).await.expect(200);
        for path in &paths {
            let off = json!([{ "op": "replace", "path": "active", "value": false }]);
            assert_eq!(directory.patch(path, off).await.expect(200).body["active"], false);
        }
        for wrong in [
            json!({ "op": "replace", "path": "urn:acme:Badge:number", "value": " " }),
            json!({ "op": "remove", "path": "urn:acme:Badge" }),
            json!({ "op": "replace", "path": "urn:acme:Badge:doors", "value": [{ "value": "B" }] }),
            json!({ "op": "add", "path": "urn:acme:Badge:doors", "value": [{ "value": "B" }] }),
            json!({ "op": "replace", "path": "urn:acme:Badge:owner", "value": "https://acme.test/1" }),
        ] {
            directory.patch(&paths[2], json!([wrong])).await.expect_error(400, "invalidValue");
        }
        let remove = json!([{ "op": "remove", "path": "urn:acme:Badge:number" }]);
        directory.patch(&paths[2], remove).await.expect_error(400, "mutability");
        for wrong in [
            json!({ "op": "add", "path": "urn:acme:Badge:doors", "value": [{ "value": "B" }] }),
            json!({ "op": "replace", "path": "urn:acme:Badge:owner", "value": "https://acme.test/2" }),
        ] {
            directory.patch(&paths[1], json!([wrong])).await.expect_error(400, "invalidValue");
        }
        directory.put(&paths[0], &user("ana@acme.test")).await.expect_error(400, "invalidValue");
    }
}

api_test! {
    async fn a_post_of_somebody_who_is_here_keeps_what_is_immutable(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let definitions = badge(&json!([{ "name": "number", "mutability": "immutable" }, { "name": "other" }]));
        load(&app, &directory, definitions).await.expect(200);
        let first = badged("ana@acme.test", &json!({ "number": "1" }));
        let id = directory.post("/Users", &first).await.expect(201).id();
        let path = format!("/Users/{id}");
        directory.patch(&path, json!([{ "op": "replace", "path": "active", "value": false }])).await.expect(200);
        let other = badged("ana@acme.test", &json!({ "number": "2" }));
        directory.post("/Users", &other).await.expect_error(400, "mutability");
        assert_eq!(directory.get(&path).await.expect(200).body["active"], false);
        let again = directory.post("/Users", &badged("ana@acme.test", &json!({ "other": "x" }))).await.expect(201);
        assert_eq!((again.id(), &again.body["active"]), (id, &json!(true)));
        assert_eq!(again.body["urn:acme:Badge"], json!({ "number": "1", "other": "x" }));
    }
}
