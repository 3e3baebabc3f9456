//! `schema load`, `list`, `show`, `remove`.

use serde_json::json;

use super::{Bench, text};

const URN: &str = "urn:example:scim:schemas:extension:employment:2.0:User";

/// The example of docs/schemas.md.
fn example() -> String {
    let document = include_str!("../../docs/schemas.md");
    document.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap().to_owned()
}

#[test]
fn the_documented_example_is_rehearsed_loaded_listed_shown_and_removed() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("schema.json"), example()).unwrap();
    let rehearsed = bench.json("schema load schema.json --dry-run");
    assert_eq!((&rehearsed["added"], &rehearsed["dry_run"]), (&json!([URN, "User"]), &json!(true)));
    assert_eq!(bench.text("schema list"), "");
    assert_eq!(bench.json("schema load schema.json")["added"], json!([URN, "User"]));
    assert_eq!(bench.json("schema load schema.json")["unchanged"], json!([URN, "User"]));
    assert!(bench.text("schema list").starts_with("schema "));
    assert_eq!(text(&bench.json("schema list --json")[0], "id"), URN);
    assert_eq!(text(&bench.json(&format!("schema show {URN}")), "name"), "Employment");
    let failure = bench.failure(&format!("schema remove {URN}"));
    assert!(failure.contains("SCHEMA_IN_USE"), "{failure}");
    assert_eq!(bench.json("schema remove User")["removed"], json!(["User"]));
    assert_eq!(bench.json(&format!("schema remove {URN}"))["removed"], json!([URN]));
}

#[test]
fn a_schema_of_one_connection_is_its_own() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("schema.json"), example()).unwrap();
    let made = bench.json("directory create --organization Acme --name Okta --provider okta");
    let of = format!("--connection {}", text(&made, "connection_id"));
    bench.json(&format!("schema load schema.json {of}"));
    assert_eq!(bench.text("schema list"), "");
    assert_eq!(bench.text(&format!("schema list {of}")).lines().count(), 2);
    let failure = bench.failure("schema load schema.json --connection conn_nope");
    assert!(failure.contains("CONNECTION_NOT_FOUND"), "{failure}");
}

#[test]
fn a_file_that_is_wrong_is_refused_with_place_and_rule() {
    let bench = Bench::new();
    let write = |text: &str| std::fs::write(bench.folder.path().join("schema.json"), text).unwrap();
    write(&example().replace("\"dateTime\"", "\"date\""));
    let failure = bench.failure("schema load schema.json");
    assert!(failure.contains("attribute startDate") && failure.contains("unknown variant `date`"), "{failure}");
    write("{");
    assert!(bench.failure("schema load schema.json").contains("is not JSON"));
    assert!(bench.failure("schema load missing.json").contains("cannot read missing.json"));
}
