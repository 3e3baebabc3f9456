//! Whom a POST means: the rules in order, each branch.

use serde_json::{Value, json};

use super::support::*;
use crate::support::{Setup, TestApp, api_test, user};

api_test! {
    async fn rule_1_somebody_with_this_user_name_whom_the_idp_never_wrote_is_adopted(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let before = directory.find("/Users", "userName eq \"ana@acme.test\"").await;
        let posted = directory.post("/Users", &person("ANA@acme.test", "x1", "other@acme.test")).await.expect(201);
        assert_eq!([posted.id()].as_slice(), before);
        assert_eq!(posted.header("location"), format!("{}/Users/{}", directory.base_url, before[0]));
        assert_eq!((&posted.body["userName"], &posted.body["externalId"]), (&json!("ANA@acme.test"), &json!("x1")));
        assert_eq!(user_of(&app, &directory, &before[0]).await, kp);
        let user = shown(&app, &kp).await;
        assert_eq!((&user["preferred_email"], &user["first_name"], &user["last_name"]), (&json!("other@acme.test"), &json!("Given"), &json!("Family")));
        let adopted = told(&app, &directory, "user.adopted").await;
        assert_eq!((adopted.len(), adopted[0].user.as_ref(), &adopted[0].data["origin"]), (1, Some(&kp), &json!("admin")));
    }
}

api_test! {
    async fn rule_1_somebody_inactive_with_this_user_name_and_external_id_is_restored(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        let posted = directory.post("/Users", &user("ana@acme.test")).await.expect(201);
        assert_eq!((posted.id(), &posted.body["active"]), (id, &json!(true)));
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), kp);
        assert_eq!(told(&app, &directory, "user.reactivated").await.len(), 1);
    }
}

api_test! {
    async fn rule_1_anybody_else_with_this_user_name_is_a_conflict(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push("active@acme.test").await;
        for (name, external) in [("inactive", json!("x1")), ("nameless", Value::Null)] {
            let body = with(person(name, "x1", &format!("{name}@acme.test")), &json!({"externalId": external, "active": false}));
            directory.post("/Users", &body).await.expect(201);
        }
        let before = rows(&app);
        directory.post("/Users", &user("active@acme.test")).await.expect_error(409, "uniqueness");
        directory.post("/Users", &person("inactive", "x2", "inactive@acme.test")).await.expect_error(409, "uniqueness");
        directory.post("/Users", &with(person("inactive", "", "inactive@acme.test"), &json!({"externalId": null}))).await.expect_error(409, "uniqueness");
        directory.post("/Users", &with(person("nameless", "", "nameless@acme.test"), &json!({"externalId": null}))).await.expect_error(409, "uniqueness");
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn rule_2_the_only_inactive_person_with_this_external_id_is_restored_and_renamed(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let body = person("ana", "x1", "ana@acme.test");
        let id = directory.post("/Users", &with(body, &json!({"active": false}))).await.expect(201).id();
        let kp = user_of(&app, &directory, &id).await;
        let posted = directory.post("/Users", &person("ana.ortiz", "x1", "ortiz@acme.test")).await.expect(201);
        assert_eq!((posted.id(), &posted.body["userName"], &posted.body["active"]), (id.clone(), &json!("ana.ortiz"), &json!(true)));
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(directory.find("/Users", "userName eq \"ana\"").await, Vec::<String>::new());
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ortiz@acme.test"})).await, "bound"), kp);
    }
}

api_test! {
    async fn rule_2_several_inactive_people_or_an_active_one_with_this_external_id_are_left_alone(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let mut ids = Vec::new();
        for name in ["a", "b"] {
            ids.push(directory.post("/Users", &person(name, "x1", &format!("{name}@acme.test"))).await.expect(201).id());
        }
        ids.push(directory.post("/Users", &person("c", "x1", "c@acme.test")).await.expect(201).id());
        for id in &ids[..2] {
            directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "active", "value": false}])).await.expect(200);
        }
        let made = directory.post("/Users", &person("d", "x1", "d@acme.test")).await.expect(201).id();
        assert!(!ids.contains(&made));
        assert_eq!(directory.get(&format!("/Users/{}", ids[0])).await.body["active"], false);
    }
}

