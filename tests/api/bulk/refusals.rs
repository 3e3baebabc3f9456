//! What is refused: the whole of a malformed request, and single operations without a trace.

use serde_json::{Value, json};

use super::{assert_refused, bulk, everything, group, managed, patch, person, post, request, send, statuses};
use crate::support::{Setup, Sql, TestApp, api_test, user};

/// A directory that refuses members it does not know.
fn strict() -> Setup {
    Setup { options: json!({"pending_members": false}), ..Setup::default() }
}

api_test! {
    async fn a_malformed_request_does_nothing_at_all(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let good = post("good", "/Users", person("ana"));
        for (wrong, scim_type) in [
            (json!({"method": "GET", "path": "/Users"}), "invalidSyntax"),
            (json!({"method": 1, "path": "/Users"}), "invalidSyntax"),
            (json!({"path": "/Users"}), "invalidSyntax"),
            (json!({"method": "DELETE"}), "invalidSyntax"),
            (json!({"method": "DELETE", "path": ["/Users/1"]}), "invalidSyntax"),
            (json!({"method": "DELETE", "path": "/Users/1", "version": 1}), "invalidSyntax"),
            (json!({"method": "DELETE", "path": "/Users/1", "bulkId": {}}), "invalidSyntax"),
            (json!({"method": "DELETE", "path": "/Users/1", "bulkId": "good"}), "invalidValue"),
            (json!({"method": "POST", "path": "/Users", "data": {"userName": "b"}}), "invalidValue"),
            (good.clone(), "invalidValue"),
            (json!([]), "invalidSyntax"),
            (json!("DELETE"), "invalidSyntax"),
            (Value::Null, "invalidSyntax"),
        ] {
            send(&okta, json!([good, wrong])).await.expect_error(400, scim_type);
        }
        for operations in [json!([]), json!({}), json!("x"), json!(1), Value::Null] {
            send(&okta, operations).await.expect_error(400, "invalidSyntax");
        }
        for (name, values, scim_type) in [
            ("failOnErrors", json!([0, -1, 1.5, "1", true, [], {}]), "invalidValue"),
            ("schemas", json!([null, [], "urn:x", ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], {}, 1]), "invalidSyntax"),
        ] {
            for value in values.as_array().unwrap() {
                let mut body = request(json!([good]));
                body[name] = value.clone();
                okta.post("/Bulk", &body).await.expect_error(400, scim_type);
            }
        }
        assert_eq!(okta.get("/Users").await.body["totalResults"], 0);
        okta.get("/Bulk").await.expect_error(405, "");
    }
}

api_test! {
    async fn a_refused_operation_leaves_nothing_behind_and_disturbs_no_other(app: TestApp) {
        let okta = app.directory(strict()).await;
        let ana = okta.push("ana@acme.test").await;
        let red = okta.post("/Groups", &group("Red", &[&ana])).await.expect(201).id();
        let (before, events) = (everything(&okta).await, app.events(&okta).await);
        let (user_path, group_path) = (format!("/Users/{ana}"), format!("/Groups/{red}"));
        let answers = bulk(&okta, json!([
            post("1", "/Users", user("ANA@acme.test")),
            post("2", "/Users", json!({"userName": ["x"]})),
            post("3", "/Users", Value::Null),
            post("4", "/Users", json!("x")),
            post("5", "/Groups", group("Blue", &["nobody"])),
            post("6", "/Groups", group("red", &[])),
            {"method": "PUT", "path": user_path},
            {"method": "PUT", "path": user_path, "data": {}},
            {"method": "PUT", "path": group_path, "data": group("Red", &["nobody"])},
            patch(&user_path, json!([{"op": "add", "path": "title", "value": "x"}, {"op": "add", "path": "nothing", "value": "x"}])),
            patch(&user_path, json!([])),
            {"method": "PATCH", "path": user_path, "data": {"Operations": [{"op": "add", "path": "title", "value": "x"}]}},
            patch(&group_path, json!([{"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": [{"value": "nobody"}]}])),
            patch("/Users/nobody", json!([{"op": "add", "path": "title", "value": "x"}])),
            {"method": "DELETE", "path": "/Users/nobody"},
        ])).await;
        assert_eq!(statuses(&answers), ["409", "400", "400", "400", "400", "409", "400", "400", "400", "400", "400", "400", "400", "404", "404"]);
        for (answer, scim_type) in answers.iter().zip(["uniqueness", "invalidValue", "invalidSyntax", "invalidSyntax", "invalidValue", "uniqueness",
            "invalidSyntax", "invalidValue", "invalidValue", "invalidPath", "invalidSyntax", "invalidSyntax", "invalidValue", "", ""]) {
            assert_refused(answer, answer["status"].as_str().unwrap(), scim_type);
            assert_eq!(answer.get("location").is_some(), answer["method"] != "POST", "{answer}");
        }
        assert_eq!((everything(&okta).await, app.events(&okta).await), (before, events));

        let around = bulk(&okta, json!([post("1", "/Users", person("ben")), post("2", "/Users", user("ana@acme.test")), post("3", "/Users", person("cem"))])).await;
        assert_eq!(statuses(&around), ["201", "409", "201"]);
        assert_eq!(okta.get("/Users").await.body["totalResults"], 3);
    }
}

