//! People from a file: who is made, who is completed, who is left alone, and what is refused.

use std::fmt::Write;
use std::time::Duration;

use anteroom::identity::Reach;
use anteroom::identity::import::{Format, Import, Outcome};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::*;
use crate::support::{Answer, Directory, Sql, TestApp, api_test, user};

async fn send(app: &TestApp, bearer: &str, query: &str, media_type: &str, file: impl Into<reqwest::Body>) -> Answer {
    let request = app.client.post(format!("{}/api/v1/imports{query}", app.url)).bearer_auth(bearer);
    Answer::of(request.header("content-type", media_type).body(file)).await
}

/// Imports a CSV file; what came of it.
async fn import(app: &TestApp, file: &str) -> Value {
    send(app, &app.management, "", "text/csv", file.to_owned()).await.expect(200).body["import"].clone()
}

/// Created, completed, unchanged, failed.
fn counts(import: &Value) -> [u64; 4] {
    ["created", "completed", "unchanged", "failed"].map(|name| import[name].as_u64().unwrap())
}

/// Line and code of what failed.
fn failures(import: &Value) -> Vec<(u64, String)> {
    let told = import["rows_told"].as_array().unwrap().iter();
    told.map(|row| (row["line"].as_u64().unwrap(), row["code"].as_str().unwrap().to_owned())).collect()
}

fn ids(app: &TestApp) -> Vec<String> {
    Sql::connect(&app.database.url).texts("SELECT id AS value FROM users ORDER BY key")
}

async fn owned(app: &TestApp) -> Directory {
    app.directory(okta(json!({}))).await
}

api_test! {
    async fn a_person_from_a_file_is_found_by_the_push_and_at_the_first_sign_in(app: TestApp) {
        let directory = owned(&app).await;
        let connection = &directory.connection_id;
        let file = format!("id,email,first_name,last_name,connection_id,enterprise_identity\n\
            emp-1,ana@acme.test,Ana,Ortiz,{connection},\nemp-2,ben@home.test,Ben,Okoye,{connection},ben@acme.test\n");
        let done = import(&app, &file).await;
        assert_eq!((counts(&done), &done["rows_told"]), ([2, 0, 0, 0], &json!([])), "{done}");
        let users = ids(&app);
        let ben = shown(&app, &users[1]).await;
        assert_eq!((&ben["provided_id"], &ben["preferred_email"], &ben["organizations"]), (&json!("emp-2"), &json!("ben@home.test"), &json!([directory.organization_code])));
        assert_eq!(ben["identities"].as_array().unwrap().len(), 1, "{ben}");
        let bound = allowed(&app.sign_in(&directory, json!({"subject": "s2", "email": "ben@acme.test"})).await, "bound");
        assert_eq!(bound, users[1]);
        let pushed = directory.push("ana@acme.test").await;
        assert_eq!(user_of(&app, &directory, &pushed).await, users[0]);

        let before = rows(&app);
        assert_eq!(counts(&import(&app, &file).await), [0, 0, 2, 0]);
        assert_eq!((ids(&app), rows(&app)), (users, before));
        let kinds = Sql::connect(&app.database.url).texts("SELECT kind AS value FROM events WHERE kind LIKE 'import.%'");
        assert_eq!(kinds, ["import.finished"]);
    }
}

api_test! {
    async fn what_is_missing_is_completed_and_nothing_is_overwritten(app: TestApp) {
        let directory = owned(&app).await;
        let (one, other) = (app.organization(false).await, app.organization(false).await);
        let first = import(&app, &format!("id,email,first_name,organization_code\n,ana@acme.test,Ana,\"{one}, {other}\"\n")).await;
        assert_eq!(counts(&first), [1, 0, 0, 0]);
        let ana = ids(&app)[0].clone();
        assert_eq!(shown(&app, &ana).await["organizations"], json!([one, other]));
        let second = import(&app, &format!(
            "id,email,phone,first_name,organization_code\nemp-1,Ana@Acme.test,,Anna,\nemp-1,,+61400000000,,\nemp-1,,,,{}\n", directory.organization_code)).await;
        assert_eq!((counts(&second), failures(&second)), ([0, 2, 0, 1], vec![(4, "IDENTITY_REQUIRED".into())]));
        let shown_now = shown(&app, &ana).await;
        assert_eq!((&shown_now["provided_id"], &shown_now["first_name"]), (&json!("emp-1"), &json!("Ana")));
        assert_eq!(shown_now["identities"].as_array().unwrap().len(), 2, "{shown_now}");
        let tied = import(&app, "id,email,connection_name\nemp-1,ana@acme.test,idp\nemp-1,ana@acme.test,idp\n").await;
        assert_eq!(counts(&tied), [0, 1, 1, 0], "{tied}");
        let shown_now = shown(&app, &ana).await;
        assert_eq!((&shown_now["identities"][0]["type"], &shown_now["identities"][1]), (&json!("enterprise"), &Value::Null));
        assert_eq!(shown_now["organizations"].as_array().unwrap().len(), 3, "{shown_now}");
        assert_eq!(ids(&app), [ana]);
    }
}

