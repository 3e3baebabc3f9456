//! Trusted emails: whom they combine, and everybody they do not.

use anteroom::store::{identities, users};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Directory, Setup, TestApp, api_test};

const ANA: &str = "ana@acme.test";

/// A trusted connection whose organization has proven acme.test; people may join.
async fn trusted(app: &TestApp) -> Directory {
    let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_trusted": true})) }).await;
    assert_domain(app, &directory.organization_code, "acme.test").await;
    directory
}

/// Fails if a push of this email links it to the user; they stay as they are, and administrators hear of it.
async fn assert_push_does_not_link(app: &TestApp, directory: &Directory, kp: &str, case: &str) {
    let before = shown(app, kp).await;
    let heard = told(app, directory, "user.duplicate_email").await.len();
    let id = directory.push(before["preferred_email"].as_str().unwrap()).await;
    assert_ne!(user_of(app, directory, &id).await, kp, "{case}");
    assert_eq!(shown(app, kp).await, before, "{case}");
    assert_eq!(told(app, directory, "user.duplicate_email").await.len(), heard + 1, "{case}");
}

api_test! {
    async fn a_sign_in_with_a_trusted_email_combines_and_only_the_connection_is_left_to_sign_in_by(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, Some(&directory.organization_code), "Ana@Acme.test").await;
        let question = json!({"subject": "s1", "email": ANA, "given_name": "Anna"});
        assert_eq!(allowed(&app.sign_in(&directory, question).await, "combined"), kp);
        let user = shown(&app, &kp).await;
        assert_eq!(user["identities"], json!([{"type": "enterprise", "identity": ANA}]));
        assert_eq!((&user["preferred_email"], &user["first_name"], &user["last_name"], &user["provided_id"]),
            (&json!(ANA), &json!("Anna"), &json!("Before"), &json!("crm-1")));
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized"), kp);
        assert_eq!(directory.find("/Users", "userName eq \"ana@acme.test\" and name.givenName eq \"Anna\"").await.len(), 1);
    }
}

api_test! {
    async fn combining_tells_what_was_before_and_orders_sessions_to_end(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        let phone = json!({"type": "phone", "value": "+61400000000"});
        app.api(Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(phone)).await.expect(201);
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA, "family_name": "New"})).await, "combined");
        let told = told(&app, &directory, "user.combined").await;
        assert_eq!((told.len(), told[0].user.as_ref(), &told[0].data["sessions"]), (1, Some(&kp), &json!("revoke")));
        let before = &told[0].data["before"];
        assert_eq!((&before["email"], &before["given_name"], &before["family_name"], &before["profile_source"], &before["organizations"]),
            (&json!(ANA), &json!("Ana"), &json!("Before"), &json!("local"), &json!([directory.organization_code])));
        let kinds: Vec<&Value> = before["identities"].as_array().unwrap().iter().map(|identity| &identity["type"]).collect();
        assert_eq!(kinds, ["email", "phone"]);
        assert_eq!((&before["identities"][0]["value"], &before["identities"][0]["is_primary"]), (&json!(ANA), &json!(true)));
    }
}

api_test! {
    async fn a_push_of_a_trusted_email_combines_and_makes_a_member(app: TestApp) {
        let directory = trusted(&app).await;
        for (organization, email) in [(Some(directory.organization_code.as_str()), "member@acme.test"), (None, "nobodys@acme.test")] {
            let kp = email_user(&app, organization, email).await;
            let id = directory.push(email).await;
            assert_eq!(user_of(&app, &directory, &id).await, kp);
            let user = shown(&app, &kp).await;
            assert_eq!((&user["first_name"], &user["organizations"]), (&json!("Given"), &json!([directory.organization_code])));
            assert_eq!(user["identities"], json!([{"type": "enterprise", "identity": email}]));
        }
        let told = told(&app, &directory, "user.combined").await;
        assert_eq!((told.len(), &told[1].data["before"]["organizations"]), (2, &json!([])));
    }
}

