//! What administrators take apart, and what stays.

use reqwest::Method;
use serde_json::json;

use super::support::*;
use crate::support::{Answer, Setup, Sql, TestApp, api_test, user};

api_test! {
    async fn an_erased_user_is_gone_with_resource_identities_memberships_and_what_events_say(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let empty = rows(&app);
        let id = directory.push("ana@acme.test").await;
        let engineers = group(&directory, "Engineers", &[&id]).await;
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": "ana@acme.test"})).await, "bound");
        let path = format!("/api/v1/user?id={kp}");
        assert_eq!(app.api(Method::DELETE, &path, None).await.expect(200).body, json!({"message": "Success", "code": "OK"}));
        directory.get(&format!("/Users/{id}")).await.expect(404);
        directory.put(&format!("/Users/{id}"), &user("ana@acme.test")).await.expect(404);
        assert!(members(&directory, &engineers).await.is_empty());
        assert_eq!(directory.get("/Users").await.body["totalResults"], 0);
        assert_eq!(app.api(Method::GET, &path, None).await.expect(400).body["errors"][0]["code"], "USER_NOT_FOUND");
        assert_eq!(app.api(Method::DELETE, &path, None).await.expect(400).body["errors"][0]["code"], "USER_NOT_FOUND");
        let after = rows(&app);
        // The group is the one resource that is left.
        assert_eq!((after[3], [&after[..3], &after[4..]].concat()), (empty[3] + 1, [&empty[..3], &empty[4..]].concat()));
        let mut sql = Sql::connect(&app.database.url);
        let of_user = format!("FROM events WHERE user_id = '{kp}'");
        let kinds = sql.texts(&format!("SELECT kind AS value {of_user} AND data = '{{\"sessions\":\"revoke\"}}'"));
        assert_eq!(kinds, ["user.erased"]);
        let texts = sql.texts(&format!("SELECT data AS value {of_user} AND kind <> 'user.erased'"));
        assert!(texts.len() > 2 && texts.iter().all(|data| data == "{\"erased\":true}"), "{texts:?}");
        assert_eq!(told(&app, &directory, "group.updated").await.last().unwrap().data["members_removed"], json!([id]));
    }
}

api_test! {
    async fn an_erased_departed_user_is_not_remembered_and_comes_back_as_somebody_new(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.push("ana@acme.test").await;
        let kp = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        app.api(Method::DELETE, &format!("/api/v1/user?id={kp}"), None).await.expect(200);
        let again = directory.push("ana@acme.test").await;
        assert_ne!(user_of(&app, &directory, &again).await, kp);
    }
}

api_test! {
    async fn an_id_that_is_missing_or_unknown_erases_nobody(app: TestApp) {
        for (query, code) in [("", "USER_ID_REQUIRED"), ("?id=", "USER_ID_REQUIRED"), ("?id=kp_x", "USER_NOT_FOUND"), ("?id=%00", "INVALID_QUERY")] {
            let answer = app.api(Method::DELETE, &format!("/api/v1/user{query}"), None).await.expect(400);
            assert_eq!(answer.body["errors"][0]["code"], code, "{query}");
        }
    }
}

api_test! {
    async fn what_was_never_pushed_is_erased_too(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let empty = rows(&app);
        let made = app.pre_create(&directory, "pre@acme.test").await;
        let local = email_user(&app, Some(&directory.organization_code), "ana@acme.test").await;
        for kp in [made, local] {
            app.api(Method::DELETE, &format!("/api/v1/user?id={kp}"), None).await.expect(200);
        }
        assert_eq!(rows(&app), empty);
        // The names are free for others.
        directory.push("pre@acme.test").await;
        email_user(&app, None, "ana@acme.test").await;
    }
}

api_test! {
    async fn what_the_event_about_a_successor_says_of_an_erased_user_is_erased_with_them(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let id = directory.post("/Users", &person("ana", "x1", "ana@acme.test")).await.expect(201).id();
        let kp = allowed(&app.sign_in(&directory, json!({"subject": "secret-subject", "email": "ana@acme.test"})).await, "bound");
        let off = with(person("ana", "x1", "ana@acme.test"), &json!({"active": false}));
        directory.put(&format!("/Users/{id}"), &off).await.expect(200);
        directory.put(&format!("/Users/{id}"), &person("ana", "x2", "ana@acme.test")).await.expect(200);
        let successor = user_of(&app, &directory, &id).await;
        let said = "SELECT COUNT(*) AS value FROM events WHERE data LIKE '%secret-subject%'";
        let mut sql = Sql::connect(&app.database.url);
        assert!(sql.numbers(said)[0] > 0);
        app.api(Method::DELETE, &format!("/api/v1/user?id={kp}"), None).await.expect(200);
        assert_eq!(sql.numbers(said), [0]);
        assert_eq!(user_of(&app, &directory, &id).await, successor);
        assert_eq!(told(&app, &directory, "user.replaced").await.len(), 1);
    }
}

api_test! {
    async fn a_client_of_one_organization_erases_its_own_people_alone(app: TestApp) {
        let (directory, foreign) = (app.directory(Setup::default()).await, app.directory(Setup::default()).await);
        let own = user_of(&app, &directory, &directory.push("own@acme.test").await).await;
        let shared = user_of(&app, &directory, &directory.push("shared@acme.test").await).await;
        add_member(&app, &foreign.organization_code, &shared).await;
        let theirs = user_of(&app, &foreign, &foreign.push("theirs@acme.test").await).await;
        // A member here only, who signs in through the connection of the others.
        let lent = user_of(&app, &foreign, &foreign.push("lent@acme.test").await).await;
        add_member(&app, &directory.organization_code, &lent).await;
        Sql::connect(&app.database.url)
            .execute(&format!("DELETE FROM organization_members WHERE source = 'directory' AND user_key = (SELECT key FROM users WHERE id = '{lent}')"))
            .unwrap();
        let (bound, before) = (app.client_of(&directory.organization_code).await, rows(&app));
        for (kp, code) in [(&theirs, "USER_NOT_FOUND"), (&shared, "USER_IN_OTHER_ORGANIZATION"), (&lent, "USER_IN_OTHER_ORGANIZATION")] {
            let url = format!("{}/api/v1/user?id={kp}", app.url);
            let answer = Answer::of(app.client.delete(url).bearer_auth(&bound)).await.expect(400);
            assert_eq!(answer.body["errors"][0]["code"], code);
        }
        assert_eq!(rows(&app), before);
        let url = format!("{}/api/v1/user?id={own}", app.url);
        Answer::of(app.client.delete(url).bearer_auth(&bound)).await.expect(200);
    }
}
