//! What a trusted email combined is taken apart again: what comes back, and what stands in the way.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, Setup, Sql, TestApp, api_test};

const ANA: &str = "ana@acme.test";

async fn trusted(app: &TestApp) -> Directory {
    let directory = app.directory(Setup { self_join: true, ..okta(json!({"is_trusted": true})) }).await;
    assert_domain(app, &directory.organization_code, "acme.test").await;
    directory
}

/// The ids of the events that can be undone.
async fn undoable(app: &TestApp) -> Vec<String> {
    let body = app.api(Method::GET, "/api/v1/undoable", None).await.expect(200).body;
    let listed = body["undoable"].as_array().unwrap().iter();
    listed.map(|event| event["event_id"].as_str().unwrap().to_owned()).collect()
}

async fn undo(app: &TestApp, event: &str, body: Option<Value>) -> Answer {
    app.api(Method::POST, &format!("/api/v1/events/{event}/undo"), body).await
}

/// Fails unless the undo is refused with this code and changes nothing; returns the message.
#[track_caller]
fn refused(answer: Answer, status: u16, code: &str) -> String {
    let body = answer.expect(status).body;
    assert_eq!(body["errors"][0]["code"], code, "{body}");
    body["errors"][0]["message"].as_str().unwrap().to_owned()
}

async fn identities(app: &TestApp, user: &str) -> Value {
    app.api(Method::GET, &format!("/api/v1/users/{user}/identities"), None).await.expect(200).body["identities"].clone()
}

/// The id of the oldest event of a kind on a connection.
fn first_event(app: &TestApp, kind: &str) -> String {
    let query =
        format!("SELECT id AS value FROM events WHERE kind = '{kind}' AND connection_key IS NOT NULL ORDER BY key");
    Sql::connect(&app.database.url).texts(&query).remove(0)
}

/// Undoes the only event there is; returns the new user.
async fn undo_only(app: &TestApp, kp: &str) -> String {
    let events = undoable(app).await;
    assert_eq!(events.len(), 1);
    let done = undo(app, &events[0], None).await.expect(200).body["undo"].clone();
    assert_eq!(
        (&done["user_id"], &done["kind"], &done["dry_run"]),
        (&json!(kp), &json!("user.combined"), &json!(false))
    );
    assert_eq!(undoable(app).await, Vec::<String>::new());
    done["new_user_id"].as_str().unwrap().to_owned()
}

api_test! {
    async fn what_a_push_combined_becomes_two_again_and_neither_a_push_nor_a_sign_in_combines_them_anew(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        let phone = json!({"type": "phone", "value": "+61400000000"});
        app.api(Method::POST, &format!("/api/v1/users/{kp}/identities"), Some(phone)).await.expect(201);
        let (before, held) = (shown(&app, &kp).await, identities(&app, &kp).await);
        let id = directory.post("/Users", &person(ANA, "x1", ANA)).await.expect(201).id();
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        let made = undo_only(&app, &kp).await;
        assert_ne!(made, kp);
        assert_eq!((shown(&app, &kp).await, identities(&app, &kp).await), (before.clone(), held));
        assert_eq!(user_of(&app, &directory, &id).await, made);
        let user = shown(&app, &made).await;
        assert_eq!((&user["preferred_email"], &user["first_name"], &user["organizations"]),
            (&json!(ANA), &json!("Given"), &json!([directory.organization_code])));
        let body = with(person(ANA, "x1", ANA), &json!({"name": {"givenName": "Anna", "familyName": "New"}}));
        directory.put(&format!("/Users/{id}"), &body).await.expect(200);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "bound"), made);
        assert_eq!(allowed(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "recognized"), made);
        assert_eq!(shown(&app, &made).await["first_name"], "Anna");
        assert_eq!(shown(&app, &kp).await, before);
        let told = told(&app, &directory, "user.combining_undone").await;
        let whom: Vec<_> = told.iter().map(|event| (event.user.clone().unwrap(), event.data["sessions"].clone())).collect();
        assert_eq!(whom, [(kp, json!("revoke")), (made, json!("revoke"))]);
    }
}

api_test! {
    async fn what_a_sign_in_combined_becomes_two_again_and_the_membership_it_gave_ends(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, None, ANA).await;
        let before = shown(&app, &kp).await;
        let question = json!({"subject": "s1", "email": ANA, "given_name": "Anna", "request_id": "r1"});
        assert_eq!(allowed(&app.sign_in(&directory, question.clone()).await, "combined"), kp);
        assert_eq!(shown(&app, &kp).await["organizations"], json!([directory.organization_code]));
        let made = undo_only(&app, &kp).await;
        let after = shown(&app, &kp).await;
        for field in ["preferred_email", "first_name", "last_name", "picture", "identities", "organizations"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        // The answer kept for r1 named the former user.
        assert_eq!(allowed(&app.sign_in(&directory, question).await, "recognized"), made);
        assert_eq!(shown(&app, &made).await["organizations"], json!([directory.organization_code]));
        let id = directory.find("/Users", "userName eq \"ana@acme.test\"").await.remove(0);
        assert_eq!(user_of(&app, &directory, &id).await, made);
        directory.put(&format!("/Users/{id}"), &person(ANA, "x1", ANA)).await.expect(200);
        assert_eq!(user_of(&app, &directory, &id).await, made);
        assert_eq!(shown(&app, &kp).await, after);
    }
}