api_test! {
    async fn rule_2_somebody_made_at_sign_in_whose_subject_is_the_external_id_is_adopted(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "x1", "email": "ana@acme.test"})).await, "created");
        let id = directory.post("/Users", &person("ortiz", "x1", "ortiz@acme.test")).await.expect(201).id();
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "x1"})).await, "recognized"), kp);
        assert_eq!(told(&app, &directory, "user.adopted").await[0].data["origin"], "sign_in");
    }
}

api_test! {
    async fn rule_2_a_pushed_person_whose_subject_is_the_external_id_is_left_alone(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let ana = directory.push("ana@acme.test").await;
        allowed(&app.sign_in(&directory, json!({"subject": "x1", "email": "ana@acme.test"})).await, "bound");
        let other = directory.post("/Users", &person("bob", "x1", "bob@acme.test")).await.expect(201).id();
        assert_ne!(other, ana);
    }
}

api_test! {
    async fn rule_3_the_only_one_never_written_with_this_email_is_adopted(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = app.pre_create(&directory, "Ana@Acme.test").await;
        let emails = json!([{"value": "home@acme.test", "type": "home"}, {"value": "ana@acme.test", "type": "work"}]);
        let posted = directory.post("/Users", &with(person("aortiz", "x1", ""), &json!({"emails": emails}))).await.expect(201);
        assert_eq!(user_of(&app, &directory, &posted.id()).await, kp);
        assert_eq!(posted.body["userName"], "aortiz");
        assert_eq!(directory.find("/Users", "userName eq \"Ana@Acme.test\"").await, Vec::<String>::new());
    }
}

api_test! {
    async fn rule_3_two_never_written_or_somebody_pushed_with_this_email_are_left_alone(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let first = directory.post("/Users", &person("a", "x1", "help@acme.test")).await.expect(201).id();
        let second = directory.post("/Users", &person("b", "x2", "help@acme.test")).await.expect(201).id();
        assert_ne!(user_of(&app, &directory, &first).await, user_of(&app, &directory, &second).await);
        let one = app.pre_create(&directory, "one@acme.test").await;
        let two = email_user(&app, None, "two@acme.test").await;
        give_identity(&app, &two, &directory, "two@acme.test").await.expect(201);
        let found = directory.find("/Users", "userName eq \"two@acme.test\"").await;
        // The administrator's second person is never written, but has the first one's email by another road.
        set_email_of_identity(&app, &two, "one@acme.test").await;
        let made = directory.post("/Users", &person("new", "x3", "one@acme.test")).await.expect(201).id();
        let kp = user_of(&app, &directory, &made).await;
        assert!(kp != one && kp != two && made != found[0]);
        assert_eq!(told(&app, &directory, "user.adopted").await.len(), 0);
    }
}

async fn set_email_of_identity(app: &TestApp, user: &str, email: &'static str) {
    let id = identity_of(app, user).await;
    let done = app.store.write(move |tx| {
        let key = anteroom::store::identities::find(tx, &id)?.expect("an identity").key;
        anteroom::store::identities::set_value(tx, key, email, email)
    });
    done.await.expect("an email");
}

api_test! {
    async fn rule_4_somebody_deleted_with_this_external_id_is_the_same_user_under_a_new_id(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let old = directory.push("ana@acme.test").await;
        let engineers = group(&directory, "Engineers", &[&old]).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.delete(&format!("/Users/{old}")).await.expect(204);
        let new = directory.post("/Users", &with(user("renamed@acme.test"), &json!({"externalId": "ext-ana@acme.test"}))).await.expect(201).id();
        assert_ne!(new, old);
        directory.get(&format!("/Users/{old}")).await.expect_error(404, "");
        assert_eq!(user_of(&app, &directory, &new).await, kp);
        assert_eq!(members(&directory, &engineers).await, Vec::<String>::new());
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), kp);
        assert_eq!(told(&app, &directory, "user.relinked").await[0].user.as_ref(), Some(&kp));
        assert_eq!(shown(&app, &kp).await["organizations"], json!([directory.organization_code]));
        assert_eq!(rows(&app)[5], 0, "nobody has departed any more");
    }
}

api_test! {
    async fn rule_4_is_off_for_entra_unless_the_connection_says_otherwise(app: TestApp) {
        let off = json!({"relink_deleted": false});
        let on = json!({"relink_deleted": true});
        for (setup, is_relinked) in [(okta(json!({})), true), (okta(off), false), (entra(json!({})), false), (entra(on), true)] {
            let case = format!("{setup:?}");
            let directory = app.directory(setup).await;
            let old = directory.push("ana@acme.test").await;
            let kp = user_of(&app, &directory, &old).await;
            directory.delete(&format!("/Users/{old}")).await.expect(204);
            let new = directory.push("ana@acme.test").await;
            assert_eq!(user_of(&app, &directory, &new).await == kp, is_relinked, "{case}");
        }
    }
}

