//! The cases that go wrong elsewhere, from beginning to end.

use serde_json::{Value, json};

use super::support::*;
use crate::support::{Setup, TestApp, api_test, user};

const ANA: &str = "ana@acme.test";

api_test! {
    async fn okta_finds_a_pre_created_person_by_filter_and_puts(app: TestApp) {
        let okta = app.directory(Setup::default()).await;
        let kp = app.pre_create(&okta, ANA).await;
        let id = okta.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        okta.put(&format!("/Users/{id}"), &user(ANA)).await.expect(200);
        assert_eq!(okta.find("/Users", "userName eq \"ana@acme.test\"").await, [id.clone()]);
        assert_eq!(user_of(&app, &okta, &id).await, kp);
        assert_eq!(allowed(&app.sign_in(&okta, json!({"subject": "s1", "email": ANA})).await, "bound"), kp);
    }
}

api_test! {
    async fn entra_posts_the_email_of_a_pre_created_email_user_untrusted(app: TestApp) {
        let entra = app.directory(entra(json!({}))).await;
        let known = email_user(&app, Some(&entra.organization_code), ANA).await;
        let before = shown(&app, &known).await;
        let id = entra.push(ANA).await;
        let pushed = user_of(&app, &entra, &id).await;
        assert_ne!(pushed, known);
        assert_eq!(shown(&app, &known).await, before);
        assert_eq!(told(&app, &entra, "user.duplicate_email").await[0].data["others"], json!([known]));
        assert_eq!(allowed(&app.sign_in(&entra, json!({"subject": "s1", "email": ANA})).await, "bound"), pushed);
    }
}

api_test! {
    async fn just_in_time_first_and_scim_later_is_one_user(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA, "given_name": "Claimed"})).await, "created");
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        assert_eq!(directory.post("/Users", &user(ANA)).await.expect(201).id(), id);
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(shown(&app, &kp).await["first_name"], "Given");
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "recognized"), kp);
        assert_eq!(rows(&app)[..4], [1, 1, 1, 1]);
    }
}

api_test! {
    async fn scim_first_with_an_external_id_that_is_not_the_subject(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.post("/Users", &person(ANA, "00u1", ANA)).await.expect(201).id();
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "name-id-7", "email": ANA})).await, "bound");
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "name-id-7"})).await, "recognized"), kp);
        denied(&app.sign_in(&directory, json!({"subject": "00u1"})).await, "subject_mismatch");
    }
}

api_test! {
    async fn the_name_id_is_the_email_and_the_person_marries(app: TestApp) {
        let directory = app.directory(okta(json!({"name_id_format": "Email address"}))).await;
        let id = directory.push(ANA).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": ANA, "email": ANA})).await, "recognized");
        let married = "ana.ortiz@acme.test";
        directory.put(&format!("/Users/{id}"), &person(married, "ext-ana@acme.test", married)).await.expect(200);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": married, "email": married})).await, "recognized"), kp);
        denied(&app.sign_in(&directory, json!({"subject": ANA, "email": ANA})).await, "account_not_found");
    }
}

api_test! {
    async fn the_name_id_is_the_email_was_bound_and_the_person_marries(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push(ANA).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": ANA, "email": ANA})).await, "bound");
        let married = "ana.ortiz@acme.test";
        directory.put(&format!("/Users/{id}"), &person(married, "ext-ana@acme.test", married)).await.expect(200);
        let question = json!({"subject": married, "email": married});
        let text = denied(&app.sign_in(&directory, question.clone()).await, "subject_mismatch");
        let identity = identity_of(&app, &kp).await;
        assert!(text.contains(&identity), "{text}");
        app.api(reqwest::Method::POST, &format!("/api/v1/identities/{identity}/unbind"), None).await.expect(200);
        assert_eq!(allowed(&app.sign_in(&directory, question).await, "bound"), kp);
    }
}

api_test! {
    async fn a_person_moves_between_connections_and_is_two_users(app: TestApp) {
        let old = app.directory(Setup::default()).await;
        let new = app.directory_of(&old.organization_code, entra(json!({}))).await;
        let there = old.push(ANA).await;
        let first = allowed(&app.sign_in(&old, json!({"subject": "s1", "email": ANA})).await, "bound");
        new.push(ANA).await;
        let second = allowed(&app.sign_in(&new, json!({"subject": "s1", "email": ANA})).await, "bound");
        assert_ne!(first, second);
        old.patch(&format!("/Users/{there}"), json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        denied(&app.sign_in(&old, json!({"subject": "s1"})).await, "deactivated");
        assert_eq!(allowed(&app.sign_in(&new, json!({"subject": "s1"})).await, "recognized"), second);
        old.delete(&format!("/Users/{there}")).await.expect(204);
        denied(&app.sign_in(&old, json!({"subject": "s1"})).await, "departed");
        let user = shown(&app, &second).await;
        assert_eq!((&user["is_suspended"], &user["organizations"]), (&json!(false), &json!([old.organization_code])));
    }
}

api_test! {
    async fn a_connection_is_deleted_and_made_again(app: TestApp) {
        let old = app.directory(Setup::default()).await;
        old.push(ANA).await;
        let first = allowed(&app.sign_in(&old, json!({"subject": "s1", "email": ANA})).await, "bound");
        set_state(&app, &old, "deleting").await;
        denied(&app.sign_in(&old, json!({"subject": "s1", "email": ANA})).await, "connection_disabled");
        old.get("/Users").await.expect_error(401, "");
        let new = app.directory_of(&old.organization_code, Setup::default()).await;
        denied(&app.sign_in(&new, json!({"subject": "s1", "email": ANA})).await, "account_not_found");
        let id = new.push(ANA).await;
        let second = allowed(&app.sign_in(&new, json!({"subject": "s1", "email": ANA})).await, "bound");
        assert_eq!(user_of(&app, &new, &id).await, second);
        assert_ne!(first, second);
        assert_eq!(shown(&app, &first).await["total_sign_ins"], 1);
        set_state(&app, &old, "active").await;
        assert_eq!(allowed(&app.sign_in(&old, json!({"subject": "s1"})).await, "recognized"), first);
    }
}

api_test! {
    async fn an_inactive_user_is_restored_under_a_new_user_name(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.post("/Users", &person("ana", "00u1", ANA)).await.expect(201).id();
        let engineers = group(&directory, "Engineers", &[&id]).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "bound");
        directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        assert_eq!(directory.post("/Users", &person("ana.ortiz", "00u1", ANA)).await.expect(201).id(), id);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), kp);
        assert_eq!(members(&directory, &engineers).await, [id]);
    }
}

