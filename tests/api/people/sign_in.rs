//! Who has arrived? The steps of the question, and each reason of a denial.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Setup, TestApp, api_test};

const ANA: &str = "ana@acme.test";

api_test! {
    async fn a_connection_that_is_not_active_lets_nobody_in(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push(ANA).await;
        allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "bound");
        for state in ["disabled", "deleting"] {
            set_state(&app, &directory, state).await;
            let before = rows(&app);
            let text = denied(&app.sign_in(&directory, json!({"subject": "s1"})).await, "connection_disabled");
            assert!(text.contains(state), "{text}");
            assert_eq!(rows(&app), before);
        }
        set_state(&app, &directory, "active").await;
        allowed(&app.sign_in(&directory, json!({"subject": "s1"})).await, "recognized");
    }
}

api_test! {
    async fn an_unclaimed_person_is_bound_by_external_id_before_email(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let by_id = directory.post("/Users", &person("a", "s1", "a@acme.test")).await.expect(201).id();
        directory.post("/Users", &person("b", "x2", "b@acme.test")).await.expect(201);
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "b@acme.test"})).await, "bound");
        assert_eq!(user_of(&app, &directory, &by_id).await, kp);
        let told = told(&app, &directory, "identity.bound").await;
        assert_eq!((told.len(), told[0].user.as_ref(), &told[0].data["subject"]), (1, Some(&kp), &json!("s1")));
    }
}

api_test! {
    async fn an_external_id_is_opaque_and_compared_to_the_letter(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.post("/Users", &person("a", "AbC", "a@acme.test")).await.expect(201);
        denied(&app.sign_in(&directory, json!({"subject": "abc"})).await, "account_not_found");
        denied(&app.sign_in(&directory, json!({"subject": "a"})).await, "account_not_found");
        allowed(&app.sign_in(&directory, json!({"subject": "AbC"})).await, "bound");
    }
}

api_test! {
    async fn two_people_with_the_external_id_or_the_email_are_ambiguous(app: TestApp) {
        let directory = app.directory(okta(json!({"is_create_missing_user": true}))).await;
        for name in ["a", "b"] {
            directory.post("/Users", &person(name, "same", "help@acme.test")).await.expect(201);
        }
        let before = rows(&app);
        for question in [json!({"subject": "same"}), json!({"subject": "s1", "email": "help@acme.test"})] {
            let answer = app.sign_in(&directory, question).await;
            assert!(denied(&answer, "ambiguous").contains("correct the duplicates"));
            assert_eq!(answer["user"], Value::Null);
        }
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn another_subject_with_the_email_of_somebody_who_signed_in_is_a_mismatch_until_unbound(app: TestApp) {
        let directory = app.directory(okta(json!({"is_create_missing_user": true, "is_trusted": true}))).await;
        directory.push(ANA).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "bound");
        let identity = identity_of(&app, &kp).await;
        let before = rows(&app);
        let answer = app.sign_in(&directory, json!({"subject": "s2", "email": "ANA@acme.test"})).await;
        let text = denied(&answer, "subject_mismatch");
        assert!(text.contains(&format!("/api/v1/identities/{identity}/unbind")), "{text}");
        assert_eq!(answer["user"]["id"], json!(kp));
        assert_eq!(rows(&app), before);
        let failed = told(&app, &directory, "user.authentication_failed").await;
        assert_eq!((failed.len(), failed[0].user.as_ref(), &failed[0].data["reason"]), (1, Some(&kp), &json!("subject_mismatch")));
        let unbind = format!("/api/v1/identities/{identity}/unbind");
        app.api(Method::POST, &unbind, None).await.expect(200);
        let told = told(&app, &directory, "identity.unbound").await;
        assert_eq!((told.len(), &told[0].data["before"]["subject"]), (1, &json!("s1")));
        assert_eq!(app.api(Method::POST, &unbind, None).await.expect(400).body["errors"][0]["code"], "IDENTITY_NOT_BOUND");
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": ANA})).await, "bound"), kp);
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "subject_mismatch");
    }
}

