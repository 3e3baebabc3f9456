//! A push and a sign-in, one person (V-44, V-74, R-08).

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::process::json_of;
use crate::support::user;
use crate::{Race, race_test};

race_test! {
    async fn a_push_and_just_in_time_sign_ins_make_one_person(race: Race) {
        const ROUNDS: usize = 40;
        for round in 0..ROUNDS {
            let email = format!("p{round}@acme.test");
            let question = json!({"subject": format!("ext-{email}"), "email": email, "email_verified": true, "given_name": "Given"});
            let ask = |turn: usize| race.sign_in(turn, question.clone());
            let (directory, body) = (race.directory(round), user(&email));
            let ((first, second), pushed) = join(join(ask(round), ask(round + 1)), directory.post("/Users", &body)).await;
            let shown = pushed.expect(201);
            let again = ask(round).await;
            for answer in [&first, &second, &again] {
                assert_eq!((&answer["decision"], &answer["user"]["id"]), (&json!("allow"), &first["user"]["id"]), "{answer}");
            }
            assert_eq!(again["outcome"], "recognized");
            assert_eq!(race.directory(round + 1).find("/Users", &format!("userName eq \"{email}\"")).await, [shown.id()]);
        }
        let rounds = i64::try_from(ROUNDS).unwrap();
        for (table, count) in [("users", rounds), ("identities", rounds), ("resources", rounds), ("organization_members", rounds)] {
            assert_eq!(race.number(&format!("SELECT COUNT(*) AS value FROM {table}")), count, "{table}");
        }
        assert_eq!(race.number("SELECT COUNT(*) AS value FROM identities WHERE pushed IS NOT NULL AND subject IS NOT NULL AND state = 'active'"), rounds);
    }
}

race_test! {
    async fn once_a_deactivation_is_acknowledged_nobody_gets_in(race: Race) {
        let path = format!("/Users/{}", race.directory(0).push("ana@acme.test").await);
        let question = json!({"subject": "ext-ana@acme.test", "email": "ana@acme.test", "email_verified": true});
        let set = |active: bool| json!([{"op": "replace", "path": "active", "value": active}]);
        for round in 0..12 {
            assert_eq!(race.sign_in(round, question.clone()).await["decision"], "allow");
            let is_acknowledged = AtomicBool::new(false);
            let asking = join_all((0..6).map(|turn| {
                let (race, question, is_acknowledged) = (&race, &question, &is_acknowledged);
                async move {
                    let mut seen = (0, 0);
                    while seen.1 < 3 {
                        let was_acknowledged = is_acknowledged.load(Ordering::SeqCst);
                        let answer: Value = race.sign_in(turn, question.clone()).await;
                        let is_allowed = answer["decision"] == "allow";
                        assert!(!(was_acknowledged && is_allowed), "{answer}");
                        seen.0 += usize::from(is_allowed);
                        seen.1 += usize::from(was_acknowledged);
                    }
                    seen.0
                }
            }));
            let deactivating = async {
                let directory = race.directory(round + 1);
                if round % 3 == 2 {
                    directory.put(&path, &json!({"userName": "ana@acme.test", "externalId": "ext-ana@acme.test", "active": false})).await.expect(200);
                } else {
                    directory.patch(&path, set(false)).await.expect(200);
                }
                is_acknowledged.store(true, Ordering::SeqCst);
            };
            join(asking, deactivating).await;
            race.directory(round).patch(&path, set(true)).await.expect(200);
        }
    }
}

race_test! {
    async fn a_revoked_token_is_refused_by_every_server_from_the_next_request_on(race: Race) {
        let database = &race.database.url;
        for round in 0..3 {
            let made = json_of(database, &["token", "create", "--directory", &race.site.directory_id, "--name", "another"]);
            let mut directories = [race.directory(round), race.directory(round + 1)];
            for directory in &mut directories {
                made["token"].as_str().unwrap().clone_into(&mut directory.token);
                directory.get("/Users").await.expect(200);
            }
            json_of(database, &["token", "revoke", made["token_id"].as_str().unwrap()]);
            for directory in directories {
                directory.get("/Users").await.expect_error(401, "");
                directory.post("/Users", &user("late@acme.test")).await.expect_error(401, "");
            }
        }
        race.directory(0).get("/Users").await.expect(200);
    }
}

race_test! {
    async fn a_person_deleted_during_sign_ins_and_changes_is_gone_as_a_whole(race: Race) {
        for round in 0..12 {
            let email = format!("p{round}@acme.test");
            let path = format!("/Users/{}", race.directory(round).push(&email).await);
            let question = json!({"subject": format!("ext-{email}"), "email": email, "email_verified": true});
            let asking = join_all((0..4).map(|turn| race.sign_in(turn, question.clone())));
            let changing = join_all((0..4).map(|turn| {
                let (directory, path) = (race.directory(turn), &path);
                async move { directory.patch(path, json!([{"op": "replace", "path": "title", "value": format!("{turn}")}])).await }
            }));
            let directory = race.directory(round + 1);
            let (gone, (_, changes)) = join(directory.delete(&path), join(asking, changing)).await;
            gone.expect(204);
            for change in changes.into_iter().filter(|change| change.status != 200) {
                change.expect_error(404, "");
            }
            assert_eq!(race.sign_in(round, question).await["decision"], "deny");
            directory.get(&path).await.expect_error(404, "");
        }
        assert_eq!(race.number("SELECT COUNT(*) AS value FROM identities"), 0);
        assert_eq!(race.number("SELECT COUNT(*) AS value FROM resources"), 0);
        assert_eq!(race.number("SELECT COUNT(*) AS value FROM departures"), 12);
    }
}
