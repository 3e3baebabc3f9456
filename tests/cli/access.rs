//! `client create`, `domain assert`, `jobs run`.

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
    assert!(bench.text("domain list --organization Acme").starts_with("acme.test  asserted  20"));
    assert!(bench.failure("domain remove --organization Other --domain acme.test").contains("DOMAIN_NOT_FOUND"));
    assert!(bench.failure("domain assert --organization Other --domain acme.test").contains("DOMAIN_TAKEN"));
    assert!(bench.failure("domain assert --organization Acme --domain gmail.com").contains("PUBLIC_MAIL_DOMAIN"));
    assert!(bench.failure("domain assert --organization Acme --domain nothing").contains("INVALID_DOMAIN"));
}

#[test]
fn due_jobs_run_once() {
    let bench = Bench::new();
    assert!(bench.json("jobs run --once --json")["ran"].is_array());
    assert!(!bench.text("jobs run --once").is_empty());
}