api_test! {
    async fn a_person_who_is_kept_out_ends_the_question_at_every_step(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        for (name, reason) in [("off", "deactivated"), ("out", "suspended")] {
            for (at, question) in [
                ("bound", json!({"subject": format!("s-{name}")})),
                ("id", json!({"subject": format!("x-{name}-id")})),
                ("mail", json!({"subject": format!("new-{name}"), "email": format!("{name}-mail@acme.test")})),
            ] {
                let (user, email) = (format!("{name}-{at}"), format!("{name}-{at}@acme.test"));
                let id = directory.post("/Users", &person(&user, &format!("x-{user}"), &email)).await.expect(201).id();
                let kp = user_of(&app, &directory, &id).await;
                if at == "bound" {
                    allowed(&app.sign_in(&directory, json!({"subject": format!("s-{name}"), "email": email})).await, "bound");
                }
                if reason == "suspended" {
                    suspend(&app, &kp, true).await;
                } else {
                    directory.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "active", "value": false}])).await.expect(200);
                }
                let before = rows(&app);
                let answer = app.sign_in(&directory, question).await;
                denied(&answer, reason);
                assert_eq!(answer["user"]["id"], json!(kp), "{user}");
                assert_eq!(rows(&app), before, "{user}");
            }
        }
    }
}

api_test! {
    async fn whether_an_email_is_verified_depends_on_who_vouches_for_it(app: TestApp) {
        let pinned = json!({"entra_id_domain": "acme.test"});
        let common = json!({"entra_id_domain": "acme.test", "is_use_common_endpoint": true});
        for (strategy, options, is_vouched) in [
            ("saml:okta", json!({}), true), ("saml:cloudflare", json!({}), true), ("wsfed:azure_ad", json!({}), true),
            ("oauth2:azure_ad", pinned, true), ("oauth2:azure_ad", common, false), ("oauth2:azure_ad", json!({}), false),
        ] {
            let directory = app.directory(Setup { strategy, options: options.clone(), ..Setup::default() }).await;
            let counts = [
                (None, is_vouched), (Some(json!(null)), is_vouched), (Some(json!(true)), true), (Some(json!(false)), false), (Some(json!("true")), false),
                (Some(json!("True")), false), (Some(json!(1)), false), (Some(json!([])), false), (Some(json!({})), false), (Some(json!("false")), false),
            ];
            for (at, (verified, counts)) in counts.into_iter().enumerate() {
                let email = format!("p{at}@acme.test");
                directory.push(&email).await;
                let mut question = json!({"subject": format!("s{at}"), "email": email});
                if let Some(verified) = &verified {
                    question["email_verified"] = verified.clone();
                }
                let answer = app.sign_in(&directory, question).await;
                if counts {
                    allowed(&answer, "bound");
                } else {
                    denied(&answer, "account_not_found");
                }
            }
        }
    }
}

api_test! {
    async fn the_subject_is_looked_up_where_the_connection_says_and_never_bound(app: TestApp) {
        for (options, subject, stranger) in [
            (json!({"subject_source": "userName"}), "AORTIZ", "x1"),
            (json!({"subject_source": "externalId"}), "x1", "aortiz"),
            (json!({"subject_source": "email"}), "Ana@ACME.test", "aortiz"),
            (json!({"name_id_format": "Email address"}), "aortiz", "x1"),
        ] {
            let directory = app.directory(okta(options.clone())).await;
            let id = directory.post("/Users", &person("aortiz", "x1", ANA)).await.expect(201).id();
            let kp = user_of(&app, &directory, &id).await;
            let before = rows(&app)[2];
            for _ in 0..2 {
                assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": subject})).await, "recognized"), kp, "{options}");
            }
            assert_eq!(rows(&app)[2], before, "no subject is bound: {options}");
            denied(&app.sign_in(&directory, json!({"subject": stranger, "email": ANA})).await, "account_not_found");
            directory.put(&format!("/Users/{id}"), &person("renamed", "x9", "renamed@acme.test")).await.expect(200);
            denied(&app.sign_in(&directory, json!({"subject": subject})).await, "account_not_found");
        }
    }
}