api_test! {
    async fn a_confirmed_email_counts_as_much_as_an_administrators_word_and_an_unconfirmed_one_does_not(app: TestApp) {
        let directory = trusted(&app).await;
        let planted = self_made(&app, "planted@acme.test", false).await;
        assert_push_does_not_link(&app, &directory, &planted, "unconfirmed").await;
        let planted = self_made(&app, "planted2@acme.test", false).await;
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "planted2@acme.test"})).await, "account_not_found");
        assert_eq!(shown(&app, &planted).await["identities"][0]["type"], "email");
        let confirmed = self_made(&app, ANA, true).await;
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": ANA})).await, "combined"), confirmed);
    }
}

/// Somebody who signed up by themselves: made at a sign-in, with an email identity.
async fn self_made(app: &TestApp, email: &'static str, is_confirmed: bool) -> String {
    let kp = email_user(app, None, email).await;
    let (id, now) = (kp.clone(), app.clock.now());
    let done = app.store.write(move |tx| {
        let user = users::find(tx, &id)?.unwrap();
        let identity = identities::list_of_user(tx, user.key)?.remove(0);
        users::delete(tx, user.key)?;
        let new = users::NewUser {
            id: user.id.clone(),
            email: Some(email.into()),
            email_key: Some(email.into()),
            given_name: None,
            family_name: None,
            picture: None,
            provided_id: None,
            profile_source: "sign_in".into(),
            made_by: "sign_in".into(),
            is_suspended: false,
            created: now,
            modified: now,
            total_sign_ins: 0,
        };
        let key = users::insert(tx, &new)?;
        let identity = identities::NewIdentity {
            id: identity.id,
            user_key: key,
            kind: "email".into(),
            value: email.into(),
            value_key: email.into(),
            connection_key: None,
            subject: None,
            state: "active".into(),
            origin: "sign_in".into(),
            pushed: None,
            resource_key: None,
            is_confirmed,
            is_primary: true,
            created: now,
            total_logins: 0,
        };
        identities::insert(tx, &identity)
    });
    done.await.unwrap();
    kp
}

api_test! {
    async fn without_trust_or_proof_or_an_owner_nobody_is_combined(app: TestApp) {
        let untrusted = app.directory(Setup::default()).await;
        assert_domain(&app, &untrusted.organization_code, "acme.test").await;
        let unproven = app.directory(okta(json!({"is_trusted": true}))).await;
        for (directory, says) in [
            (&untrusted, "is_trusted would combine user"),
            (&unproven, "domain assert"),
        ] {
            let kp = email_user(&app, Some(&directory.organization_code), &format!("{}@acme.test", directory.connection_id)).await;
            let email = shown(&app, &kp).await["preferred_email"].clone();
            let before = rows(&app);
            let text = denied(&app.sign_in(directory, json!({"subject": "s1", "email": email})).await, "account_not_found");
            assert!(text.contains(says), "{text}");
            assert_eq!(rows(&app), before);
            assert_push_does_not_link(&app, directory, &kp, says).await;
        }
        let connection = json!({"name": "nobody's", "strategy": "saml:okta", "options": {"is_trusted": true}});
        let made = app.api(Method::POST, "/api/v1/connections", Some(connection)).await.expect(201).body;
        let mut ownerless = untrusted.clone();
        ownerless.connection_id = made["connection"]["id"].as_str().unwrap().to_owned();
        let body = json!({"org_code": untrusted.organization_code, "directory_name": "d", "provider_code": "okta", "enterprise_connection_id": ownerless.connection_id});
        app.api(Method::POST, "/api/v1/directories", Some(body)).await.expect(400);
        email_user(&app, Some(&untrusted.organization_code), ANA).await;
        let text = denied(&app.sign_in(&ownerless, json!({"subject": "s1", "email": ANA})).await, "account_not_found");
        assert!(text.contains("no owner"), "{text}");
    }
}