api_test! {
    async fn an_event_is_undone_once_and_within_thirty_days(app: TestApp) {
        let mut app = app;
        let directory = trusted(&app).await;
        email_user(&app, Some(&directory.organization_code), ANA).await;
        email_user(&app, Some(&directory.organization_code), "bea@acme.test").await;
        directory.push(ANA).await;
        directory.push("bea@acme.test").await;
        let events = undoable(&app).await;
        assert_eq!(events.len(), 2);
        days_pass(&mut app, 29).await;
        undo(&app, &events[0], None).await.expect(200);
        let before = rows(&app);
        refused(undo(&app, &events[0], None).await, 409, "ALREADY_UNDONE");
        assert_eq!(undoable(&app).await, events[1..]);
        days_pass(&mut app, 1).await;
        assert_eq!(undoable(&app).await, Vec::<String>::new());
        refused(undo(&app, &events[1], None).await, 400, "UNDO_EXPIRED");
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn a_dry_run_of_an_undo_says_what_it_would_do_and_changes_nothing(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, None, ANA).await;
        let id = directory.push(ANA).await;
        let (before, user, told_before) = (rows(&app), shown(&app, &kp).await, app.events(&directory).await);
        let events = undoable(&app).await;
        let done = undo(&app, &events[0], Some(json!({"dry_run": true}))).await.expect(200).body;
        assert_eq!((&done["undo"]["dry_run"], &done["undo"]["user_id"]), (&json!(true), &json!(kp)));
        assert_eq!((rows(&app), shown(&app, &kp).await, app.events(&directory).await), (before, user, told_before));
        assert_eq!(user_of(&app, &directory, &id).await, kp);
        assert_eq!(undoable(&app).await, events);
        refused(undo(&app, &events[0], Some(json!({"dry_run": "yes"}))).await, 400, "INVALID_BODY");
    }
}

api_test! {
    async fn what_stands_in_the_way_of_an_undo_is_named_and_nothing_changes(app: TestApp) {
        let directory = trusted(&app).await;
        email_user(&app, Some(&directory.organization_code), ANA).await;
        let id = directory.push(ANA).await;
        let event = undoable(&app).await.remove(0);
        let body = json!({"identities": [{"type": "email", "details": {"email": ANA}}]});
        app.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200);
        let before = rows(&app);
        let message = refused(undo(&app, &event, None).await, 409, "UNDO_CONFLICT");
        assert!(message.contains("the email ana@acme.test belongs to another user"), "{message}");
        assert_eq!((rows(&app), undoable(&app).await), (before, vec![event.clone()]));
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        let before = rows(&app);
        let message = refused(undo(&app, &event, None).await, 409, "UNDO_CONFLICT");
        assert!(message.contains("gone from the directory"), "{message}");
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn only_a_combination_within_reach_can_be_undone(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        directory.push(ANA).await;
        let event = undoable(&app).await.remove(0);
        let other = app.organization(false).await;
        let (owner, stranger) = (app.client_of(&directory.organization_code).await, app.client_of(&other).await);
        let before = rows(&app);
        let ask = |method: Method, path: String, token: String| {
            let request = app.client.request(method, format!("{}{path}", app.url));
            Answer::of(request.bearer_auth(token))
        };
        let path = format!("/api/v1/events/{event}/undo");
        let listed = ask(Method::GET, "/api/v1/undoable".into(), stranger.clone()).await.expect(200).body;
        assert_eq!(listed["undoable"], json!([]));
        refused(ask(Method::POST, path.clone(), stranger).await, 404, "EVENT_NOT_FOUND");
        refused(undo(&app, "event_nope", None).await, 404, "EVENT_NOT_FOUND");
        let created = first_event(&app, "identity.created");
        refused(undo(&app, &created, None).await, 400, "NOT_UNDOABLE");
        add_member(&app, &other, &kp).await;
        refused(ask(Method::POST, path.clone(), owner.clone()).await, 400, "USER_IN_OTHER_ORGANIZATION");
        let listed = ask(Method::GET, "/api/v1/undoable".into(), owner).await.expect(200).body;
        assert_eq!((&listed["undoable"][0]["event_id"], &listed["undoable"][0]["user_id"]), (&json!(event), &json!(kp)));
        let mut after = rows(&app);
        after[4] -= 1;
        assert_eq!(after, before);
        undo(&app, &event, None).await.expect(200);
    }
}

api_test! {
    async fn nothing_is_undone_for_a_user_who_was_erased(app: TestApp) {
        let directory = trusted(&app).await;
        let kp = email_user(&app, Some(&directory.organization_code), ANA).await;
        directory.push(ANA).await;
        let event = undoable(&app).await.remove(0);
        app.api(Method::DELETE, &format!("/api/v1/user?id={kp}"), None).await.expect(200);
        assert_eq!(undoable(&app).await, Vec::<String>::new());
        assert!(refused(undo(&app, &event, None).await, 409, "UNDO_CONFLICT").contains("erased"));
    }
}

api_test! {
    async fn a_suspension_holds_for_both_and_a_picture_comes_back(app: TestApp) {
        let directory = trusted(&app).await;
        let picture = "https://acme.test/ana.png";
        let body = json!({"profile": {"picture": picture}, "organization_code": directory.organization_code,
            "identities": [{"type": "email", "details": {"email": ANA}}]});
        let kp = app.api(Method::POST, "/api/v1/user", Some(body)).await.expect(200).id();
        let pushed = with(person(ANA, "x1", ANA), &json!({"photos": [{"value": "https://idp.test/ana.png", "type": "photo"}]}));
        directory.post("/Users", &pushed).await.expect(201);
        suspend(&app, &kp, true).await;
        let made = undo_only(&app, &kp).await;
        for (user, picture) in [(&kp, picture), (&made, "https://idp.test/ana.png")] {
            let user = shown(&app, user).await;
            assert_eq!((&user["picture"], &user["is_suspended"]), (&json!(picture), &json!(true)));
        }
        denied(&app.sign_in(&directory, json!({"subject": "s1", "email": ANA})).await, "suspended");
    }
}
