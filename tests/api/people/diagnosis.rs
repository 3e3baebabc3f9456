//! Why can't they sign in? What a diagnosis finds is what the sign-in question then says.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Directory, Setup, TestApp, api_test};

async fn diagnosis(app: &TestApp, directory: &Directory) -> Value {
    let path = format!("/api/v1/connections/{}/diagnosis", directory.connection_id);
    app.api(Method::GET, &path, None).await.expect(200).body["diagnosis"].clone()
}

fn codes(diagnosis: &Value) -> Vec<&str> {
    let findings = diagnosis["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code")).collect()
}

/// The diagnosis once the call of the IdP is recorded, which no call waits for; what it says if that never happens.
async fn diagnosis_when_called(app: &TestApp, directory: &Directory) -> Value {
    for _ in 0..200 {
        let found = diagnosis(app, directory).await;
        if !codes(&found).contains(&"never_called") {
            return found;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    diagnosis(app, directory).await
}

api_test! {
    async fn who_would_be_denied_is_named_with_the_reason_the_question_gives(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let mut users = Vec::new();
        for name in ["in", "off", "out"] {
            let resource = directory.push(&format!("{name}@acme.test")).await;
            users.push((user_of(&app, &directory, &resource).await, resource));
        }
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        directory.patch(&format!("/Users/{}", users[1].1), off).await.expect(200);
        suspend(&app, &users[2].0, true).await;
        // A deactivation that is held has no effect yet.
        let held = user_of(&app, &directory, &directory.push("held@acme.test").await).await;
        let identity = identity_of(&app, &held).await;
        let mut sql = crate::support::Sql::connect(&app.database.url);
        sql.execute(&format!("UPDATE identities SET state = 'held' WHERE id = '{identity}'")).unwrap();
        allowed(&app.sign_in(&directory, json!({"subject": "s-held", "email": "held@acme.test"})).await, "bound");
        let found = diagnosis(&app, &directory).await;
        assert_eq!(found["people"], json!({"total": 4, "deactivated": 1, "suspended": 1, "never_pushed": 0, "never_signed_in": 3}));
        let denied = found["denied"].as_array().unwrap();
        assert_eq!((denied.len(), &found["denied_has_more"]), (2, &json!(false)));
        for (named, (user, email)) in denied.iter().zip([(&users[1].0, "off@acme.test"), (&users[2].0, "out@acme.test")]) {
            assert_eq!((&named["user_id"], &named["identity"]), (&json!(user), &json!(email)));
            let answer = app.sign_in(&directory, json!({"subject": format!("s-{email}"), "email": email})).await;
            assert_eq!(answer["reason"], named["reason"]);
            assert!(explanation(&answer).contains(named["remedy"].as_str().unwrap()));
        }
        let latest = diagnosis(&app, &directory).await["recent_denials"].clone();
        let told: Vec<_> = latest.as_array().unwrap().iter().map(|denial| (denial["user_id"].clone(), denial["reason"].clone())).collect();
        assert_eq!(told, [(json!(users[2].0), json!("suspended")), (json!(users[1].0), json!("deactivated"))]);
    }
}

api_test! {
    async fn who_is_no_member_is_named_unless_self_joining_lets_them_in(app: TestApp) {
        for (self_join, expected) in [(false, 1), (true, 0)] {
            let directory = app.directory(Setup { self_join, ..Setup::default() }).await;
            let kp = app.pre_create(&directory, &format!("pre-{self_join}@acme.test")).await;
            let (code, user) = (directory.organization_code.clone(), kp.clone());
            let left = app.store.write(move |tx| {
                let organization = anteroom::store::organizations::find_by_code(tx, &code)?.expect("an organization").key;
                let user = anteroom::store::users::find(tx, &user)?.expect("a user").key;
                anteroom::store::organizations::remove_member(tx, organization, user, anteroom::store::organizations::MemberSource::Admin)
            });
            left.await.expect("no member");
            let denied = diagnosis(&app, &directory).await["denied"].clone();
            assert_eq!(denied.as_array().unwrap().len(), expected, "{denied}");
            if expected == 1 {
                assert_eq!((&denied[0]["user_id"], &denied[0]["reason"]), (&json!(kp), &json!("not_a_member")));
            }
        }
    }
}

api_test! {
    async fn settings_that_cannot_work_are_found_and_mended_ones_are_not(app: TestApp) {
        let options = json!({"is_trusted": true, "is_create_missing_user": true, "home_realm_domains": ["acme.test"]});
        let directory = app.directory(okta(options)).await;
        let expected = ["never_called", "just_in_time_without_self_join", "trust_without_domain", "home_domain_not_proven"];
        assert_eq!(codes(&diagnosis(&app, &directory).await), expected);
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        directory.push("ana@acme.test").await;
        assert_eq!(codes(&diagnosis_when_called(&app, &directory).await), ["just_in_time_without_self_join"]);
        set_state(&app, &directory, "deleting").await;
        let leaving = diagnosis(&app, &directory).await["findings"][0]["remedy"].clone();
        assert!(!leaving.as_str().unwrap().contains("enable"), "{leaving}");
        set_state(&app, &directory, "disabled").await;
        suspend_organization(&app, &directory.organization_code, true).await;
        let found = diagnosis(&app, &directory).await;
        assert_eq!(codes(&found), ["connection_not_active", "organization_suspended", "just_in_time_without_self_join"]);
        assert_eq!(found["findings"][0]["severity"], "error");
        for finding in found["findings"].as_array().unwrap() {
            assert!(!finding["remedy"].as_str().unwrap().is_empty());
        }
    }
}

api_test! {
    async fn contradictions_about_who_somebody_is_are_found(app: TestApp) {
        let entra = |options: Value| Setup { strategy: "oauth2:azure_ad", ..okta(options) };
        for (setup, expected) in [
            (entra(json!({"subject_source": "email"})), vec!["never_called", "subject_by_unverified_email"]),
            (okta(json!({"subject_source": "email"})), vec!["never_called"]),
            (okta(json!({"name_id_format": "Email address", "subject_source": "externalId"})), vec!["never_called", "name_id_format_overruled"]),
            (entra(json!({"entra_id_domain": "acme.test", "is_use_common_endpoint": true})), vec!["never_called", "tenant_and_common_endpoint"]),
            (entra(json!({"is_trusted": true})), vec!["never_called", "trust_without_domain", "emails_not_vouched_for"]),
        ] {
            let directory = app.directory(setup).await;
            assert_eq!(codes(&diagnosis(&app, &directory).await), expected);
        }
    }
}

api_test! {
    async fn users_with_one_email_are_named_once_and_only_to_who_may_see_them(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let elsewhere = app.organization(false).await;
        let before = email_user(&app, Some(&directory.organization_code), "ana@acme.test").await;
        let pushed = user_of(&app, &directory, &directory.push("ana@acme.test").await).await;
        directory.push("ben@acme.test").await;
        let foreign = app.directory_of(&elsewhere, Setup::default()).await;
        let other = user_of(&app, &foreign, &foreign.push("ana@acme.test").await).await;
        let duplicates = diagnosis(&app, &directory).await["duplicates"].clone();
        assert_eq!(duplicates, json!([{"email": "ana@acme.test", "user_id": pushed, "others": [before, other],
            "proposals": [format!("anteroom user merge --dry-run --keep {before} --from {pushed}")]}]));
        let bound = app.client_of(&directory.organization_code).await;
        let path = format!("{}/api/v1/connections/{}/diagnosis", app.url, directory.connection_id);
        let answer = crate::support::Answer::of(app.client.get(&path).bearer_auth(&bound)).await.expect(200);
        assert_eq!(answer.body["diagnosis"]["duplicates"][0]["others"], json!([before]));
        let stranger = app.client_of(&elsewhere).await;
        let answer = crate::support::Answer::of(app.client.get(&path).bearer_auth(&stranger)).await.expect(404);
        assert_eq!(answer.body["errors"][0]["code"], "CONNECTION_NOT_FOUND");
    }
}

api_test! {
    async fn two_of_one_directory_with_one_email_are_one_pair(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let mut users = Vec::new();
        for (name, id) in [("a", "x1"), ("b", "x2")] {
            let resource = directory.post("/Users", &person(name, id, "help@acme.test")).await.expect(201).id();
            users.push(user_of(&app, &directory, &resource).await);
        }
        let duplicates = diagnosis(&app, &directory).await["duplicates"].clone();
        assert_eq!(duplicates, json!([{"email": "help@acme.test", "user_id": users[0], "others": [users[1]], "proposals": []}]));
    }
}

api_test! {
    async fn without_a_valid_token_or_a_directory_no_idp_can_call(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let mut sql = crate::support::Sql::connect(&app.database.url);
        sql.execute("UPDATE scim_tokens SET expires = 1").expect("a change");
        assert_eq!(codes(&diagnosis(&app, &directory).await), ["no_valid_token"]);
        sql.execute("UPDATE directories SET state = 'paused'").expect("a change");
        assert_eq!(codes(&diagnosis(&app, &directory).await), ["directory_paused", "no_valid_token"]);
        sql.execute("DELETE FROM directories").expect("a change");
        assert_eq!(codes(&diagnosis(&app, &directory).await), ["no_directory"]);
    }
}
