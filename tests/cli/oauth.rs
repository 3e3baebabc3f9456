//! OAuth clients and signing keys, by command.

use super::{Bench, text};

#[test]
fn a_scim_client_is_made_listed_rotated_and_revoked() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Entra --provider entra");
    let directory = text(&made, "directory_id");
    let client =
        bench.json(&format!("scim-client create --directory {directory} --name gallery --token-lifetime 120m"));
    let (id, secret) = (text(&client, "client_id"), text(&client, "client_secret"));
    let rotated = bench.json(&format!("scim-client rotate --directory {directory} --id {id} --overlap 1h"));
    assert_ne!(text(&rotated, "client_secret"), secret);
    let federated = bench.json(&format!(
        "scim-client create --directory {directory} --name federated --issuer https://login.test --subject s --keys-url https://login.test/keys"
    ));
    assert!(federated["client_secret"].is_null());
    bench.json(&format!("scim-client revoke --directory {directory} --id {id}"));
    let listed = bench.json(&format!("scim-client list --directory {directory} --json"));
    let states: Vec<_> =
        listed.as_array().unwrap().iter().map(|client| (text(client, "name"), text(client, "state"))).collect();
    assert_eq!(states, [("gallery", "revoked"), ("federated", "valid")]);
    assert_eq!(listed[0]["token_lifetime"], 7_200);
    let lines = bench.text(&format!("scim-client list --directory {directory}"));
    assert!(lines.contains(id) && !lines.contains("ksec"), "{lines}");
    let refused = bench.failure(&format!("scim-client create --directory {directory} --name x --token-lifetime 30m"));
    assert!(refused.contains("INVALID_EXPIRY"), "{refused}");
}

#[test]
fn keys_and_secrets_of_clients_are_rotated() {
    let bench = Bench::new();
    let first = bench.json("keys rotate");
    let second = bench.json("keys rotate --at-once");
    let listed = bench.json("keys list --json");
    let kids: Vec<&str> = listed.as_array().unwrap().iter().map(|key| text(key, "kid")).collect();
    assert!(kids.contains(&text(&first, "kid")) && kids.contains(&text(&second, "kid")), "{listed}");
    assert!(bench.text("keys list").contains("another takes its place"));
    let client = bench.json("client create --name app --scopes all");
    let rotated = bench.json(&format!("client rotate --id {} --overlap 1h", text(&client, "client_id")));
    assert_ne!(text(&rotated, "client_secret"), text(&client, "client_secret"));
    let lines = bench.text("client list");
    assert!(lines.contains(text(&client, "client_id")) && !lines.contains("ksec"), "{lines}");
    assert_eq!(bench.json("client list --json")[0]["state"], "enabled");
    assert!(bench.failure("client rotate --id client_x").contains("CLIENT_NOT_FOUND"));
}