api_test! {
    async fn a_domain_is_proven_for_the_organization_that_asserts_it_and_for_the_whole_name_only(app: TestApp) {
        let directory = trusted(&app).await;
        let rival = app.directory(Setup { self_join: true, ..okta(json!({"is_trusted": true})) }).await;
        for email in [
            "a@evilacme.test", "b@acme.test.evil.io", "c@mail.acme.test", "d@acme.test.", "\"x@acme.test\"@evil.io", "e@b@acme.test", "f@acme", "g@xn--acme.test", "ä@acme.test",
        ] {
            let body = json!({"organization_code": directory.organization_code, "identities": [{"type": "email", "details": {"email": email}}]});
            app.api(Method::POST, "/api/v1/user", Some(body)).await;
            denied(&app.sign_in(&directory, json!({"subject": "s1", "email": email, "email_verified": true})).await, "account_not_found");
        }
        email_user(&app, Some(&rival.organization_code), ANA).await;
        let text = denied(&app.sign_in(&rival, json!({"subject": "s1", "email": ANA})).await, "account_not_found");
        assert!(text.contains("not proven"), "{text}");
    }
}

api_test! {
    async fn the_command_that_asserts_a_domain_is_what_gives_trust_its_effect(app: TestApp) {
        let directory = app.directory(okta(json!({"is_trusted": true}))).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "account_not_found");
        let url = match &app.database.url {
            anteroom::store::DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            anteroom::store::DatabaseUrl::Postgres(url) => url.clone(),
        };
        let assert = |domain: &str| {
            std::process::Command::new(env!("CARGO_BIN_EXE_anteroom"))
                .args(["domain", "assert", "--organization", &directory.organization_code, "--domain", domain, "--database-url", &url])
                .output()
                .unwrap()
        };
        let refused = assert("gmail.com");
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("PUBLIC_MAIL_DOMAIN"));
        let done = assert("ACME.test");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "combined"), kp);
    }
}

api_test! {
    async fn several_users_with_the_email_are_ambiguous_and_nothing_is_linked(app: TestApp) {
        let directory = trusted(&app).await;
        let mut known = vec![email_user(&app, Some(&directory.organization_code), ANA).await];
        known.push(second_user(&app, ANA).await);
        let before = rows(&app);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "ambiguous");
        assert_eq!(rows(&app), before);
        for kp in &known {
            assert_push_does_not_link(&app, &directory, kp, "ambiguous").await;
            let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
            directory.delete(&format!("/Users/{id}")).await.expect(204);
            forget_departures(&app, &directory).await;
        }
    }
}

/// Another user whose profile has the email, as an import makes them: the email is no identity of theirs.
async fn second_user(app: &TestApp, email: &'static str) -> String {
    let (id, now) = (app.ids.prefixed("kp"), app.clock.now());
    let new = users::NewUser {
        id: id.clone(),
        email: Some(email.into()),
        email_key: Some(email.into()),
        given_name: None,
        family_name: None,
        picture: None,
        provided_id: None,
        profile_source: "local".into(),
        made_by: "import".into(),
        is_suspended: false,
        created: now,
        modified: now,
        total_sign_ins: 0,
    };
    app.store.write(move |tx| users::insert(tx, &new)).await.unwrap();
    id
}

async fn forget_departures(app: &TestApp, directory: &Directory) {
    let id = directory.connection_id.clone();
    let done = app.store.write(move |tx| {
        let connection = anteroom::store::connections::find(tx, &id)?.unwrap().key;
        for departure in anteroom::store::departures::list_expired(tx, i64::MAX, 100)? {
            anteroom::store::departures::delete_of_user(tx, connection, departure.user_key)?;
            users::delete(tx, departure.user_key)?;
        }
        Ok::<_, anteroom::store::Error>(())
    });
    done.await.unwrap();
}

api_test! {
    async fn a_member_of_another_organization_is_not_linked(app: TestApp) {
        let directory = trusted(&app).await;
        let elsewhere = app.organization(false).await;
        // Who also belongs here ends the question; who belongs only elsewhere is nobody's business here.
        for (email, is_member_here, reason) in [("both@acme.test", true, "member_elsewhere"), ("there@acme.test", false, "account_not_found")] {
            let kp = email_user(&app, is_member_here.then_some(directory.organization_code.as_str()), email).await;
            add_member(&app, &elsewhere, &kp).await;
            let before = rows(&app);
            let text = denied(&app.sign_in(&directory, json!({"subject": "s1", "email": email})).await, reason);
            assert_eq!(text.contains("remove the other membership"), is_member_here, "{text}");
            assert_eq!(rows(&app), before);
            assert_push_does_not_link(&app, &directory, &kp, email).await;
        }
    }
}

