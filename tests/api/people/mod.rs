//! Whose person is it? Pushes and sign-ins, one rule a test.

mod changes;
mod combining;
mod connections_deleted;
mod departures;
mod diagnosis;
mod directory_deleted;
mod domains;
mod domains_proven;
mod hard_cases;
mod identities_gone;
mod idp;
mod imports;
mod joining;
mod lifecycle;
mod linking;
mod merging;
mod pre_created;
mod races;
mod roles;
mod sign_in;
pub mod support;
mod taking_apart;
mod undo;

use serde_json::json;

use crate::support::{Setup, TestApp, api_test, user};

api_test! {
    async fn a_pre_created_person_is_found_adopted_and_recognized(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let kp = app.pre_create(&okta, "ana@acme.test").await;
        let found = okta.find("/Users", "userName eq \"ana@acme.test\"").await;
        let path = format!("/Users/{}", found[0]);
        okta.put(&path, &user("ana@acme.test")).await.expect(200);
        assert!(app.events(&okta).await.contains(&"user.adopted".to_owned()));
        let answer = app.sign_in(&okta, json!({"subject": "s1", "email": "ana@acme.test"})).await;
        assert_eq!((&answer["decision"], &answer["outcome"], &answer["user"]["id"]), (&json!("allow"), &json!("bound"), &json!(kp)));
        let again = app.sign_in(&okta, json!({"subject": "s1"})).await;
        assert_eq!((&again["outcome"], &again["user"]["id"]), (&json!("recognized"), &json!(kp)));
        okta.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        let denied = app.sign_in(&okta, json!({"subject": "s1"})).await;
        assert_eq!((&denied["decision"], &denied["reason"]), (&json!("deny"), &json!("deactivated")));
    }
}
