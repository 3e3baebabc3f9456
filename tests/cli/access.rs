//! `client create`, `domain assert|claim|check|list|remove`, `jobs run`.

use super::dns::Dns;
use super::{Bench, text};

#[test]
fn a_client_is_made_with_scopes_that_exist() {
    let bench = Bench::new();
    let made = bench.json("client create --name App --scopes create:sign_ins,read:users");
    assert!(text(&made, "client_id").starts_with("client_") && text(&made, "client_secret").starts_with("ksec_"));
    assert_eq!(text(&made, "scopes"), "create:sign_ins read:users");
    assert_eq!(text(&bench.json("client create --name Root --scopes all"), "scopes"), "all");
    assert!(bench.failure("client create --name App --scopes read:user").contains("INVALID_SCOPE"));
    assert!(
        bench.failure("client create --name App --scopes all --organization Nobody").contains("ORGANIZATION_NOT_FOUND")
    );
}

#[test]
fn a_domain_belongs_to_one_organization_and_public_ones_to_none() {
    let bench = Bench::new();
    bench.json("directory create --organization Acme --name Okta --provider okta");
    bench.json("directory create --organization Other --name Okta --provider okta");
    for _ in 0..2 {
        assert_eq!(text(&bench.json("domain assert --organization Acme --domain @Acme.Test"), "domain"), "acme.test");
    }
    assert!(bench.text("domain list --organization Acme").starts_with("acme.test  proven  asserted  20"));
    assert!(bench.failure("domain remove --organization Other --domain acme.test").contains("DOMAIN_NOT_FOUND"));
    assert!(bench.failure("domain assert --organization Other --domain acme.test").contains("DOMAIN_TAKEN"));
    assert!(bench.failure("domain assert --organization Acme --domain gmail.com").contains("PUBLIC_MAIL_DOMAIN"));
    assert!(bench.failure("domain assert --organization Acme --domain nothing").contains("INVALID_DOMAIN"));
}

#[test]
fn a_domain_is_claimed_and_checked() {
    let bench = Bench::new();
    bench.json("directory create --organization Acme --name Okta --provider okta");
    let claimed = bench.json("domain claim --organization Acme --domain acme.test");
    assert_eq!(text(&claimed, "state"), "pending");
    let value = text(&claimed["record"], "value").to_owned();
    let (send, receive) = std::sync::mpsc::channel();
    let text_record = value.clone();
    // The runtime and the DNS end with the process of the tests.
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let dns = Dns::start().await;
            dns.publish("_anteroom-challenge.acme.test", &text_record);
            send.send(dns.address).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let server = receive.recv().unwrap();
    let check = "domain check --organization Acme --domain acme.test --dns-server";
    let unknown = bench.text(&format!("{check} 127.0.0.1:1"));
    assert!(
        unknown.starts_with("acme.test: the record is unknown: the DNS gives no answer; the domain is pending\n"),
        "{unknown}"
    );
    assert!(unknown.contains(&format!("publish: _anteroom-challenge.acme.test TXT \"{value}\"")), "{unknown}");
    let found = bench.json(&format!("{check} {server} --json"));
    assert_eq!((text(&found, "record"), text(&found["domain"], "state")), ("found", "proven"));
    assert!(bench.text("domain list --organization Acme").starts_with("acme.test  proven  dns_txt  20"));
    assert!(bench.failure("domain check --organization Acme --domain other.test").contains("DOMAIN_NOT_FOUND"));
}

#[test]
fn due_jobs_run_once() {
    let bench = Bench::new();
    assert!(bench.json("jobs run --once --json")["ran"].is_array());
    assert!(!bench.text("jobs run --once").is_empty());
}

#[test]
fn a_role_is_made_mapped_given_shown_and_taken() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let connection = text(&made, "connection_id");
    let user = bench.json("user create --organization Acme --email ana@acme.test");
    let user = text(&user, "id");
    for key in ["dev", "guest"] {
        assert!(text(&bench.json(&format!("role create --key {key}")), "id").starts_with("role_"));
    }
    assert!(bench.failure("role create --key dev").contains("ROLE_EXISTS"));
    let rule = bench.json(&format!("role map --connection {connection} --role guest"));
    bench.json(&format!("role map --connection {connection} --group Site~Engineering --role dev --priority 5"));
    let rules = bench.text(&format!("role rules --connection {connection}"));
    assert!(rules.lines().next().unwrap().ends_with("  5  Site Engineering  dev"), "{rules}");
    assert!(rules.lines().nth(1).unwrap().ends_with("  100  (nobody else's)  guest"), "{rules}");
    let given = format!("--organization Acme --user {user} --role dev");
    bench.json(&format!("role grant {given}"));
    bench
        .json(&format!("identity add --user {user} --type enterprise --value ana@acme.test --connection {connection}"));
    let shown = bench.text(&format!("role show --user {user}"));
    assert!(shown.contains("  dev  granted\n") && shown.contains("  guest  default\n"), "{shown}");
    assert!(bench.failure("role delete --role dev").contains("ROLE_IN_USE"));
    bench.json(&format!("role revoke {given}"));
    assert!(bench.failure(&format!("role revoke {given}")).contains("ROLE_NOT_GRANTED"));
    bench.json(&format!("role unmap --connection {connection} --rule {}", text(&rule, "id")));
    assert_eq!(bench.text(&format!("role show --user {user}")), "");
    bench.json("role delete --role guest");
    assert!(bench.text("role list").ends_with("  dev  dev\n"));
}
