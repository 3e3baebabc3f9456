//! Membership at sign-in: the policy decides about who is not a member, before anything is written.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Setup, TestApp, api_test};

fn creating() -> Setup {
    okta(json!({"is_create_missing_user": true}))
}

/// An organization that lets only these domains join; returns its code.
async fn choosy(app: &TestApp, domains: Value) -> String {
    let body = json!({"name": "Choosy", "is_auto_membership_enabled": true, "is_auto_join_domain_list": true, "allowed_domains": domains});
    let made = app.api(Method::POST, "/api/v1/organization", Some(body)).await.expect(200).body;
    made["organization"]["code"].as_str().unwrap().to_owned()
}

api_test! {
    async fn who_may_not_join_is_told_the_policy_and_nothing_is_written(app: TestApp) {
        let directory = app.directory(creating()).await;
        let before = rows(&app);
        let text = denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "not_a_member");
        assert!(text.contains("self-joining (is_auto_membership_enabled) is off") && text.contains(&directory.organization_code), "{text}");
        assert!(text.contains("turn self-joining on"), "{text}");
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn who_may_join_becomes_a_member(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..creating() }).await;
        let answer = app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await;
        allowed(&answer, "created");
        assert_eq!(answer["user"]["organizations"], json!([directory.organization_code]));
        assert!(explanation(&answer).contains("self-join policy made the person a member"));
    }
}

api_test! {
    async fn a_provisioned_member_signs_in_with_self_joining_off(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push("pushed@acme.test").await;
        app.pre_create(&directory, "pre@acme.test").await;
        for name in ["pushed", "pre"] {
            let answer = app.sign_in(&directory, json!({"subject": name, "email": format!("{name}@acme.test")})).await;
            allowed(&answer, "bound");
            assert_eq!(answer["user"]["organizations"], json!([directory.organization_code]));
        }
    }
}

api_test! {
    async fn only_verified_emails_of_the_allowed_domains_join_where_they_are_listed(app: TestApp) {
        let code = choosy(&app, json!(["Acme.test", "https://bücher.test/"])).await;
        let directory = app.directory_of(&code, creating()).await;
        let before = rows(&app);
        for email in [json!(null), json!("a@evilacme.test"), json!("b@acme.test.evil.io"), json!("c@mail.acme.test"), json!("d@acme.test.")] {
            let text = denied(&app.sign_in(&directory, json!({"subject": "s0", "email": email})).await, "not_a_member");
            assert!(text.contains("allowed_domains"), "{text}");
        }
        denied(&app.sign_in(&directory, json!({"subject": "s0", "email": "ana@acme.test", "email_verified": false})).await, "not_a_member");
        assert_eq!(rows(&app), before);
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@ACME.test"})).await, "created");
        allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": "bob@xn--bcher-kva.test"})).await, "created");
    }
}

api_test! {
    async fn a_known_person_joins_another_organization_only_as_its_policy_says(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let (open, closed) = (app.organization(true).await, app.organization(false).await);
        directory.push("ana@acme.test").await;
        for code in [&open, &closed] {
            allow(&app, &directory, code).await;
        }
        let ask = |code: String| json!({"subject": "s1", "email": "ana@acme.test", "organization_code": code});
        let before = rows(&app);
        let answer = app.sign_in(&directory, ask(closed.clone())).await;
        assert!(denied(&answer, "not_a_member").contains(&closed));
        assert_eq!(answer["user"]["organizations"], json!([directory.organization_code]));
        assert_eq!(rows(&app), before, "the subject is not bound either");
        let answer = app.sign_in(&directory, ask(open.clone())).await;
        allowed(&answer, "bound");
        assert_eq!(answer["user"]["organizations"], json!([directory.organization_code, open]));
        let told = told(&app, &directory, "organization.member_added").await.pop().unwrap();
        assert_eq!((told.kind.as_str(), &told.data), ("organization.member_added", &json!({"source": "self_join", "organization": open})));
    }
}

api_test! {
    async fn a_newcomer_to_another_organization_needs_the_owners_policy_too(app: TestApp) {
        let directory = app.directory(creating()).await;
        let open = app.organization(true).await;
        allow(&app, &directory, &open).await;
        let before = rows(&app);
        let text = denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test", "organization_code": open})).await, "not_a_member");
        assert!(text.contains(&directory.organization_code), "{text}");
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn who_is_combined_but_no_member_joins_only_as_the_policy_says(app: TestApp) {
        for self_join in [false, true] {
            let directory = app.directory(Setup { self_join, ..okta(json!({"is_trusted": true})) }).await;
            let domain = format!("{self_join}.test");
            assert_domain(&app, &directory.organization_code, &domain).await;
            let kp = email_user(&app, None, &format!("ana@{domain}")).await;
            let before = rows(&app);
            let answer = app.sign_in(&directory, json!({"subject": "s1", "email": format!("ana@{domain}")})).await;
            if self_join {
                assert_eq!(allowed(&answer, "combined"), kp);
            } else {
                denied(&answer, "not_a_member");
                assert_eq!(rows(&app), before);
            }
        }
    }
}

api_test! {
    async fn the_asked_organization_must_exist_be_active_and_be_allowed_the_connection(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push("ana@acme.test").await;
        let (stranger, suspended) = (app.organization(true).await, app.organization(true).await);
        allow(&app, &directory, &suspended).await;
        suspend_organization(&app, &suspended, true).await;
        let before = rows(&app);
        for (code, reason) in [("org_nobody", "organization_not_found"), (stranger.as_str(), "connection_not_allowed"), (suspended.as_str(), "organization_suspended")] {
            denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test", "organization_code": code})).await, reason);
        }
        assert_eq!(rows(&app), before);
        suspend_organization(&app, &directory.organization_code, true).await;
        suspend_organization(&app, &suspended, false).await;
        for code in [json!(null), json!(suspended)] {
            denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test", "organization_code": code})).await, "organization_suspended");
        }
    }
}
