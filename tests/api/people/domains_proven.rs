//! Domains that their owners prove by a TXT record: when the proof begins, when it ends, and what proves nothing.

use std::time::Duration;

use hickory_proto::op::ResponseCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, Sql, TestApp, Told, api_test};

const NAME: &str = "_anteroom-challenge.acme.test";

fn path(organization: &str) -> String {
    format!("/api/v1/organizations/{organization}/domains")
}

/// Claims a domain; returns what must be published.
async fn claim(app: &TestApp, organization: &str, domain: &str) -> String {
    let body = json!({"domain": domain, "method": "dns_txt"});
    let claimed = app.api(Method::POST, &path(organization), Some(body)).await.expect(201).body["domain"].clone();
    assert_eq!((&claimed["proof"], &claimed["record"]["type"]), (&json!("dns_txt"), &json!("TXT")), "{claimed}");
    assert_eq!(claimed["record"]["name"], format!("_anteroom-challenge.{domain}"));
    claimed["record"]["value"].as_str().expect("a value").to_owned()
}

async fn check_answer(app: &TestApp, organization: &str, domain: &str) -> Answer {
    app.api(Method::POST, &format!("{}/{domain}/check", path(organization)), None).await
}

/// Looks now; returns what was found and the domain's state.
async fn check(app: &TestApp, organization: &str) -> (String, String) {
    let body = check_answer(app, organization, "acme.test").await.expect(200).body;
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&body["check"]["record"]), text(&body["check"]["domain"]["state"]))
}

async fn only(app: &TestApp, organization: &str) -> Value {
    let body = app.api(Method::GET, &path(organization), None).await.expect(200).body;
    assert_eq!(body["domains"].as_array().map(Vec::len), Some(1), "{body}");
    body["domains"][0].clone()
}

/// Each day the jobs run once.
async fn days_pass(app: &mut TestApp, days: u32) {
    for _ in 0..days {
        app.advance(Duration::from_hours(24)).await;
        app.jobs().run_due().await.expect("jobs");
    }
}

fn told_of_domains(app: &TestApp) -> Vec<String> {
    Sql::connect(&app.database.url).texts("SELECT kind AS value FROM events WHERE kind LIKE 'domain.%' ORDER BY key")
}

async fn trusting(app: &TestApp) -> (Directory, String) {
    let directory = app.directory(okta(json!({"is_trusted": true}))).await;
    let organization = directory.organization_code.clone();
    for email in ["ana@acme.test", "ben@acme.test", "cyd@acme.test"] {
        email_user(app, Some(&organization), email).await;
    }
    (directory, organization)
}

fn pair(seen: &str, state: &str) -> (String, String) {
    (seen.into(), state.into())
}

api_test! {
    async fn a_domain_is_proven_by_its_record_and_lapses_seven_days_after_it_went(app: TestApp) {
        let mut app = app;
        let (directory, organization) = trusting(&app).await;
        let arrives = |subject: &str, email: &str| json!({"subject": subject, "email": email});
        let value = claim(&app, &organization, "acme.test").await;
        assert_eq!(check(&app, &organization).await, pair("missing", "pending"));
        denied(&app.sign_in(&directory, arrives("s1", "ana@acme.test")).await, "account_not_found");

        let (one, rest) = value.split_at(20);
        app.dns.tell(NAME, Told::Texts(vec![vec!["v=spf1 -all".into()], vec![one.into(), rest.into()]]));
        assert_eq!(check(&app, &organization).await, pair("found", "proven"));
        let ana = allowed(&app.sign_in(&directory, arrives("s1", "ana@acme.test")).await, "combined");
        days_pass(&mut app, 3).await;
        let proven = only(&app, &organization).await;
        assert_eq!((&proven["state"], &proven["missing_since"]), (&json!("proven"), &Value::Null));
        assert_eq!(proven["checked_on"], json!("2026-11-04T10:00:00.000Z"), "the job looks each day");

        app.dns.withdraw(NAME);
        days_pass(&mut app, 7).await;
        let missing = only(&app, &organization).await;
        assert_eq!((&missing["state"], &missing["missing_since"]), (&json!("proven"), &json!("2026-11-05T10:00:00.000Z")));
        allowed(&app.sign_in(&directory, arrives("s2", "ben@acme.test")).await, "combined");
        days_pass(&mut app, 1).await;
        let lapsed = only(&app, &organization).await;
        assert_eq!((&lapsed["state"], &lapsed["lapsed_on"]), (&json!("lapsed"), &json!("2026-11-12T10:00:00.000Z")));
        denied(&app.sign_in(&directory, arrives("s3", "cyd@acme.test")).await, "account_not_found");
        assert_eq!(allowed(&app.sign_in(&directory, arrives("s1", "ana@acme.test")).await, "recognized"), ana);
        let path = format!("/api/v1/connections/{}/diagnosis", directory.connection_id);
        let diagnosis = app.api(Method::GET, &path, None).await.expect(200).text;
        assert!(diagnosis.contains("domain_lapsed") && diagnosis.contains("acme.test"), "{diagnosis}");

        app.dns.publish(NAME, &value);
        days_pass(&mut app, 1).await;
        let back = only(&app, &organization).await;
        assert_eq!((&back["state"], &back["lapsed_on"]), (&json!("proven"), &Value::Null));
        allowed(&app.sign_in(&directory, arrives("s3", "cyd@acme.test")).await, "combined");
        assert_eq!(told_of_domains(&app), ["domain.claimed", "domain.proven", "domain.lapsed", "domain.proven"]);
    }
}

