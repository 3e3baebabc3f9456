//! `directory create|delete`: makes what is missing, and nothing else; removes the directory, and nothing else.

use super::{Bench, text};

#[test]
fn one_command_makes_organization_connection_directory_and_token() {
    let bench = Bench::new();
    let made =
        bench.json("directory create --organization Acme~Inc --name Okta --provider okta --public-url https://a.test/");
    assert!(text(&made, "organization_code").starts_with("org_"));
    assert!(text(&made, "connection_id").starts_with("conn_"));
    assert!(text(&made, "directory_id").starts_with("directory_"));
    assert!(text(&made, "token").starts_with("kstkn_"));
    let path = text(&made, "scim_base_url").strip_prefix("https://a.test/scim/v2/").unwrap();
    assert!(path.len() == 32 && path.bytes().all(|byte| byte.is_ascii_hexdigit()), "{path}");
}

#[test]
fn a_second_directory_of_an_organization_gets_a_connection_of_its_own() {
    let bench = Bench::new();
    let okta = bench.json("directory create --organization Acme --name Okta --provider okta");
    let line =
        format!("directory create --organization {} --name Entra --provider entra", text(&okta, "organization_code"));
    let entra = bench.json(&line);
    assert_eq!(okta["organization_code"], entra["organization_code"]);
    assert_ne!(okta["connection_id"], entra["connection_id"]);
}

#[test]
fn a_connection_has_one_directory() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let line = "directory create --organization Acme --name Again --provider okta --connection";
    let failure = bench.failure(&format!("{line} {}", text(&made, "connection_id")));
    assert!(failure.contains("DIRECTORY_EXISTS"), "{failure}");
}

#[test]
fn a_foreign_or_unknown_connection_and_an_unknown_code_are_refused() {
    let bench = Bench::new();
    let acme = bench.json("directory create --organization Acme --name Okta --provider okta");
    bench.json("directory create --organization Other --name Okta --provider okta");
    let foreign = format!(
        "directory create --organization Other --name X --provider okta --connection {}",
        text(&acme, "connection_id")
    );
    assert!(bench.failure(&foreign).contains("INVALID_ENTERPRISE_CONNECTION"));
    let unknown = "directory create --organization org_00000000000 --name X --provider okta";
    assert!(bench.failure(unknown).contains("ORGANIZATION_NOT_FOUND"));
}

#[test]
fn tokens_are_listed_without_secrets_made_and_revoked() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let directory = text(&made, "directory_id");
    let second = bench.json(&format!("token create --directory {directory} --name next --expires-in 90d"));
    assert!(text(&second, "token").starts_with("kstkn_") && second["token"] != made["token"]);
    assert!(text(&second, "expires").contains('T'));
    let id = text(&second, "token_id");
    bench.json(&format!("token revoke {id}"));
    assert!(bench.failure(&format!("token revoke {id}")).contains("TOKEN_REVOKED"));
    assert!(bench.failure("token revoke token_x").contains("TOKEN_NOT_FOUND"));
    let listed = bench.json(&format!("token list --directory {directory} --json"));
    let states: Vec<&str> = listed.as_array().unwrap().iter().map(|token| text(token, "state")).collect();
    assert_eq!(states, ["valid", "revoked"]);
    let lines = bench.text(&format!("token list --directory {directory}"));
    assert!(lines.contains(id) && !lines.contains("kstkn_"), "{lines}");
    assert!(bench.failure("token list --directory directory_x").contains("DIRECTORY_NOT_FOUND"));
    let rotated = bench.json(&format!("token rotate --directory {directory} --overlap 1h"));
    assert!(text(&rotated, "token").starts_with("kstkn_"));
    let listed = bench.json(&format!("token list --directory {directory} --json"));
    let ends: Vec<bool> = listed.as_array().unwrap().iter().map(|token| token["expires"].is_string()).collect();
    assert_eq!(ends, [true, true, false]);
    assert!(bench.failure("token rotate --directory directory_x").contains("DIRECTORY_NOT_FOUND"));
}

#[test]
fn an_oauth_client_lets_the_idp_in_without_a_token() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Entra --provider entra");
    let (directory, connection) = (text(&made, "directory_id"), text(&made, "connection_id"));
    let listed = bench.json(&format!("token list --directory {directory} --json"));
    bench.json(&format!("token revoke {}", text(&listed[0], "token_id")));
    let diagnosis = || bench.text(&format!("diagnose --connection {connection} --offline"));
    assert!(diagnosis().contains("no_valid_token"));
    let client = bench.json(&format!("scim-client create --directory {directory} --name entra"));
    assert!(!diagnosis().contains("no_valid_token") && diagnosis().contains("never_called"));
    bench.json(&format!("scim-client revoke --directory {directory} --id {}", text(&client, "client_id")));
    assert!(diagnosis().contains("no_valid_token"));
}

#[test]
fn a_directory_is_paused_and_resumed() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let (directory, connection) = (text(&made, "directory_id"), text(&made, "connection_id"));
    assert_eq!(bench.json(&format!("directory pause --id {directory}"))["paused"], true);
    let found = bench.text(&format!("diagnose --connection {connection}"));
    assert!(found.contains("anteroom directory resume"), "{found}");
    assert_eq!(bench.json(&format!("directory resume --id {directory}"))["paused"], false);
    assert!(!bench.text(&format!("diagnose --connection {connection}")).contains("directory resume"));
    assert!(bench.failure("directory pause --id directory_x").contains("DIRECTORY_NOT_FOUND"));
}

#[test]
fn a_deleted_directory_makes_room_for_another_on_its_connection() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let delete = format!("directory delete --id {}", text(&made, "directory_id"));
    assert_eq!(bench.json(&delete)["deleted"], true);
    assert!(bench.failure(&delete).contains("DIRECTORY_NOT_FOUND"));
    let again = format!(
        "directory create --organization Acme --connection {} --name Again --provider okta",
        text(&made, "connection_id")
    );
    let again = bench.json(&again);
    assert_eq!(text(&again, "connection_id"), text(&made, "connection_id"));
    assert_ne!(text(&again, "scim_base_url"), text(&made, "scim_base_url"));
}
