//! Pushes, sign-ins and administrators at the same moment: whoever is faster, the end is one that some order explains.

use futures_util::future::{join, join_all};
use serde_json::json;

use super::support::*;
use anteroom::identity::connections;
use anteroom::store::DatabaseUrl;

use crate::support::{Directory, Setup, Sql, TestApp, api_test, user};

const ROUNDS: usize = 12;

async fn set_enabled(app: &TestApp, directory: &Directory, is_enabled: bool) {
    let (act, id) = (app.act(), directory.connection_id.clone());
    app.store.write(move |tx| connections::set_enabled(tx, &act, &id, is_enabled)).await.expect("a switch");
}

api_test! {
    async fn a_push_and_a_just_in_time_sign_in_make_one_user(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            let body = if round % 2 == 0 { user(&email) } else { person(&format!("p{round}"), &format!("s{round}"), "other@acme.test") };
            let push = directory.post("/Users", &body);
            let ask = app.sign_in(&directory, json!({"subject": format!("s{round}"), "email": email}));
            let (pushed, answer) = join(push, ask).await;
            let kp = user_of(&app, &directory, &pushed.expect(201).id()).await;
            assert_eq!((&answer["decision"], &answer["user"]["id"]), (&json!("allow"), &json!(kp)), "{answer:#}");
        }
        let rows = rows(&app);
        let expected = i64::try_from(ROUNDS).unwrap();
        assert_eq!(rows[..4], [expected; 4]);
    }
}

api_test! {
    async fn of_two_subjects_for_one_person_one_is_bound(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            directory.push(&email).await;
            let by_id = app.sign_in(&directory, json!({"subject": format!("ext-{email}")}));
            let by_email = app.sign_in(&directory, json!({"subject": format!("s{round}"), "email": email}));
            let (by_id, by_email) = join(by_id, by_email).await;
            let (winner, loser) = if by_id["decision"] == "allow" { (by_id, by_email) } else { (by_email, by_id) };
            allowed(&winner, "bound");
            denied(&loser, "subject_mismatch");
        }
        assert_eq!(told(&app, &directory, "identity.bound").await.len(), ROUNDS);
    }
}

api_test! {
    async fn after_a_deactivation_or_deletion_is_answered_nobody_gets_in(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            let path = format!("/Users/{}", directory.push(&email).await);
            let question = json!({"subject": format!("s{round}"), "email": email});
            let asked = join_all((0..4).map(|_| app.sign_in(&directory, question.clone())));
            let ended = async {
                if round % 2 == 0 {
                    directory.delete(&path).await.expect(204);
                } else {
                    directory.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await.expect(200);
                }
                app.sign_in(&directory, question.clone()).await
            };
            let (_, after) = join(asked, ended).await;
            denied(&after, if round % 2 == 0 { "departed" } else { "deactivated" });
        }
        assert_eq!(rows(&app)[0], i64::try_from(ROUNDS).unwrap());
    }
}

api_test! {
    async fn after_a_connection_is_disabled_nobody_gets_in_whatever_was_under_way(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push("ana@acme.test").await;
        let question = json!({"subject": "s1", "email": "ana@acme.test"});
        app.sign_in(&directory, question.clone()).await;
        for _ in 0..ROUNDS {
            let asked = join_all((0..4).map(|_| app.sign_in(&directory, question.clone())));
            let ended = async {
                set_enabled(&app, &directory, false).await;
                app.sign_in(&directory, question.clone()).await
            };
            let (during, after) = join(asked, ended).await;
            denied(&after, "connection_disabled");
            assert!(during.iter().all(|answer| answer["decision"] == "allow" || answer["reason"] == "connection_disabled"));
            set_enabled(&app, &directory, true).await;
            allowed(&app.sign_in(&directory, question.clone()).await, "recognized");
        }
    }
}

api_test! {
    async fn a_post_of_somebody_who_is_being_changed_waits_and_decides_anew(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let path = format!("/Users/{}", directory.push("ana@acme.test").await);
        for round in 0..ROUNDS {
            let toggles = join_all((0..3).map(|at| {
                directory.patch(&path, json!([{"op": "replace", "value": {"active": at % 2 == 0, "title": format!("{round}-{at}")}}]))
            }));
            let posts = join_all((0..3).map(|_| async { directory.post("/Users", &user("ana@acme.test")).await }));
            let (changed, posted) = join(toggles, posts).await;
            for answer in changed {
                answer.expect(200);
            }
            for answer in posted {
                assert!([201, 409].contains(&answer.status), "{}", answer.text);
            }
        }
        assert_eq!(rows(&app)[..4], [1, 1, 0, 1]);
    }
}