api_test! {
    async fn no_path_leads_anywhere_but_to_a_resource(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ana = okta.push("ana@acme.test").await;
        let before = everything(&okta).await;
        let posts = [("/Bulk", "404"), ("/Me", "404"), ("/Schemas", "404"), ("/ServiceProviderConfig", "404"), ("/.search", "404"), ("/users", "404"), ("/Users?x=y", "404"), ("/%55sers", "404"),
            ("/Users/.search", "400"), ("/Users/", "400"), ("/", "404"), ("", "400"), ("Users", "400"), ("//Users", "400"), ("/../Users", "400"), ("/scim/v2/x/Users", "400"), ("https://other.test/Users", "400"), ("/livez", "404")];
        for (path, status) in posts {
            let answers = bulk(&okta, json!([post("a", path, person("ben"))])).await;
            assert_refused(&answers[0], status, if status == "400" { "invalidValue" } else { "" });
            assert_eq!(answers[0].get("location"), None);
        }
        for path in [format!("/Users/{ana}/"), format!("/Users/{ana}/groups"), format!("/Users/x/../{ana}"), format!("/Groups/../Users/{ana}"), format!("/Users//{ana}"), "/Users".into(), format!("Users/{ana}")] {
            assert_refused(&bulk(&okta, json!([{"method": "DELETE", "path": path}])).await[0], "400", "invalidValue");
        }
        for path in [format!("/Users/{ana}?x=y"), format!("/Groups/{ana}"), format!("/users/{ana}"), format!("/Users/%{ana}"), "/Users/".into(), format!("/Users/{}", "x".repeat(5_000)), "/Schemas/urn:x".into(), "/Bulk/x".into()] {
            assert_refused(&bulk(&okta, json!([{"method": "DELETE", "path": path}])).await[0], "404", "");
        }
        assert_eq!(everything(&okta).await, before);
    }
}

api_test! {
    async fn an_operation_reaches_nothing_of_another_connection(app: TestApp) {
        let (one, other) = (app.directory(strict()).await, app.directory(strict()).await);
        let own = one.push("own@acme.test").await;
        let red = one.post("/Groups", &group("Red", &[&own])).await.expect(201).id();
        let foreign = other.push("foreign@acme.test").await;
        let blue = other.post("/Groups", &group("Blue", &[&foreign])).await.expect(201).id();
        let before = (everything(&one).await, everything(&other).await);
        let nobody = "7d444840-9dc0-41d1-b245-5ffdce74fad2";
        let refusals = |person: &str, group_id: &str| json!([
            {"method": "PUT", "path": format!("/Users/{person}"), "data": {"userName": "stolen"}},
            patch(&format!("/Users/{person}"), json!([{"op": "add", "path": "title", "value": "stolen"}])),
            {"method": "DELETE", "path": format!("/Users/{person}")},
            {"method": "DELETE", "path": format!("/Groups/{group_id}")},
            {"method": "DELETE", "path": format!("{}/Users/{foreign}", other.base_url)},
            post("a", "/Groups", group("New", &[person])),
            {"method": "PUT", "path": format!("/Groups/{red}"), "data": group("Red", &[&own, person])},
            patch(&format!("/Groups/{red}"), json!([{"op": "add", "path": "members", "value": [{"value": person}]}])),
        ]);
        let answers = bulk(&one, refusals(&foreign, &blue)).await;
        assert_eq!(statuses(&answers), ["404", "404", "404", "404", "400", "400", "400", "400"]);
        let unknown = bulk(&one, refusals(nobody, nobody)).await;
        assert_eq!(json!(answers).to_string().replace(&foreign, nobody).replace(&blue, nobody), json!(unknown).to_string().replace(&blue, nobody));
        assert_eq!((everything(&one).await, everything(&other).await), before);
        // A manager is text.
        let made = bulk(&one, json!([post("m", "/Users", managed("ben", &foreign))])).await;
        assert_eq!(statuses(&made), ["201"]);
        assert_eq!(everything(&other).await, before.1);
        assert_eq!(Sql::connect(&app.database.url).numbers("SELECT COUNT(*) AS value FROM members"), [2]);
    }
}