api_test! {
    async fn rule_4_does_not_take_back_who_has_found_another_connection(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let other = app.directory_of(&directory.organization_code, Setup::default()).await;
        let old = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &old).await;
        directory.delete(&format!("/Users/{old}")).await.expect(204);
        give_identity(&app, &kp, &other, "ana@acme.test").await.expect(201);
        let new = directory.push("ana@acme.test").await;
        assert_ne!(user_of(&app, &directory, &new).await, kp);
    }
}

api_test! {
    async fn rule_6_a_new_user_and_administrators_hear_of_others_with_the_email(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let first = directory.push("ana@acme.test").await;
        assert_eq!(told(&app, &directory, "user.duplicate_email").await.len(), 0);
        let one = user_of(&app, &directory, &first).await;
        let posted = directory.post("/Users", &person("other", "x2", "ANA@acme.test")).await.expect(201);
        let two = user_of(&app, &directory, &posted.id()).await;
        assert_ne!(one, two);
        let told = told(&app, &directory, "user.duplicate_email").await;
        assert_eq!((told.len(), told[0].user.as_ref(), &told[0].data["others"]), (1, Some(&two), &json!([one])));
        assert!(!posted.text.contains(&one) && !posted.text.contains("duplicate"));
    }
}

api_test! {
    async fn another_connections_people_are_never_found_whatever_they_share(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let other = app.directory_of(&directory.organization_code, Setup::default()).await;
        let pre_created = app.pre_create(&directory, "pre@acme.test").await;
        let inactive = directory.post("/Users", &with(user("off@acme.test"), &json!({"active": false}))).await.expect(201).id();
        let gone = directory.push("gone@acme.test").await;
        let kp_of_gone = user_of(&app, &directory, &gone).await;
        directory.delete(&format!("/Users/{gone}")).await.expect(204);
        for name in ["pre@acme.test", "off@acme.test", "gone@acme.test"] {
            let id = other.push(name).await;
            let kp = user_of(&app, &other, &id).await;
            assert!(id != inactive && id != gone && kp != pre_created && kp != kp_of_gone, "{name}");
        }
        let theirs = other.find("/Users", "userName eq \"off@acme.test\"").await;
        other.patch(&format!("/Users/{}", theirs[0]), json!([{"op": "replace", "value": {"name.givenName": "Other"}}])).await.expect(200);
        assert_eq!(directory.get(&format!("/Users/{inactive}")).await.body["active"], false);
        assert_eq!(shown(&app, &pre_created).await["first_name"], "Pre");
    }
}

api_test! {
    async fn long_user_names_are_told_apart_by_their_last_letter(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        for length in [1, 71, 72, 73, 255, 256] {
            let name = |last: char| format!("{}{last}", "n".repeat(length - 1));
            let mut ids = Vec::new();
            for last in ['a', 'b'] {
                let external = format!("x{length}{last}");
                ids.push(directory.post("/Users", &person(&name(last), &external, &format!("{last}{length}@acme.test"))).await.expect(201).id());
            }
            assert_ne!(user_of(&app, &directory, &ids[0]).await, user_of(&app, &directory, &ids[1]).await, "{length}");
            for (last, id) in ['a', 'b'].into_iter().zip(&ids) {
                assert_eq!(directory.find("/Users", &format!("userName eq \"{}\"", name(last))).await, [id.clone()], "{length}");
            }
        }
    }
}

api_test! {
    async fn a_long_external_id_is_told_from_another_by_its_last_letter(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let external = |last: char| format!("{}{last}", "x".repeat(999));
        let mut users = Vec::new();
        for last in ['a', 'b'] {
            let id = directory.post("/Users", &person(&last.to_string(), &external(last), &format!("{last}@acme.test"))).await.expect(201).id();
            users.push(user_of(&app, &directory, &id).await);
            directory.delete(&format!("/Users/{id}")).await.expect(204);
        }
        for (at, last) in ['a', 'b'].into_iter().enumerate() {
            let id = directory.post("/Users", &person(&last.to_string(), &external(last), &format!("{last}@acme.test"))).await.expect(201).id();
            assert_eq!(user_of(&app, &directory, &id).await, users[at], "{last}");
        }
    }
}
