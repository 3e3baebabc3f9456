//! What a write to a person who exists does to the user behind them.

use serde_json::{Value, json};

use super::support::*;
use crate::support::{Directory, Setup, TestApp, api_test, user};

async fn set_active(directory: &Directory, id: &str, active: bool) {
    directory
        .patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "active", "value": active}]))
        .await
        .expect(200);
}

api_test! {
    async fn inactive_is_denied_from_the_next_request_and_sessions_are_ordered_to_end(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let engineers = group(&directory, "Engineers", &[&id]).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        set_active(&directory, &id, false).await;
        let answer = app.sign_in(&directory, json!({"subject": "s1"})).await;
        assert!(denied(&answer, "deactivated").contains("activate the person in the IdP"));
        assert_eq!((&answer["user"]["id"], &answer["identity"]["state"]), (&json!(kp), &json!("deactivated")));
        let told = told(&app, &directory, "user.deactivated").await;
        assert_eq!((told.len(), told[0].user.as_ref(), &told[0].data["sessions"]), (1, Some(&kp), &json!("revoke")));
        let user = shown(&app, &kp).await;
        assert_eq!((&user["is_suspended"], &user["organizations"]), (&json!(true), &json!([directory.organization_code])));
        assert_eq!(members(&directory, &engineers).await, [id]);
    }
}

api_test! {
    async fn nobody_is_revived_by_omission_or_by_signing_in(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let id = directory.push("ana@acme.test").await;
        set_active(&directory, &id, false).await;
        let path = format!("/Users/{id}");
        let mut body = with(user("ana@acme.test"), &json!({"title": "Boss"}));
        body.as_object_mut().unwrap().remove("active");
        assert_eq!(directory.put(&path, &body).await.expect(200).body["active"], false);
        directory.patch(&path, json!([{"op": "replace", "path": "title", "value": "CEO"}])).await.expect(200);
        directory.patch(&path, json!([{"op": "remove", "path": "active"}])).await.expect(200);
        for question in [json!({"subject": "ext-ana@acme.test"}), json!({"subject": "s1", "email": "ana@acme.test"})] {
            let before = rows(&app);
            denied(&app.sign_in(&directory, question).await, "deactivated");
            assert_eq!(rows(&app), before);
        }
        assert_eq!(directory.get(&path).await.body.get("active"), None);
        directory.patch(&path, json!([{"op": "replace", "path": "title", "value": "CTO"}])).await.expect(200);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "deactivated");
        assert_eq!(directory.put(&path, &body).await.expect(200).body["active"], false);
    }
}

api_test! {
    async fn active_can_be_unassigned_and_without_it_a_person_is_what_they_were(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let path = format!("/Users/{id}");
        let removed = directory.patch(&path, json!([{"op": "remove", "path": "active"}])).await.expect(200);
        assert_eq!(removed.body.get("active"), None);
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        set_active(&directory, &id, false).await;
        denied(&app.sign_in(&directory, json!({"subject": "s1"})).await, "deactivated");
        assert_eq!(directory.put(&path, &user("ana@acme.test")).await.expect(200).body["active"], true);
    }
}

api_test! {
    async fn reactivated_with_the_same_external_id_is_the_same_person_with_the_same_memberships(app: TestApp) {
        for method in ["PUT", "PATCH"] {
            let directory = app.directory(Setup::default()).await;
            let id = directory.push("ana@acme.test").await;
            let engineers = group(&directory, "Engineers", &[&id]).await;
            let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
            set_active(&directory, &id, false).await;
            if method == "PUT" {
                directory.put(&format!("/Users/{id}"), &user("ana@acme.test")).await.expect(200);
            } else {
                set_active(&directory, &id, true).await;
            }
            assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), kp, "{method}");
            assert_eq!(members(&directory, &engineers).await, [id], "{method}");
            assert_eq!(told(&app, &directory, "user.reactivated").await.len(), 1, "{method}");
            assert_eq!(shown(&app, &kp).await["is_suspended"], false, "{method}");
        }
    }
}

api_test! {
    async fn reactivated_with_another_external_id_is_a_different_person(app: TestApp) {
        for method in ["PUT", "PATCH"] {
            let directory = app.directory(Setup::default()).await;
            let id = directory.push("ana@acme.test").await;
            let old = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
            set_active(&directory, &id, false).await;
            let path = format!("/Users/{id}");
            if method == "PUT" {
                directory.put(&path, &person("ana@acme.test", "x2", "ana@acme.test")).await.expect(200);
            } else {
                directory.patch(&path, json!([{"op": "replace", "value": {"active": true, "externalId": "x2"}}])).await.expect(200);
            }
            let new = user_of(&app, &directory, &id).await;
            assert_ne!(new, old, "{method}");
            let told = told(&app, &directory, "user.replaced").await;
            assert_eq!((told.len(), told[0].user.as_ref(), &told[0].data["before"]["user"], &told[0].data["sessions"]),
                (1, Some(&new), &json!(old), &json!("revoke")), "{method}");
            denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "departed");
            assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": "ana@acme.test"})).await, "bound"), new, "{method}");
            let leaver = shown(&app, &old).await;
            assert_eq!((&leaver["identities"], &leaver["organizations"]), (&json!([]), &json!([])), "{method}");
        }
    }
}

