//! Each method on each type of resource, versions, and what the answers hold.

use serde_json::{Value, json};

use super::{assert_refused, bulk, group, id, patch, person, post, statuses};
use crate::support::{Setup, TestApp, api_test, user};

api_test! {
    async fn every_method_does_to_every_type_what_the_single_request_does(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let made = bulk(&okta, json!([
            post("u", "/Users", user("ana@acme.test")),
            post("v", "/Users", user("ben@acme.test")),
            post("g", "/Groups", json!({"displayName": "Red"})),
            post("h", "/Groups", json!({"displayName": "Blue"})),
        ])).await;
        assert_eq!(statuses(&made), ["201"; 4]);
        for (answer, (bulk_id, kind)) in made.iter().zip([("u", "Users"), ("v", "Users"), ("g", "Groups"), ("h", "Groups")]) {
            let single = okta.get(&format!("/{kind}/{}", id(answer))).await.expect(200);
            assert_eq!(*answer, json!({"method": "POST", "bulkId": bulk_id, "version": single.header("etag"),
                "location": single.body["meta"]["location"], "status": "201"}));
        }
        let [ana, ben, red, blue] = [0, 1, 2, 3].map(|n| id(&made[n]));
        let renamed = json!({"userName": "ana@acme.test", "displayName": "Ana"});
        let done = bulk(&okta, json!([
            {"method": "PUT", "path": format!("/Users/{ana}"), "data": renamed, "bulkId": "also here"},
            {"method": "put", "path": format!("/Groups/{red}"), "data": group("Dark red", &[ana])},
            patch(&format!("/Users/{ben}"), json!([{"op": "add", "path": "title", "value": "Clerk"}])),
            patch(&format!("{}/Groups/{blue}", okta.base_url), json!([{"op": "add", "path": "members", "value": [{"value": ben}]}])),
        ])).await;
        assert_eq!(statuses(&done), ["200"; 4]);
        assert_eq!(done[0]["bulkId"], "also here");
        assert_eq!(done[1]["method"], "PUT");
        assert!(done[1].get("bulkId").is_none());
        for (answer, path) in done.iter().zip([format!("/Users/{ana}"), format!("/Groups/{red}"), format!("/Users/{ben}"), format!("/Groups/{blue}")]) {
            assert_eq!(answer["location"], format!("{}{path}", okta.base_url));
            assert_eq!(answer["version"], okta.get(&path).await.header("etag"));
            assert!(answer.get("response").is_none());
        }
        assert_eq!(okta.get(&format!("/Users/{ana}")).await.body["displayName"], "Ana");
        assert_eq!(okta.get(&format!("/Users/{ben}")).await.body["title"], "Clerk");
        assert_eq!(okta.get(&format!("/Groups/{red}")).await.body["members"][0]["value"], ana);
        assert_eq!(okta.get(&format!("/Groups/{blue}")).await.body["members"][0]["value"], ben);
        let gone = bulk(&okta, json!([
            {"method": "DELETE", "path": format!("/Users/{ana}")},
            {"method": "DELETE", "path": format!("/Groups/{red}"), "data": "nobody reads this"},
            {"method": "DELETE", "path": format!("/Users/{ana}")},
        ])).await;
        assert_eq!(gone[0], json!({"method": "DELETE", "location": format!("{}/Users/{ana}", okta.base_url), "status": "204"}));
        assert_eq!(statuses(&gone), ["204", "204", "404"]);
        assert_refused(&gone[2], "404", "");
        assert_eq!(gone[2]["location"], gone[0]["location"]);
        okta.get(&format!("/Users/{ana}")).await.expect_error(404, "");
    }
}

api_test! {
    async fn operations_leave_the_events_and_the_people_that_single_requests_leave(app: TestApp) {
        let (one, many) = (app.directory(Setup::default()).await, app.directory(Setup::default()).await);
        for directory in [&one, &many] {
            app.pre_create(directory, "known@acme.test").await;
        }
        let known = one.post("/Users", &user("known@acme.test")).await.expect(201).id();
        one.put(&format!("/Users/{known}"), &json!({"userName": "known@acme.test", "active": false})).await.expect(200);
        let red = one.post("/Groups", &group("Red", &[&known])).await.expect(201).id();
        one.delete(&format!("/Users/{known}")).await.expect(204);
        one.delete(&format!("/Groups/{red}")).await.expect(204);
        let answers = bulk(&many, json!([
            post("a", "/Users", user("known@acme.test")),
            {"method": "PUT", "path": "/Users/bulkId:a", "data": {"userName": "known@acme.test", "active": false}},
            post("g", "/Groups", group("Red", &["bulkId:a"])),
            {"method": "DELETE", "path": "/Users/bulkId:a"},
            {"method": "DELETE", "path": "/Groups/bulkId:g"},
        ])).await;
        assert_eq!(statuses(&answers), ["201", "200", "201", "204", "204"]);
        assert_eq!(app.events(&many).await, app.events(&one).await);
    }
}

api_test! {
    async fn a_version_is_held_against_the_resource_as_if_match_is(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ana = okta.push("ana@acme.test").await;
        let path = format!("/Users/{ana}");
        let change = |version: Value, title: &str| {
            let mut operation = patch(&path, json!([{"op": "replace", "path": "title", "value": title}]));
            operation["version"] = version;
            operation
        };
        let answers = bulk(&okta, json!([
            change(json!("W/\"1\""), "One"), change(json!("W/\"1\""), "Stale"), change(json!("\"2\""), "Two"), change(json!("*"), "Three"),
            change(json!("garbage"), "Never"), change(Value::Null, "Four"),
            {"method": "PUT", "path": path, "version": "W/\"1\"", "data": person("ana@acme.test")},
            {"method": "DELETE", "path": path, "version": "W/\"1\""},
            {"method": "POST", "path": "/Users", "bulkId": "b", "version": "garbage", "data": person("ben@acme.test")},
        ])).await;
        assert_eq!(statuses(&answers), ["200", "412", "200", "200", "400", "200", "412", "412", "201"]);
        assert_eq!(answers[5]["version"], "W/\"5\"");
        assert_refused(&answers[1], "412", "");
        assert_refused(&answers[4], "400", "invalidValue");
        assert_eq!(okta.get(&path).await.body["title"], "Four");
    }
}

api_test! {
    async fn a_patch_of_a_large_group_is_204_as_it_is_alone(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let people: Vec<Value> = (0..1_001).map(|n| post(&format!("p{n}"), "/Users", person(&format!("p{n}")))).collect();
        let mut members = Vec::new();
        for some in people.chunks(1_000) {
            members.extend(bulk(&okta, json!(some)).await.iter().map(|answer| json!({"value": id(answer)})));
        }
        let group = okta.post("/Groups", &json!({"displayName": "All", "members": members[1..]})).await.expect(201).id();
        let add = |n: usize| patch(&format!("/Groups/{group}"), json!([{"op": "add", "path": "members", "value": [members[n]]}]));
        let answers = bulk(&okta, json!([add(1), add(0)])).await;
        assert_eq!(statuses(&answers), ["200", "204"]);
        assert_eq!(answers[1]["version"], "W/\"2\"");
    }
}