api_test! {
    async fn an_answer_that_is_none_changes_nothing(app: TestApp) {
        let mut app = app;
        let organization = app.organization(false).await;
        let value = claim(&app, &organization, "acme.test").await;
        for (told, seen) in [
            (Told::Code(ResponseCode::ServFail), "no_answer"),
            (Told::Code(ResponseCode::Refused), "no_answer"),
            (Told::Garbage, "no_answer"),
            (Told::Silence, "no_answer"),
            (Told::Texts(vec![vec![format!("{value}x")]]), "missing"),
            (Told::Texts(vec![vec![value.to_uppercase()]]), "missing"),
            (Told::Texts(vec![vec![value.trim_start_matches("anteroom-domain-verification=").into()]]), "missing"),
            (Told::Long(150, value.clone()), "missing"),
            (Told::Unasked("_anteroom-challenge.other.test.", value.clone()), "missing"),
        ] {
            app.dns.tell(NAME, told.clone());
            assert_eq!(check(&app, &organization).await, pair(seen, "pending"), "{told:?}");
        }
        app.dns.withdraw(NAME);
        app.dns.publish("acme.test", &value);
        app.dns.publish("_anteroom-challenge.mail.acme.test", &value);
        app.dns.publish("_anteroom-challenge.acme.test.evil.test", &value);
        assert_eq!(check(&app, &organization).await, pair("missing", "pending"));

        // Answers of many records come by TCP; an alias leads to whoever is in charge of it.
        app.dns.tell(NAME, Told::Long(40, value.clone()));
        assert_eq!(check(&app, &organization).await, pair("found", "proven"));
        app.dns.tell(NAME, Told::Other("acme.proofs.test.", value.clone()));
        assert_eq!(check(&app, &organization).await, pair("found", "proven"));
        app.dns.tell(NAME, Told::Code(ResponseCode::ServFail));
        days_pass(&mut app, 12).await;
        assert_eq!(only(&app, &organization).await["state"], "proven");
        assert_eq!(told_of_domains(&app), ["domain.claimed", "domain.proven"]);
    }
}

api_test! {
    async fn whoever_writes_the_zone_decides_whose_the_domain_is(app: TestApp) {
        let mut app = app;
        let (acme, other) = (app.organization(false).await, app.organization(false).await);
        let (value, rival) = (claim(&app, &acme, "acme.test").await, claim(&app, &other, "acme.test").await);
        assert_ne!(value, rival);
        app.dns.publish(NAME, &value);
        assert_eq!(check(&app, &other).await, pair("missing", "pending"));
        assert_eq!(check(&app, &acme).await, pair("found", "proven"));
        app.dns.tell(NAME, Told::Texts(vec![vec![value.clone()], vec![rival.clone()]]));
        let taken = check_answer(&app, &other, "acme.test").await.expect(409);
        assert_eq!(taken.body["errors"][0]["code"], "DOMAIN_TAKEN");
        let third = app.organization(false).await;
        let claimed = json!({"domain": "acme.test", "method": "dns_txt"});
        app.api(Method::POST, &path(&third), Some(claimed)).await.expect(409);

        app.dns.publish(NAME, &rival);
        days_pass(&mut app, 7).await;
        assert_eq!((only(&app, &acme).await["state"].clone(), only(&app, &other).await["state"].clone()), (json!("proven"), json!("pending")));
        days_pass(&mut app, 2).await;
        assert_eq!((only(&app, &acme).await["state"].clone(), only(&app, &other).await["state"].clone()), (json!("lapsed"), json!("proven")));
        app.api(Method::DELETE, &format!("{}/acme.test", path(&other)), None).await.expect(200);
        app.dns.publish(NAME, &value);
        assert_eq!(check(&app, &acme).await, pair("found", "proven"));
    }
}