api_test! {
    async fn a_user_name_is_used_again_for_a_new_hire(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true, "is_trusted": true})) }).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let id = directory.post("/Users", &person(ANA, "00u1", ANA)).await.expect(201).id();
        let leaver = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "bound");
        directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        directory.post("/Users", &person(ANA, "00u2", ANA)).await.expect_error(409, "uniqueness");
        directory.put(&format!("/Users/{id}"), &person(ANA, "00u2", ANA)).await.expect(200);
        let hire = allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": ANA})).await, "bound");
        assert_ne!(hire, leaver);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "departed");
        assert_eq!(user_of(&app, &directory, &id).await, hire);
    }
}

api_test! {
    async fn deleted_and_then_signs_in_with_just_in_time_on(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        for (name, signs_in_before) in [("ana", true), ("bob", false)] {
            let email = format!("{name}@acme.test");
            let id = directory.push(&email).await;
            let question = json!({"subject": format!("ext-{email}"), "email": email});
            if signs_in_before {
                allowed(&app.sign_in(&directory, question.clone()).await, "bound");
            }
            directory.delete(&format!("/Users/{id}")).await.expect(204);
            let before = rows(&app);
            denied(&app.sign_in(&directory, question.clone()).await, "departed");
            denied(&app.sign_in(&directory, with(question, &json!({"email": Value::Null}))).await, "departed");
            assert_eq!(rows(&app), before);
        }
    }
}

api_test! {
    async fn a_member_of_two_organizations_of_which_one_trusts_its_idp(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_trusted": true, "is_create_missing_user": true})) }).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let other = app.organization(false).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        add_member(&app, &other, &kp).await;
        let before = rows(&app);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "member_elsewhere");
        assert_eq!(rows(&app), before);
        let id = directory.push(ANA).await;
        let pushed = user_of(&app, &directory, &id).await;
        assert_ne!(pushed, kp);
        let user = shown(&app, &kp).await;
        assert_eq!((&user["identities"][0]["type"], &user["organizations"]), (&json!("email"), &json!([directory.organization_code, other])));
    }
}

api_test! {
    async fn two_users_share_a_mailbox_address(app: TestApp) {
        let directory = app.directory(okta(json!({"is_create_missing_user": true}))).await;
        let one = directory.post("/Users", &person("one", "00u1", "help@acme.test")).await.expect(201).id();
        let two = directory.post("/Users", &person("two", "00u2", "help@acme.test")).await.expect(201).id();
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "help@acme.test"})).await, "ambiguous");
        let first = allowed(&app.sign_in(&directory, json!({"subject": "00u1", "email": "help@acme.test"})).await, "bound");
        assert_eq!(user_of(&app, &directory, &one).await, first);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "help@acme.test"})).await, "ambiguous");
        let second = allowed(&app.sign_in(&directory, json!({"subject": "00u2", "email": "help@acme.test"})).await, "bound");
        assert_eq!(user_of(&app, &directory, &two).await, second);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "help@acme.test"})).await, "ambiguous");
        directory.patch(&format!("/Users/{one}"), json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        let three = directory.post("/Users", &person("three", "00u3", "desk@acme.test")).await.expect(201).id();
        directory.patch(&format!("/Users/{two}"), json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "two@acme.test"}])).await.expect(200);
        directory.patch(&format!("/Users/{three}"), json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "help@acme.test"}])).await.expect(200);
        let third = allowed(&app.sign_in(&directory, json!({"subject": "s3", "email": "help@acme.test"})).await, "bound");
        assert_eq!(user_of(&app, &directory, &three).await, third, "somebody deactivated whose subject is known has not arrived");
    }
}

api_test! {
    async fn an_unclaimed_person_of_a_common_endpoint_is_not_given_to_a_foreign_tenant(app: TestApp) {
        let options = json!({"is_use_common_endpoint": true, "is_trusted": true});
        let setup = Setup { provider: "entra_id_azure_ad", strategy: "oauth2:azure_ad", options, self_join: true };
        let directory = app.directory(setup).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let kp = app.pre_create(&directory, ANA).await;
        let before = rows(&app);
        for foreign in [json!({"subject": "evil", "email": ANA}), json!({"subject": ANA, "email": ANA}), json!({"subject": "evil", "email": ANA, "email_verified": "true"})] {
            denied(&app.sign_in(&directory, foreign).await, "account_not_found");
        }
        assert_eq!(rows(&app), before);
        set_options(&app, &directory, json!({"is_use_common_endpoint": true, "is_create_missing_user": true})).await;
        let stranger = allowed(&app.sign_in(&directory, json!({"subject": "evil", "email": ANA})).await, "created");
        assert_ne!(stranger, kp);
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "own", "email": ANA, "email_verified": true})).await, "bound"), kp);
    }
}