api_test! {
    async fn a_row_that_cannot_be_is_told_and_changes_nothing(app: TestApp) {
        let directory = owned(&app).await;
        let second = app.directory(okta(json!({}))).await;
        for email in ["ana@acme.test", "ben@acme.test"] {
            import(&app, &format!("id,email\n{},{email}\n", email.split('@').next().unwrap())).await;
        }
        import(&app, &format!("id,email,connection_id\neve,eve@acme.test,{}\n", directory.connection_id)).await;
        let shared = json!({"name": "Shared", "external_id": "crm-1"});
        for _ in 0..2 {
            app.api(Method::POST, "/api/v1/organization", Some(shared.clone())).await.expect(200);
        }
        let before = rows(&app);
        let header = "id,email,phone,username,organization_code,external_organization_id,connection_id,connection_name,enterprise_identity";
        for (row, code) in [
            (",not an email,,,,,,,", "INVALID_EMAIL"),
            (",,0400,,,,,,", "INVALID_PHONE"),
            ("x,,,,,,,,", "IDENTITY_REQUIRED"),
            (",x@acme.test,,,org_nope,,,,", "ORGANIZATION_NOT_FOUND"),
            (",x@acme.test,,,,crm-2,,,", "ORGANIZATION_NOT_FOUND"),
            (",x@acme.test,,,,crm-1,,,", "ORGANIZATION_AMBIGUOUS"),
            (",x@acme.test,,,,,conn_nope,,", "CONNECTION_NOT_FOUND"),
            (",x@acme.test,,,,,,nobody,", "CONNECTION_NOT_FOUND"),
            (",x@acme.test,,,,,,idp,", "CONNECTION_AMBIGUOUS"),
            (",x@acme.test,,,,,,,x@acme.test", "CONNECTION_REQUIRED"),
            (",,,x,,,conn_1,,", "CONNECTION_NOT_FOUND"),
            ("ana,other@acme.test,,,,,,,", "DUPLICATE_ID"),
            ("other,ana@acme.test,,,,,,,", "IDENTITY_EXISTS"),
            ("ana,ben@acme.test,,,,,,,", "AMBIGUOUS_USER"),
            (&format!("eve,eve@acme.test,,,,,{},,", second.connection_id), "ENTERPRISE_IDENTITY_EXISTS"),
            (&format!("{},x@acme.test,,,,,,,", "x".repeat(300)), "VALUE_TOO_LONG"),
            (&format!(",x@acme.test,,,,,{},,{}", second.connection_id, "x".repeat(300)), "VALUE_TOO_LONG"),
        ] {
            let done = import(&app, &format!("{header}\n{row}\n")).await;
            assert_eq!((counts(&done), failures(&done)), ([0, 0, 0, 1], vec![(2, code.to_owned())]), "{row}: {done}");
            assert_eq!(rows(&app), before, "{row}");
        }
        let kinds = Sql::connect(&app.database.url).numbers("SELECT COUNT(*) AS value FROM events WHERE kind = 'import.finished'");
        assert_eq!(kinds, [3], "an import that did nothing leaves no event");
    }
}

