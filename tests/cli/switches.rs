//! `organization suspend|restore`, `connection disable|enable|pending`, `client disable|enable`, `user suspend|restore`,
//! `undo`.
#![expect(clippy::disallowed_methods, reason = "the test asks the database itself, past the store")]

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Bench, text};

#[derive(QueryableByName)]
struct Event {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    data: String,
}

/// The events about a subject that commands left, oldest first; without those of making it.
fn events(bench: &Bench, subject: &str) -> Vec<Event> {
    let path = bench.folder.path().join("test.db");
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    let query = format!(
        "SELECT kind, data FROM events WHERE actor = 'command' AND kind LIKE '{subject}.%' AND kind NOT LIKE '%.created' \
         ORDER BY key"
    );
    diesel::sql_query(query).load(&mut connection).unwrap()
}

fn kinds(bench: &Bench, subject: &str) -> Vec<String> {
    events(bench, subject).into_iter().map(|event| event.kind).collect()
}

#[test]
fn nobody_is_waited_for_at_first_and_an_unknown_connection_is_named() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let pending = format!("connection pending --id {}", text(&made, "connection_id"));
    assert_eq!(bench.text(&pending), "");
    let shown = serde_json::json!({ "pending_members": [], "has_more": false });
    assert_eq!(bench.json(&format!("{pending} --json")), shown);
    assert!(bench.failure("connection pending --id conn_nope").contains("CONNECTION_NOT_FOUND"));
}

#[test]
fn a_diagnosis_says_what_is_wrong_and_what_helps() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let diagnose = format!("diagnose --connection {}", text(&made, "connection_id"));
    bench.json(&format!("connection disable --id {}", text(&made, "connection_id")));
    let told = bench.text(&diagnose);
    assert!(told.starts_with("0 people: 0 deactivated"), "{told}");
    assert!(told.contains("(connection_not_active)\n   remedy: anteroom connection enable"), "{told}");
    let json = bench.json(&format!("{diagnose} --json"));
    assert_eq!(json["findings"][0]["code"], "connection_not_active");
    assert!(bench.failure("diagnose --connection conn_nope").contains("CONNECTION_NOT_FOUND"));
}

#[test]
fn nothing_can_be_undone_at_first_and_an_unknown_event_is_named() {
    let bench = Bench::new();
    bench.json("directory create --organization Acme --name Okta --provider okta");
    assert_eq!(bench.text("undo --list"), "");
    assert_eq!(bench.json("undo --list --json"), serde_json::json!({ "undoable": [], "has_more": false }));
    assert!(bench.failure("undo event_nope --dry-run").contains("EVENT_NOT_FOUND"));
}

#[test]
fn a_suspended_organization_and_a_disabled_connection_let_nobody_in_until_they_are_back() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let (code, connection) = (text(&made, "organization_code"), text(&made, "connection_id"));
    let reason = || {
        let ask = format!("sign-in --connection {connection} --subject s --email a@b.test --dry-run --json");
        text(&bench.json(&ask), "reason").to_owned()
    };
    assert_eq!(reason(), "account_not_found");
    for _ in 0..2 {
        assert_eq!(bench.json(&format!("organization suspend --code {code}"))["is_suspended"], true);
    }
    assert_ne!(reason(), "account_not_found");
    assert_eq!(bench.json(&format!("organization restore --code {code}"))["is_suspended"], false);
    assert_eq!(reason(), "account_not_found");
    for _ in 0..2 {
        assert_eq!(bench.json(&format!("connection disable --id {connection}"))["is_enabled"], false);
    }
    assert_ne!(reason(), "account_not_found");
    assert_eq!(bench.json(&format!("connection enable --id {connection}"))["is_enabled"], true);
    assert_eq!(reason(), "account_not_found");
    assert_eq!(kinds(&bench, "organization"), ["organization.suspended", "organization.restored"]);
    assert_eq!(kinds(&bench, "connection"), ["connection.disabled", "connection.enabled"]);
    assert!(bench.failure("organization suspend --code org_x").contains("ORGANIZATION_NOT_FOUND"));
    assert!(bench.failure("connection enable --id conn_x").contains("CONNECTION_NOT_FOUND"));
}

#[test]
fn a_client_and_a_user_are_switched_off_and_on_and_each_switch_leaves_one_event() {
    let bench = Bench::new();
    let client = bench.json("client create --name App --scopes all");
    let user = bench.json("user create --email ana@acme.test");
    let (client, user) = (text(&client, "client_id"), text(&user, "id"));
    for _ in 0..2 {
        assert_eq!(bench.json(&format!("client disable --id {client}"))["is_disabled"], true);
        assert_eq!(bench.json(&format!("user suspend --id {user}"))["is_suspended"], true);
    }
    assert_eq!(bench.json(&format!("client enable --id {client}"))["is_disabled"], false);
    assert_eq!(bench.json(&format!("user restore --id {user}"))["is_suspended"], false);
    assert_eq!(kinds(&bench, "client"), ["client.disabled", "client.enabled"]);
    assert_eq!(kinds(&bench, "user"), ["user.suspended", "user.restored"]);
    let sessions: Vec<bool> = events(&bench, "user").iter().map(|event| event.data.contains("revoke")).collect();
    assert_eq!(sessions, [true, false]);
    assert!(bench.failure("client disable --id client_x").contains("CLIENT_NOT_FOUND"));
    assert!(bench.failure("user suspend --id kp_x").contains("USER_NOT_FOUND"));
}

#[test]
fn a_connection_is_deleted_by_who_says_yes_and_had_back() {
    let bench = Bench::new();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let id = text(&made, "connection_id");
    assert_eq!(bench.run(&format!("connection delete --id {id}")).status.code(), Some(2));
    assert!(bench.failure(&format!("connection delete --id {id} --yes")).contains("CONNECTION_HAS_DIRECTORY"));
    bench.json(&format!("directory delete --id {}", text(&made, "directory_id")));
    assert!(bench.json(&format!("connection delete --id {id} --yes"))["restorable_until"].is_string());
    assert_eq!(bench.json(&format!("connection restore --id {id}"))["restored"], true);
    assert!(bench.failure(&format!("connection restore --id {id}")).contains("CONNECTION_NOT_DELETED"));
}
