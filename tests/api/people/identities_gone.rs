//! Ways to sign in that are taken away, and subjects that are released, one or all.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, Setup, TestApp, api_test, user};

async fn unbind_all(app: &TestApp, directory: &Directory) -> Answer {
    app.api(Method::POST, &format!("/api/v1/connections/{}/unbind", directory.connection_id), Some(json!({}))).await
}

async fn delete(app: &TestApp, identity: &str) -> Answer {
    app.api(Method::DELETE, &format!("/api/v1/identities/{identity}"), None).await
}

async fn listed(app: &TestApp, user: &str) -> Vec<Value> {
    let path = format!("/api/v1/users/{user}/identities");
    app.api(Method::GET, &path, None).await.expect(200).body["identities"].as_array().unwrap().clone()
}

fn code(answer: &Answer) -> &Value {
    &answer.body["errors"][0]["code"]
}

api_test! {
    async fn every_subject_of_a_connection_is_released_and_nobody_elses(app: TestApp) {
        let (one, two) = (app.directory(Setup::default()).await, app.directory(Setup::default()).await);
        for directory in [&one, &two] {
            for name in ["ana", "ben", "cleo"] {
                let email = format!("{name}@acme.test");
                directory.push(&email).await;
                if name != "cleo" {
                    allowed(&app.sign_in(directory, json!({"subject": format!("old-{name}"), "email": email})).await, "bound");
                }
            }
        }
        assert_eq!(unbind_all(&app, &one).await.expect(200).body["unbound"], 2);
        assert_eq!(unbind_all(&app, &one).await.expect(200).body["unbound"], 0);
        assert_eq!(told(&app, &one, "identity.unbound").await.len(), 2);
        allowed(&app.sign_in(&one, json!({"subject": "new-ana", "email": "ana@acme.test"})).await, "bound");
        allowed(&app.sign_in(&two, json!({"subject": "old-ana"})).await, "recognized");
        let bound = app.client_of(&two.organization_code).await;
        let path = format!("{}/api/v1/connections/{}/unbind", app.url, one.connection_id);
        let refused = Answer::of(app.client.post(path).bearer_auth(&bound).json(&json!({}))).await.expect(404);
        assert_eq!(code(&refused), "CONNECTION_NOT_FOUND");
        allowed(&app.sign_in(&one, json!({"subject": "new-ana"})).await, "recognized");
    }
}

api_test! {
    async fn an_identity_the_idp_never_wrote_goes_with_its_resource_and_the_user_stays(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let identity = identity_of(&app, &kp).await;
        delete(&app, &identity).await.expect(200);
        assert_eq!(directory.get("/Users").await.body["totalResults"], 0);
        assert!(listed(&app, &kp).await.is_empty());
        assert_eq!(code(&delete(&app, &identity).await.expect(400)), "IDENTITY_NOT_FOUND");
        denied(&app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await, "account_not_found");
        let told = told(&app, &directory, "identity.deleted").await;
        assert_eq!(told[0].data["before"], json!({"type": "enterprise", "value": "ana@acme.test"}));
    }
}

api_test! {
    async fn a_person_the_idp_has_written_is_removed_by_the_idp_alone(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = app.pre_create(&directory, "ana@acme.test").await;
        let found = directory.find("/Users", "userName eq \"ana@acme.test\"").await;
        directory.put(&format!("/Users/{}", found[0]), &user("ana@acme.test")).await.expect(200);
        let before = rows(&app);
        assert_eq!(code(&delete(&app, &identity_of(&app, &kp).await).await.expect(400)), "MANAGED_BY_DIRECTORY");
        assert_eq!(rows(&app), before);
        allowed(&app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await, "bound");
    }
}

api_test! {
    async fn the_next_oldest_of_its_kind_becomes_the_first_choice(app: TestApp) {
        let kp = email_user(&app, None, "ana@acme.test").await;
        for value in ["second@acme.test", "third@acme.test"] {
            app.api(Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(json!({"type": "email", "value": value}))).await.expect(201);
        }
        let first = listed(&app, &kp).await[0]["id"].as_str().unwrap().to_owned();
        delete(&app, &first).await.expect(200);
        let left: Vec<_> = listed(&app, &kp).await.iter().map(|identity| (identity["name"].clone(), identity["is_primary"].clone())).collect();
        assert_eq!(left, [(json!("second@acme.test"), json!(true)), (json!("third@acme.test"), json!(false))]);
    }
}

api_test! {
    async fn a_client_of_one_organization_deletes_identities_of_its_own_people_alone(app: TestApp) {
        let (own, other) = (app.organization(false).await, app.organization(false).await);
        let bound = app.client_of(&own).await;
        for (organization, status) in [(&own, 200), (&other, 400)] {
            let kp = email_user(&app, Some(organization), &format!("{status}@acme.test")).await;
            let identity = listed(&app, &kp).await[0]["id"].as_str().unwrap().to_owned();
            Answer::of(app.client.delete(format!("{}/api/v1/identities/{identity}", app.url)).bearer_auth(&bound)).await.expect(status);
            assert_eq!(listed(&app, &kp).await.len(), usize::from(status == 400));
        }
    }
}