api_test! {
    async fn a_file_that_is_none_is_refused(app: TestApp) {
        let before = rows(&app);
        let long = "x".repeat(70_000);
        for (media_type, file, status, code) in [
            ("text/csv", "", 400, "INVALID_HEADER"),
            ("text/csv; charset=utf-8", "email;id\na@x.test;1\n", 400, "INVALID_HEADER"),
            ("text/csv", "email,conection_id\na@x.test,conn_1\n", 400, "INVALID_HEADER"),
            ("text/csv", &long, 400, "INVALID_HEADER"),
            ("application/x-ndjson", "[{}]", 400, "INVALID_FILE"),
            ("application/json", "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ] {
            let refused = send(&app, &app.management, "", media_type, file.to_owned()).await.expect(status);
            assert_eq!(refused.body["errors"][0]["code"], code);
        }
        let huge = "x".repeat(49 * 1024 * 1024 + 1);
        let refused = send(&app, &app.management, "", "text/csv", huge).await.expect(413);
        assert_eq!(refused.body["errors"][0]["code"], "BODY_TOO_LARGE");
        assert_eq!(rows(&app), before);
        let endless = format!("email\na@x.test\n\"{}\"\nb@x.test\n", "x".repeat(5_000_000));
        let done = import(&app, &endless).await;
        assert_eq!((counts(&done), failures(&done)), ([2, 0, 0, 1], vec![(3, "RECORD_TOO_LONG".into())]));
    }
}

api_test! {
    async fn a_rehearsal_tells_each_row_and_changes_nothing(app: TestApp) {
        let directory = owned(&app).await;
        let here = email_user(&app, None, "here@acme.test").await;
        let before = rows(&app);
        let mut file = format!("id,email,connection_id\n,here@acme.test,\nnew,here@acme.test,\n,bad,\nemp,emp@acme.test,{}\n", directory.connection_id);
        for number in 0..150 {
            writeln!(file, ",p{number}@acme.test,").unwrap();
        }
        file.push_str("emp,emp@acme.test,\n");
        let told = send(&app, &app.management, "?dry_run=true", "text/csv", file.clone()).await.expect(200).body["import"].clone();
        assert_eq!((rows(&app), &told["dry_run"]), (before, &json!(true)));
        let row = |at: usize| told["rows_told"][at].clone();
        assert_eq!(row(0), json!({"line": 2, "email": "here@acme.test", "outcome": "unchanged", "user_id": here}));
        assert_eq!((&row(1)["code"], &row(2)["code"], &row(3)["outcome"]), (&json!("IDENTITY_EXISTS"), &json!("INVALID_EMAIL"), &json!("created")));
        assert_eq!(row(154)["outcome"], "completed", "a row that repeats an earlier one");
        assert_eq!(counts(&told), [151, 1, 1, 2]);
        let done = import(&app, &file).await;
        assert_eq!(counts(&done), [151, 0, 2, 2], "{done}");
    }
}

api_test! {
    async fn a_client_of_one_organization_imports_into_that_alone(app: TestApp) {
        let (own, foreign) = (owned(&app).await, owned(&app).await);
        let theirs = email_user(&app, Some(&foreign.organization_code), "theirs@acme.test").await;
        let shared = email_user(&app, Some(&foreign.organization_code), "shared@acme.test").await;
        import(&app, &format!("email,organization_code\nshared@acme.test,{}\n", own.organization_code)).await;
        let bound = app.client_of(&own.organization_code).await;
        let file = format!("email,organization_code,connection_id\nnew@acme.test,,\nx@acme.test,{0},\nx@acme.test,,{1}\n\
            theirs@acme.test,,\nshared@acme.test,,{2}\n", foreign.organization_code, foreign.connection_id, own.connection_id);
        let done = send(&app, &bound, "", "text/csv", file).await.expect(200).body["import"].clone();
        let wanted = [(3, "ORGANIZATION_NOT_FOUND"), (4, "CONNECTION_NOT_FOUND"), (5, "IDENTITY_EXISTS"), (6, "USER_IN_OTHER_ORGANIZATION")];
        assert_eq!(failures(&done), wanted.map(|(line, code)| (line, code.to_owned())), "{done}");
        let new = ids(&app).pop().unwrap();
        assert_eq!(shown(&app, &new).await["organizations"], json!([own.organization_code]));
        assert_eq!(shown(&app, &theirs).await["organizations"], json!([foreign.organization_code]));
        assert_eq!(shown(&app, &shared).await["identities"][0]["type"], "email");
    }
}

api_test! {
    async fn whom_the_idp_took_away_gets_no_way_in_by_a_file(app: TestApp) {
        let directory = owned(&app).await;
        let id = directory.push("ana@acme.test").await;
        let ana = user_of(&app, &directory, &id).await;
        directory.delete(&format!("/Users/{id}")).await.expect(204);
        let done = import(&app, "email\nana@acme.test\n").await;
        assert_eq!(counts(&done), [0, 0, 1, 0], "{done}");
        assert_eq!(shown(&app, &ana).await["identities"], json!([]));
        // Naming the connection is an administrator's word that the person is back.
        let back = import(&app, &format!("email,connection_id\nana@acme.test,{}\n", directory.connection_id)).await;
        assert_eq!(counts(&back), [0, 1, 0, 0], "{back}");
        let again = directory.post("/Users", &user("ana@acme.test")).await.expect(201).id();
        assert_eq!(user_of(&app, &directory, &again).await, ana);
    }
}

api_test! {
    async fn an_interrupted_import_is_completed_by_the_same_file(app: TestApp) {
        let mut file = "id,email,first_name\n".to_owned();
        for number in 0..450 {
            writeln!(file, "emp-{number},p{number}@acme.test,P{number}").unwrap();
        }
        let start = || Import::new(app.store.clone(), app.act(), Reach::everything(), Format::Csv, false);
        let mut first = start();
        let told = first.feed(&file.as_bytes()[..8_000]).await.expect("an import");
        drop(first);
        assert!(told.iter().all(|row| row.outcome == Outcome::Created) && told.len() % 100 == 0 && !told.is_empty());
        assert_eq!(ids(&app).len(), told.len());
        let done = u64::try_from(told.len()).unwrap();
        let mut second = start();
        let mut again = second.feed(file.as_bytes()).await.expect("an import");
        let (rest, summary) = second.finish().await.expect("an end");
        again.extend(rest);
        assert_eq!((summary.created, summary.unchanged), (450 - done, done));
        assert_eq!((ids(&app).len(), again.len()), (450, 450));
    }
}

api_test! {
    async fn two_imports_of_one_file_at_once_make_each_person_once(app: TestApp) {
        let directory = owned(&app).await;
        let mut file = "id,email,connection_id\n".to_owned();
        for number in 0..300 {
            let connection = if number > 200 { directory.connection_id.as_str() } else { "" };
            writeln!(file, "emp-{number},p{number}@acme.test,{connection}").unwrap();
        }
        let (one, other) = futures_util::join!(import(&app, &file), import(&app, &file));
        assert_eq!(counts(&one)[0] + counts(&other)[0], 300, "{one} {other}");
        assert_eq!((counts(&one)[3], counts(&other)[3]), (0, 0));
        assert_eq!(ids(&app).len(), 300);
    }
}

api_test! {
    async fn people_who_cannot_sign_in_are_not_exported(app: TestApp) {
        let mut app = app;
        let directory = owned(&app).await;
        let gone = directory.push("gone@acme.test").await;
        directory.delete(&format!("/Users/{gone}")).await.expect(204);
        directory.push("here@acme.test").await;
        let off = directory.push("off@acme.test").await;
        directory.patch(&format!("/Users/{off}"), json!([{"op": "replace", "path": "active", "value": false}])).await.expect(200);
        app.advance(Duration::from_secs(1)).await;
        email_user(&app, None, "local@acme.test").await;
        let mut export = anteroom::identity::import::Export::new(app.store.clone(), None);
        let page = export.next().await.unwrap().unwrap();
        let text = String::from_utf8(page.write(Format::Ndjson).unwrap()).unwrap();
        assert_eq!((page.len(), page.left_out), (2, 2), "{text}");
        assert!(text.contains("here@acme.test") && text.contains("local@acme.test"), "{text}");
        assert!(export.next().await.unwrap().is_none());
        let before = rows(&app);
        for (format, media_type) in [(Format::Csv, "text/csv"), (Format::Ndjson, "application/x-ndjson")] {
            let mut file = anteroom::identity::import::Page::header(format).into_bytes();
            file.extend(page.write(format).unwrap());
            let done = send(&app, &app.management, "", media_type, file).await.expect(200).body["import"].clone();
            assert_eq!(counts(&done), [0, 0, 2, 0], "{done}");
        }
        assert_eq!(rows(&app), before);
    }
}

api_test! {
    async fn roles_of_a_file_are_given_by_hand_in_each_organization_it_names(app: TestApp) {
        let (one, other) = (app.organization(false).await, app.organization(false).await);
        for key in ["admin", "dev"] {
            app.api(Method::POST, "/api/v1/roles", Some(json!({"key": key}))).await.expect(201);
        }
        let done = import(&app, &format!("email,organization_code,role_key\na@x.test,{one},\"admin, dev\"\nb@x.test,,dev\nc@x.test,{one},boss\n")).await;
        assert_eq!((counts(&done), failures(&done)), ([1, 0, 0, 2], vec![(3, "ORGANIZATION_REQUIRED".into()), (4, "ROLE_NOT_FOUND".into())]));
        let line = format!("{{\"identities\":[{{\"type\":\"email\",\"identity\":\"a@x.test\"}}],\"organizations\":[{{\"code\":\"{other}\",\"roles\":[\"dev\"]}}]}}");
        for wanted in [[0, 1, 0, 0], [0, 0, 1, 0]] {
            let done = send(&app, &app.management, "", "application/x-ndjson", line.clone()).await.expect(200).body["import"].clone();
            assert_eq!(counts(&done), wanted);
        }
        let user = ids(&app)[0].clone();
        let held = app.api(Method::GET, &format!("/api/v1/user?id={user}&expand=roles"), None).await.expect(200).body["roles"].clone();
        let told: Vec<_> = held.as_array().unwrap().iter().map(|role| (role["organization"].as_str().unwrap(), role["key"].as_str().unwrap())).collect();
        assert_eq!(told, [(one.as_str(), "admin"), (one.as_str(), "dev"), (other.as_str(), "dev")]);
    }
}

api_test! {
    async fn properties_of_a_file_are_given_to_whom_has_none_and_written_back(app: TestApp) {
        for (key, kind) in [("team", "single_line_text"), ("note", "multi_line_text")] {
            app.api(Method::POST, "/api/v1/properties", Some(json!({"key": key, "type": kind}))).await.expect(201);
        }
        let line = |name: &str, properties: Value| json!({"identities": [{"type": "email", "identity": format!("{name}@x.test")}], "properties": properties}).to_string();
        let import = async |file: String| send(&app, &app.management, "", "application/x-ndjson", file).await.expect(200).body["import"].clone();
        let file = [
            line("ana", json!([{"key": "team", "value": "red"}, {"key": "note", "value": "a\nb"}])), line("ben", json!([{"key": "boss", "value": "x"}])),
            line("cleo", json!([{"key": "team", "value": "a\nb"}])), line("dana", json!([{"key": "team\n", "value": "x"}])), line("emil", json!([{"key": "team", "value": ""}])),
        ].join("\n");
        let done = import(file).await;
        let expected = [(2, "PROPERTY_NOT_FOUND"), (3, "INVALID_VALUE"), (4, "INVALID_VALUE")].map(|(line, code)| (line, code.to_owned()));
        assert_eq!((counts(&done), failures(&done)), ([2, 0, 0, 3], expected.to_vec()));
        let ana = ids(&app)[0].clone();
        let values = async || app.api(Method::GET, &format!("/api/v1/user?id={ana}&expand=properties"), None).await.expect(200).body["properties"].clone();
        assert_eq!(values().await, json!({"note": "a\nb", "team": "red"}));
        app.api(Method::PATCH, &format!("/api/v1/users/{ana}/properties"), Some(json!({"properties": {"note": null}}))).await.expect(200);
        for expected in [[0, 1, 0, 0], [0, 0, 1, 0]] {
            assert_eq!(counts(&import(line("ana", json!([{"key": "team", "value": "blue"}, {"key": "note", "value": "c"}]))).await), expected);
        }
        assert_eq!(values().await, json!({"note": "c", "team": "red"}));
        let mut export = anteroom::identity::import::Export::new(app.store.clone(), None);
        let page = export.next().await.unwrap().unwrap();
        let text = String::from_utf8(page.write(Format::Ndjson).unwrap()).unwrap();
        let written: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(written["properties"], json!([{"key": "note", "value": "c"}, {"key": "team", "value": "red"}]));
        assert_eq!((page.cut, counts(&import(text).await)), (1, [0, 0, 2, 0]));
    }
}
