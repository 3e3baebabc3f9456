//! Who is deleted leaves; what remains of them, for how long, and what it keeps from happening.

use serde_json::json;

use super::support::*;
use crate::support::{Setup, TestApp, api_test, user};

/// Just-in-time creation that lets everybody in who is not kept out.
fn open(options: serde_json::Value) -> Setup {
    Setup { self_join: true, ..okta(with(options, &json!({"is_create_missing_user": true}))) }
}

api_test! {
    async fn delete_takes_resource_identity_and_directory_membership_and_leaves_the_user(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let engineers = group(&directory, "Engineers", &[&id]).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        let user = shown(&app, &kp).await;
        assert_eq!((&user["identities"], &user["organizations"], &user["preferred_email"]), (&json!([]), &json!([]), &json!("ana@acme.test")));
        assert_eq!(members(&directory, &engineers).await, Vec::<String>::new());
        let told = told(&app, &directory, "user.departed").await;
        assert_eq!((told.len(), told[0].user.as_ref(), &told[0].data["sessions"]), (1, Some(&kp), &json!("revoke")));
        assert_eq!(rows(&app)[5], 1);
    }
}

api_test! {
    async fn the_old_id_is_404_for_ever_even_when_the_person_is_back(app: TestApp) {
        let mut app = app;
        let directory = app.directory(Setup::default()).await;
        let old = directory.push("ana@acme.test").await;
        directory.delete(&format!("/Users/{old}")).await.expect(204);
        let new = directory.post("/Users", &with(user("ana@acme.test"), &json!({"id": old}))).await.expect(201).id();
        assert_ne!(new, old, "an id is never taken from a client");
        let path = format!("/Users/{old}");
        for _ in 0..2 {
            directory.get(&path).await.expect_error(404, "");
            directory.put(&path, &user("ana@acme.test")).await.expect_error(404, "");
            directory.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).await.expect_error(404, "");
            directory.delete(&path).await.expect_error(404, "");
            directory.delete(&format!("/Users/{new}")).await;
            days_pass(&mut app, 31).await;
        }
    }
}

api_test! {
    async fn a_departure_found_by_subject_or_email_ends_the_question_whatever_the_switches(app: TestApp) {
        let directory = app.directory(open(json!({"is_trusted": true}))).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let ana = directory.push("ana@acme.test").await;
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        let bob = directory.push("bob@acme.test").await;
        for id in [ana, bob] {
            directory.delete(&format!("/Users/{id}")).await.expect(204);
        }
        email_user(&app, Some(&directory.organization_code), "ana@acme.test").await;
        let before = rows(&app);
        for question in [
            json!({"subject": "s1"}), json!({"subject": "s1", "email": "new@acme.test"}), json!({"subject": "s2", "email": "ANA@acme.test"}),
            json!({"subject": "ext-bob@acme.test"}), json!({"subject": "s3", "email": "bob@acme.test"}),
        ] {
            let answer = app.sign_in(&directory, question.clone()).await;
            assert!(denied(&answer, "departed").contains("let the IdP provision the person again"), "{question}");
            assert_eq!((&answer["user"], &answer["identity"]), (&json!(null), &json!(null)));
        }
        assert_eq!(rows(&app), before);
        allowed(&app.sign_in(&directory, json!({"subject": "s9", "email": "new@acme.test"})).await, "created");
    }
}

api_test! {
    async fn a_departure_is_found_as_the_connection_finds_people(app: TestApp) {
        let mut app = app;
        for (source, subject) in [("userName", "AORTIZ"), ("externalId", "x1"), ("email", "Ana@acme.test")] {
            let directory = app.directory(open(json!({"subject_source": source}))).await;
            let id = directory.post("/Users", &person("aortiz", "x1", "ana@acme.test")).await.expect(201).id();
            allowed(&app.sign_in(&directory, json!({"subject": subject})).await, "recognized");
            directory.delete(&format!("/Users/{id}")).await.expect(204);
            denied(&app.sign_in(&directory, json!({"subject": subject})).await, "departed");
            days_pass(&mut app, 30).await;
            allowed(&app.sign_in(&directory, json!({"subject": subject})).await, "created");
        }
    }
}

api_test! {
    async fn somebody_provisioned_again_under_the_same_external_id_signs_in_again(app: TestApp) {
        let directory = app.directory(entra(json!({}))).await;
        let old = directory.push("ana@acme.test").await;
        let first = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.delete(&format!("/Users/{old}")).await.expect(204);
        let new = directory.push("ana@acme.test").await;
        let second = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        assert_eq!(user_of(&app, &directory, &new).await, second);
        assert_ne!(first, second);
    }
}

