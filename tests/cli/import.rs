//! `import` and `export`: people from a file, and back into one.

use std::fs;

use super::{Bench, text};

fn write(bench: &Bench, name: &str, file: &str) {
    fs::write(bench.folder.path().join(name), file).unwrap();
}

fn read(bench: &Bench, name: &str) -> String {
    fs::read_to_string(bench.folder.path().join(name)).unwrap()
}

#[test]
fn rows_are_rehearsed_carried_out_and_told() {
    let bench = Bench::new();
    bench.json("directory create --organization Acme --name Okta --provider okta");
    write(&bench, "people.csv", "id,email,first_name,connection_name,salt\nemp-1,ana@acme.test,Ana,Okta,x\n,bad,,,\n");
    let rehearsed = bench.run("import people.csv --dry-run");
    let told = String::from_utf8(rehearsed.stdout).unwrap();
    assert!(
        told.starts_with(
            "line 2  created  emp-1\nline 3  failed  bad  \"bad\" is not an email address\n2 rows: 1 would be created"
        ),
        "{told}"
    );
    assert!(told.ends_with("not kept, because Anteroom has no place for it: salt\n"), "{told}");
    assert_eq!(bench.text("export").lines().count(), 1, "a rehearsal makes nobody");
    let done = bench.run("import people.csv");
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8(done.stdout).unwrap().starts_with("2 rows: 1 were created"));
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "error: 1 rows failed; people.csv.errors.csv says why\n");
    let errors = read(&bench, "people.csv.errors.csv");
    assert_eq!(errors, "line,id,email,code,message\n3,,bad,INVALID_EMAIL,\"\"\"bad\"\" is not an email address\"\n");
    write(&bench, "people.csv", "id,email\nemp-1,ana@acme.test\n");
    assert_eq!(bench.json("import people.csv --json")["unchanged"], 1);
}

#[test]
fn what_is_no_import_is_refused() {
    let bench = Bench::new();
    write(&bench, "people.txt", "email\n");
    write(&bench, "people.csv", "email,nickname\na@x.test,A\n");
    assert!(bench.failure("import missing.csv").contains("missing.csv cannot be opened"));
    assert!(bench.failure("import people.txt").contains("--format"));
    assert!(bench.failure("import people.csv").contains("INVALID_HEADER"));
    assert!(bench.failure("export --organization Nobody").contains("ORGANIZATION_NOT_FOUND"));
}

#[test]
fn what_is_exported_can_be_imported_and_is_shown_as_text() {
    let one = Bench::new();
    let organization =
        text(&one.json("directory create --organization Acme --name Okta --provider okta"), "organization_code")
            .to_owned();
    write(
        &one,
        "people.ndjson",
        &format!(
            "{{\"id\":\"emp-1\",\"first_name\":\"=1+1\",\"identities\":[{{\"type\":\"email\",\"identity\":\"ana@acme.test\",\"is_verified\":true}},\
         {{\"type\":\"email\",\"identity\":\"ana@home.test\"}},{{\"type\":\"phone\",\"identity\":\"+61400000000\"}}],\"organizations\":[{{\"code\":\"{organization}\"}}]}}\n\
         {{\"id\":\"emp-2\",\"connection_name\":\"Okta\",\"enterprise_identity\":\"ben@acme.test\",\"is_suspended\":true}}\n"
        ),
    );
    one.text("import people.ndjson");
    for name in ["all.csv", "all.ndjson"] {
        one.text(&format!("export --output {name}"));
        assert_eq!(one.json(&format!("import {name} --json"))["unchanged"], 2, "{name}");
    }
    let csv = read(&one, "all.csv");
    assert!(csv.contains(",'+61400000000,") && csv.contains(",'=1+1,"), "{csv}");
    let second = one.run("export --output all.csv");
    let told = String::from_utf8(second.stderr).unwrap();
    assert_eq!(
        told,
        "2 people were written\n1 have a second email, phone number or user name, properties, or roles in several organizations: --format ndjson writes all\n"
    );
    let all = read(&one, "all.ndjson");
    assert!(
        all.contains("\"first_name\":\"=1+1\"")
            && all.contains("ana@home.test")
            && all.contains("\"is_suspended\":true"),
        "{all}"
    );
    assert_eq!(one.text("export --organization Acme").lines().count(), 3);
}
