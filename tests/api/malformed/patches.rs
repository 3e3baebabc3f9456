//! PATCH: every operation on every form of path with every form of value, what is no path, and envelopes.
//!
//! `patch_matrix.txt` holds the answers: below each operation and path, the statuses and keywords with the forms of values
//! that get them. It was read line by line against RFC 7644 section 3.5.2.

use serde_json::{Value, json};

use super::{Ask, Stage};
use crate::support::{TestApp, api_test};

/// The answers, line by line.
const EXPECTED: &str = include_str!("patch_matrix.txt");

/// Paths on a person: each form of the grammar (RFC 7644 figure 7) with each mutability.
const PATHS: &[&str] = &[
    "",
    "title",
    "active",
    "name",
    "name.givenName",
    "emails",
    "emails.value",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "emails[type eq \"none\"]",
    "emails[type eq \"none\"].value",
    "userName",
    "password",
    "id",
    "schemas",
    "meta",
    "meta.version",
    "groups",
    "groups[value eq \"x\"]",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
    "emails[nothing pr]",
];

/// What is no path, or names nothing that a person has: refused whatever the operation and the value.
const NO_PATHS: &[&str] = &[
    "members",
    "nothing",
    "name.nothing",
    "emails[type eq \"work\"].nothing",
    "title[value pr]",
    "name[givenName pr]",
    "emails[",
    "emails]",
    "emails[]",
    "emails[type]",
    "emails[type eq \"work\"]value",
    "emails[type eq \"work\"].",
    "emails[type eq \"work\"].value.x",
    "emails[type eq \"work\"].value[x pr]",
    "emails.value[type pr]",
    ".title",
    "title.",
    "title pr",
    "/title",
    "title,active",
    "[type eq \"work\"]",
    "(title)",
    "title\"",
    "1title",
    "-title",
    "title..x",
    "name.givenName.x",
    "user name",
    "usér",
    "title\n",
    "\"title\"",
    "'title'",
    "$.title",
    "title[0]",
    "emails[0]",
    "emails[0].value",
    "emails/0",
    "emails/-",
    "/emails/-",
    "emails.*",
    "emails[*]",
    "urn:x",
    "urn:x:",
    "urn:x:2.0:User:title",
    ":title",
    "emails[[type pr]]",
    "emails[type pr",
    "emails[(type pr]",
    "emails[type pr)]",
    "emails[type xx \"a\"]",
    "emails[type eq a]",
    "emails[type eq \"a]",
    "emails[type eq \"a\" and]",
    "emails[not type pr]",
    "emails[emails[type pr]]",
    "emails[type pr][type pr]",
    "emails[type pr] .value",
    "emails[type pr]. value",
    "emails [type pr]x",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User[department pr]",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:nothing",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department",
    "title or name",
    "title;name",
    "*",
    "?",
    "#title",
    "__proto__",
    "constructor.prototype",
    "../title",
    "userName.value",
    "active.x",
    "\u{202e}eltit",
    "\u{feff}title",
];

/// Paths on a group.
const GROUP_PATHS: &[&str] = &[
    "",
    "displayName",
    "members",
    "members.value",
    "members[value eq \"{person}\"]",
    "members[value eq \"nobody\"]",
    "members[value eq \"{person}\"].value",
    "members[display sw \"D\"]",
    "members[nothing pr]",
    "id",
];

/// Forms of a value.
fn values() -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("none", None),
        ("null", Some(json!(null))),
        ("text", Some(json!("x"))),
        ("empty text", Some(json!(""))),
        ("number", Some(json!(5))),
        ("boolean", Some(json!(true))),
        ("[]", Some(json!([]))),
        ("[text]", Some(json!(["x"]))),
        ("[[]]", Some(json!([[]]))),
        ("{}", Some(json!({}))),
        ("object", Some(json!({"value": "x"}))),
        ("[object]", Some(json!([{"value": "x"}]))),
        ("person", Some(json!([{"value": "{person}"}]))),
        ("title", Some(json!({"title": "x", "nothing": 1}))),
    ]
}

/// What a path says to each value, values of one answer together: `400 noTarget: none, null; 200: text`.
async fn line(stage: &Stage<'_>, resource: &str, original: &Value, op: &str, path: &str) -> String {
    let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
    for (form, value) in values() {
        let mut operation = json!({"op": op});
        if !path.is_empty() {
            operation["path"] = json!(path);
        }
        if let Some(value) = value {
            operation["value"] = value;
        }
        let answer = stage.send(&Ask::patch(resource, &json!([operation]))).expect("an answer");
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let said = format!("{} {}", answer.status, body["scimType"].as_str().unwrap_or_default()).trim().to_owned();
        if answer.status == 200 {
            stage.okta.put(&stage.named(resource), original).await.expect(200);
        }
        match answers.iter_mut().find(|(known, _)| *known == said) {
            Some((_, forms)) => forms.push(form),
            None => answers.push((said, vec![form])),
        }
    }
    answers.sort();
    let answers: Vec<String> = answers
        .iter()
        .map(|(said, forms)| if answers.len() == 1 { said.clone() } else { format!("{said}: {}", forms.join(", ")) })
        .collect();
    answers.join("; ")
}

