//! Members as deltas, and how they are named.

use serde_json::{Value, json};

use super::{group, members};
use crate::support::{Setup, TestApp, api_test};

api_test! {
    async fn members_come_and_go_as_deltas(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (a, b, c) = (okta.push("a@acme.test").await, okta.push("b@acme.test").await, okta.push("c@acme.test").await);
        let id = group(&okta, "Engineering", &[&a]).await;
        let path = format!("/Groups/{id}");
        let change = |operations: Value| {
            let (okta, path) = (okta.clone(), path.clone());
            async move { okta.patch(&path, operations).await.expect(200) }
        };
        let shown = change(json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": b}, {"value": a}]}])).await;
        assert_eq!(shown.body["members"][1], json!({"value": b, "$ref": format!("{}/Users/{b}", okta.base_url), "display": "Display b@acme.test", "type": "User"}));
        assert_eq!(shown.header("etag"), "W/\"2\"");
        assert_eq!(change(json!([{"op": "add", "path": "members", "value": {"value": b}}])).await.header("etag"), "W/\"2\"");
        change(json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")}, {"op": "add", "value": {"members": [{"value": c}]}}])).await;
        assert_eq!(members(&okta, &id).await, [b.clone(), c.clone()]);
        change(json!([{"op": "Remove", "path": "members", "value": [{"value": c}, {"value": "nobody"}]}])).await;
        assert_eq!(members(&okta, &id).await, [b.clone()]);
        change(json!([{"op": "remove", "path": "members", "value": []}])).await;
        assert_eq!(members(&okta, &id).await, [b.clone()]);
        change(json!([{"op": "replace", "path": "members", "value": [{"value": a}, {"value": c}]}])).await;
        assert_eq!(members(&okta, &id).await, [a.clone(), c.clone()]);
        change(json!([{"op": "remove", "path": "members[display co \"C@\"]"}])).await;
        assert_eq!(members(&okta, &id).await, [a.clone()]);
        change(json!([{"op": "remove", "path": "members"}])).await;
        assert_eq!(members(&okta, &id).await, Vec::<String>::new());
    }
}

api_test! {
    async fn an_unknown_member_changes_nothing_and_is_named(app: TestApp) {
        let okta = app.directory(Setup { options: json!({"pending_members": false}), ..Setup::default() }).await;
        let a = okta.push("a@acme.test").await;
        let id = group(&okta, "Engineering", &[&a]).await;
        let path = format!("/Groups/{id}");
        let refused = okta.patch(&path, json!([{"op": "replace", "value": {"displayName": "Other"}}, {"op": "add", "path": "members", "value": [{"value": "nobody"}]}])).await;
        let refused = refused.expect_error(400, "invalidValue");
        assert!(refused.body["detail"].as_str().unwrap().contains("nobody"));
        let shown = okta.get(&path).await;
        assert_eq!((shown.header("etag"), &shown.body["displayName"]), ("W/\"1\"", &json!("Engineering")));
        okta.post("/Groups", &json!({"displayName": "New", "members": [{"value": "nobody"}]})).await.expect_error(400, "invalidValue");
        assert_eq!(okta.find("/Groups", "displayName eq \"New\"").await, Vec::<String>::new());
        okta.post("/Groups", &json!({"displayName": "engineering"})).await.expect_error(409, "uniqueness");
    }
}

api_test! {
    async fn groups_are_shown_on_people_and_filtered_both_ways(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let (a, b) = (okta.push("a@acme.test").await, okta.push("b@acme.test").await);
        let (red, blue) = (group(&okta, "Red", &[&a, &b]).await, group(&okta, "Blue", &[&b]).await);
        let shown = okta.get(&format!("/Users/{b}")).await.body;
        assert_eq!(shown["groups"], json!([
            {"value": red, "$ref": format!("{}/Groups/{red}", okta.base_url), "display": "Red", "type": "direct"},
            {"value": blue, "$ref": format!("{}/Groups/{blue}", okta.base_url), "display": "Blue", "type": "direct"},
        ]));
        assert_eq!(okta.find("/Users", &format!("groups.value eq \"{blue}\"")).await, [b.clone()]);
        assert_eq!(okta.find("/Users", "groups[display eq \"RED\"]").await, [a.clone(), b.clone()]);
        assert_eq!(okta.find("/Users", &format!("not (groups eq \"{blue}\")")).await, [a.clone()]);
        assert_eq!(okta.find("/Groups", &format!("members.value eq \"{b}\"")).await, [red.clone(), blue.clone()]);
        assert_eq!(okta.find("/Groups", &format!("members[value eq \"{a}\" and type eq \"user\"]")).await, [red.clone()]);
        let lean = okta.get(&format!("/Groups/{red}?excludedAttributes=members")).await.body;
        assert_eq!(lean.get("members"), None);
        okta.delete(&format!("/Users/{b}")).await.expect(204);
        assert_eq!(members(&okta, &red).await, [a]);
        assert_eq!(okta.get(&format!("/Groups/{blue}")).await.header("etag"), "W/\"2\"");
    }
}

api_test! {
    async fn a_member_may_be_named_by_reference_and_its_type_must_fit(app: TestApp) {
        let entra = app.directory(Setup { provider: "entra_id_azure_ad", ..Setup::default() }).await;
        let (a, b) = (entra.push("a@acme.test").await, entra.push("b@acme.test").await);
        let id = group(&entra, "Engineering", &[]).await;
        let path = format!("/Groups/{id}");
        let change = |op: &str, member: Value| entra.patch(&path, json!([{"op": op, "path": "members", "value": [member]}]));
        for member in [
            json!({"$ref": format!("{}/Users/{a}", entra.base_url)}),
            json!({"$ref": format!("../Users/{a}"), "type": "USER"}),
            json!({"value": a, "$ref": format!("{}/Users/{b}", entra.base_url), "type": "User"}),
        ] {
            change("add", member.clone()).await.expect(200);
            assert_eq!(members(&entra, &id).await, [a.clone()], "{member}");
            change("remove", member.clone()).await.expect(200);
            assert_eq!(members(&entra, &id).await, Vec::<String>::new(), "{member}");
        }
        for (member, named) in [
            (json!({"value": a, "type": "Group"}), a.as_str()),
            (json!({"value": a, "type": "Device"}), "Device"),
            (json!({"$ref": format!("{}/Groups/{a}", entra.base_url)}), a.as_str()),
            (json!({"$ref": format!("Users/{a}"), "type": "Group"}), a.as_str()),
            (json!({"$ref": format!("https://elsewhere.test/Users/{a}")}), "elsewhere.test"),
            (json!({"$ref": format!("{}/Users/nobody", entra.base_url)}), "nobody"),
            (json!({"display": "a@acme.test"}), "members.value"),
        ] {
            let refused = change("add", member.clone()).await.expect_error(400, "invalidValue");
            assert!(refused.body["detail"].as_str().unwrap().contains(named), "{member}: {}", refused.text);
        }
        let body = json!({"displayName": "Engineering", "members": [{"$ref": format!("{}/Users/{b}", entra.base_url)}]});
        entra.put(&path, &body).await.expect(200);
        assert_eq!(members(&entra, &id).await, [b]);
    }
}