api_test! {
    async fn a_subject_that_several_people_have_is_ambiguous_where_it_is_looked_up(app: TestApp) {
        for source in ["externalId", "email"] {
            let directory = app.directory(okta(json!({"subject_source": source, "is_create_missing_user": true}))).await;
            for name in ["a", "b"] {
                directory.post("/Users", &person(name, "help@acme.test", "help@acme.test")).await.expect(201);
            }
            denied(&app.sign_in(&directory, json!({"subject": "help@acme.test"})).await, "ambiguous");
        }
    }
}

api_test! {
    async fn a_subject_looked_up_as_an_email_must_be_vouched_for(app: TestApp) {
        let options = json!({"subject_source": "email", "is_use_common_endpoint": true, "is_create_missing_user": true});
        let directory = app.directory(Setup { strategy: "oauth2:azure_ad", options, self_join: true, ..Setup::default() }).await;
        directory.push(ANA).await;
        let before = rows(&app);
        for question in [
            json!({"subject": ANA}), json!({"subject": ANA, "email_verified": false}), json!({"subject": ANA, "email_verified": "true"}),
            json!({"subject": ANA, "email": "evil@evil.test", "email_verified": true}), json!({"subject": "aortiz", "email_verified": true}),
        ] {
            let text = denied(&app.sign_in(&directory, question).await, "account_not_found");
            assert!(text.contains("nothing vouches"), "{text}");
        }
        assert_eq!(rows(&app), before);
        allowed(&app.sign_in(&directory, json!({"subject": ANA, "email_verified": true})).await, "recognized");
    }
}

api_test! {
    async fn who_is_made_just_in_time_is_recognized_next_time_however_subjects_are_found(app: TestApp) {
        for source in ["bound", "userName", "externalId", "email"] {
            let options = json!({"subject_source": source, "is_create_missing_user": true});
            let directory = app.directory(Setup { self_join: true, ..okta(options) }).await;
            let subject = if source == "email" { ANA } else { "s1" };
            let question = json!({"subject": subject, "email": ANA, "given_name": "Ana", "family_name": "Ortiz"});
            let kp = allowed(&app.sign_in(&directory, question.clone()).await, "created");
            assert_eq!(allowed(&app.sign_in(&directory, question).await, "recognized"), kp, "{source}");
            let user = shown(&app, &kp).await;
            assert_eq!((&user["preferred_email"], &user["first_name"], &user["last_name"], &user["total_sign_ins"]),
                (&json!(ANA), &json!("Ana"), &json!("Ortiz"), &json!(2)), "{source}");
            let pushed = match source {
                "userName" => person("s1", "x1", "other@acme.test"),
                "email" => person("aortiz", "x1", ANA),
                _ => person("aortiz", "s1", "other@acme.test"),
            };
            let id = directory.post("/Users", &pushed).await.expect(201).id();
            assert_eq!(user_of(&app, &directory, &id).await, kp, "adopted by the first push: {source}");
        }
    }
}

api_test! {
    async fn just_in_time_warns_of_an_email_that_others_have(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let other = email_user(&app, None, ANA).await;
        let answer = app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await;
        assert_ne!(allowed(&answer, "created"), other);
        assert!(explanation(&answer).contains("another user has this email already"));
        assert_eq!(told(&app, &directory, "user.duplicate_email").await[0].data["others"], json!([other]));
    }
}

api_test! {
    async fn an_address_that_nothing_vouches_for_is_not_what_a_later_push_finds(app: TestApp) {
        let options = json!({"is_create_missing_user": true, "is_use_common_endpoint": true});
        let directory = app.directory(Setup { strategy: "oauth2:azure_ad", options, self_join: true, ..Setup::default() }).await;
        for question in [json!({"subject": ANA}), json!({"subject": "s2", "email": ANA}), json!({"subject": "s3", "email": ANA, "email_verified": "true"})] {
            let stranger = allowed(&app.sign_in(&directory, question.clone()).await, "created");
            assert_eq!(shown(&app, &stranger).await["preferred_email"], Value::Null, "{question}");
            assert_eq!(allowed(&app.sign_in(&directory, question).await, "recognized"), stranger);
        }
        assert_eq!(directory.find("/Users", "userName eq \"ana@acme.test\" or emails.value eq \"ana@acme.test\"").await, Vec::<String>::new());
        let id = directory.push(ANA).await;
        assert_eq!(told(&app, &directory, "user.adopted").await.len(), 0);
        assert_eq!(shown(&app, &user_of(&app, &directory, &id).await).await["preferred_email"], ANA);
    }
}