api_test! {
    async fn the_subject_of_somebody_who_left_is_not_bound_to_a_new_colleague_with_the_email(app: TestApp) {
        let directory = app.directory(entra(json!({}))).await;
        let old = directory.push("ana@acme.test").await;
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.delete(&format!("/Users/{old}")).await.expect(204);
        let new = directory.post("/Users", &person("ana2", "x2", "ana@acme.test")).await.expect(201).id();
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "departed");
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": "ana@acme.test"})).await, "bound");
        assert_eq!(user_of(&app, &directory, &new).await, kp);
    }
}

api_test! {
    async fn an_administrator_brings_back_who_left(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        give_identity(&app, &kp, &directory, "ana@acme.test").await.expect(201);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound"), kp);
        assert_eq!(rows(&app)[5], 0);
    }
}

api_test! {
    async fn after_thirty_days_the_departure_goes_and_the_user_whom_nothing_holds(app: TestApp) {
        let mut app = app;
        let directory = app.directory(open(json!({}))).await;
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        days_pass(&mut app, 29).await;
        run_jobs(&app).await;
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "departed");
        days_pass(&mut app, 1).await;
        run_jobs(&app).await;
        assert_eq!((rows(&app)[0], rows(&app)[5]), (0, 0));
        app.api(reqwest::Method::GET, &format!("/api/v1/user?id={kp}"), None).await.expect(400);
        assert_ne!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "created"), kp);
    }
}

async fn run_jobs(app: &TestApp) {
    let ran = app.jobs().run_due().await.unwrap();
    assert!(ran.contains(&"purge_departures"));
}

api_test! {
    async fn a_user_who_is_a_member_elsewhere_outlives_the_departure(app: TestApp) {
        let mut app = app;
        let directory = app.directory(Setup::default()).await;
        let elsewhere = app.organization(false).await;
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        add_member(&app, &elsewhere, &kp).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        days_pass(&mut app, 30).await;
        run_jobs(&app).await;
        assert_eq!(shown(&app, &kp).await["organizations"], json!([elsewhere]));
        assert_eq!(rows(&app)[5], 0);
    }
}

api_test! {
    async fn a_user_with_another_departure_or_a_new_identity_outlives_the_first(app: TestApp) {
        let mut app = app;
        let directory = app.directory(Setup::default()).await;
        let other = app.directory_of(&directory.organization_code, Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        days_pass(&mut app, 20).await;
        give_identity(&app, &kp, &other, "ana@acme.test").await.expect(201);
        days_pass(&mut app, 10).await;
        run_jobs(&app).await;
        shown(&app, &kp).await;
        let there = other.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        other.delete(&format!("/Users/{there}")).await.expect(204);
        days_pass(&mut app, 1).await;
        run_jobs(&app).await;
        shown(&app, &kp).await;
        assert_eq!(rows(&app)[5], 1);
    }
}

api_test! {
    async fn a_connection_says_how_long_it_remembers(app: TestApp) {
        let mut app = app;
        let directory = app.directory(open(json!({"departure_days": 7}))).await;
        let id = directory.push("ana@acme.test").await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        days_pass(&mut app, 6).await;
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "departed");
        days_pass(&mut app, 1).await;
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "created");
    }
}

api_test! {
    async fn who_has_found_another_way_in_since_is_not_taken_back(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.post("/Users", &person("ana@acme.test", "00u1", "ana@acme.test")).await.expect(201).id();
        let kp = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        let email = json!({"type": "email", "value": "ana@home.test"});
        app.api(reqwest::Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(email)).await.expect(201);
        let again = directory.post("/Users", &person("ana@acme.test", "00u1", "ana@acme.test")).await.expect(201).id();
        assert_ne!(user_of(&app, &directory, &again).await, kp);
    }
}

api_test! {
    async fn a_new_identity_alone_keeps_the_user(app: TestApp) {
        let mut app = app;
        let directory = app.directory(Setup::default()).await;
        let connection = json!({"name": "nobody's", "strategy": "saml:okta"});
        let made = app.api(reqwest::Method::POST, "/api/v1/connections", Some(connection)).await.expect(201).body;
        let mut ownerless = directory.clone();
        ownerless.connection_id = made["connection"]["id"].as_str().unwrap().to_owned();
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        give_identity(&app, &kp, &ownerless, "ana@acme.test").await.expect(201);
        days_pass(&mut app, 30).await;
        run_jobs(&app).await;
        assert_eq!(allowed(&app.sign_in(&ownerless, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound"), kp);
    }
}
