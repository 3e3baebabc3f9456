//! Members that are named before they come.

use reqwest::Method;
use serde_json::{Value, json};

use super::{add, group, members};
use crate::support::{Directory, Setup, TestApp, api_test, user};

/// What the groups of a directory wait for, as administrators see it.
async fn pending(app: &TestApp, directory: &Directory) -> Vec<String> {
    let path = format!("/api/v1/connections/{}/pending_members", directory.connection_id);
    let body = app.api(Method::GET, &path, None).await.expect(200).body;
    assert_eq!(body["has_more"], false);
    let values = body["pending_members"].as_array().unwrap().iter();
    values.map(|pending| pending["value"].as_str().unwrap().to_owned()).collect()
}

async fn data(app: &TestApp, directory: &Directory, kind: &str) -> Vec<Value> {
    let (id, kind) = (directory.connection_id.clone(), kind.to_owned());
    let events = app.store.read(move |tx| {
        let connection = anteroom::store::connections::find(tx, &id)?.ok_or(anteroom::store::Error::NotFound)?;
        anteroom::store::events::list(tx, connection.key, 10_000)
    });
    let events = events.await.unwrap().into_iter().filter(|event| event.kind == kind);
    events.map(|event| serde_json::from_str(&event.data).unwrap()).collect()
}

fn remove(value: &str) -> Value {
    json!([{"op": "remove", "path": "members", "value": [{"value": value}]}])
}

api_test! {
    async fn a_member_named_before_it_comes_joins_when_it_comes(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let ana = okta.push("ana@acme.test").await;
        let id = group(&okta, "Engineering", &[&ana, "ext-ben@acme.test", "CLEO@acme.test"]).await;
        assert_eq!(members(&okta, &id).await, [ana.clone()]);
        assert_eq!(pending(&app, &okta).await, ["CLEO@acme.test", "ext-ben@acme.test"]);
        assert_eq!(data(&app, &okta, "group.member_pending").await, [json!({"display_name": "Engineering", "values": ["CLEO@acme.test", "ext-ben@acme.test"]})]);
        // By externalId, and by userName in any spelling.
        let made = okta.post("/Users", &user("ben@acme.test")).await.expect(201);
        assert_eq!(made.body["groups"][0]["value"], json!(id));
        let (ben, cleo) = (made.id(), okta.push("cleo@acme.test").await);
        assert_eq!(members(&okta, &id).await, [ana, ben, cleo.clone()]);
        assert_eq!(pending(&app, &okta).await, Vec::<String>::new());
        assert_eq!(okta.get(&format!("/Groups/{id}")).await.header("etag"), "W/\"3\"");
        let joined = data(&app, &okta, "group.updated").await;
        assert_eq!(joined[1], json!({"display_name": "Engineering", "members_added": [cleo], "members_removed": []}));
    }
}

api_test! {
    async fn an_external_id_is_compared_letter_for_letter_and_a_group_is_nobody(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = group(&okta, "Engineering", &["EXT-ben@acme.test", "Support"]).await;
        okta.push("ben@acme.test").await;
        okta.post("/Groups", &json!({"displayName": "Support", "externalId": "Support"})).await.expect(201);
        assert_eq!(members(&okta, &id).await, Vec::<String>::new());
        assert_eq!(pending(&app, &okta).await.len(), 2);
        let path = format!("/Groups/{id}");
        for member in [json!({"value": "later", "type": "Group"}), json!({"$ref": "Users/later"}), json!({"value": "x".repeat(257)})] {
            okta.patch(&path, json!([{"op": "add", "path": "members", "value": [member, {"value": "kept"}]}])).await.expect_error(400, "invalidValue");
        }
        assert_eq!(pending(&app, &okta).await.len(), 2);
        okta.patch(&path, add(&["x".repeat(256).as_str()])).await.expect(200);
    }
}

api_test! {
    async fn a_change_of_name_is_an_arrival_and_so_is_whoever_comes_another_way(app: TestApp) {
        let setup = Setup { options: json!({"is_create_missing_user": true, "subject_source": "userName"}), self_join: true, ..Setup::default() };
        let okta = app.directory(setup).await;
        let id = group(&okta, "Engineering", &["new@acme.test", "ext-2", "early@acme.test", "door"]).await;
        let ana = okta.push("ana@acme.test").await;
        okta.patch(&format!("/Users/{ana}"), json!([{"op": "replace", "path": "userName", "value": "New@acme.test"}])).await.expect(200);
        assert_eq!(members(&okta, &id).await, [ana.clone()]);
        let ben = okta.push("ben@acme.test").await;
        let mut body = user("ben@acme.test");
        body["externalId"] = json!("ext-2");
        okta.put(&format!("/Users/{ben}"), &body).await.expect(200);
        app.pre_create(&okta, "early@acme.test").await;
        let question = json!({"subject": "door", "organization_code": okta.organization_code});
        assert_eq!(app.sign_in(&okta, question).await["outcome"], "created");
        assert_eq!(members(&okta, &id).await.len(), 4);
        assert_eq!(pending(&app, &okta).await, Vec::<String>::new());
    }
}

