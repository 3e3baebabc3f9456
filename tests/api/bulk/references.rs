//! `bulkId`: references backward, forward and in circles (RFC 7644 section 3.7.1).

use serde_json::{Value, json};

use super::{ENTERPRISE, assert_refused, bulk, everything, group, id, managed, patch, person, post, statuses};
use crate::support::{Directory, Setup, TestApp, api_test};

async fn manager(okta: &Directory, answer: &Value) -> Value {
    okta.get(&format!("/Users/{}", id(answer))).await.expect(200).body[ENTERPRISE]["manager"]["value"].clone()
}

async fn members(okta: &Directory, answer: &Value) -> Vec<String> {
    let group = okta.get(&format!("/Groups/{}", id(answer))).await.expect(200).body;
    let ids = group["members"].as_array().cloned().unwrap_or_default();
    ids.iter().map(|member| member["value"].as_str().expect("an id").to_owned()).collect()
}

api_test! {
    async fn references_lead_backward_and_forward_and_answers_keep_the_order_of_the_request(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let answers = bulk(&okta, json!([
            post("g", "/Groups", group("Forward", &["bulkId:u", "bulkId:v"])),
            post("u", "/Users", managed("ana", "bulkId:v")),
            post("v", "/Users", person("ben")),
            post("h", "/Groups", json!({"displayName": "Backward", "members": ["bulkId:u"]})),
            patch("/Groups/bulkId:h", json!([{"op": "add", "path": "members", "value": [{"value": "bulkId:v"}]}])),
            {"method": "PUT", "path": "/Users/bulkId:v", "data": managed("ben", "bulkId:u")},
        ])).await;
        assert_eq!(statuses(&answers), ["201", "201", "201", "201", "200", "200"]);
        let bulk_ids: Vec<&str> = answers.iter().filter_map(|answer| answer["bulkId"].as_str()).collect();
        assert_eq!(bulk_ids, ["g", "u", "v", "h"]);
        let (ana, ben) = (id(&answers[1]).to_owned(), id(&answers[2]).to_owned());
        for n in [0, 3] {
            let mut both = vec![ana.clone(), ben.clone()];
            both.sort();
            let mut found = members(&okta, &answers[n]).await;
            found.sort();
            assert_eq!(found, both);
        }
        assert_eq!((manager(&okta, &answers[1]).await, manager(&okta, &answers[2]).await), (json!(ben), json!(ana)));
        // What had to wait was made when the rest was there: once.
        assert_eq!(answers[0]["version"], "W/\"1\"");
        assert!(!everything(&okta).await.contains("bulkId"));
    }
}

api_test! {
    async fn a_circle_is_created_first_and_then_linked(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let answers = bulk(&okta, json!([
            post("a", "/Users", managed("ana", "bulkId:b")),
            post("b", "/Users", managed("ben", "bulkId:c")),
            post("g", "/Groups", group("All", &["bulkId:c", "bulkId:self"])),
            post("c", "/Users", managed("cem", "bulkId:a")),
            post("self", "/Users", managed("boss", "bulkId:self")),
        ])).await;
        assert_eq!(statuses(&answers), ["201"; 5]);
        for (of, expected) in [(0, 1), (1, 3), (3, 0), (4, 4)] {
            assert_eq!(manager(&okta, &answers[of]).await, id(&answers[expected]), "{of}");
            let single = okta.get(&format!("/Users/{}", id(&answers[of]))).await.expect(200);
            assert_eq!(answers[of]["version"], single.header("etag"));
            assert_eq!((&single.body["title"], &single.body[ENTERPRISE]["department"]), (&json!("t"), &json!("d")));
            assert_eq!(single.body["active"], true);
        }
        assert_eq!(members(&okta, &answers[2]).await.len(), 2);
    }
}

api_test! {
    async fn a_circle_holds_together_or_not_at_all(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        okta.push("taken").await;
        let before = (everything(&okta).await, app.events(&okta).await);
        let answers = bulk(&okta, json!([
            post("a", "/Users", managed("ana", "bulkId:b")),
            post("b", "/Users", managed("TAKEN", "bulkId:a")),
            post("g", "/Groups", group("All", &["bulkId:a"])),
            // A group that would contain itself through another: the link is refused after both were made.
            post("x", "/Groups", group("X", &["bulkId:y"])),
            post("y", "/Groups", group("Y", &["bulkId:x"])),
            post("self", "/Groups", group("Self", &["bulkId:self"])),
            // What is required cannot be left out.
            post("own", "/Users", person("bulkId:own")),
        ])).await;
        assert_eq!(statuses(&answers), ["409", "409", "409", "400", "409", "400", "409"]);
        assert_refused(&answers[0], "409", "");
        assert_refused(&answers[1], "409", "uniqueness");
        assert_refused(&answers[2], "409", "");
        assert!(answers.iter().all(|answer| answer.get("location").is_none()));
        assert_eq!((everything(&okta).await, app.events(&okta).await), before);
    }
}

api_test! {
    async fn a_reference_to_nothing_is_400_and_one_to_what_failed_is_409(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let answers = bulk(&okta, json!([
            post("g", "/Groups", group("Unknown", &["bulkId:nobody"])),
            post("u", "/Users", managed("ana", "bulkId:")),
            {"method": "DELETE", "path": "/Users/bulkId:nobody"},
            post("bad", "/Users", json!({"userName": 1})),
            post("h", "/Groups", group("Failed", &["bulkId:bad"])),
            post("i", "/Groups", group("Failed with it", &["bulkId:j"])),
            post("j", "/Users", managed("ben", "bulkId:bad")),
            {"method": "PUT", "path": "/Users/bulkId:bad", "data": person("ana")},
            // A bulkId names what a POST creates, nothing else.
            {"method": "DELETE", "bulkId": "d", "path": "/Users/x"},
            post("k", "/Groups", group("Named otherwise", &["bulkId:d"])),
            post("good", "/Users", person("dan")),
        ])).await;
        assert_eq!(statuses(&answers), ["400", "400", "400", "400", "409", "409", "409", "409", "404", "400", "201"]);
        for n in [0, 1, 2, 9] {
            assert_refused(&answers[n], "400", "invalidValue");
        }
        assert!(answers[0]["response"]["detail"].as_str().unwrap().contains("nobody"));
        for n in [4, 5, 6, 7] {
            assert_refused(&answers[n], "409", "");
        }
        assert_eq!(okta.get("/Groups").await.body["totalResults"], 0);
        assert_eq!(okta.get("/Users").await.body["totalResults"], 1);
    }
}

api_test! {
    async fn a_reference_to_somebody_who_was_here_already_is_to_them(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        app.pre_create(&okta, "known@acme.test").await;
        let known = okta.find("/Users", "userName eq \"known@acme.test\"").await[0].clone();
        let answers = bulk(&okta, json!([
            post("g", "/Groups", group("All", &["bulkId:k"])),
            post("k", "/Users", json!({"userName": "known@acme.test", "emails": [{"value": "known@acme.test"}]})),
        ])).await;
        assert_eq!(statuses(&answers), ["201", "201"]);
        assert_eq!(id(&answers[1]), known);
        assert_eq!(members(&okta, &answers[0]).await, [known]);
    }
}