api_test! {
    async fn a_suspended_user_is_not_linked_and_ends_the_question(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_trusted": true, "is_create_missing_user": true})) }).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        suspend(&app, &kp, true).await;
        let before = rows(&app);
        assert!(denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "suspended").contains("lift the suspension"));
        assert_eq!(rows(&app), before);
        assert_push_does_not_link(&app, &directory, &kp, "suspended").await;
    }
}

api_test! {
    async fn who_has_an_enterprise_identity_is_nobodys_candidate(app: TestApp) {
        let directory = trusted(&app).await;
        let other = app.directory_of(&directory.organization_code, Setup::default()).await;
        let kp = app.pre_create(&other, ANA).await;
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "account_not_found");
        assert_push_does_not_link(&app, &directory, &kp, "enterprise").await;
    }
}

api_test! {
    async fn who_left_the_connection_is_not_combined_with_a_new_colleague_who_has_the_email(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = app.pre_create(&directory, ANA).await;
        let old = directory.push(ANA).await;
        directory.delete(&format!("/Users/{old}")).await.expect(204);
        let new = directory.post("/Users", &person(ANA, "another", ANA)).await.expect(201).id();
        assert_ne!(user_of(&app, &directory, &new).await, kp);
    }
}

api_test! {
    async fn an_unverified_email_combines_nobody(app: TestApp) {
        let setup = Setup { provider: "entra_id_azure_ad", strategy: "oauth2:azure_ad", options: json!({"is_trusted": true, "is_use_common_endpoint": true}), self_join: true };
        let directory = app.directory(setup).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        for verified in [json!(null), json!(false), json!("true"), json!(1)] {
            denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA, "email_verified": verified})).await, "account_not_found");
        }
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA, "email_verified": true})).await, "combined"), kp);
    }
}

api_test! {
    async fn a_user_name_that_looks_like_the_email_links_nobody_and_blocks_nobody(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_trusted": true, "is_create_missing_user": true})) }).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let body = json!({"organization_code": directory.organization_code, "identities": [{"type": "username", "details": {"username": ANA}}]});
        let planted = app.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200).id();
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "created");
        assert_ne!(kp, planted);
        assert_eq!(shown(&app, &planted).await["identities"], json!([{"type": "username", "identity": ANA}]));
    }
}

api_test! {
    async fn a_domain_belongs_to_one_organization(app: TestApp) {
        let (one, two) = (app.organization(false).await, app.organization(false).await);
        assert_domain(&app, &one, "acme.test").await;
        assert_domain(&app, &one, "ACME.test").await;
        for (code, domain, refusal) in [(&two, "@acme.test", "DOMAIN_TAKEN"), (&two, "gmail.com", "PUBLIC_MAIL_DOMAIN"), (&two, "acme", "INVALID_DOMAIN")] {
            let (act, code) = (app.act(), code.clone());
            let refused = app.store.write(move |tx| {
                let organization = anteroom::identity::organizations::load_by_code_or_name(tx, &code)?;
                anteroom::identity::domains::assert_domain(tx, &act, &organization, domain)
            });
            assert!(refused.await.unwrap_err().to_string().contains(refusal), "{domain}");
        }
    }
}

api_test! {
    async fn people_of_other_connections_never_stand_in_the_way(app: TestApp) {
        let directory = trusted(&app).await;
        assert_domain(&app, &directory.organization_code, "boss.test").await;
        let elsewhere = app.directory(Setup::default()).await;
        let sibling = app.directory_of(&directory.organization_code, Setup::default()).await;
        for number in 0..51 {
            let body = person(&format!("u{number}"), &format!("e{number}"), "ceo@boss.test");
            elsewhere.post("/Users", &body).await.expect(201);
            sibling.post("/Users", &body).await.expect(201);
        }
        let kp = email_user(&app, Some(&directory.organization_code), "ceo@boss.test").await;
        let answer = app.sign_in(&directory, json!({"subject": "s1", "email": "ceo@boss.test"})).await;
        assert_eq!(allowed(&answer, "combined"), kp);
    }
}
