//! What an administrator changes of a connection and an organization holds from the next question on.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, Setup, Sql, TestApp, api_test};

async fn change(app: &TestApp, directory: &Directory, body: Value) -> Answer {
    app.api(Method::PATCH, &format!("/api/v1/connections/{}", directory.connection_id), Some(body)).await
}

async fn change_organization(app: &TestApp, directory: &Directory, body: Value) -> Answer {
    app.api(Method::PATCH, &format!("/api/v1/organization/{}", directory.organization_code), Some(body)).await
}

fn code(answer: &Answer) -> &str {
    answer.body["errors"][0]["code"].as_str().unwrap_or_default()
}

fn options(app: &TestApp, directory: &Directory) -> Value {
    let query = format!("SELECT options AS value FROM connections WHERE id = '{}'", directory.connection_id);
    serde_json::from_str(&Sql::connect(&app.database.url).texts(&query)[0]).unwrap()
}

api_test! {
    async fn just_in_time_is_turned_on_and_off_for_the_next_question(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let ask = async |subject: &str| app.sign_in(&directory, json!({"subject": subject, "email": format!("{subject}@acme.test")})).await;
        denied(&ask("s1").await, "account_not_found");
        change(&app, &directory, json!({"options": {"is_create_missing_user": true}})).await.expect(200);
        denied(&ask("s1").await, "not_a_member");
        change_organization(&app, &directory, json!({"is_auto_membership_enabled": true, "is_auto_join_domain_list": true, "allowed_domains": ["acme.test"]})).await.expect(200);
        allowed(&ask("s1").await, "created");
        change(&app, &directory, json!({"options": {"is_create_missing_user": null}})).await.expect(200);
        denied(&ask("s2").await, "account_not_found");
        allowed(&ask("s1").await, "recognized");
    }
}

api_test! {
    async fn what_is_left_out_of_a_change_stays_and_null_takes_an_option_away(app: TestApp) {
        let directory = app.directory(okta(json!({"client_secret": "s3cret", "is_trusted": false, "custom": [1]}))).await;
        change(&app, &directory, json!({"name": "New", "options": {"is_trusted": true, "custom": null, "home_realm_domains": ["Acme.test"]}})).await.expect(200);
        assert_eq!(options(&app, &directory), json!({"client_secret": "s3cret", "is_trusted": true, "home_realm_domains": ["Acme.test"]}));
        let shown = app.api(Method::GET, &format!("/api/v1/connections/{}", directory.connection_id), None).await.expect(200);
        assert_eq!(shown.body["connection"]["name"], "New");
        let told = told(&app, &directory, "connection.updated").await;
        assert_eq!(told[0].data["changed_options"], json!(["is_trusted", "custom", "home_realm_domains"]));
        assert_eq!((&told[0].data["before"]["options"], &told[0].data["after"]["options"]), (&json!({"is_trusted": false}), &json!({"is_trusted": true})));
        assert!(!told[0].data.to_string().contains("s3cret"));
        change(&app, &directory, json!({"name": "New", "options": {"is_trusted": true}})).await.expect(200);
        assert_eq!(crate::people::support::told(&app, &directory, "connection.updated").await.len(), 1, "nothing changed");
    }
}

api_test! {
    async fn a_home_domain_moves_when_it_is_given_up_and_not_before(app: TestApp) {
        let one = app.directory(okta(json!({"home_realm_domains": ["acme.test"]}))).await;
        let two = app.directory(okta(json!({}))).await;
        let taken = change(&app, &two, json!({"options": {"home_realm_domains": ["acme.test"]}})).await.expect(400);
        assert_eq!(code(&taken), "HOME_REALM_DOMAIN_TAKEN");
        assert_eq!(options(&app, &two), json!({}));
        change(&app, &one, json!({"options": {"home_realm_domains": ["acme.test", "acme.example"]}})).await.expect(200);
        change(&app, &one, json!({"options": {"home_realm_domains": ["acme.example"]}})).await.expect(200);
        change(&app, &two, json!({"options": {"home_realm_domains": ["acme.test"]}})).await.expect(200);
    }
}

api_test! {
    async fn a_change_that_cannot_be_is_refused_whole(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        directory.push("ana@acme.test").await;
        let before = (rows(&app), options(&app, &directory));
        for (body, expected) in [
            (json!({"is_enabled": false, "options": {"is_trusted": "yes"}}), "INVALID_OPTIONS"),
            (json!({"name": "n", "options": {"home_realm_domains": "acme.test"}}), "INVALID_OPTIONS"),
            (json!({"options": {"home_realm_domains": ["no domain"]}}), "INVALID_DOMAIN"),
            (json!({"options": {"allow_duplicate_group_names": true}}), "OPTION_FIXED"),
            (json!({"name": "n".repeat(2000)}), "VALUE_TOO_LONG"),
            (json!({"options": 7}), "INVALID_BODY"),
        ] {
            let answer = change(&app, &directory, body.clone()).await.expect(400);
            if expected != "INVALID_BODY" {
                assert_eq!(code(&answer), expected, "{body}");
            }
        }
        for body in [json!({"allowed_domains": ["no domain"]}), json!({"is_auto_membership_enabled": "yes"})] {
            change_organization(&app, &directory, body).await.expect(400);
        }
        assert_eq!((rows(&app), options(&app, &directory)), before);
        allowed(&app.sign_in(&directory, json!({"subject": "s", "email": "ana@acme.test"})).await, "bound");
    }
}

api_test! {
    async fn a_client_of_one_organization_changes_its_own_connections_and_organization_alone(app: TestApp) {
        let (own, other) = (app.directory(Setup::default()).await, app.directory(Setup::default()).await);
        let bound = app.client_of(&own.organization_code).await;
        let send = async |path: String, body: Value| Answer::of(app.client.patch(format!("{}/api/v1/{path}", app.url)).bearer_auth(&bound).json(&body)).await;
        let trusted = json!({"options": {"is_trusted": true}});
        send(format!("connections/{}", own.connection_id), trusted.clone()).await.expect(200);
        assert_eq!(code(&send(format!("connections/{}", other.connection_id), trusted).await.expect(404)), "CONNECTION_NOT_FOUND");
        assert_eq!(options(&app, &other), json!({}));
        let open = json!({"is_auto_membership_enabled": true});
        send(format!("organization/{}", own.organization_code), open.clone()).await.expect(200);
        assert_eq!(code(&send(format!("organization/{}", other.organization_code), open).await.expect(400)), "ORGANIZATION_NOT_FOUND");
        assert_eq!(Sql::connect(&app.database.url).numbers("SELECT count(*) AS value FROM organizations WHERE is_auto_membership_enabled"), [1]);
    }
}

api_test! {
    async fn changes_of_one_connection_at_the_same_time_all_last(app: TestApp) {
        let directory = app.directory(Setup::default()).await;
        let changes = (0..8).map(|at| {
            let mut given = serde_json::Map::new();
            given.insert(format!("custom_{at}"), json!(at));
            change(&app, &directory, json!({"options": given}))
        });
        for answer in futures_util::future::join_all(changes).await {
            answer.expect(200);
        }
        assert_eq!(options(&app, &directory).as_object().unwrap().len(), 8);
    }
}