api_test! {
    async fn two_trusted_connections_combine_a_user_once(app: TestApp) {
        let one = app.directory(okta(json!({"is_trusted": true}))).await;
        let two = app.directory_of(&one.organization_code, okta(json!({"is_trusted": true}))).await;
        assert_domain(&app, &one.organization_code, "acme.test").await;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            let kp = email_user(&app, Some(&one.organization_code), &email).await;
            let (here, there) = join(one.push(&email), two.push(&email)).await;
            let users = [user_of(&app, &one, &here).await, user_of(&app, &two, &there).await];
            assert_ne!(users[0], users[1]);
            assert!(users.contains(&kp));
        }
    }
}

api_test! {
    async fn an_administrator_and_a_push_of_the_same_person_never_make_two_of_one_name(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            let kp = email_user(&app, None, &email).await;
            let given = give_identity(&app, &kp, &directory, &email);
            let (given, pushed) = join(given, async { directory.post("/Users", &user(&email)).await }).await;
            let owner = user_of(&app, &directory, &pushed.expect(201).id()).await;
            match given.status {
                201 => assert_eq!(owner, kp),
                409 => assert_ne!(owner, kp),
                _ => panic!("{}", given.text),
            }
            assert_eq!(directory.find("/Users", &format!("userName eq \"{email}\"")).await.len(), 1);
        }
    }
}

api_test! {
    async fn who_comes_back_while_the_departure_is_purged_is_whole(app: TestApp) {
        let mut app = app;
        let directory = app.directory(okta(json!({"departure_days": 1}))).await;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            let id = directory.push(&email).await;
            let kp = user_of(&app, &directory, &id).await;
            directory.delete(&format!("/Users/{id}")).await.expect(204);
            days_pass(&mut app, 2).await;
            // The purge runs while an administrator brings the user back.
            let jobs = app.jobs();
            let purge = jobs.run_due();
            let (given, _) = join(give_identity(&app, &kp, &directory, &email), purge).await;
            if given.status == 201 {
                assert_eq!(shown(&app, &kp).await["identities"][0]["type"], "enterprise");
            } else {
                assert_eq!(given.body["errors"][0]["code"], "USER_NOT_FOUND", "{}", given.text);
            }
            assert_eq!(rows(&app)[1], rows(&app)[3], "one identity a resource");
        }
    }
}

/// Does something while another transaction has carried out these statements and not yet committed.
async fn meanwhile<T>(app: &TestApp, statements: &[String], action: impl Future<Output = T>) -> T {
    let mut other = Sql::connect(&app.database.url);
    let begin = if matches!(app.database.url, DatabaseUrl::Sqlite(_)) { "BEGIN IMMEDIATE" } else { "BEGIN" };
    other.execute(begin).unwrap();
    for statement in statements {
        assert_eq!(other.execute(statement), Ok(1), "{statement}");
    }
    let commit = async {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(400)).await;
        other.execute("COMMIT").unwrap();
    };
    join(action, commit).await.0
}

api_test! {
    async fn a_deletion_waits_for_the_sign_in_that_binds_and_remembers_its_subject(app: TestApp) {
        let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_create_missing_user": true})) }).await;
        let id = directory.push("ana@acme.test").await;
        let identity = identity_of(&app, &user_of(&app, &directory, &id).await).await;
        let bind = format!("UPDATE identities SET subject = 's1' WHERE id = '{identity}'");
        meanwhile(&app, &[bind], directory.delete(&format!("/Users/{id}"))).await.expect(204);
        denied(&app.sign_in(&directory, json!({"subject": "s1"})).await, "departed");
    }
}

api_test! {
    async fn a_purge_waits_for_whoever_gives_the_user_something_to_stay_for(app: TestApp) {
        let mut app = app;
        let directory = app.directory(Setup::default()).await;
        let elsewhere = app.organization(false).await;
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        days_pass(&mut app, 30).await;
        let join = [
            format!("UPDATE users SET modified = modified + 1 WHERE id = '{kp}'"),
            format!("INSERT INTO organization_members (organization_key, user_key, source, joined) SELECT o.key, u.key, 'admin', 0 FROM organizations o, users u WHERE o.code = '{elsewhere}' AND u.id = '{kp}'"),
        ];
        meanwhile(&app, &join, app.jobs().run_due()).await.unwrap();
        assert_eq!(shown(&app, &kp).await["organizations"], json!([elsewhere]));
    }
}

api_test! {
    async fn a_combination_waits_for_a_suspension_under_way(app: TestApp) {
        let directory = app.directory(okta(json!({"is_trusted": true}))).await;
        assert_domain(&app, &directory.organization_code, "acme.test").await;
        let kp = email_user(&app, Some(&directory.organization_code), "ana@acme.test").await;
        let suspend = format!("UPDATE users SET is_suspended = TRUE WHERE id = '{kp}'");
        let answer = meanwhile(&app, &[suspend], app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"}))).await;
        denied(&answer, "suspended");
        assert_eq!(shown(&app, &kp).await["identities"][0]["type"], "email");
    }
}