api_test! {
    async fn a_name_the_directory_has_for_somebody_else_is_not_given_at_sign_in(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        directory.post("/Users", &person(ANA, "x1", "else@acme.test")).await.expect(201);
        let before = rows(&app);
        assert!(denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "ambiguous").contains("another person with this userName"));
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn nobody_found_is_told_each_switch_that_would_change_it(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        let question = json!({"subject": "s1", "email": ANA});
        let text = denied(&app.sign_in(&directory, question.clone()).await, "account_not_found");
        assert!(text.contains("is_create_missing_user, which creates people") && text.contains("self-joining (is_auto_membership_enabled) is off"), "{text}");
        assert!(text.contains("is_trusted would have no effect yet"), "{text}");
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let text = denied(&app.sign_in(&directory, question).await, "account_not_found");
        assert!(text.contains(&format!("is_trusted would combine user {kp}")), "{text}");
        let text = denied(&app.sign_in(&directory, json!({"subject": "s1", "email": "nobody@acme.test"})).await, "account_not_found");
        assert!(!text.contains("is_trusted would combine"), "{text}");
        let text = denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA, "email_verified": false})).await, "account_not_found");
        assert!(text.contains("only JSON true counts"), "{text}");
    }
}

api_test! {
    async fn a_dry_run_answers_the_same_and_changes_nothing(app: TestApp) {
        let options = json!({"is_create_missing_user": true, "is_trusted": true, "is_sync_user_profile_on_login": true});
        let directory = app.directory(Setup { self_join: true, ..okta(options) }).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        directory.push("bound@acme.test").await;
        email_user(&app, Some(&directory.organization_code), "combined@acme.test").await;
        for outcome in ["bound", "combined", "created", "recognized"] {
            let subject = if outcome == "recognized" { "bound" } else { outcome };
            let question = json!({"subject": subject, "email": format!("{outcome}@acme.test"), "given_name": "New", "request_id": outcome});
            let (before, events) = (rows(&app), app.events(&directory).await.len());
            let rehearsed = app.sign_in(&directory, with(question.clone(), &json!({"dry_run": true}))).await;
            allowed(&rehearsed, outcome);
            assert_eq!(rehearsed["dry_run"], true);
            assert_eq!((rows(&app), app.events(&directory).await.len()), (before, events), "{outcome}");
            let answer = app.sign_in(&directory, question).await;
            allowed(&answer, outcome);
            assert_eq!(explanation(&answer), explanation(&rehearsed), "{outcome}");
        }
    }
}

api_test! {
    async fn a_request_id_repeats_its_answer_for_five_minutes_and_serves_one_question(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let question = json!({"subject": "s1", "email": ANA, "request_id": "r1"});
        let first = app.sign_in(&directory, question.clone()).await;
        let before = rows(&app);
        assert_eq!(app.sign_in(&directory, question.clone()).await, first);
        assert_eq!(rows(&app), before, "the repetition is not counted");
        let path = format!("/api/v1/connections/{}/sign_ins", directory.connection_id);
        for other in [json!({"subject": "s2"}), json!({"given_name": "Ana"}), json!({"email_verified": true}), json!({"organization_code": directory.organization_code})] {
            let reused = app.api(Method::POST, &path, Some(with(question.clone(), &other))).await.expect(409);
            assert_eq!((&reused.body["errors"][0]["code"], &reused.body["errors"][0]["field"]), (&json!("REQUEST_ID_REUSED"), &json!("request_id")));
        }
        let elsewhere = app.directory_of(&directory.organization_code, Setup::default()).await;
        denied(&app.sign_in(&elsewhere, with(question.clone(), &json!({"subject": "s2"}))).await, "account_not_found");
        app.clock.advance(std::time::Duration::from_secs(299));
        assert_eq!(app.sign_in(&directory, question.clone()).await, first);
        app.clock.advance(std::time::Duration::from_secs(1));
        allowed(&app.sign_in(&directory, question.clone()).await, "recognized");
        app.clock.advance(std::time::Duration::from_mins(5));
        allowed(&app.sign_in(&directory, with(question, &json!({"given_name": "Ana"}))).await, "recognized");
    }
}