api_test! {
    async fn who_is_here_already_joins_at_once_if_only_one_is_meant(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (ana, ben) = (okta.push("ana@acme.test").await, okta.push("ben@acme.test").await);
        let mut twin = user("twin@acme.test");
        twin["externalId"] = json!("ext-ben@acme.test");
        let twin = okta.post("/Users", &twin).await.expect(201).id();
        let id = group(&okta, "Engineering", &["ANA@acme.test", "ext-ben@acme.test"]).await;
        assert_eq!(members(&okta, &id).await, [ana.clone()]);
        assert_eq!(pending(&app, &okta).await, ["ext-ben@acme.test"]);
        okta.delete(&format!("/Users/{twin}")).await.expect(204);
        let path = format!("/Groups/{id}");
        okta.patch(&path, add(&["ext-ben@acme.test"])).await.expect(200);
        assert_eq!(members(&okta, &id).await, [ana.clone(), ben]);
        assert_eq!(pending(&app, &okta).await, Vec::<String>::new());
        // A member is removed by the name it came by.
        okta.patch(&path, remove("ext-ben@acme.test")).await.expect(200);
        assert_eq!(members(&okta, &id).await, [ana]);
    }
}

api_test! {
    async fn what_is_removed_or_replaced_is_not_waited_for(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let id = group(&okta, "Engineering", &["a", "b"]).await;
        let path = format!("/Groups/{id}");
        okta.patch(&path, remove("a")).await.expect(200);
        assert_eq!(pending(&app, &okta).await, ["b"]);
        okta.patch(&path, json!([{"op": "remove", "path": "members[value eq \"b\"]"}])).await.expect(200);
        assert_eq!(pending(&app, &okta).await, Vec::<String>::new());
        okta.put(&path, &json!({"displayName": "Engineering", "members": [{"value": "c"}, {"value": "d"}]})).await.expect(200);
        okta.patch(&path, json!([{"op": "replace", "path": "members", "value": [{"value": "d"}, {"value": "e"}]}])).await.expect(200);
        assert_eq!(pending(&app, &okta).await, ["d", "e"]);
        okta.patch(&path, json!([{"op": "remove", "path": "members"}])).await.expect(200);
        assert_eq!(pending(&app, &okta).await, Vec::<String>::new());
        okta.patch(&path, add(&["f"])).await.expect(200);
        // Nothing that is shown has changed.
        assert_eq!(okta.get(&path).await.header("etag"), "W/\"1\"");
        okta.delete(&path).await.expect(204);
        assert_eq!(pending(&app, &okta).await, Vec::<String>::new());
        okta.push("f").await;
    }
}

api_test! {
    async fn a_group_waits_for_no_more_than_the_limit(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let names: Vec<String> = (0..1_000).map(|n| format!("person{n:04}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let id = group(&okta, "Engineering", &names).await;
        let path = format!("/Groups/{id}");
        let refused = okta.patch(&path, json!([{"op": "replace", "path": "displayName", "value": "Other"}, add(&["one more"])[0]])).await;
        assert!(refused.expect_error(400, "invalidValue").text.contains("1000"));
        assert_eq!(okta.get(&path).await.body["displayName"], "Engineering");
        okta.patch(&path, add(&names)).await.expect(200);
        okta.patch(&path, json!([remove("person0001")[0], add(&["one more"])[0]])).await.expect(200);
        let api = format!("/api/v1/connections/{}/pending_members", okta.connection_id);
        let shown = app.api(Method::GET, &api, None).await.expect(200).body;
        assert_eq!((shown["pending_members"].as_array().unwrap().len(), &shown["has_more"]), (500, &json!(true)));
        assert_eq!(shown["pending_members"][0], json!({"group_id": id, "group_name": "Engineering", "value": "one more"}));
    }
}

api_test! {
    async fn a_person_of_another_connection_does_not_arrive_here(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let other = app.directory_of(&okta.organization_code, Setup::default()).await;
        let theirs = other.push("ana@acme.test").await;
        let id = group(&okta, "Engineering", &[&theirs, "ana@acme.test", "ben@acme.test"]).await;
        other.push("ben@acme.test").await;
        assert_eq!(members(&okta, &id).await, Vec::<String>::new());
        assert_eq!((pending(&app, &okta).await.len(), pending(&app, &other).await.len()), (3, 0));
        okta.push("ben@acme.test").await;
        assert_eq!(members(&okta, &id).await.len(), 1);
    }
}
