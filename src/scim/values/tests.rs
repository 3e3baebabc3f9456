//! Rows and keys.

use serde_json::json;

use super::*;
use crate::scim::schema::Catalogue;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn rows_of(value: &Value) -> BTreeSet<ValueRow> {
    let catalogue = Catalogue::core();
    let document = Document::from_stored(&value.to_string()).unwrap();
    rows(catalogue.resource_type("User").unwrap(), &document)
}

fn brief(rows: &BTreeSet<ValueRow>) -> Vec<(String, String, bool)> {
    rows.iter().map(|row| (row.path.clone(), row.key.clone(), row.is_sort)).collect()
}

#[test]
fn one_row_for_each_value_and_one_for_each_complex_one() {
    let rows = rows_of(&json!({
        "userName": "Ana", "externalId": "E1", "active": true, "title": "Straße",
        "name": { "givenName": "Ana" },
        "x509Certificates": [{ "value": "AAAA" }],
        ENTERPRISE: { "manager": { "value": "M1" } },
    }));
    let manager = format!("{ENTERPRISE}:manager");
    let expected = [
        ("active", "true", true),
        ("externalId", "E1", true),
        ("name", "", true),
        ("name.givenName", "ana", true),
        ("title", "strasse", true),
        (&manager, "", true),
        (&format!("{manager}.value"), "M1", true),
        ("x509Certificates", "", true),
        ("x509Certificates.value", "", true),
    ];
    assert_eq!(brief(&rows), expected.map(|(path, key, is_sort)| (path.to_owned(), key.to_owned(), is_sort)));
    let paths = Catalogue::core().stored_paths();
    assert!(rows.iter().all(|row| paths.contains(&row.path)));
}

#[test]
fn the_primary_or_first_element_sorts() {
    let sorting = |emails: Value| -> Vec<String> {
        let rows = rows_of(&json!({ "emails": emails }));
        rows.into_iter().filter(|row| row.is_sort && row.path == "emails.value").map(|row| row.key).collect()
    };
    assert_eq!(sorting(json!([{ "value": "a" }, { "value": "b" }])), ["a"]);
    assert_eq!(sorting(json!([{ "value": "a" }, { "value": "b", "primary": true }])), ["b"]);
}

#[test]
fn elements_keep_their_numbers() {
    let (a, b, c) = (json!({ "value": "a", "type": "work" }), json!({ "value": "b" }), json!({ "value": "c" }));
    let whole = rows_of(&json!({ "emails": [a, b, c] }));
    let without_sort = |rows: BTreeSet<ValueRow>| -> BTreeSet<ValueRow> {
        rows.into_iter().map(|row| ValueRow { is_sort: false, ..row }).collect()
    };
    assert_eq!(without_sort(whole.clone()), without_sort(rows_of(&json!({ "emails": [c, a, b] }))));
    let fewer = without_sort(rows_of(&json!({ "emails": [c, a] })));
    assert!(fewer.is_subset(&without_sort(whole)));
    let twice = rows_of(&json!({ "emails": [b, b] }));
    assert_eq!(twice.len(), 4);
    assert!(twice.iter().all(|row| row.element > 0));
}

#[test]
fn long_values_are_cut_and_kept() {
    let long = "é".repeat(300);
    let rows = rows_of(&json!({ "title": long, "nickName": "x".repeat(512) }));
    let title = rows.iter().find(|row| row.path == "title").unwrap();
    assert_eq!((title.key.len(), title.rest.as_deref()), (512, Some(long.as_str())));
    assert_eq!(rows.iter().find(|row| row.path == "nickName").unwrap().rest, None);
    assert_eq!(cut("abc"), ("abc".into(), false));
    assert_eq!(cut_to("aé", 2), "a");
    assert_eq!(cut_to("", 5), "");
}

#[test]
fn cut_keys_sort_as_whole_ones() {
    let mut texts = Vec::new();
    for length in 505..515 {
        for tail in
            ["", "a", "z", "é", "é!", "ﷺ", "\u{10FFFF}", "\u{10FFFF}z", "az", "aé", "zﷺz", "a\u{10FFFF}\u{10FFFF}"]
        {
            texts.push(format!("{}{tail}", "x".repeat(length)));
            texts.push(format!("{}{tail}{}", "x".repeat(length), "y".repeat(9)));
        }
    }
    let order = |text: &String| {
        let (key, is_cut) = cut(text);
        (key.into_owned(), if is_cut { text.clone() } else { String::new() })
    };
    for one in &texts {
        for other in &texts {
            assert_eq!(order(one).cmp(&order(other)), one.cmp(other), "{one} {other}");
        }
    }
}

#[test]
fn times_compare_as_instants() {
    let key = |text: &str| instant(text).map(time_key);
    let ascending = [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999999Z",
        "1970-01-01T00:00:00Z",
        "2026-11-24T09:30:00+01:00",
        "2026-11-24T08:30:00.5Z",
        "9999-12-30T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ];
    assert!(ascending.windows(2).all(|pair| key(pair[0]).unwrap() < key(pair[1]).unwrap()));
    assert_eq!(key("2026-11-24T09:30:00+01:00"), key("2026-11-24T08:30:00.000Z"));
    assert_eq!(key("2026-11-24T08:30:00"), key("2026-11-24T08:30:00Z"));
    for wrong in [
        "",
        "2026-11-24",
        "08:30:00Z",
        "now",
        "2026-13-01T00:00:00Z",
        "9999-12-32T00:00:00Z",
        "2026-11-24TZ",
        "-000001-01-01T00:00:00Z",
        "2026-11-24T08:30:00Z[UTC]",
    ] {
        assert_eq!(key(wrong), None, "{wrong}");
    }
}