api_test! {
    async fn claims_write_the_profile_only_of_people_never_pushed_and_only_if_asked(app: TestApp) {
        for (is_asked, is_pushed) in [(false, false), (true, false), (true, true)] {
            let directory = app.directory(okta(json!({"is_sync_user_profile_on_login": is_asked}))).await;
            let email = format!("{}@acme.test", directory.connection_id);
            let kp = app.pre_create(&directory, &email).await;
            if is_pushed {
                directory.push(&email).await;
            }
            let first = shown(&app, &kp).await;
            allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": email, "given_name": "Claimed"})).await, "bound");
            let after = shown(&app, &kp).await;
            let follows = is_asked && !is_pushed;
            assert_eq!(after["first_name"] == "Claimed", follows, "{is_asked} {is_pushed}");
            assert_eq!(after["last_name"], first["last_name"], "what is not claimed stays");
            assert_eq!(told(&app, &directory, "user.updated").await.len(), usize::from(follows) + usize::from(is_pushed));
            allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "unverified@acme.test", "email_verified": false})).await, "recognized");
            assert_eq!(shown(&app, &kp).await["preferred_email"], json!(email));
        }
    }
}

api_test! {
    async fn a_sign_in_is_counted_when_allowed_and_told_either_way(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push(ANA).await;
        for _ in 0..2 {
            app.sign_in(&directory, json!({"subject": "ext-ana@acme.test"})).await;
            app.sign_in(&directory, json!({"subject": "nobody"})).await;
        }
        assert_eq!(rows(&app)[6], 2);
        assert_eq!(told(&app, &directory, "user.authenticated").await.len(), 2);
        assert_eq!(told(&app, &directory, "user.authentication_failed").await.len(), 2);
    }
}

api_test! {
    async fn what_is_no_question_and_what_is_no_enterprise_connection_are_refused(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let path = format!("/api/v1/connections/{}/sign_ins", directory.connection_id);
        for (body, code) in [
            (json!({"subject": ""}), "INVALID_SUBJECT"), (json!({"subject": "a\u{0}"}), "INVALID_JSON"), (json!({"subject": "a".repeat(1025)}), "INVALID_SUBJECT"),
            (json!({"subject": "a", "email": "a".repeat(513)}), "INVALID_CLAIM"), (json!({}), "INVALID_BODY"), (json!({"subject": 1}), "INVALID_BODY"),
        ] {
            let refused = app.api(Method::POST, &path, Some(body)).await.expect(400);
            assert_eq!(refused.body["errors"][0]["code"], code);
        }
        let social = json!({"name": "Google", "strategy": "oauth2:google", "options": {"is_create_missing_user": true}});
        let social = app.api(Method::POST, "/api/v1/connections", Some(social)).await.expect(201).body["connection"]["id"].as_str().unwrap().to_owned();
        for id in ["conn_nobody", &social] {
            let missing = app.api(Method::POST, &format!("/api/v1/connections/{id}/sign_ins"), Some(json!({"subject": "s1"}))).await.expect(404);
            assert_eq!(missing.body["errors"][0]["code"], "CONNECTION_NOT_FOUND");
        }
    }
}

api_test! {
    async fn a_repeated_answer_never_lets_in_who_was_shut_out_since(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let path = format!("/Users/{}", directory.push(ANA).await);
        let question = json!({"subject": "s1", "email": ANA, "request_id": "r1"});
        allowed(&app.sign_in(&directory, question.clone()).await, "bound");
        directory.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
        denied(&app.sign_in(&directory, question).await, "deactivated");
    }
}

api_test! {
    async fn subjects_and_addresses_too_long_for_a_name_are_answered_on_both_backends(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let subject: String = (0..1_000).map(|n| char::from(b'a' + u8::try_from((n * n + n / 7) % 26).unwrap())).collect();
        allowed(&app.sign_in(&directory, json!({"subject": subject})).await, "created");
        allowed(&app.sign_in(&directory, json!({"subject": subject})).await, "recognized");
        let long = json!({"userName": "long", "emails": [{"value": format!("{}@acme.test", subject.repeat(3))}]});
        directory.post("/Users", &long).await.expect(201);
    }
}
