//! `user create|delete`, `identity add|unbind`, `sign-in`: a person before the IdP speaks of them.

use super::{Bench, text};

#[test]
fn a_person_is_made_and_tied_to_a_connection_and_holds_no_other_identity() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let connection = text(&made, "connection_id");
    let user = bench.json("user create --organization Acme --email ana@acme.test --given-name Ana --family-name Ortiz");
    let add = format!("identity add --user {}", text(&user, "id"));
    let phone = bench.json(&format!("{add} --type phone --value +61~400~000~000"));
    assert!(text(&phone, "id").starts_with("identity_"));
    let enterprise = bench.json(&format!("{add} --type enterprise --value ana@acme.test --connection {connection}"));
    let refused = bench.failure(&format!("{add} --type email --value other@acme.test"));
    assert!(refused.contains("ENTERPRISE_IDENTITY_EXISTS"), "{refused}");
    let unbind = bench.failure(&format!("identity unbind {}", text(&enterprise, "id")));
    assert!(unbind.contains("IDENTITY_NOT_BOUND"), "{unbind}");
}

#[test]
fn an_identity_belongs_to_one_user() {
    let bench = Bench::new();
    bench.json("user create --email ana@acme.test --username ana");
    for taken in ["user create --email Ana@ACME.test", "user create --username ANA"] {
        assert!(bench.failure(taken).contains("IDENTITY_EXISTS"), "{taken}");
    }
    assert!(bench.failure("user create --email ana").contains("INVALID_EMAIL"));
    assert!(bench.failure("user create --organization Nobody").contains("ORGANIZATION_NOT_FOUND"));
    assert!(bench.failure("identity add --user kp_x --type email --value a@b.test").contains("USER_NOT_FOUND"));
    assert!(bench.failure("identity unbind identity_x").contains("IDENTITY_NOT_FOUND"));
}

#[test]
fn a_dry_run_answers_and_explains() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let ask =
        format!("sign-in --connection {} --subject s1 --email ana@acme.test --dry-run", text(&made, "connection_id"));
    let answer = bench.json(&format!("{ask} --json"));
    assert_eq!((text(&answer, "decision"), text(&answer, "reason")), ("deny", "account_not_found"));
    assert!(bench.text(&ask).starts_with("decision  deny\n"));
    assert!(bench.failure("sign-in --connection conn_x --subject s").contains("CONNECTION_NOT_FOUND"));
}

#[test]
fn a_user_is_erased_by_who_says_yes() {
    let bench = Bench::new();
    let user = bench.json("user create --email ana@acme.test");
    let delete = format!("user delete --id {}", text(&user, "id"));
    assert_eq!(bench.run(&delete).status.code(), Some(2));
    assert!(bench.failure("user create --email ana@acme.test").contains("IDENTITY_EXISTS"));
    assert_eq!(bench.json(&format!("{delete} --yes"))["deleted"], true);
    assert!(bench.failure(&format!("{delete} --yes")).contains("USER_NOT_FOUND"));
    bench.json("user create --email ana@acme.test");
}

#[test]
fn an_identity_is_deleted_by_who_says_yes_and_subjects_are_released_together() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let connection = text(&made, "connection_id");
    let user = bench.json("user create --organization Acme --email ana@acme.test");
    let add = format!(
        "identity add --user {} --type enterprise --value ana@acme.test --connection {connection}",
        text(&user, "id")
    );
    let identity = bench.json(&add);
    bench.text(&format!("sign-in --connection {connection} --subject s1 --email ana@acme.test"));
    assert_eq!(bench.json(&format!("identity unbind --connection {connection}"))["unbound"], 1);
    assert_eq!(bench.run("identity unbind").status.code(), Some(2));
    let delete = format!("identity delete --id {}", text(&identity, "id"));
    assert_eq!(bench.run(&delete).status.code(), Some(2));
    assert_eq!(bench.json(&format!("{delete} --yes"))["deleted"], true);
    assert!(bench.failure(&format!("{delete} --yes")).contains("IDENTITY_NOT_FOUND"));
}

#[test]
fn two_users_are_merged_and_made_two_again() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let connection = text(&made, "connection_id");
    let one = bench.json("user create --organization Acme --email home@acme.test --username ana");
    let other = bench.json("user create --organization Acme --email ana@acme.test");
    let (one, other) = (text(&one, "id"), text(&other, "id"));
    let merge = format!("user merge --keep {one} --from {other}");
    assert!(bench.failure(&merge).contains("NOTHING_TO_MERGE"));
    bench.json(&format!(
        "identity add --user {other} --type enterprise --value ana@acme.test --connection {connection}"
    ));
    assert_eq!(bench.json(&format!("{merge} --dry-run"))["dry_run"], true);
    assert_eq!(text(&bench.json(&merge), "identity"), "ana@acme.test");
    assert!(bench.failure(&merge).contains("USER_NOT_FOUND"));
    let listed = bench.text("undo --list");
    let event = listed.split("  ").next().unwrap();
    assert_eq!(text(&bench.json(&format!("undo {event}")), "new_user_id"), other);
    assert!(bench.failure("user create --username ana").contains("IDENTITY_EXISTS"));
}

#[test]
fn people_move_to_another_connection_by_who_says_yes() {
    let bench = Bench::new();
    let old = bench.json("directory create --organization Acme --name Okta --provider okta");
    let new = bench.json("directory create --organization Acme --name Entra --provider entra_id_azure_ad");
    let mut users = Vec::new();
    for made in [&old, &new] {
        let user = bench.json("user create --organization Acme");
        let (user, connection) = (text(&user, "id").to_owned(), text(made, "connection_id"));
        bench.json(&format!(
            "identity add --user {user} --type enterprise --value ana@acme.test --connection {connection}"
        ));
        users.push(user);
    }
    let ids = format!("--from {} --to {}", text(&old, "connection_id"), text(&new, "connection_id"));
    assert!(bench.failure(&format!("connection move {ids}")).contains("CONNECTION_HAS_DIRECTORY"));
    bench.json(&format!("directory delete --id {}", text(&old, "directory_id")));
    let told = bench.text(&format!("connection move {ids}"));
    let line = format!("{}  ana@acme.test  paired by email, instead of {}\n", users[0], users[1]);
    assert_eq!(told, format!("{line}1 would move, 0 have no counterpart, 0 are ambiguous, 0 failed\n"));
    assert_eq!(bench.json(&format!("connection move {ids} --yes --json"))["counts"]["paired"], 1);
    let asked =
        format!("sign-in --connection {} --subject s --email ana@acme.test --json", text(&new, "connection_id"));
    assert_eq!(text(&bench.json(&asked)["user"], "id"), users[0]);
}