api_test! {
    async fn a_rename_and_a_new_external_id_while_active_are_the_same_person(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.put(&format!("/Users/{id}"), &person("ana.ortiz@acme.test", "x2", "ana.ortiz@acme.test")).await.expect(200);
        set_active(&directory, &id, false).await;
        directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "externalId", "value": "x3"}])).await.expect(200);
        set_active(&directory, &id, true).await;
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), kp);
        assert_eq!(shown(&app, &kp).await["identities"], json!([{"type": "enterprise", "identity": "ana.ortiz@acme.test"}]));
        assert_eq!(told(&app, &directory, "user.replaced").await.len(), 0);
    }
}

api_test! {
    async fn once_pushed_the_profile_is_the_directorys_and_claims_do_not_write_it(app: TestApp) {
        let directory = app.directory(okta(json!({"is_sync_user_profile_on_login": true}))).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let claims = json!({"subject": "s1", "email": "ana@acme.test", "given_name": "Claimed", "family_name": "Name"});
        allowed(&app.sign_in(&directory, claims.clone()).await, "bound");
        assert_eq!(shown(&app, &kp).await["first_name"], "Claimed");
        assert_eq!(source(&app, &kp).await, "sign_in");
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        directory.put(&format!("/Users/{id}"), &user("ana@acme.test")).await.expect(200);
        let changes = &told(&app, &directory, "user.updated").await.pop().unwrap().data["changes"];
        assert_eq!(changes, &json!({"given_name": {"before": "Claimed", "after": "Given"}, "family_name": {"before": "Name", "after": "Family"}}));
        allowed(&app.sign_in(&directory, claims).await, "recognized");
        let user = shown(&app, &kp).await;
        assert_eq!((&user["first_name"], &user["last_name"]), (&json!("Given"), &json!("Family")));
        assert_eq!(source(&app, &kp).await, "directory");
    }
}

async fn source(app: &TestApp, user: &str) -> String {
    let user = user.to_owned();
    let found = app.store.read(move |tx| anteroom::store::users::find(tx, &user)).await.unwrap();
    found.unwrap().profile_source
}

api_test! {
    async fn scim_never_writes_provided_id_or_suspension_or_a_picture_it_does_not_send(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = email_user(&app, Some(&directory.organization_code), "ana@acme.test").await;
        give_identity(&app, &kp, &directory, "ana@acme.test").await.expect(201);
        suspend(&app, &kp, true).await;
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        let path = format!("/Users/{id}");
        let photos = json!([{"value": "https://acme.test/ana.png", "type": "photo"}]);
        directory.put(&path, &with(user("ana@acme.test"), &json!({"photos": photos}))).await.expect(200);
        directory.put(&path, &with(user("ana@acme.test"), &json!({"active": false, "provided_id": "x", "is_suspended": false}))).await.expect(200);
        set_active(&directory, &id, true).await;
        let user = shown(&app, &kp).await;
        assert_eq!((&user["provided_id"], &user["is_suspended"], &user["picture"]), (&json!("crm-1"), &json!(true), &json!("https://acme.test/ana.png")));
        assert!(denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "suspended").contains("lift the suspension"));
        suspend(&app, &kp, false).await;
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
    }
}

api_test! {
    async fn a_held_deactivation_is_not_in_effect_and_reads_as_suspended(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        let identity = identity_of(&app, &kp).await;
        let held = app.store.write(move |tx| {
            let key = anteroom::store::identities::find(tx, &identity)?.unwrap().key;
            anteroom::store::identities::set_state(tx, key, "held")
        });
        held.await.unwrap();
        let answer = app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await;
        assert_eq!((allowed(&answer, "bound"), &answer["identity"]["state"]), (kp.clone(), &json!("held")));
        assert_eq!(shown(&app, &kp).await["is_suspended"], true);
        directory.put(&format!("/Users/{id}"), &user("ana@acme.test")).await.expect(200);
        assert_eq!(shown(&app, &kp).await["is_suspended"], false);
    }
}

api_test! {
    async fn a_push_makes_a_member_of_the_owner_and_keeps_the_source_it_came_by(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let pushed = directory.push("pushed@acme.test").await;
        app.pre_create(&directory, "admin@acme.test").await;
        let adopted = directory.push("admin@acme.test").await;
        let sources: Vec<Value> = told(&app, &directory, "organization.member_added").await.into_iter().map(|event| event.data["source"].clone()).collect();
        assert_eq!(sources, ["directory"]);
        for (id, organizations) in [(pushed, json!([])), (adopted, json!([directory.organization_code]))] {
            let kp = user_of(&app, &directory, &id).await;
            assert_eq!(shown(&app, &kp).await["organizations"], json!([directory.organization_code]));
            directory.delete(&format!("/Users/{id}")).await.expect(204);
            assert_eq!(shown(&app, &kp).await["organizations"], organizations);
        }
    }
}

api_test! {
    async fn a_reactivation_that_says_nothing_of_the_external_id_is_the_same_person(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let path = format!("/Users/{}", directory.push("ana@acme.test").await);
        let kp = user_of(&app, &directory, path.trim_start_matches("/Users/")).await;
        directory.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        directory.put(&path, &json!({"userName": "ana@acme.test", "active": true})).await.expect(200);
        assert_eq!(user_of(&app, &directory, path.trim_start_matches("/Users/")).await, kp);
        assert!(!app.events(&directory).await.contains(&"user.replaced".to_owned()));
    }
}