async fn matrix(stage: &Stage<'_>, resource: &str, paths: &[&str]) -> String {
    let original = stage.okta.get(&stage.named(resource)).await.expect(200).body;
    let mut lines = String::new();
    for path in paths {
        for op in ["add", "replace", "remove"] {
            let shown = if path.is_empty() { "(no path)" } else { path };
            let path = stage.named(path);
            lines = format!("{lines}{op} {shown}\n    {}\n", line(stage, resource, &original, op, &path).await);
        }
    }
    lines
}

api_test! {
    async fn every_operation_on_every_path_with_every_value_has_its_answer(app: TestApp) {
        let stage = Stage::new(&app).await;
        let people = matrix(&stage, "/Users/{person}", PATHS).await;
        let groups = matrix(&stage, "/Groups/{group}", GROUP_PATHS).await;
        stage.is_unchanged().await;
        let found = format!("# On a person\n\n{people}\n# On a group\n\n{groups}");
        let differing = found.lines().zip(EXPECTED.lines()).find(|(found, expected)| found != expected);
        assert!(found == EXPECTED, "found, expected: {differing:#?}");
    }
}

api_test! {
    async fn what_is_no_path_is_an_invalid_path_whatever_is_done_there(app: TestApp) {
        let stage = Stage::new(&app).await;
        let mut rows = Vec::new();
        for path in NO_PATHS.iter().chain(&["5", "true", "null"]) {
            for op in ["add", "replace", "remove"] {
                let operations = json!([{"op": op, "path": path, "value": "x"}]);
                rows.push((format!("{op} {path:?}"), Ask::patch("/Users/{person}", &operations), 400, "invalidPath"));
            }
        }
        for path in [json!(5), json!(true), json!(["title"]), json!({"path": "title"})] {
            let operations = json!([{"op": "add", "path": path, "value": "x"}]);
            rows.push((format!("{path}"), Ask::patch("/Users/{person}", &operations), 400, "invalidPath"));
        }
        stage.check(rows).await;
    }
}

api_test! {
    async fn an_envelope_that_is_none_is_invalid_syntax(app: TestApp) {
        let stage = Stage::new(&app).await;
        let operation = json!({"op": "replace", "path": "displayName", "value": "b"});
        let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        let rows = [
            json!({}), json!({"Operations": [operation]}), json!({"schemas": [], "Operations": [operation]}), json!({"schemas": null, "Operations": [operation]}), json!({"schemas": 5, "Operations": [operation]}), json!({"schemas": {"0": urn}, "Operations": [operation]}),
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [operation]}), json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp2"], "Operations": [operation]}), json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "Operations": [operation]}),
            json!({"schemas": [urn]}), json!({"schemas": [urn], "Operations": null}), json!({"schemas": [urn], "Operations": []}), json!({"schemas": [urn], "Operations": {}}), json!({"schemas": [urn], "Operations": operation}), json!({"schemas": [urn], "Operations": "replace"}), json!({"schemas": [urn], "operation": [operation]}),
            json!({"schemas": [urn], "Operations": [null]}), json!({"schemas": [urn], "Operations": [5]}), json!({"schemas": [urn], "Operations": ["replace"]}), json!({"schemas": [urn], "Operations": [[operation]]}), json!({"schemas": [urn], "Operations": [{}]}), json!({"schemas": [urn], "Operations": [operation, {}]}),
            json!({"schemas": [urn], "Operations": [{"path": "displayName", "value": "b"}]}), json!({"schemas": [urn], "Operations": [{"op": null, "path": "displayName", "value": "b"}]}), json!({"schemas": [urn], "Operations": [{"op": "", "path": "displayName", "value": "b"}]}), json!({"schemas": [urn], "Operations": [{"op": 1, "path": "displayName", "value": "b"}]}),
            json!({"schemas": [urn], "Operations": [{"op": ["replace"], "path": "displayName", "value": "b"}]}), json!({"schemas": [urn], "Operations": [{"op": "test", "path": "displayName", "value": "b"}]}), json!({"schemas": [urn], "Operations": [{"op": "move", "from": "title", "path": "displayName"}]}),
            json!({"schemas": [urn], "Operations": [{"op": "copy", "from": "title", "path": "displayName"}]}), json!({"schemas": [urn], "Operations": [{"op": "delete", "path": "title"}]}), json!({"schemas": [urn], "Operations": [{"op": "replace ", "path": "displayName", "value": "b"}]}), json!({"schemas": [urn], "Operations": [{"op": "r\u{e9}place", "path": "displayName", "value": "b"}]}),
        ];
        let rows = rows.iter().flat_map(|body| ["/Users/{person}", "/Groups/{group}"].map(|path| (format!("{path} {body}"), Ask::new("PATCH", path).body(body.to_string()), 400, "invalidSyntax")));
        stage.check(rows.collect()).await;
    }
}