api_test! {
    async fn a_claim_is_made_by_who_may_and_watched_for_thirty_days(app: TestApp) {
        let mut app = app;
        let organization = app.organization(false).await;
        let bound = app.client_of(&organization).await;
        let ask = |path: String, body: Option<Value>| {
            let request = app.client.post(format!("{}{path}", app.url)).bearer_auth(&bound);
            Answer::of(if let Some(body) = body { request.json(&body) } else { request })
        };
        let claimed = ask(path(&organization), Some(json!({"domain": "Acme.Test", "method": "dns_txt"}))).await.expect(201);
        let value = claimed.body["domain"]["record"]["value"].as_str().unwrap().to_owned();
        ask(format!("{}/acme.test/check", path(&organization)), None).await.expect(200);
        let foreign = app.organization(false).await;
        for (path, body) in [(path(&foreign), Some(json!({"domain": "x.test", "method": "dns_txt"}))), (format!("{}/acme.test/check", path(&foreign)), None)] {
            assert_eq!(ask(path, body).await.expect(400).body["errors"][0]["code"], "ORGANIZATION_NOT_FOUND");
        }
        for (body, expected) in [
            (json!({"domain": "acme.test", "method": "email"}), "INVALID_METHOD"),
            (json!({"domain": "gmail.com", "method": "dns_txt"}), "PUBLIC_MAIL_DOMAIN"),
            (json!({"domain": "acme", "method": "dns_txt"}), "INVALID_DOMAIN"),
        ] {
            let refused = app.api(Method::POST, &path(&organization), Some(body)).await.expect(400);
            assert_eq!(refused.body["errors"][0]["code"], expected);
        }
        assert_eq!(check_answer(&app, &organization, "other.test").await.expect(404).body["errors"][0]["code"], "DOMAIN_NOT_FOUND");

        days_pass(&mut app, 31).await;
        app.dns.publish(NAME, &value);
        days_pass(&mut app, 3).await;
        assert_eq!(only(&app, &organization).await["state"], "pending");
        assert_eq!(claim(&app, &organization, "acme.test").await, value, "a repetition keeps the challenge");
        days_pass(&mut app, 1).await;
        assert_eq!(only(&app, &organization).await["state"], "proven");
        let asserted = app.api(Method::POST, &path(&organization), Some(json!({"domain": "acme.test"}))).await.expect(201);
        assert_eq!(asserted.body["domain"], json!({"domain": "acme.test", "state": "proven", "proof": "asserted", "proven_on": "2026-12-06T10:00:00.000Z"}));
    }
}

api_test! {
    async fn an_organization_claims_two_hundred_domains_at_most(app: TestApp) {
        let organization = app.organization(false).await;
        for number in 0..200 {
            claim(&app, &organization, &format!("d{number}.test")).await;
        }
        let body = json!({"domain": "one-more.test", "method": "dns_txt"});
        let refused = app.api(Method::POST, &path(&organization), Some(body)).await.expect(400);
        assert_eq!(refused.body["errors"][0]["code"], "TOO_MANY_DOMAINS");
        claim(&app, &organization, "d7.test").await;
        app.dns.publish("_anteroom-challenge.d7.test", "anteroom-domain-verification=other");
        let mut app = app;
        days_pass(&mut app, 1).await;
        let mut sql = Sql::connect(&app.database.url);
        assert_eq!(sql.numbers("SELECT COUNT(*) AS value FROM domain_claims WHERE checked IS NOT NULL"), [200]);
    }
}
