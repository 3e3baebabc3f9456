//! The IdP is asked whether it is there and knows the client; what it answers is never shown, only what it means.

use std::time::Duration;

use anteroom::config::Outbound;
use anteroom::outbound::http::{Failure, Fetcher};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::idp::{Idp, nobody, saml_metadata};
use crate::support::{Setup, TestApp, api_test};

/// The checks of a connection, and its errors and warnings about the IdP.
async fn asked(app: &TestApp, strategy: &'static str, options: Value) -> (Value, Vec<String>) {
    let directory = app.directory(Setup { strategy, options, ..Setup::default() }).await;
    let path = format!("/api/v1/connections/{}/diagnosis", directory.connection_id);
    let before = rows(app);
    let answer = app.api(Method::GET, &path, None).await.expect(200);
    assert_eq!(rows(app), before, "a diagnosis changes nothing");
    for secret in ["right", "wrong", "expired", "hostile", "thrown-away", "\u{1b}"] {
        assert!(
            !answer.text.contains(&format!("\"{secret}")) && !answer.text.contains("nobody should see"),
            "{}",
            answer.text
        );
    }
    let found = &answer.body["diagnosis"];
    let checked: Vec<_> =
        found["idp_checks"].as_array().unwrap().iter().map(|check| check["result"].as_str().unwrap()).collect();
    let codes = found["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap());
    let about_idp = codes.filter(|code| checked.contains(code)).map(str::to_owned).collect();
    (found["idp_checks"].clone(), about_idp)
}

fn entra(idp: &Idp, tenant: &str, id: &str, secret: &str) -> Value {
    json!({"oidc_issuer": format!("{}/{tenant}/v2.0", idp.url), "entra_id_domain": "acme.test", "client_id": id, "client_secret": secret})
}

fn checks(results: &[(&str, &str)]) -> Value {
    results.iter().map(|(check, result)| json!({"check": check, "result": result})).collect()
}

api_test! {
    async fn client_id_and_secret_are_checked_at_the_token_endpoint(app: TestApp) {
        let idp = Idp::start();
        for (tenant, id, secret, result) in [
            ("acme.test", "app", "right", "ok"),
            ("basic", "app", "right", "ok"),
            ("acme.test", "app", "wrong", "client_secret_refused"),
            ("basic", "app", "wrong", "client_secret_refused"),
            ("acme.test", "app", "expired", "client_secret_refused"),
            ("acme.test", "other", "right", "client_unknown"),
            ("busy", "app", "right", "client_check_undecided"),
        ] {
            let (shown, found) = asked(&app, "oauth2:azure_ad", entra(&idp, tenant, id, secret)).await;
            assert_eq!(shown, checks(&[("oidc_discovery", "ok"), ("client_secret", result)]), "{tenant} {id} {secret}");
            assert_eq!(found, Vec::from_iter(Some(result).filter(|code| *code != "ok")));
        }
    }
}

api_test! {
    async fn an_idp_that_is_not_there_is_told_apart_from_one_that_refuses(app: TestApp) {
        let idp = Idp::start();
        for (issuer, result) in [
            (nobody(), "idp_unreachable"),
            ("https://idp.invalid".to_owned(), "idp_unreachable"),
            (format!("{}/unknown/v2.0", idp.url), "idp_answer_unusable"),
            (format!("{}/nowhere", idp.url), "idp_answer_unusable"),
            (format!("{}/odd/error", idp.url), "idp_answer_unusable"),
            (format!("{}/odd/garbage", idp.url), "idp_answer_unusable"),
            (format!("{}/odd/huge", idp.url), "idp_answer_unusable"),
            (format!("{}/odd/endless", idp.url), "idp_answer_unusable"),
            (format!("{}/odd/redirect", idp.url), "idp_answer_unusable"),
        ] {
            let options = json!({"oidc_issuer": issuer, "client_id": "app", "client_secret": "right", "entra_id_domain": "acme.test"});
            let (shown, found) = asked(&app, "oauth2:azure_ad", options).await;
            assert_eq!(shown, checks(&[("oidc_discovery", result)]), "{issuer}");
            assert_eq!(found, [result], "{issuer}");
        }
    }
}

api_test! {
    async fn addresses_that_only_this_server_can_reach_are_not_called(app: TestApp) {
        let idp = Idp::start();
        let port = idp.url.rsplit_once(':').unwrap().1.to_owned();
        for url in [
            "https://169.254.169.254/latest/meta-data/".to_owned(),
            "https://10.0.0.1/metadata".to_owned(),
            "https://[::1]/metadata".to_owned(),
            format!("http://127.0.0.2:{port}/metadata/good"),
            format!("http://user:secret@127.0.0.1:{port}/metadata/good"),
            "http://1.1.1.1/metadata".to_owned(),
            "file:///etc/passwd".to_owned(),
            "nonsense".to_owned(),
        ] {
            let (shown, found) = asked(&app, "saml:okta", json!({"saml_idp_metadata_url": url})).await;
            assert_eq!(shown, checks(&[("metadata", "idp_address_refused")]), "{url}");
            assert_eq!(found, ["idp_address_refused"], "{url}");
        }
    }
}

api_test! {
    async fn saml_metadata_is_read_fetched_or_pasted(app: TestApp) {
        let idp = Idp::start();
        let whole = format!("{}/sso", idp.url);
        for (kind, sign_in_url, result) in [
            ("good", Value::Null, "ok"),
            ("good", json!(whole), "ok"),
            ("good", json!("https://other.test/sso"), "sign_in_url_not_in_metadata"),
            ("service_provider", Value::Null, "metadata_unusable"),
            ("no_certificate", Value::Null, "metadata_unusable"),
            ("no_service", Value::Null, "metadata_unusable"),
            ("doctype", Value::Null, "metadata_unusable"),
        ] {
            let fetched = json!({"saml_idp_metadata_url": format!("{}/metadata/{kind}", idp.url), "saml_sign_in_url": sign_in_url});
            assert_eq!(asked(&app, "saml:okta", fetched).await.0, checks(&[("metadata", result)]), "{kind}");
            let pasted = json!({"saml_idp_metadata_xml": saml_metadata(&idp.url, kind), "saml_sign_in_url": sign_in_url});
            assert_eq!(asked(&app, "saml:custom", pasted).await.0, checks(&[("metadata", result)]), "{kind}");
        }
        let broken = json!({"saml_idp_metadata_xml": "<md:EntityDescriptor"});
        assert_eq!(asked(&app, "saml:custom", broken).await.1, ["metadata_unusable"]);
    }
}

api_test! {
    async fn nobody_is_asked_offline_or_when_the_options_lead_nowhere(app: TestApp) {
        let idp = Idp::start();
        assert_eq!(asked(&app, "saml:okta", json!({})).await, (json!([]), vec![]));
        assert_eq!(asked(&app, "oauth2:azure_ad", json!({})).await, (json!([]), vec![]));
        let without_secret = json!({"oidc_issuer": format!("{}/acme.test/v2.0", idp.url), "client_id": "app"});
        assert_eq!(asked(&app, "oauth2:azure_ad", without_secret).await.0, checks(&[("oidc_discovery", "ok")]));
        let options = json!({"saml_idp_metadata_url": "https://10.0.0.1/"});
        let directory = app.directory(Setup { options, ..Setup::default() }).await;
        let path = format!("/api/v1/connections/{}/diagnosis", directory.connection_id);
        let offline = app.api(Method::GET, &format!("{path}?offline=true"), None).await.expect(200);
        assert_eq!(offline.body["diagnosis"]["idp_checks"], json!([]));
        let refused = app.api(Method::GET, &format!("{path}?offline=maybe"), None).await.expect(400);
        assert_eq!(refused.body["errors"][0]["code"], "INVALID_QUERY");
    }
}

#[actix_web::test]
async fn an_idp_that_drips_is_given_up_on() {
    let idp = Idp::start();
    let fetcher = Fetcher::new(&Outbound { allow_idp_network: vec!["127.0.0.1/32".parse().unwrap()] });
    let url = format!("{}/odd/slow", idp.url);
    let given_up = tokio::time::timeout(Duration::from_mins(1), fetcher.get(&url)).await.expect("an end");
    assert!(matches!(given_up, Err(Failure::Unreachable { .. })), "{given_up:?}");
}
